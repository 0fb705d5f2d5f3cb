package reply_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

func smtpReply(code int, enhanced, text string) stage.Reply {
	return stage.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}
}

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
	want  cause.ID
	sure  cause.Confidence
}{
	// The same words under another code, and the same code with other words.
	{stage.Login, stage.IMAP, imapReply("AUTHENTICATIONFAILED", "Authentication failed."), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.POP3, popErr("AUTH", "-ERR [AUTH] Invalid login"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "", "535 Incorrect authentication data"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: (reason unavailable)"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "", "535 Error: authentication failed: (reason unavailable)"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Login service unavailable for this name"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: Connection lost to authentication server"), cause.AuthBackendTemporaryFailure, cause.Proven},
	{stage.Mailbox, stage.IMAP, imapReply("", "NO EXAMINE Unsafe Login. Please contact us"), cause.IMAPIDRequired, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "", "535 Error: authentication failed, system busy"), cause.AppPasswordRequired, cause.Likely},
	{stage.Login, stage.IMAP, imapReply("", "NO Login failed."), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.IMAP, imapReply("", "NO nope"), cause.WrongPassword, cause.Possible},
	{stage.Login, stage.SMTP, smtpReply(550, "", "550 nope"), cause.WrongPassword, cause.Possible},

	{stage.Login, stage.SMTP, smtpReply(454, "4.7.0", "454 4.7.0 Temporary authentication failure"), cause.AuthBackendTemporaryFailure, cause.Proven},
	{stage.Login, stage.SMTP, smtpReply(454, "4.7.0", "454 4.7.0 Too many login attempts, please try again later."), cause.RateLimitedLogin, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(435, "", "435 Unable to authenticate at present"), cause.AuthBackendTemporaryFailure, cause.Proven},
	{stage.Login, stage.IMAP, imapReply("UNAVAILABLE", "Temporary authentication failure."), cause.AuthBackendTemporaryFailure, cause.Proven},
	{stage.Login, stage.IMAP, imapReply("UNAVAILABLE", "Maximum number of connections from user+IP exceeded"), cause.TooManyConnectionsPerUser, cause.Likely},
	{stage.Login, stage.POP3, popErr("SYS/TEMP", "-ERR [SYS/TEMP] later"), cause.AuthBackendTemporaryFailure, cause.Proven},
	{stage.Login, stage.POP3, popErr("", "-ERR Temporary problem, please try again later"), cause.AuthBackendTemporaryFailure, cause.Proven},

	{stage.Login, stage.POP3, popErr("IN-USE", "-ERR [IN-USE] busy"), cause.POP3MaildropLocked, cause.Proven},
	{stage.Mailbox, stage.POP3, popErr("", "-ERR unable to lock maildrop"), cause.POP3MaildropLocked, cause.Likely},
	{stage.Login, stage.POP3, popErr("LOGIN-DELAY", "-ERR [LOGIN-DELAY] wait"), cause.RateLimitedLogin, cause.Proven},
	{stage.Login, stage.SMTP, smtpReply(421, "", "421 closing"), cause.RateLimitedLogin, cause.Possible},
	{stage.Login, stage.IMAP, imapReply("LIMIT", "NO limit"), cause.TooManyConnectionsPerUser, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.0", "535 5.7.0 Too many bad auth attempts."), cause.AccountLockedTooManyAttempts, cause.Likely},

	{stage.Login, stage.IMAP, imapReply("PRIVACYREQUIRED", "NO"), cause.MustIssueStartTLSFirst, cause.Proven},
	{stage.Login, stage.SMTP, smtpReply(538, "5.7.11", "538 Encryption required"), cause.MustIssueStartTLSFirst, cause.Proven},
	{stage.Login, stage.SMTP, smtpReply(530, "5.7.0", "530 5.7.0 Must issue a STARTTLS command first"), cause.MustIssueStartTLSFirst, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(451, "5.7.3", "451 5.7.3 Must issue a STARTTLS command first"), cause.MustIssueStartTLSFirst, cause.Proven},
	{stage.Login, stage.SMTP, smtpReply(504, "5.5.4", "504 5.5.4 Unrecognized authentication type"), cause.AuthMechNotOffered, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(534, "5.7.9", "534 5.7.9 too weak"), cause.AuthMechNotOffered, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(503, "5.5.1", "503 AUTH command used when not advertised"), cause.AuthNotOfferedOnPort, cause.Likely},
	{stage.Login, stage.IMAP, stage.Reply{Status: "BAD", Lines: []string{"BAD what"}}, cause.SASLDialectIncompatible, cause.Possible},

	{stage.Mailbox, stage.IMAP, imapReply("OVERQUOTA", "NO full"), cause.MailboxFull, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(552, "5.2.2", "552 5.2.2 full"), cause.MailboxFull, cause.Proven},
	{stage.Mailbox, stage.IMAP, imapReply("SERVERBUG", "NO internal"), cause.MailboxBackendUnavailable, cause.Likely},
	{stage.Mailbox, stage.IMAP, imapReply("", "NO nope"), cause.MailboxBackendUnavailable, cause.Possible},
	{stage.Submit, stage.SMTP, smtpReply(553, "", "553 Mail from must equal authorized user"), cause.SenderAddressNotPermitted, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(501, "", "501 mail from address must be same as authorization user"), cause.SenderAddressNotPermitted, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(554, "5.7.1", "554 5.7.1 Relay access denied"), cause.SMTPAuthNotConfiguredInClient, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.64", "550 5.7.64 TenantAttribution; Relay Access Denied"), cause.SMTPAuthNotConfiguredInClient, cause.Possible},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.606", "550 5.7.606 no"), cause.ClientIPDNSBLOnSubmission, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.649", "550 5.7.649 no"), cause.ClientIPDNSBLOnSubmission, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.7.650", "550 5.7.650 no"), cause.SenderAddressNotPermitted, cause.Possible},
	{stage.Submit, stage.SMTP, smtpReply(451, "4.7.1", "451 4.7.1 Greylisted, try again in 300 seconds"), cause.Greylisted, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(450, "4.2.0", "450 4.2.0 <a@b.test>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch"), cause.Greylisted, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(450, "4.7.1", "450 4.7.1 <25aea30808b2>: Helo command rejected: Host not found"), cause.SMTPHELORejected, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(550, "", "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)"), cause.SMTPHELORejected, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(450, "4.7.25", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.9]"), cause.GreetingRefusedByPolicy, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(451, "4.3.0", "451 4.3.0 <a@b.test>: Temporary lookup failure"), cause.MailboxBackendUnavailable, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(451, "", "451 Temporary local problem - please try later"), cause.MailboxBackendUnavailable, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(451, "4.3.5", "451 4.3.5 Server configuration error"), cause.MailboxBackendUnavailable, cause.Proven},
	{stage.Submit, stage.SMTP, smtpReply(553, "5.1.8", "553 5.1.8 Sender domain not found"), cause.SenderAddressNotPermitted, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(550, "5.1.8", "550 5.1.8 Access denied, bad outbound sender"), cause.OutboundSendingRestricted, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6"), cause.WrongPassword, cause.Likely},
	{stage.Login, stage.SMTP, smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed: VXNlcm5hbWU6"), cause.SASLDialectIncompatible, cause.Likely},
	{stage.Login, stage.IMAP, imapReply("INUSE", "NO [INUSE] in use"), cause.TooManyConnectionsPerUser, cause.Likely},
	{stage.Login, stage.POP3, popErr("", "-ERR upgrade your subscription to use POP3"), cause.ProtocolDisabledForAccount, cause.Likely},
	{stage.Login, stage.POP3, popErr("AUTH", "-ERR [AUTH] Unsupported authentication mechanism."), cause.AuthMechNotOffered, cause.Likely},
	{stage.Submit, stage.SMTP, smtpReply(552, "5.3.4", "552 5.3.4 too large"), cause.LimitDiffersFromProfile, cause.Likely},

	{stage.Greeting, stage.SMTP, smtpReply(421, "", "421 Too much load; please try again later."), cause.ServerBusyGreeting, cause.Proven},
	{stage.Greeting, stage.SMTP, smtpReply(421, "", "421 your address is on a blacklist"), cause.GreetingRefusedByPolicy, cause.Likely},
	{stage.Greeting, stage.SMTP, smtpReply(554, "", "554 no"), cause.GreetingRefusedByPolicy, cause.Likely},
	{stage.Greeting, stage.POP3, popErr("SYS/TEMP", "-ERR [SYS/TEMP] no"), cause.ServerBusyGreeting, cause.Likely},
	{stage.Upgrade, stage.SMTP, stage.Reply{Command: "STARTTLS", Code: 454, Lines: []string{"454 not available"}}, cause.StartTLSBrokenOnServer, cause.Proven},
	{stage.Upgrade, stage.POP3, stage.Reply{Command: "STLS", Status: "-ERR", Lines: []string{"-ERR no"}}, cause.StartTLSBrokenOnServer, cause.Likely},
	{stage.Capabilities, stage.SMTP, stage.Reply{Command: "EHLO", Code: 501, Lines: []string{"501 bad"}}, cause.SMTPHELORejected, cause.Likely},
}

func TestClassify(t *testing.T) {
	for _, c := range replyCases {
		got := reply.Classify(c.stage, c.p, c.reply)
		if len(got) == 0 || got[0].Cause != c.want || got[0].Confidence != c.sure {
			t.Errorf("%s %s %q: %v, want %s %s", c.stage, c.p, c.reply.Text(), got, c.want, c.sure)
		}
	}
	if g := reply.Classify(stage.Login, stage.IMAP, stage.Reply{Status: "OK", Lines: []string{"OK"}}); g != nil {
		t.Errorf("a yes means %v", g)
	}
}

// A refusal never falls through, whatever its words.
func TestEveryRefusalIsClassified(t *testing.T) {
	for _, s := range []stage.Stage{stage.Greeting, stage.Login, stage.Mailbox, stage.Submit} {
		for code := 400; code < 600; code++ {
			if s != stage.Mailbox && reply.Classify(s, stage.SMTP, stage.Reply{Code: code, Lines: []string{"x"}}) == nil {
				t.Errorf("%s: %d is not classified", s, code)
			}
		}
		for _, status := range []string{"NO", "BAD", "BYE", "-ERR"} {
			if s != stage.Submit && status != "BAD" && reply.Classify(s, stage.IMAP, stage.Reply{Status: status, Lines: []string{"x"}}) == nil {
				t.Errorf("%s: %s is not classified", s, status)
			}
		}
	}
}
