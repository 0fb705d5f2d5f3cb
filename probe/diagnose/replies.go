package diagnose

import (
	"slices"

	"maildoctor/probe/stage"
)

// Where a sign applies.
var (
	inGreeting     = []stage.Stage{stage.Greeting}
	inHello        = []stage.Stage{stage.Capabilities, stage.Upgrade}
	beforeLogin    = []stage.Stage{stage.Greeting, stage.Upgrade, stage.Capabilities}
	inUpgrade      = []stage.Stage{stage.Upgrade}
	inCapabilities = []stage.Stage{stage.Capabilities}
	inLogin        = []stage.Stage{stage.Login}
	inMailbox      = []stage.Stage{stage.Mailbox}
	inSubmit       = []stage.Stage{stage.Submit}
	pastTLS        = []stage.Stage{stage.Login, stage.Mailbox, stage.Submit}

	onSMTP = []stage.Protocol{stage.SMTP}
	onPOP3 = []stage.Protocol{stage.POP3}
	onIMAP = []stage.Protocol{stage.IMAP}

	hello   = []string{"EHLO", "HELO", "LHLO"}
	upgrade = []string{"STARTTLS", "STLS"}
)

// one, and several, say what a sign speaks for.
func one(c CauseID, sure Confidence) []Guess { return []Guess{{c, sure}} }

func several(causes ...CauseID) []Guess {
	var g []Guess
	for _, c := range causes {
		g = append(g, Guess{c, Possible})
	}
	return g
}

// scramErrors classifies what a SCRAM server says in e= (RFC 5802 7). It is
// more exact than the reply that follows, which mostly refuses the password. A
// failed channel binding says nothing about the password: the server saw another
// TLS connection than the one made here, or another list of mechanisms.
var scramErrors = map[string][]Guess{
	"invalid-proof":                       refusedLogin,
	"unknown-user":                        refusedLogin,
	"channel-bindings-dont-match":         several(MITMUnknownIssuer, SASLDialectIncompatible),
	"server-does-support-channel-binding": several(MITMUnknownIssuer, SASLDialectIncompatible),
	"channel-binding-not-supported":       one(SASLDialectIncompatible, Likely),
	"unsupported-channel-binding-type":    one(SASLDialectIncompatible, Likely),
	"extensions-not-supported":            one(SASLDialectIncompatible, Likely),
	"invalid-encoding":                    one(SASLDialectIncompatible, Likely),
	"invalid-username-encoding":           one(PasswordEncodingOrWhitespace, Likely),
	"no-resources":                        one(AuthBackendTemporaryFailure, Likely),
}

// signs classifies replies. The first row that fits counts: what is particular to
// one cause, then the general rows, of which response codes and
// enhanced codes that say one thing alone come first, words that qualify a code
// before the code, the class of a code last.
var signs = slices.Concat(wordings, particular, foreignRefusals, []sign{
	// Any stage after the greeting: encryption comes first (RFC 5530 3, RFC 3207 4, RFC 4954 6).
	{in: pastTLS, response: []string{"PRIVACYREQUIRED"}, means: one(MustIssueStartTLSFirst, Proven)},
	{in: pastTLS, protocols: onSMTP, codes: []int{538}, means: one(MustIssueStartTLSFirst, Proven)},
	{in: pastTLS, enhanced: []string{"5.7.11"}, means: one(MustIssueStartTLSFirst, Proven)},
	{in: pastTLS, words: needsTLSWords, means: one(MustIssueStartTLSFirst, Likely)},

	// Whatever comes before the login: the server waits for its own login service.
	{in: beforeLogin, words: loginServiceWords, means: one(AuthBackendTemporaryFailure, Likely)},

	// The first line (RFC 5321 3.1).
	{in: inGreeting, words: policyWords, means: one(GreetingRefusedByPolicy, Likely)},
	{in: inGreeting, words: busyWords, means: one(ServerBusyGreeting, Likely)},
	{in: inGreeting, response: []string{"UNAVAILABLE", "SYS/TEMP", "LIMIT"}, means: one(ServerBusyGreeting, Likely)},
	{in: inGreeting, enhanced: []string{"4.7.*"}, means: one(GreetingRefusedByPolicy, Likely)}, // RFC 3463 3.8: security, or policy
	{in: inGreeting, codes: []int{4}, means: one(ServerBusyGreeting, Likely)},
	{in: inGreeting, codes: []int{5}, means: one(GreetingRefusedByPolicy, Likely)},
	{in: inGreeting, status: []string{"BYE", "-ERR", "NO", "BAD"}, means: several(GreetingRefusedByPolicy, ServerBusyGreeting)},

	// The hello, and the step to TLS.
	{in: inUpgrade, status: []string{"BYE"}, means: one(ServerBusyGreeting, Possible)},
	{in: inUpgrade, command: upgrade, codes: []int{454}, means: one(StartTLSBrokenOnServer, Proven)},
	{in: inUpgrade, command: upgrade, means: one(StartTLSBrokenOnServer, Likely)},
	{in: inHello, command: hello, words: policyWords, means: one(GreetingRefusedByPolicy, Likely)},
	{in: inHello, command: hello, words: helloWords, means: one(SMTPHELORejected, Proven)},
	{in: inHello, command: hello, codes: []int{421}, means: one(ServerBusyGreeting, Likely)},
	{in: inHello, command: hello, codes: []int{4}, means: several(ServerBusyGreeting, SMTPHELORejected)},
	{in: inHello, command: hello, codes: []int{5}, means: one(SMTPHELORejected, Likely)},
	{in: inCapabilities, status: []string{"NO", "BAD", "BYE", "-ERR"}, means: one(ServerBusyGreeting, Possible)},

	// Too often, too many, too long (RFC 5530 3, RFC 2449 8.1, RFC 3206).
	{in: pastTLS, words: connectionWords, means: one(TooManyConnectionsPerUser, Likely)},
	{in: pastTLS, response: []string{"LOGIN-DELAY"}, means: one(RateLimitedLogin, Proven)},
	{in: pastTLS, words: throttleWords, means: one(RateLimitedLogin, Likely)},
	{in: pastTLS, response: []string{"LIMIT"}, means: one(TooManyConnectionsPerUser, Likely)},
	{in: pastTLS, protocols: onPOP3, response: []string{"IN-USE"}, means: one(POP3MaildropLocked, Proven)},
	{in: pastTLS, protocols: onPOP3, words: maildropWords, means: one(POP3MaildropLocked, Likely)},
	{in: inLogin, words: lockedWords, means: one(AccountLockedTooManyAttempts, Likely)},

	// Room.
	{in: pastTLS, response: []string{"OVERQUOTA"}, means: one(MailboxFull, Proven)},
	{in: pastTLS, enhanced: []string{"5.2.2", "4.2.2"}, means: one(MailboxFull, Proven)},
	{in: pastTLS, words: quotaWords, means: one(MailboxFull, Likely)},

	// Login: what has to be done about the account, by code (RFC 5530 3, RFC 5248 2.4)
	// or by words under a code that says less.
	{in: inLogin, response: []string{"EXPIRED"}, means: one(PasswordExpired, Proven)},
	{in: inLogin, words: expiredWords, means: one(PasswordExpired, Likely)},
	{in: inLogin, words: appPasswordWords, means: one(AppPasswordRequired, Likely)},
	{in: inLogin, words: orDisabledWords, means: likeliest(ProtocolDisabledForAccount, WrongPassword)},
	{in: inLogin, words: disabledProtocolWords, means: one(ProtocolDisabledForAccount, Likely)},
	{in: inLogin, enhanced: []string{"5.7.13"}, means: one(AccountSuspended, Proven)},
	{in: inLogin, codes: []int{525}, means: one(AccountSuspended, Likely)},
	{in: inLogin, response: []string{"CONTACTADMIN"}, means: one(AccountSuspended, Likely)},
	{in: inLogin, words: suspendedWords, means: one(AccountSuspended, Likely)},

	// Login: looked at, and refused, by a code that says so alone (RFC 5530 3, RFC 3206 4).
	{in: inLogin, response: []string{"AUTHENTICATIONFAILED", "AUTH"}, means: refusedLogin},

	// Login: the server could not look. Some say so in words under a code that
	// means the password.
	{in: inLogin, response: []string{"UNAVAILABLE", "SYS/TEMP", "SERVERBUG", "INUSE"}, means: one(AuthBackendTemporaryFailure, Proven)},
	{in: inLogin, codes: []int{454}, means: one(AuthBackendTemporaryFailure, Proven)},
	{in: inLogin, words: backendWords, means: one(AuthBackendTemporaryFailure, Likely)},
	{in: inLogin, enhanced: []string{"5.7.8"}, means: refusedLogin},
	{in: inLogin, words: temporaryWords, means: one(AuthBackendTemporaryFailure, Likely)},
	{in: inLogin, codes: []int{421}, means: several(RateLimitedLogin, AuthBackendTemporaryFailure)},
	{in: inLogin, codes: []int{432}, means: one(SASLDialectIncompatible, Possible)}, // a password transition (RFC 4954 4)
	{in: inLogin, codes: []int{4}, means: one(AuthBackendTemporaryFailure, Likely)},
	{in: inLogin, response: []string{"SYS/PERM"}, means: several(AuthBackendTemporaryFailure, MailboxBackendUnavailable)},

	// Login: not in this way (RFC 4954 4 and 6).
	{in: inLogin, enhanced: []string{"5.7.9"}, means: one(AuthMechNotOffered, Likely)},
	{in: inLogin, codes: []int{504, 534}, means: one(AuthMechNotOffered, Likely)},
	{in: inLogin, protocols: onSMTP, codes: []int{502, 503}, means: one(AuthNotOfferedOnPort, Likely)},
	{in: inLogin, protocols: onSMTP, words: []string{"not advertised", "auth not available"}, means: one(AuthNotOfferedOnPort, Likely)},
	{in: inLogin, words: mechanismWords, means: one(AuthMechNotOffered, Likely)},

	// Login: looked at, and refused (RFC 4954 6).
	{in: inLogin, codes: []int{535}, means: refusedLogin},
	{in: inLogin, response: []string{"AUTHORIZATIONFAILED", "NOPERM"}, means: several(WrongUsernameFormat, WrongPassword)},
	{in: inLogin, words: credentialWords, means: refusedLogin},
	{in: inLogin, protocols: onSMTP, codes: []int{530}, means: several(MustIssueStartTLSFirst, SMTPAuthNotConfiguredInClient)},
	// No complaint about what was sent: the server has had enough of it.
	{in: inLogin, protocols: onIMAP, status: []string{"BAD"}, words: []string{"goodbye"}, means: several(RateLimitedLogin, AccountLockedTooManyAttempts)},
	// What AUTHENTICATE carries is base64, which holds nothing that a server couldn't read.
	{in: inLogin, protocols: onIMAP, status: []string{"BAD"}, command: []string{"AUTHENTICATE"}, means: one(SASLDialectIncompatible, Likely)},
	{in: inLogin, protocols: onIMAP, status: []string{"BAD"}, means: several(SASLDialectIncompatible, PasswordEncodingOrWhitespace)},
	{in: inLogin, codes: []int{500, 501}, means: several(SASLDialectIncompatible, PasswordEncodingOrWhitespace)},
	{in: inLogin, status: []string{"BYE"}, means: several(AuthBackendTemporaryFailure, RateLimitedLogin)},
	{in: inLogin, status: []string{"NO", "-ERR"}, means: several(WrongPassword, WrongUsernameFormat)},
	{in: inLogin, codes: []int{5}, means: several(WrongPassword, WrongUsernameFormat)},

	// Behind the login.
	{in: inMailbox, protocols: onIMAP, words: []string{"unsafe login"}, means: one(IMAPIDRequired, Likely)},
	{in: inMailbox, response: []string{"UNAVAILABLE", "SYS/TEMP", "SYS/PERM", "SERVERBUG", "CORRUPTION", "INUSE", "CONTACTADMIN"}, means: one(MailboxBackendUnavailable, Likely)},
	{in: inMailbox, words: temporaryWords, means: one(MailboxBackendUnavailable, Likely)},
	{in: inMailbox, status: []string{"NO", "BAD", "BYE", "-ERR"}, means: one(MailboxBackendUnavailable, Possible)},

	// The sender (RFC 6409 6, RFC 4954 6).
	{in: inSubmit, words: relayWords, means: one(SMTPAuthNotConfiguredInClient, Likely)},
	{in: inSubmit, codes: []int{530}, means: one(SMTPAuthNotConfiguredInClient, Likely)},
	{in: inSubmit, enhanced: []string{"5.3.4"}, means: one(LimitDiffersFromProfile, Likely)},
	{in: inSubmit, enhanced: []string{"4.3.1"}, means: one(MailboxBackendUnavailable, Likely)},
	{in: inSubmit, words: senderWords, means: one(SenderAddressNotPermitted, Likely)},
	{in: inSubmit, codes: []int{421, 450, 451, 452}, means: several(RateLimitedLogin, MailboxBackendUnavailable)},
	{in: inSubmit, codes: []int{4}, means: several(RateLimitedLogin, MailboxBackendUnavailable)},
	{in: inSubmit, codes: []int{5}, means: one(SenderAddressNotPermitted, Possible)},
})

// refusedLogin: name and password were looked at and are not taken. The replies
// do not say which of the two is wrong.
var refusedLogin = []Guess{{WrongPassword, Likely}, {WrongUsernameFormat, Possible}}

// Words, in lower case, that replies of many servers share.
var (
	needsTLSWords = []string{
		"issue a starttls", "issue starttls", "starttls first", "starttls command first", "stls first", "starttls required", "use starttls",
		"encryption required", "requires encryption", "tls required", "requires tls", "tls is required", "ssl/tls-connection is required",
		"plaintext authentication disabled", "plaintext authentication not allowed", "plaintext authentication disallowed",
		"cleartext authentication", "cleartext login", "clear text login", "cleartext password", "plaintext login", "secure connection required",
		"only allowed on secure", "without ssl",
	}
	policyWords = []string{
		"blocked", "blacklist", "black list", "blocklist", "block list", "denylist", "spamhaus", "dnsbl", " rbl", "barracuda", "spamcop",
		"reputation", "access denied", "banned", "not welcome", "reverse dns", "ptr record", "policy", "go away", "not allowed to connect",
		"permission denied", "host rejected", "find your hostname", "find your reverse hostname",
	}
	busyWords = []string{
		"too many", "too much load", "busy", "try again", "try later", "later", "temporar", "overload", "capacity", "maximum", "limit reached",
		"shutting down", "maintenance", "not ready", "resources",
	}
	helloWords = []string{
		"helo", "ehlo", "hostname", "host name", "fully-qualified", "fully qualified", "fqdn", "invalid domain", "domain name", "syntactically invalid",
	}
	connectionWords = []string{
		"number of connections", "too many simultaneous", "too many connections", "too many concurrent", "simultaneous connections",
		"connection limit", "concurrent connections", "connections from your", "sender thread limit",
	}
	throttleWords = []string{
		"throttl", "too many auth command", "too many login command", "rate limit", "ratelimit", "too many login attempts, please try again later", "too many logins", "exceeded command or bandwidth",
		"too frequent", "too often", "slow down", "login delay", "minimum time between", "back off", "backoff",
	}
	maildropWords = []string{
		"maildrop already locked", "mailbox already locked", "unable to lock", "unable to obtain lock", "could not lock", "can't lock", "cannot lock",
		"mailbox is locked", "maildrop is locked", "maildrop locked", "mailbox locked", "is busy", "already in use", "in use by another",
		"exclusive access", "another pop3 session", "another session",
	}
	lockedWords = []string{
		"too many invalid", "too many bad", "too many failed", "too many unsuccessful", "too many login failures", "too many login attempts",
		"too many authentication failures", "account locked", "account is locked", "account has been locked", "account temporarily locked",
		"administratively locked", "locked out", "lockout",
	}
	quotaWords = []string{
		"over quota", "overquota", "quota exceeded", "exceeded your quota", "exceeds quota", "mailbox full", "mailbox is full", "maildrop full",
		"storage limit exceeded",
	}
	// Words that no refused password comes with, whatever the code.
	loginServiceWords = []string{"auth process", "for authentication process", "auth server", "authentication server", "auth service"}

	backendWords = []string{
		"temporary authentication failure", "temporary failure", "temporarily unavailable", "connection lost to authentication server",
		"unable to authenticate at present",
	}
	temporaryWords = []string{
		"temporary", "temporarily", "try again later", "try later", "system busy", "system error", "internal error", "internal server error",
		"server error", "service unavailable", "server unavailable", "not available", "unavailable", "backend", "maintenance", "timed out", "timeout",
	}
	expiredWords = []string{
		"password expired", "password has expired", "password is expired", "expired password", "password must be changed", "must change your password",
		"must change password", "password needs to be changed",
	}
	appPasswordWords = []string{
		"application-specific password", "application specific password", "app-specific password", "app password", "application password",
		"authorized code", "authorization code", "client authorization password",
	}
	orDisabledWords = []string{
		"or imap is disabled", "or pop3 is disabled", "or pop is disabled", "or smtp is disabled", "or imap disabled", "or pop3 disabled", "or pop disabled",
		"or smtp disabled",
	}
	disabledProtocolWords = []string{
		"not enabled for imap", "not enabled for pop", "not enabled for smtp", "imap is disabled", "pop3 is disabled", "pop is disabled",
		"smtp is disabled", "imap access disabled", "pop3 access disabled", "pop access disabled", "imap access is disabled", "pop access is disabled",
		"pop3 access is disabled", "imap is not enabled", "pop3 is not enabled", "pop is not enabled", "enable imap", "enable pop",
	}
	suspendedWords = []string{
		"account disabled", "account is disabled", "account has been disabled", "account suspended", "account is suspended",
		"account has been suspended", "account_suspended", "account blocked", "account is blocked", "account has been blocked",
		"account inactive", "account is inactive", "account is not active", "account closed", "user disabled", "user is disabled",
		"login disabled for this user", "mailbox disabled", "mailbox is disabled",
	}
	mechanismWords = []string{
		"unsupported auth", "unsupported mechanism", "mechanism not supported", "unrecognized authentication", "unknown mechanism",
		"unrecognised authentication", "authentication mechanism", "no such mechanism", "auth type", "authentication type", "not supported",
	}
	credentialWords = []string{
		"password", "credential", "authentication fail", "authentication unsuccessful", "auth fail", "authenticat", "login fail", "login incorrect",
		"invalid login", "logon fail", "logon denied", "login denied", "invalid user", "unknown user", "no such user", "username", "user name",
		"lookup failed", "bad login", "not authorized",
	}
	relayWords = []string{
		"relay", "authentication required", "authentication is required", "auth required", "not authenticated", "authenticate first",
		"must authenticate", "login first", "please log in",
	}
	senderWords = []string{
		"sender", "not owned", "not own", "send as", "sendas", "from address", "mail from", "authorized user", "authorization user",
		"not allowed to send", "disallowed as", "not permitted", "return address", "envelope from",
	}
)
