package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

const smtp465 = "smtp-465 smtp.example.net tls"

var authFailed = imapNo("AUTHENTICATIONFAILED", "[AUTHENTICATIONFAILED] Authentication failed.")

func TestAuthRules(t *testing.T) {
	scram := func() *run { return newRun().add(imap, refusedWith("SCRAM-SHA-256", authFailed)) }
	user := func(name string) *run {
		r := newRun().add(imap, refusedWith("PLAIN", authFailed))
		r.rec.Header.Plan.Subjects[0].User = name
		return r
	}
	noMechanism := fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})
	noAuth := pass(stage.Capabilities, &stage.CapabilityFacts{LoginDisabled: true}) // as package smtp has it
	waiting := pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Status: "OK", Lines: []string{"* OK Waiting for authentication process to respond.."}}})
	broken := stage.Reply{Command: "CAPABILITY", Status: "BYE", Lines: []string{"* BYE Auth process broken"}}
	checkCases(t, []ruleCase{
		{"refused", newRun().add(imap, refusedWith("PLAIN", authFailed)), cause.WrongPassword, sure{cause.WrongPassword: likely}, []cause.ID{cause.WrongUsernameFormat, cause.SASLDialectIncompatible, cause.AuthBackendTemporaryFailure, cause.SMTPAndIMAPCredentialsDiffer}},
		{"SCRAM refused", scram(), cause.WrongPassword, sure{cause.WrongPassword: possible, cause.SASLDialectIncompatible: possible}, nil},
		{"SCRAM refused, PLAIN accepted", scram().followUp(t, "imap-993/plain"), cause.SASLDialectIncompatible, sure{cause.SASLDialectIncompatible: proven}, []cause.ID{cause.WrongPassword}},
		{"SCRAM refused, PLAIN too", scram().followUp(t, "imap-993/plain", refusedWith("PLAIN", authFailed)), cause.WrongPassword, sure{cause.WrongPassword: likely}, []cause.ID{cause.SASLDialectIncompatible}},
		{"SCRAM refused, PLAIN not tried", scram().followUp(t, "imap-993/plain", skip(stage.Login, stage.LoginBudget)), cause.WrongPassword, sure{cause.WrongPassword: possible}, nil},
		{"local part sent", user("jane"), cause.WrongUsernameFormat, sure{cause.WrongUsernameFormat: likely, cause.WrongPassword: possible}, nil},
		{"one accepts, one refuses", newRun().add(imap).add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), cause.SMTPAndIMAPCredentialsDiffer, sure{cause.SMTPAndIMAPCredentialsDiffer: likely, cause.WrongPassword: possible}, nil},
		{"both refuse", newRun().add(imap, refusedWith("PLAIN", authFailed)).add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), cause.WrongPassword, sure{cause.WrongPassword: likely}, []cause.ID{cause.SMTPAndIMAPCredentialsDiffer}},
		{"cannot be sent", newRun().add(imap, fail(stage.Login, stage.BadCredential)), cause.PasswordEncodingOrWhitespace, sure{cause.PasswordEncodingOrWhitespace: proven}, []cause.ID{cause.WrongPassword}},
		{"backend", newRun().add(imap, refusedWith("PLAIN", imapNo("UNAVAILABLE", "[UNAVAILABLE] later"))), cause.AuthBackendTemporaryFailure, sure{cause.AuthBackendTemporaryFailure: proven}, []cause.ID{cause.WrongPassword}},
		{"BAD", newRun().add(imap, refusedWith("PLAIN", stage.Reply{Status: "BAD", Lines: []string{"BAD what"}})), "", sure{cause.SASLDialectIncompatible: possible, cause.PasswordEncodingOrWhitespace: possible}, []cause.ID{cause.WrongPassword}},
		{"locked", newRun().add(imap, refusedWith("PLAIN", imapNo("", "Too many invalid logon attempts."))), cause.AccountLockedTooManyAttempts, sure{cause.AccountLockedTooManyAttempts: proven}, []cause.ID{cause.RateLimitedLogin, cause.WrongPassword}},
		{"too many connections", newRun().add(imap, refusedWith("PLAIN", imapNo("LIMIT", "limit"))), cause.TooManyConnectionsPerUser, nil, []cause.ID{cause.ServerBusyGreeting, cause.RateLimitedLogin}},
		{"too frequent", newRun().add("pop3-995 pop.example.net tls", refusedWith("PLAIN", stage.Reply{Status: "-ERR", ResponseCode: "LOGIN-DELAY", Lines: []string{"-ERR"}})), cause.RateLimitedLogin, nil, []cause.ID{cause.AccountLockedTooManyAttempts, cause.POP3MaildropLocked}},
		{"AUTH unknown", newRun().add(smtp465, refusedWith("PLAIN", smtpReply(503, "5.5.1", "503 no"))), cause.AuthNotOfferedOnPort, nil, []cause.ID{cause.AuthMechNotOffered, cause.WrongPassword}},
		{"mechanism unknown", newRun().add(smtp465, refusedWith("PLAIN", smtpReply(504, "5.5.4", "504 no"))), cause.AuthMechNotOffered, nil, []cause.ID{cause.AuthNotOfferedOnPort, cause.WrongPassword}},
		{"waiting for its login service", newRun().add(imap, waiting, fail(stage.Capabilities, stage.Stalled)), cause.AuthBackendTemporaryFailure, sure{cause.AuthBackendTemporaryFailure: likely}, nil},
		{"its login service is gone", newRun().add("imap-143 imap.example.net starttls", waiting, fail(stage.Upgrade, stage.Bye, &stage.StartTLSFacts{Reply: &broken})), cause.AuthBackendTemporaryFailure, sure{cause.AuthBackendTemporaryFailure: likely}, []cause.ID{cause.StartTLSAcceptedThenDropped}},
		{"goodbye before STARTTLS", newRun().add("imap-143 imap.example.net starttls", fail(stage.Upgrade, stage.Bye, &stage.StartTLSFacts{})), cause.ServerBusyGreeting, nil, []cause.ID{cause.StartTLSAcceptedThenDropped}},
		{"silence", newRun().add(imap, fail(stage.Login, stage.Silent)), cause.AuthBackendTemporaryFailure, sure{cause.AuthBackendTemporaryFailure: possible}, nil},
		{"no AUTH on 25", newRun().add("smtp-25 smtp.example.net starttls", noAuth, noMechanism), cause.AuthNotOfferedOnPort, sure{cause.AuthNotOfferedOnPort: proven}, []cause.ID{cause.AuthMechNotOffered, cause.MustIssueStartTLSFirst}},
		{"no AUTH in clear, and STARTTLS", newRun().add("smtp-25 smtp.example.net none", pass(stage.Capabilities, &stage.CapabilityFacts{StartTLS: true}), noMechanism), cause.MustIssueStartTLSFirst, sure{cause.MustIssueStartTLSFirst: proven}, []cause.ID{cause.AuthNotOfferedOnPort}},
		{"neither AUTH nor STARTTLS", newRun().add("smtp-25 smtp.example.net none", noAuth, noMechanism), cause.AuthNotOfferedOnPort, sure{cause.AuthNotOfferedOnPort: likely}, []cause.ID{cause.MustIssueStartTLSFirst, cause.AuthMechNotOffered}},
		{"the same for submission", newRun().add("smtp-587 smtp.example.net none", noAuth, noMechanism).followUp(t, "smtp-587/port-465"), cause.AuthNotOfferedOnPort, sure{cause.AuthNotOfferedOnPort: likely}, []cause.ID{cause.MustIssueStartTLSFirst}},
		{"locked maildrop", newRun().add("pop3-995 pop.example.net tls", refusedWith("USER/PASS", stage.Reply{Status: "-ERR", ResponseCode: "IN-USE", Lines: []string{"-ERR [IN-USE] locked"}})), cause.POP3MaildropLocked, sure{cause.POP3MaildropLocked: proven}, []cause.ID{cause.TooManyConnectionsPerUser, cause.WrongPassword}},
		{"no proof of the server", newRun().add(imap, fail(stage.Login, stage.ServerProof, &stage.LoginFacts{Mechanism: "SCRAM-SHA-256"})), "", sure{cause.MITMUnknownIssuer: possible, cause.SASLDialectIncompatible: possible}, []cause.ID{cause.WrongPassword}},
	})
}

func TestLoginNoteComesFirst(t *testing.T) {
	d := newRun().note(stage.NoteSeparateAccountLogin, "It is not the one for the online account.").add(imap, refusedWith("PLAIN", authFailed)).diagnose(t)
	first := d.Leading().Actions[0]
	if first.Who != cause.You || !strings.Contains(first.Text(prose.English()), "Example e-mail password. It is not the one for the online account.") {
		t.Errorf("the first action is %+v", first)
	}
	d = newRun().add(imap, refusedWith("PLAIN", authFailed)).diagnose(t)
	if first = d.Leading().Actions[0]; !strings.HasPrefix(first.Text(prose.English()), "sign in on") {
		t.Errorf("without the note, the first action is %+v", first)
	}
}

func TestMailboxAndPolicyRules(t *testing.T) {
	mailbox := func(used, limit int64) step {
		return pass(stage.Mailbox, &stage.MailboxFacts{QuotaUsed: &used, QuotaLimit: &limit})
	}
	size := func(n int64) step {
		return pass(stage.Capabilities, &stage.CapabilityFacts{Size: &n, Mechanisms: []string{"PLAIN"}})
	}
	sender := func(r stage.Reply) step {
		return fail(stage.Submit, stage.Refusal(r).Fault, &stage.SubmitFacts{Reply: &r})
	}
	maildrop := int64(700_000_001)
	offeredIMAP := func(steps ...step) *run {
		return newRun().note(stage.NoteIMAPUnsupported, "IMAP is not supported.").add(imap, append(steps, optional)...)
	}
	checkCases(t, []ruleCase{
		{"quota used up", newRun().add(imap, mailbox(700_000_000, 700_000_000)), cause.MailboxFull, sure{cause.MailboxFull: proven}, []cause.ID{cause.LimitDiffersFromProfile}},
		{"room left", newRun().add(imap, mailbox(1, 700_000_000)), "", nil, []cause.ID{cause.MailboxFull, cause.LimitDiffersFromProfile}},
		{"maildrop beyond the page's limit", newRun().add("pop3-995 pop.example.net tls", pass(stage.Mailbox, &stage.MailboxFacts{Bytes: &maildrop})), cause.MailboxFull, sure{cause.MailboxFull: likely}, nil},
		{"quota differs", newRun().add(imap, mailbox(1, 500_000_000)), cause.LimitDiffersFromProfile, sure{cause.LimitDiffersFromProfile: proven}, []cause.ID{cause.MailboxFull}},
		{"SIZE differs", newRun().add(smtp465, size(5_000_000)), cause.LimitDiffersFromProfile, sure{cause.LimitDiffersFromProfile: proven}, nil},
		{"SIZE in the other megabytes", newRun().add(smtp465, size(10_485_760)), "", nil, []cause.ID{cause.LimitDiffersFromProfile}},
		{"SIZE 0 is no limit", newRun().add(smtp465, size(0)), "", nil, []cause.ID{cause.LimitDiffersFromProfile}},
		{"mailbox refused", newRun().add(imap, fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: new(imapNo("SERVERBUG", "internal"))})), cause.MailboxBackendUnavailable, sure{cause.MailboxBackendUnavailable: likely}, []cause.ID{cause.AuthBackendTemporaryFailure}},
		{"mailbox over quota", newRun().add(imap, fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: new(imapNo("OVERQUOTA", "full"))})), cause.MailboxFull, sure{cause.MailboxFull: proven}, []cause.ID{cause.MailboxBackendUnavailable}},
		{"sender refused", newRun().add(smtp465, sender(smtpReply(553, "5.7.1", "553 5.7.1 Sender address rejected: not owned by user"))), cause.SenderAddressNotPermitted, sure{cause.SenderAddressNotPermitted: proven}, []cause.ID{cause.SMTPAuthNotConfiguredInClient}},
		{"too large", newRun().add(smtp465, sender(smtpReply(552, "5.3.4", "552 5.3.4 too large"))), cause.LimitDiffersFromProfile, sure{cause.LimitDiffersFromProfile: likely}, []cause.ID{cause.SenderAddressNotPermitted}},
		{"mailbox silent", newRun().add(imap, fail(stage.Mailbox, stage.Silent)), cause.MailboxBackendUnavailable, sure{cause.MailboxBackendUnavailable: possible}, nil},
		{"login wanted", newRun().add(smtp465, skip(stage.Login, stage.NoPassword), sender(smtpReply(530, "5.7.0", "530 5.7.0 Authentication required"))), cause.SMTPAuthNotConfiguredInClient, sure{cause.SMTPAuthNotConfiguredInClient: likely}, []cause.ID{cause.SenderAddressNotPermitted}},

		{"in clear, not tried", newRun().add("pop3-110 pop.example.net none", skip(stage.Login, stage.CleartextNotAllowed)), cause.PasswordInClear, sure{cause.PasswordInClear: proven}, nil},
		{"in clear, tried", newRun().add("pop3-110 pop.example.net none"), cause.PasswordInClear, sure{cause.PasswordInClear: proven}, nil},
		{"encrypted", newRun().add("pop3-110 pop.example.net starttls"), "", nil, []cause.ID{cause.PasswordInClear}},
		{"IMAP unsupported", offeredIMAP(dialled(stage.Refused, stage.DialRefused)).add("pop3-995 pop.example.net tls"), cause.ProtocolNotProvided, sure{cause.ProtocolNotProvided: likely}, nil},
		{"IMAP unsupported, and POP fails too", offeredIMAP(dialled(stage.Refused, stage.DialRefused)).add("pop3-995 pop.example.net tls", timeout()), "", nil, []cause.ID{cause.ProtocolNotProvided}},
		{"IMAP unsupported, and works", offeredIMAP().add("pop3-995 pop.example.net tls"), "", nil, []cause.ID{cause.ProtocolNotProvided}},
	})
}

func TestSeverityOfWhatIsOptional(t *testing.T) {
	bad := certificate(stage.CertExpired)
	for _, c := range []struct {
		name string
		run  *run
		want cause.Severity
	}{
		{"optional, another receives", newRun().add(imap, bad, optional).add("pop3-995 pop.example.net tls"), cause.Warn},
		{"optional, nothing else receives", newRun().add(imap, bad, optional).add("pop3-995 pop.example.net tls", timeout()).add(smtp465), cause.Fail},
		{"required", newRun().add(imap, bad).add("pop3-995 pop.example.net tls"), cause.Fail},
		{"optional, and required too", newRun().add(imap, bad, optional).add("pop3-995 pop.example.net tls").add("imap-143 imap.example.net starttls", bad), cause.Fail},
	} {
		if f := find(c.run.diagnose(t), cause.CertExpired); f == nil || f.Severity != c.want {
			t.Errorf("%s: %+v, want %s", c.name, f, c.want)
		}
	}
	larger := int64(50_000_000)
	d := newRun().add(smtp465, pass(stage.Capabilities, &stage.CapabilityFacts{Size: &larger, Mechanisms: []string{"PLAIN"}})).diagnose(t)
	if f := find(d, cause.LimitDiffersFromProfile); f == nil || f.Severity != cause.Info {
		t.Errorf("a larger limit: %+v, want info", f)
	}
}
