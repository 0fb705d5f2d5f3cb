package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
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
	noAuth := pass(stage.Capabilities, &stage.CapabilityFacts{})
	waiting := pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Status: "OK", Lines: []string{"* OK Waiting for authentication process to respond.."}}})
	broken := stage.Reply{Command: "CAPABILITY", Status: "BYE", Lines: []string{"* BYE Auth process broken"}}
	checkCases(t, []ruleCase{
		{"refused", newRun().add(imap, refusedWith("PLAIN", authFailed)), diagnose.WrongPassword, sure{diagnose.WrongPassword: likely}, []diagnose.CauseID{diagnose.WrongUsernameFormat, diagnose.SASLDialectIncompatible, diagnose.AuthBackendTemporaryFailure, diagnose.SMTPAndIMAPCredentialsDiffer}},
		{"SCRAM refused", scram(), diagnose.WrongPassword, sure{diagnose.WrongPassword: possible, diagnose.SASLDialectIncompatible: possible}, nil},
		{"SCRAM refused, PLAIN accepted", scram().followUp(t, "imap-993/plain"), diagnose.SASLDialectIncompatible, sure{diagnose.SASLDialectIncompatible: likely}, []diagnose.CauseID{diagnose.WrongPassword}},
		{"SCRAM refused, PLAIN too", scram().followUp(t, "imap-993/plain", refusedWith("PLAIN", authFailed)), diagnose.WrongPassword, sure{diagnose.WrongPassword: likely}, []diagnose.CauseID{diagnose.SASLDialectIncompatible}},
		{"SCRAM refused, PLAIN not tried", scram().followUp(t, "imap-993/plain", skip(stage.Login, stage.LoginBudget)), diagnose.WrongPassword, sure{diagnose.WrongPassword: possible}, nil},
		{"local part sent", user("jane"), diagnose.WrongUsernameFormat, sure{diagnose.WrongUsernameFormat: likely, diagnose.WrongPassword: possible}, nil},
		{"one accepts, one refuses", newRun().add(imap).add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), diagnose.SMTPAndIMAPCredentialsDiffer, sure{diagnose.SMTPAndIMAPCredentialsDiffer: likely, diagnose.WrongPassword: possible}, nil},
		{"both refuse", newRun().add(imap, refusedWith("PLAIN", authFailed)).add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), diagnose.WrongPassword, sure{diagnose.WrongPassword: likely}, []diagnose.CauseID{diagnose.SMTPAndIMAPCredentialsDiffer}},
		{"cannot be sent", newRun().add(imap, fail(stage.Login, stage.BadCredential)), diagnose.PasswordEncodingOrWhitespace, sure{diagnose.PasswordEncodingOrWhitespace: proven}, []diagnose.CauseID{diagnose.WrongPassword}},
		{"backend", newRun().add(imap, refusedWith("PLAIN", imapNo("UNAVAILABLE", "[UNAVAILABLE] later"))), diagnose.AuthBackendTemporaryFailure, sure{diagnose.AuthBackendTemporaryFailure: proven}, []diagnose.CauseID{diagnose.WrongPassword}},
		{"BAD", newRun().add(imap, refusedWith("PLAIN", stage.Reply{Status: "BAD", Lines: []string{"BAD what"}})), "", sure{diagnose.SASLDialectIncompatible: possible, diagnose.PasswordEncodingOrWhitespace: possible}, []diagnose.CauseID{diagnose.WrongPassword}},
		{"locked", newRun().add(imap, refusedWith("PLAIN", imapNo("", "Too many invalid logon attempts."))), diagnose.AccountLockedTooManyAttempts, sure{diagnose.AccountLockedTooManyAttempts: likely}, []diagnose.CauseID{diagnose.RateLimitedLogin, diagnose.WrongPassword}},
		{"too many connections", newRun().add(imap, refusedWith("PLAIN", imapNo("LIMIT", "limit"))), diagnose.TooManyConnectionsPerUser, nil, []diagnose.CauseID{diagnose.ServerBusyGreeting, diagnose.RateLimitedLogin}},
		{"too frequent", newRun().add("pop3-995 pop.example.net tls", refusedWith("PLAIN", stage.Reply{Status: "-ERR", ResponseCode: "LOGIN-DELAY", Lines: []string{"-ERR"}})), diagnose.RateLimitedLogin, nil, []diagnose.CauseID{diagnose.AccountLockedTooManyAttempts, diagnose.POP3MaildropLocked}},
		{"AUTH unknown", newRun().add(smtp465, refusedWith("PLAIN", smtpReply(503, "5.5.1", "503 no"))), diagnose.AuthNotOfferedOnPort, nil, []diagnose.CauseID{diagnose.AuthMechNotOffered, diagnose.WrongPassword}},
		{"mechanism unknown", newRun().add(smtp465, refusedWith("PLAIN", smtpReply(504, "5.5.4", "504 no"))), diagnose.AuthMechNotOffered, nil, []diagnose.CauseID{diagnose.AuthNotOfferedOnPort, diagnose.WrongPassword}},
		{"waiting for its login service", newRun().add(imap, waiting, fail(stage.Capabilities, stage.Stalled)), diagnose.AuthBackendTemporaryFailure, sure{diagnose.AuthBackendTemporaryFailure: likely}, nil},
		{"its login service is gone", newRun().add("imap-143 imap.example.net starttls", waiting, fail(stage.Upgrade, stage.Bye, &stage.StartTLSFacts{Reply: &broken})), diagnose.AuthBackendTemporaryFailure, sure{diagnose.AuthBackendTemporaryFailure: likely}, []diagnose.CauseID{diagnose.StartTLSAcceptedThenDropped}},
		{"goodbye before STARTTLS", newRun().add("imap-143 imap.example.net starttls", fail(stage.Upgrade, stage.Bye, &stage.StartTLSFacts{})), diagnose.ServerBusyGreeting, nil, []diagnose.CauseID{diagnose.StartTLSAcceptedThenDropped}},
		{"silence", newRun().add(imap, fail(stage.Login, stage.Silent)), diagnose.AuthBackendTemporaryFailure, sure{diagnose.AuthBackendTemporaryFailure: possible}, nil},
		{"no AUTH on 25", newRun().add("smtp-25 smtp.example.net starttls", noAuth, noMechanism), diagnose.AuthNotOfferedOnPort, sure{diagnose.AuthNotOfferedOnPort: proven}, []diagnose.CauseID{diagnose.AuthMechNotOffered, diagnose.MustIssueStartTLSFirst}},
		{"no AUTH in clear", newRun().add("smtp-25 smtp.example.net none", noAuth, noMechanism), diagnose.MustIssueStartTLSFirst, nil, []diagnose.CauseID{diagnose.AuthNotOfferedOnPort}},
		{"locked maildrop", newRun().add("pop3-995 pop.example.net tls", refusedWith("USER/PASS", stage.Reply{Status: "-ERR", ResponseCode: "IN-USE", Lines: []string{"-ERR [IN-USE] locked"}})), diagnose.POP3MaildropLocked, sure{diagnose.POP3MaildropLocked: proven}, []diagnose.CauseID{diagnose.TooManyConnectionsPerUser, diagnose.WrongPassword}},
		{"no proof of the server", newRun().add(imap, fail(stage.Login, stage.ServerProof, &stage.LoginFacts{Mechanism: "SCRAM-SHA-256"})), "", sure{diagnose.MITMUnknownIssuer: possible, diagnose.SASLDialectIncompatible: possible}, []diagnose.CauseID{diagnose.WrongPassword}},
	})
}

func TestLoginNoteComesFirst(t *testing.T) {
	d := newRun().note("separate-account-login", "It is not the one for the online account.").add(imap, refusedWith("PLAIN", authFailed)).diagnose(t)
	p, _ := diagnose.PageOf(diagnose.WrongPassword)
	first := p.Actions(d.Leading().Args)[0]
	if first.Who != diagnose.You || !strings.Contains(first.Text, "Example e-mail password. It is not the one for the online account.") {
		t.Errorf("the first action is %+v", first)
	}
	d = newRun().add(imap, refusedWith("PLAIN", authFailed)).diagnose(t)
	if first = p.Actions(d.Leading().Args)[0]; !strings.HasPrefix(first.Text, "sign in on") {
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
		return newRun().note("imap-unsupported", "IMAP is not supported.").add(imap, append(steps, optional)...)
	}
	checkCases(t, []ruleCase{
		{"quota used up", newRun().add(imap, mailbox(700_000_000, 700_000_000)), diagnose.MailboxFull, sure{diagnose.MailboxFull: proven}, []diagnose.CauseID{diagnose.LimitDiffersFromProfile}},
		{"room left", newRun().add(imap, mailbox(1, 700_000_000)), "", nil, []diagnose.CauseID{diagnose.MailboxFull, diagnose.LimitDiffersFromProfile}},
		{"maildrop beyond the page's limit", newRun().add("pop3-995 pop.example.net tls", pass(stage.Mailbox, &stage.MailboxFacts{Bytes: &maildrop})), diagnose.MailboxFull, sure{diagnose.MailboxFull: likely}, nil},
		{"quota differs", newRun().add(imap, mailbox(1, 500_000_000)), diagnose.LimitDiffersFromProfile, sure{diagnose.LimitDiffersFromProfile: proven}, []diagnose.CauseID{diagnose.MailboxFull}},
		{"SIZE differs", newRun().add(smtp465, size(5_000_000)), diagnose.LimitDiffersFromProfile, sure{diagnose.LimitDiffersFromProfile: proven}, nil},
		{"SIZE in the other megabytes", newRun().add(smtp465, size(10_485_760)), "", nil, []diagnose.CauseID{diagnose.LimitDiffersFromProfile}},
		{"SIZE 0 is no limit", newRun().add(smtp465, size(0)), "", nil, []diagnose.CauseID{diagnose.LimitDiffersFromProfile}},
		{"mailbox refused", newRun().add(imap, fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: new(imapNo("SERVERBUG", "internal"))})), diagnose.MailboxBackendUnavailable, sure{diagnose.MailboxBackendUnavailable: likely}, []diagnose.CauseID{diagnose.AuthBackendTemporaryFailure}},
		{"mailbox over quota", newRun().add(imap, fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: new(imapNo("OVERQUOTA", "full"))})), diagnose.MailboxFull, sure{diagnose.MailboxFull: proven}, []diagnose.CauseID{diagnose.MailboxBackendUnavailable}},
		{"sender refused", newRun().add(smtp465, sender(smtpReply(553, "5.7.1", "553 5.7.1 Sender address rejected: not owned by user"))), diagnose.SenderAddressNotPermitted, sure{diagnose.SenderAddressNotPermitted: likely}, []diagnose.CauseID{diagnose.SMTPAuthNotConfiguredInClient}},
		{"too large", newRun().add(smtp465, sender(smtpReply(552, "5.3.4", "552 5.3.4 too large"))), diagnose.LimitDiffersFromProfile, sure{diagnose.LimitDiffersFromProfile: likely}, []diagnose.CauseID{diagnose.SenderAddressNotPermitted}},
		{"mailbox silent", newRun().add(imap, fail(stage.Mailbox, stage.Silent)), diagnose.MailboxBackendUnavailable, sure{diagnose.MailboxBackendUnavailable: possible}, nil},
		{"login wanted", newRun().add(smtp465, skip(stage.Login, stage.NoPassword), sender(smtpReply(530, "5.7.0", "530 5.7.0 Authentication required"))), diagnose.SMTPAuthNotConfiguredInClient, sure{diagnose.SMTPAuthNotConfiguredInClient: likely}, []diagnose.CauseID{diagnose.SenderAddressNotPermitted}},

		{"in clear, not tried", newRun().add("pop3-110 pop.example.net none", skip(stage.Login, stage.CleartextNotAllowed)), diagnose.PasswordInClear, sure{diagnose.PasswordInClear: proven}, nil},
		{"in clear, tried", newRun().add("pop3-110 pop.example.net none"), diagnose.PasswordInClear, sure{diagnose.PasswordInClear: proven}, nil},
		{"encrypted", newRun().add("pop3-110 pop.example.net starttls"), "", nil, []diagnose.CauseID{diagnose.PasswordInClear}},
		{"IMAP unsupported", offeredIMAP(dialled(stage.Refused, stage.DialRefused)).add("pop3-995 pop.example.net tls"), diagnose.ProtocolNotProvided, sure{diagnose.ProtocolNotProvided: likely}, nil},
		{"IMAP unsupported, and POP fails too", offeredIMAP(dialled(stage.Refused, stage.DialRefused)).add("pop3-995 pop.example.net tls", timeout()), "", nil, []diagnose.CauseID{diagnose.ProtocolNotProvided}},
		{"IMAP unsupported, and works", offeredIMAP().add("pop3-995 pop.example.net tls"), "", nil, []diagnose.CauseID{diagnose.ProtocolNotProvided}},
	})
}

func TestSeverityOfWhatIsOptional(t *testing.T) {
	bad := certificate(stage.CertExpired)
	for _, c := range []struct {
		name string
		run  *run
		want diagnose.Severity
	}{
		{"optional, another receives", newRun().add(imap, bad, optional).add("pop3-995 pop.example.net tls"), diagnose.Warn},
		{"optional, nothing else receives", newRun().add(imap, bad, optional).add("pop3-995 pop.example.net tls", timeout()).add(smtp465), diagnose.Fail},
		{"required", newRun().add(imap, bad).add("pop3-995 pop.example.net tls"), diagnose.Fail},
		{"optional, and required too", newRun().add(imap, bad, optional).add("pop3-995 pop.example.net tls").add("imap-143 imap.example.net starttls", bad), diagnose.Fail},
	} {
		if f := find(c.run.diagnose(t), diagnose.CertExpired); f == nil || f.Severity != c.want {
			t.Errorf("%s: %+v, want %s", c.name, f, c.want)
		}
	}
	larger := int64(50_000_000)
	d := newRun().add(smtp465, pass(stage.Capabilities, &stage.CapabilityFacts{Size: &larger, Mechanisms: []string{"PLAIN"}})).diagnose(t)
	if f := find(d, diagnose.LimitDiffersFromProfile); f == nil || f.Severity != diagnose.Info {
		t.Errorf("a larger limit: %+v, want info", f)
	}
}
