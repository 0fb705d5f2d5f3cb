package reply_test

import (
	"strconv"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// said is a server's line as a reply.
func said(line string) (r stage.Reply, p stage.Protocol) {
	r.Lines = []string{line}
	words := strings.Fields(line)
	if words[0] == "*" || words[0] == "a1" {
		words = words[1:]
	}
	p = stage.IMAP
	switch code, err := strconv.Atoi(words[0]); {
	case err == nil:
		p, r.Code = stage.SMTP, code
		if strings.Count(words[1], ".") == 2 && strings.Trim(words[1], "0123456789.") == "" {
			r.Enhanced = words[1]
		}
		return r, p
	case words[0] == "-ERR":
		p = stage.POP3
	}
	r.Status = words[0]
	if name, ok := strings.CutPrefix(words[1], "["); ok && name != "ALERT]" {
		r.ResponseCode = strings.TrimSuffix(name, "]")
	}
	return r, p
}

// What the source of a server says about its replies, where their words or codes say
// less, or something else.
func TestServersAreKnownByTheirWords(t *testing.T) {
	for _, c := range []struct {
		stage stage.Stage
		line  string
		want  cause.ID
		sure  cause.Confidence
	}{
		// Dovecot: a limit, with the codes of a locked mailbox and of a temporary failure.
		{stage.Login, "-ERR [IN-USE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", cause.TooManyConnectionsPerUser, cause.Proven},
		{stage.Login, "454 4.7.0 Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", cause.TooManyConnectionsPerUser, cause.Proven},
		{stage.Login, "a1 NO [UNAVAILABLE] Account is temporarily unavailable.", cause.MailboxBackendUnavailable, cause.Likely},
		{stage.Login, "* BYE [UNAVAILABLE] Connection queue full", cause.ServerBusyGreeting, cause.Proven},
		{stage.Login, "-ERR [AUTH] Password expired", cause.PasswordExpired, cause.Proven},
		{stage.Login, "-ERR APOP not enabled.", cause.AuthMechNotOffered, cause.Proven},
		{stage.Login, "523 5.7.10 Cleartext authentication disallowed on non-secure (SSL/TLS) connections.", cause.MustIssueStartTLSFirst, cause.Proven},
		{stage.Upgrade, "-ERR TLS support isn't enabled.", cause.StartTLSNotOfferedByServer, cause.Proven},
		{stage.Mailbox, "a1 NO [NONEXISTENT] Mailbox doesn't exist: Archive", cause.IMAPNamespaceOrFolderMismatch, cause.Likely},
		{stage.Mailbox, "a1 NO [NONEXISTENT] Mailbox doesn't exist: INBOX", cause.MailboxNotProvisioned, cause.Likely},
		{stage.Mailbox, "-ERR [SYS/TEMP] Couldn't sync mailbox.", cause.MailboxBackendUnavailable, cause.Proven},
		{stage.Submit, "552 5.2.3 Message size exceeds administrative limit", cause.MessageTooLarge, cause.Proven},
		{stage.Submit, "552 5.2.2 <b@example.org> Quota exceeded (mailbox for user is full)", cause.RecipientMailboxFull, cause.Proven},
		{stage.Submit, "550 5.1.1 <b@example.org> User doesn't exist: b@example.org", cause.RecipientUnknown, cause.Proven},

		// Postfix: the words after the recipient's address or the login's failure decide.
		{stage.Submit, "550 5.1.1 <b@example.org>: Recipient address rejected: User unknown in virtual mailbox table", cause.RecipientUnknown, cause.Proven},
		{stage.Submit, "550 5.1.1 <b@example.org>: Recipient address rejected: User unknown in relay recipient table", cause.RecipientUnknown, cause.Proven},
		{stage.Submit, "504 5.5.2 <bob>: Recipient address rejected: need fully-qualified address", cause.RecipientRefused, cause.Proven},
		{stage.Submit, "552 5.3.4 Message size exceeds fixed limit", cause.MessageTooLarge, cause.Proven},
		{stage.Submit, "550 5.7.1 Error: message content rejected", cause.MessageRefusedAsSpam, cause.Likely},
		{stage.Submit, "450 4.3.2 Service currently unavailable", cause.Greylisted, cause.Likely},
		{stage.Greeting, "521 5.3.2 Service currently unavailable", cause.GreetingRefusedByPolicy, cause.Likely},
		{stage.Submit, "451 4.7.1 Service unavailable - try again later", cause.MailboxBackendUnavailable, cause.Likely},
		{stage.Submit, "450 4.7.1 Session encryption is required", cause.MustIssueStartTLSFirst, cause.Proven},
		{stage.Submit, "554 5.7.1 Service unavailable; Helo command [pc] blocked using dbl.example", cause.SMTPHELORejected, cause.Proven},
		{stage.Login, "535 5.7.8 Error: authentication failed: generic failure", cause.AuthBackendTemporaryFailure, cause.Likely},
		{stage.Login, "535 5.7.8 Error: authentication failed: no mechanism available", cause.AuthMechNotOffered, cause.Proven},
		{stage.Login, "535 5.7.8 Error: authentication failed: bad protocol / cancel", cause.SASLDialectIncompatible, cause.Proven},
		{stage.Login, "450 4.7.1 Error: too many AUTH commands from host.example[192.0.2.7]", cause.RateLimitedLogin, cause.Proven},

		// Exim.
		{stage.Submit, "550 Unrouteable address", cause.RecipientUnknown, cause.Likely},
		{stage.Submit, "501 bob: recipient address must contain a domain", cause.RecipientRefused, cause.Proven},
		{stage.Submit, "503 HELO or EHLO required", cause.SMTPHELORejected, cause.Proven},
		{stage.Submit, "552 Message size exceeds maximum permitted", cause.MessageTooLarge, cause.Proven},
		{stage.Login, "553 Initial data not expected", cause.SASLDialectIncompatible, cause.Proven},
		{stage.Greeting, "503 Command refused, required Proxy negotiation failed", cause.ProxyProtocolExpected, cause.Proven},

		// Cyrus, with the words of its SASL library.
		{stage.Login, "a1 NO Login failed: user not found", cause.WrongUsernameFormat, cause.Proven},
		{stage.Login, "a1 NO Login failed: generic failure", cause.AuthBackendTemporaryFailure, cause.Likely},
		{stage.Login, "a1 NO user exists, but no verifier for user", cause.SASLDialectIncompatible, cause.Proven},
		{stage.Login, "a1 NO Too many open connections (12 for jane)", cause.TooManyConnectionsPerUser, cause.Proven},
		{stage.Mailbox, "-ERR [SYS/PERM] Unable to open maildrop: Mailbox does not exist", cause.MailboxNotProvisioned, cause.Proven},
		{stage.Mailbox, "a1 NO Over quota", cause.MailboxFull, cause.Proven},

		// Courier.
		{stage.Login, "* BYE IMAP access disabled via insecure connection.", cause.MustIssueStartTLSFirst, cause.Proven},
		{stage.Login, "-ERR POP3 access disabled for this account.", cause.ProtocolDisabledForAccount, cause.Proven},
		{stage.Login, "* BYE Clock skew detected. Check the clock on the file server", cause.MailboxBackendUnavailable, cause.Proven},
		{stage.Login, "-ERR Maildir invalid (no 'cur' directory)", cause.MailboxNotProvisioned, cause.Proven},
		{stage.Greeting, "* BYE Temporary problem, please try again later", cause.AuthBackendTemporaryFailure, cause.Proven},
		{stage.Mailbox, "a1 NO [ALERT] You exceeded your mail quota.", cause.MailboxFull, cause.Proven},
		{stage.Submit, "523 Message length (9000000 bytes) exceeds administrative limit(5000000).", cause.MessageTooLarge, cause.Proven},
		{stage.Submit, "550 Spam refused.", cause.MessageRefusedAsSpam, cause.Proven},

		// qmail and vpopmail.
		{stage.Login, "-ERR aack, child crashed", cause.AuthBackendTemporaryFailure, cause.Proven},
		{stage.Login, "-ERR this user has no $HOME/Maildir", cause.MailboxNotProvisioned, cause.Proven},
		{stage.Login, "503 auth not available (#5.3.3)", cause.AuthNotOfferedOnPort, cause.Proven},
		{stage.Submit, "550 sorry, no mailbox here by that name (#5.1.1)", cause.RecipientUnknown, cause.Proven},
		{stage.Submit, "451 qq write error or disk full (#4.3.0)", cause.MailboxBackendUnavailable, cause.Proven},
		{stage.Submit, "552 sorry, that message size exceeds my databytes limit (#5.3.4)", cause.MessageTooLarge, cause.Proven},
		{stage.Submit, "421 you have exceeded your messaging limits (#4.3.0)", cause.OutboundSendingRestricted, cause.Proven},

		// OpenSMTPD.
		{stage.Submit, "530 5.5.1 Invalid command: Must issue an AUTH command first", cause.SMTPAuthNotConfiguredInClient, cause.Proven},
		{stage.Login, "503 5.5.1 Invalid command: Command not supported", cause.AuthNotOfferedOnPort, cause.Proven},
		{stage.Submit, "550 Invalid recipient", cause.RecipientUnknown, cause.Proven},
		{stage.Submit, "554 5.3.4 Message too big for system: Transaction failed, message too big", cause.MessageTooLarge, cause.Proven},
	} {
		r, p := said(c.line)
		g := reply.Classify(c.stage, p, r)
		if c.want == cause.MessageTooLarge || c.want == cause.MessageRefusedAsSpam {
			g = reply.Search(c.line, p) // a run sends no message, to which such a reply could come
		}
		if len(g) == 0 || g[0].Cause != c.want || g[0].Confidence != c.sure {
			t.Errorf("%s %q: %v, want %s %s", c.stage, c.line, g, c.want, c.sure)
		}
	}
}

// What servers log says more than they tell the client.
func TestServersLogsAreKnown(t *testing.T) {
	for line, want := range map[string]cause.ID{
		"imap-login: Login aborted: Logged out (tried to use disallowed cleartext auth, 1 attempts in 2 secs): user=<>, rip=192.0.2.7": cause.MustIssueStartTLSFirst,
		"pop3-login: Disconnected (user disabled, 1 attempts in 3 secs): user=<jane>, method=PLAIN, rip=192.0.2.7":                     cause.AccountSuspended,
		"auth: passwd-file(jane@example.net,192.0.2.7): unknown user":                                                                  cause.WrongUsernameFormat,
		"auth: passwd-file(jane@example.net,192.0.2.7): allow_nets check failed: IP 192.0.2.7 not in allowed networks":                 cause.GeoOrIPLoginBlock,
		"auth: sql(jane@example.net,192.0.2.7): Password mismatch":                                                                     cause.WrongPassword,
		"auth: Requested CRAM-MD5 scheme, but we have only CRYPT":                                                                      cause.SASLDialectIncompatible,
		"postfix/submission/smtpd[7]: warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: generic failure":                  cause.AuthBackendTemporaryFailure,
		"postfix/smtps/smtpd[7]: warning: TLS library problem: error:0A00010B:SSL routines::wrong version number:ssl3_record.c:354:":   cause.ImplicitTLSPortSpokenPlain,
		"warning: AUTH command rate limit exceeded: 21 from unknown[192.0.2.7] for service submission":                                 cause.RateLimitedLogin,
		"plain authenticator failed for (pc) [192.0.2.7]: 435 Unable to authenticate at present (set_id=jane): cannot connect":         cause.AuthBackendTemporaryFailure,
		"vchkpw-smtp: vpopmail user not found jane@example.net:192.0.2.7":                                                              cause.WrongUsernameFormat,
		"192.0.2.7:4711 mail/1: Received something which does not look like a PROXY protocol header":                                   cause.ProxyProtocolExpected,
	} {
		if g := reply.Search(line, ""); len(g) == 0 || g[0].Cause != want {
			t.Errorf("%q: %v, want %s", line, g, want)
		}
	}
}
