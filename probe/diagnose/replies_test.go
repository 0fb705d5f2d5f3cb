package diagnose_test

import (
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

func imapReply(code, text string) stage.Reply {
	return stage.Reply{Status: "NO", ResponseCode: code, Lines: []string{text}}
}

func popErr(code, text string) stage.Reply {
	return stage.Reply{Status: "-ERR", ResponseCode: code, Lines: []string{text}}
}

var replyCases = []struct {
	stage stage.Stage
	p     stage.Protocol
	reply stage.Reply
	want  diagnose.CauseID
	sure  diagnose.Confidence
}{
	// The same words under another code, and the same code with other words.
	{stage.Login, stage.IMAP, imapReply("AUTHENTICATIONFAILED", "Authentication failed."), diagnose.WrongPassword, likely},
	{stage.Login, stage.POP3, popErr("AUTH", "-ERR [AUTH] Invalid login"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "", "535 Incorrect authentication data"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: (reason unavailable)"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "", "535 Error: authentication failed: (reason unavailable)"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Login service unavailable for this name"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: Connection lost to authentication server"), diagnose.AuthBackendTemporaryFailure, likely},
	{stage.Mailbox, stage.IMAP, imapReply("", "NO EXAMINE Unsafe Login. Please contact us"), diagnose.IMAPIDRequired, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "", "535 Error: authentication failed, system busy"), diagnose.AuthBackendTemporaryFailure, likely},
	{stage.Login, stage.IMAP, imapReply("", "NO Login failed."), diagnose.WrongPassword, likely},
	{stage.Login, stage.IMAP, imapReply("", "NO nope"), diagnose.WrongPassword, possible},
	{stage.Login, stage.SMTP, smtpReply(550, "", "550 nope"), diagnose.WrongPassword, possible},

	{stage.Login, stage.SMTP, smtpReply(454, "4.7.0", "454 4.7.0 Temporary authentication failure"), diagnose.AuthBackendTemporaryFailure, proven},
	{stage.Login, stage.SMTP, smtpReply(454, "4.7.0", "454 4.7.0 Too many login attempts, please try again later."), diagnose.RateLimitedLogin, likely},
	{stage.Login, stage.SMTP, smtpReply(435, "", "435 Unable to authenticate at present"), diagnose.AuthBackendTemporaryFailure, likely},
	{stage.Login, stage.IMAP, imapReply("UNAVAILABLE", "Temporary authentication failure."), diagnose.AuthBackendTemporaryFailure, proven},
	{stage.Login, stage.IMAP, imapReply("UNAVAILABLE", "Maximum number of connections from user+IP exceeded"), diagnose.TooManyConnectionsPerUser, likely},
	{stage.Login, stage.POP3, popErr("SYS/TEMP", "-ERR [SYS/TEMP] later"), diagnose.AuthBackendTemporaryFailure, proven},
	{stage.Login, stage.POP3, popErr("", "-ERR Temporary problem, please try again later"), diagnose.AuthBackendTemporaryFailure, likely},

	{stage.Login, stage.POP3, popErr("IN-USE", "-ERR [IN-USE] busy"), diagnose.POP3MaildropLocked, proven},
	{stage.Mailbox, stage.POP3, popErr("", "-ERR unable to lock maildrop"), diagnose.POP3MaildropLocked, likely},
	{stage.Login, stage.POP3, popErr("LOGIN-DELAY", "-ERR [LOGIN-DELAY] wait"), diagnose.RateLimitedLogin, proven},
	{stage.Login, stage.SMTP, smtpReply(421, "", "421 closing"), diagnose.RateLimitedLogin, possible},
	{stage.Login, stage.IMAP, imapReply("LIMIT", "NO limit"), diagnose.TooManyConnectionsPerUser, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.0", "535 5.7.0 Too many bad auth attempts."), diagnose.AccountLockedTooManyAttempts, likely},

	{stage.Login, stage.IMAP, imapReply("PRIVACYREQUIRED", "NO"), diagnose.MustIssueStartTLSFirst, proven},
	{stage.Login, stage.SMTP, smtpReply(538, "5.7.11", "538 Encryption required"), diagnose.MustIssueStartTLSFirst, proven},
	{stage.Login, stage.SMTP, smtpReply(530, "5.7.0", "530 5.7.0 Must issue a STARTTLS command first"), diagnose.MustIssueStartTLSFirst, likely},
	{stage.Submit, stage.SMTP, smtpReply(451, "5.7.3", "451 5.7.3 Must issue a STARTTLS command first"), diagnose.MustIssueStartTLSFirst, likely},
	{stage.Login, stage.SMTP, smtpReply(504, "5.5.4", "504 5.5.4 Unrecognized authentication type"), diagnose.AuthMechNotOffered, likely},
	{stage.Login, stage.SMTP, smtpReply(534, "5.7.9", "534 5.7.9 too weak"), diagnose.AuthMechNotOffered, likely},
	{stage.Login, stage.SMTP, smtpReply(503, "5.5.1", "503 AUTH command used when not advertised"), diagnose.AuthNotOfferedOnPort, likely},
	{stage.Login, stage.IMAP, stage.Reply{Status: "BAD", Lines: []string{"BAD what"}}, diagnose.SASLDialectIncompatible, possible},

	{stage.Mailbox, stage.IMAP, imapReply("OVERQUOTA", "NO full"), diagnose.MailboxFull, proven},
	{stage.Submit, stage.SMTP, smtpReply(552, "5.2.2", "552 5.2.2 full"), diagnose.MailboxFull, proven},
	{stage.Mailbox, stage.IMAP, imapReply("SERVERBUG", "NO internal"), diagnose.MailboxBackendUnavailable, likely},
	{stage.Mailbox, stage.IMAP, imapReply("", "NO nope"), diagnose.MailboxBackendUnavailable, possible},
	{stage.Submit, stage.SMTP, smtpReply(553, "", "553 Mail from must equal authorized user"), diagnose.SenderAddressNotPermitted, likely},
	{stage.Submit, stage.SMTP, smtpReply(501, "", "501 mail from address must be same as authorization user"), diagnose.SenderAddressNotPermitted, likely},
	{stage.Submit, stage.SMTP, smtpReply(554, "5.7.1", "554 5.7.1 Relay access denied"), diagnose.SMTPAuthNotConfiguredInClient, likely},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.64", "550 5.7.64 TenantAttribution; Relay Access Denied"), diagnose.SMTPAuthNotConfiguredInClient, possible},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.606", "550 5.7.606 no"), diagnose.ClientIPDNSBLOnSubmission, proven},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.649", "550 5.7.649 no"), diagnose.ClientIPDNSBLOnSubmission, proven},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.650", "550 5.7.650 no"), diagnose.SenderAddressNotPermitted, possible},
	{stage.Submit, stage.SMTP, smtpReply(451, "4.7.1", "451 4.7.1 Greylisted, try again in 300 seconds"), diagnose.MailboxBackendUnavailable, likely},
	{stage.Submit, stage.SMTP, smtpReply(451, "4.3.5", "451 4.3.5 Server configuration error"), diagnose.MailboxBackendUnavailable, likely},
	{stage.Submit, stage.SMTP, smtpReply(553, "5.1.8", "553 5.1.8 Sender domain not found"), diagnose.SenderAddressNotPermitted, likely},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.1.8", "550 5.1.8 Access denied, bad outbound sender"), diagnose.OutboundSendingRestricted, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6"), diagnose.WrongPassword, likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: VXNlcm5hbWU6"), diagnose.SASLDialectIncompatible, likely},
	{stage.Login, stage.IMAP, imapReply("INUSE", "NO [INUSE] in use"), diagnose.TooManyConnectionsPerUser, likely},
	{stage.Login, stage.POP3, popErr("", "-ERR upgrade your subscription to use POP3"), diagnose.ProtocolDisabledForAccount, likely},
	{stage.Login, stage.POP3, popErr("AUTH", "-ERR [AUTH] Unsupported authentication mechanism."), diagnose.AuthMechNotOffered, likely},
	{stage.Submit, stage.SMTP, smtpReply(552, "5.3.4", "552 5.3.4 too large"), diagnose.LimitDiffersFromProfile, likely},

	{stage.Greeting, stage.SMTP, smtpReply(421, "", "421 Too much load; please try again later."), diagnose.ServerBusyGreeting, likely},
	{stage.Greeting, stage.SMTP, smtpReply(421, "", "421 your address is on a blacklist"), diagnose.GreetingRefusedByPolicy, likely},
	{stage.Greeting, stage.SMTP, smtpReply(554, "", "554 no"), diagnose.GreetingRefusedByPolicy, likely},
	{stage.Greeting, stage.POP3, popErr("SYS/TEMP", "-ERR [SYS/TEMP] no"), diagnose.ServerBusyGreeting, likely},
	{stage.Upgrade, stage.SMTP, stage.Reply{Command: "STARTTLS", Code: 454, Lines: []string{"454 not available"}}, diagnose.StartTLSBrokenOnServer, proven},
	{stage.Upgrade, stage.POP3, stage.Reply{Command: "STLS", Status: "-ERR", Lines: []string{"-ERR no"}}, diagnose.StartTLSBrokenOnServer, likely},
	{stage.Capabilities, stage.SMTP, stage.Reply{Command: "EHLO", Code: 501, Lines: []string{"501 bad"}}, diagnose.SMTPHELORejected, likely},
}

func TestClassify(t *testing.T) {
	for _, c := range replyCases {
		got := diagnose.Classify(c.stage, c.p, c.reply)
		if len(got) == 0 || got[0].Cause != c.want || got[0].Confidence != c.sure {
			t.Errorf("%s %s %q: %v, want %s %s", c.stage, c.p, c.reply.Text(), got, c.want, c.sure)
		}
	}
	if g := diagnose.Classify(stage.Login, stage.IMAP, stage.Reply{Status: "OK", Lines: []string{"OK"}}); g != nil {
		t.Errorf("a yes means %v", g)
	}
}

// A refusal never falls through, whatever its words.
func TestEveryRefusalIsClassified(t *testing.T) {
	for _, s := range []stage.Stage{stage.Greeting, stage.Login, stage.Mailbox, stage.Submit} {
		for code := 400; code < 600; code++ {
			if s != stage.Mailbox && diagnose.Classify(s, stage.SMTP, stage.Reply{Code: code, Lines: []string{"x"}}) == nil {
				t.Errorf("%s: %d is not classified", s, code)
			}
		}
		for _, status := range []string{"NO", "BAD", "BYE", "-ERR"} {
			if s != stage.Submit && status != "BAD" && diagnose.Classify(s, stage.IMAP, stage.Reply{Status: status, Lines: []string{"x"}}) == nil {
				t.Errorf("%s: %s is not classified", s, status)
			}
		}
	}
}
