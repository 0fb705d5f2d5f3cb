package reply

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// The stages in which a sign applies.
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

// One and Several return the causes that a sign suggests.
func One(c cause.ID, sure cause.Confidence) []Guess { return []Guess{{c, sure}} }

func Several(causes ...cause.ID) []Guess {
	var g []Guess
	for _, c := range causes {
		g = append(g, Guess{c, cause.Possible})
	}
	return g
}

// scramErrors classifies the error that a SCRAM server sends in e= (RFC 5802 7). It
// is more exact than the reply that follows, which usually refuses the password. A
// failed channel binding says nothing about the password: the server saw another TLS
// connection than the one made here, or another list of mechanisms.
var scramErrors = map[string][]Guess{
	"invalid-proof":                       refusedLogin,
	"unknown-user":                        refusedLogin,
	"channel-bindings-dont-match":         Several(cause.MITMUnknownIssuer, cause.SASLDialectIncompatible),
	"server-does-support-channel-binding": Several(cause.MITMUnknownIssuer, cause.SASLDialectIncompatible),
	"channel-binding-not-supported":       One(cause.SASLDialectIncompatible, cause.Likely),
	"unsupported-channel-binding-type":    One(cause.SASLDialectIncompatible, cause.Likely),
	"extensions-not-supported":            One(cause.SASLDialectIncompatible, cause.Likely),
	"invalid-encoding":                    One(cause.SASLDialectIncompatible, cause.Likely),
	"invalid-username-encoding":           One(cause.PasswordEncodingOrWhitespace, cause.Likely),
	"no-resources":                        One(cause.AuthBackendTemporaryFailure, cause.Likely),
}

// signs classifies replies. The first matching row counts. Rows for a single cause
// come first. Among the general rows, response codes and enhanced codes with only
// one meaning come first, then words that qualify a code, then the code, then what
// the registries say of it, and last its class.
var signs = slices.Concat(wordings, particular, ofRecipient, foreignRefusals, []sign{
	// Any stage after the greeting: encryption is required first (RFC 5530 3, RFC
	// 3207 4, RFC 4954 6).
	{in: pastTLS, response: []string{"PRIVACYREQUIRED"}, means: One(cause.MustIssueStartTLSFirst, cause.Proven)},
	{in: pastTLS, protocols: onSMTP, codes: []int{538}, means: One(cause.MustIssueStartTLSFirst, cause.Proven)},
	{in: pastTLS, enhanced: []string{"5.7.11"}, means: One(cause.MustIssueStartTLSFirst, cause.Proven)},
	{in: pastTLS, words: needsTLSWords, means: One(cause.MustIssueStartTLSFirst, cause.Likely)},

	// Any stage before the login: the server waits for its own login service.
	{in: beforeLogin, words: LoginServiceWords, means: One(cause.AuthBackendTemporaryFailure, cause.Likely)},

	// The first line (RFC 5321 3.1).
	{in: inGreeting, words: policyWords, means: One(cause.GreetingRefusedByPolicy, cause.Likely)},
	{in: inGreeting, words: busyWords, means: One(cause.ServerBusyGreeting, cause.Likely)},
	{in: inGreeting, response: []string{"UNAVAILABLE", "SYS/TEMP", "LIMIT"}, means: One(cause.ServerBusyGreeting, cause.Likely)},
}, byCode(inGreeting), []sign{
	{in: inGreeting, enhanced: []string{"4.7.*"}, means: One(cause.GreetingRefusedByPolicy, cause.Likely)}, // RFC 3463 3.8: security or policy
	{in: inGreeting, codes: []int{4}, means: One(cause.ServerBusyGreeting, cause.Likely)},
	{in: inGreeting, codes: []int{5}, means: One(cause.GreetingRefusedByPolicy, cause.Likely)},
	{in: inGreeting, status: []string{"BYE", "-ERR", "NO", "BAD"}, means: Several(cause.GreetingRefusedByPolicy, cause.ServerBusyGreeting)},

	// EHLO, and the change to TLS.
	{in: inUpgrade, status: []string{"BYE"}, means: One(cause.ServerBusyGreeting, cause.Possible)},
	{in: inUpgrade, command: upgrade, codes: []int{454}, means: One(cause.StartTLSBrokenOnServer, cause.Proven)},
	{in: inUpgrade, command: upgrade, means: One(cause.StartTLSBrokenOnServer, cause.Likely)},
	{in: inHello, command: hello, words: policyWords, means: One(cause.GreetingRefusedByPolicy, cause.Likely)},
	{in: inHello, command: hello, words: helloWords, means: One(cause.SMTPHELORejected, cause.Proven)},
	{in: inHello, command: hello, codes: []int{421}, means: One(cause.ServerBusyGreeting, cause.Likely)},
	{in: inHello, command: hello, codes: []int{4}, means: Several(cause.ServerBusyGreeting, cause.SMTPHELORejected)},
	{in: inHello, command: hello, codes: []int{5}, means: One(cause.SMTPHELORejected, cause.Likely)},
	{in: inCapabilities, status: []string{"NO", "BAD", "BYE", "-ERR"}, means: One(cause.ServerBusyGreeting, cause.Possible)},

	// Too often, too many, too long (RFC 5530 3, RFC 2449 8.1, RFC 3206).
	{in: pastTLS, words: connectionWords, means: One(cause.TooManyConnectionsPerUser, cause.Likely)},
	{in: pastTLS, response: []string{"LOGIN-DELAY"}, means: One(cause.RateLimitedLogin, cause.Proven)},
	{in: pastTLS, words: throttleWords, means: One(cause.RateLimitedLogin, cause.Likely)},
	{in: pastTLS, response: []string{"LIMIT"}, means: One(cause.TooManyConnectionsPerUser, cause.Likely)},
	{in: pastTLS, protocols: onPOP3, response: []string{"IN-USE"}, means: One(cause.POP3MaildropLocked, cause.Proven)},
	{in: pastTLS, protocols: onPOP3, words: maildropWords, means: One(cause.POP3MaildropLocked, cause.Likely)},
	{in: inLogin, words: lockedWords, means: One(cause.AccountLockedTooManyAttempts, cause.Likely)},

	// Storage space.
	{in: pastTLS, response: []string{"OVERQUOTA"}, means: One(cause.MailboxFull, cause.Proven)},
	{in: pastTLS, enhanced: []string{"5.2.2", "4.2.2"}, means: One(cause.MailboxFull, cause.Proven)},
	{in: pastTLS, words: quotaWords, means: One(cause.MailboxFull, cause.Likely)},

	// Login: what has to be done about the account, by code (RFC 5530 3, RFC 5248
	// 2.4) or by words with a less specific code.
	{in: inLogin, response: []string{"EXPIRED"}, means: One(cause.PasswordExpired, cause.Proven)},
	{in: inLogin, words: expiredWords, means: One(cause.PasswordExpired, cause.Likely)},
	{in: inLogin, words: appPasswordWords, means: One(cause.AppPasswordRequired, cause.Likely)},
	{in: inLogin, words: orDisabledWords, means: Likeliest(cause.ProtocolDisabledForAccount, cause.WrongPassword)},
	{in: inLogin, words: disabledProtocolWords, means: One(cause.ProtocolDisabledForAccount, cause.Likely)},
	{in: inLogin, enhanced: []string{"5.7.13"}, means: One(cause.AccountSuspended, cause.Proven)},
	{in: inLogin, codes: []int{525}, means: One(cause.AccountSuspended, cause.Likely)},
	{in: inLogin, response: []string{"CONTACTADMIN"}, means: One(cause.AccountSuspended, cause.Likely)},
	{in: opening, words: suspendedWords, means: One(cause.AccountSuspended, cause.Likely)},

	// Login: checked and refused, by a code with only that meaning (RFC 5530 3, RFC
	// 3206 4).
	{in: inLogin, response: []string{"AUTHENTICATIONFAILED", "AUTH"}, bare: true, means: refusedLogin},

	// Login: the server was unable to check it. Some say so in words, with a code
	// that means a wrong password.
	{in: inLogin, response: []string{"UNAVAILABLE", "SYS/TEMP", "SERVERBUG", "INUSE"}, means: One(cause.AuthBackendTemporaryFailure, cause.Proven)},
	{in: inLogin, codes: []int{454}, means: One(cause.AuthBackendTemporaryFailure, cause.Proven)},
	{in: inLogin, words: backendWords, means: One(cause.AuthBackendTemporaryFailure, cause.Likely)},
	{in: inLogin, enhanced: []string{"5.7.8"}, bare: true, means: refusedLogin},
	{in: inLogin, words: temporaryWords, means: One(cause.AuthBackendTemporaryFailure, cause.Likely)},
	{in: inLogin, codes: []int{421}, means: Several(cause.RateLimitedLogin, cause.AuthBackendTemporaryFailure)},
	{in: inLogin, codes: []int{432}, means: One(cause.SASLDialectIncompatible, cause.Possible)}, // a password transition (RFC 4954 4)
	{in: inLogin, codes: []int{4}, means: One(cause.AuthBackendTemporaryFailure, cause.Likely)},
	{in: inLogin, response: []string{"SYS/PERM"}, means: Several(cause.AuthBackendTemporaryFailure, cause.MailboxBackendUnavailable)},

	// Login: not with this mechanism (RFC 4954 4 and 6).
	{in: inLogin, enhanced: []string{"5.7.9"}, means: One(cause.AuthMechNotOffered, cause.Likely)},
	{in: inLogin, codes: []int{504, 534}, means: One(cause.AuthMechNotOffered, cause.Likely)},
	{in: inLogin, protocols: onSMTP, codes: []int{502, 503}, means: One(cause.AuthNotOfferedOnPort, cause.Likely)},
	{in: inLogin, protocols: onSMTP, words: []string{"not advertised", "auth not available"}, means: One(cause.AuthNotOfferedOnPort, cause.Likely)},
	{in: inLogin, words: mechanismWords, means: One(cause.AuthMechNotOffered, cause.Likely)},

	// Login: checked and refused (RFC 4954 6).
	{in: inLogin, codes: []int{535}, bare: true, means: refusedLogin},
	{in: inLogin, response: []string{"AUTHORIZATIONFAILED", "NOPERM"}, means: Several(cause.WrongUsernameFormat, cause.WrongPassword)},
	{in: inLogin, words: credentialWords, means: refusedLogin},
}, byCode(inLogin), []sign{
	{in: inLogin, protocols: onSMTP, codes: []int{530}, means: Several(cause.MustIssueStartTLSFirst, cause.SMTPAuthNotConfiguredInClient)},
	// The command is not at fault: the server has received too many.
	{in: inLogin, protocols: onIMAP, status: []string{"BAD"}, words: []string{"goodbye"}, means: Several(cause.RateLimitedLogin, cause.AccountLockedTooManyAttempts)},
	// AUTHENTICATE carries base64, which any server can parse.
	{in: inLogin, protocols: onIMAP, status: []string{"BAD"}, command: []string{"AUTHENTICATE"}, means: One(cause.SASLDialectIncompatible, cause.Likely)},
	{in: inLogin, protocols: onIMAP, status: []string{"BAD"}, means: Several(cause.SASLDialectIncompatible, cause.PasswordEncodingOrWhitespace)},
	{in: inLogin, codes: []int{500, 501}, means: Several(cause.SASLDialectIncompatible, cause.PasswordEncodingOrWhitespace)},
	{in: inLogin, status: []string{"BYE"}, means: Several(cause.AuthBackendTemporaryFailure, cause.RateLimitedLogin)},
	{in: inLogin, status: []string{"NO", "-ERR"}, means: Several(cause.WrongPassword, cause.WrongUsernameFormat)},
	{in: inLogin, codes: []int{5}, means: Several(cause.WrongPassword, cause.WrongUsernameFormat)},

	// After the login.
	{in: inMailbox, protocols: onIMAP, words: []string{"unsafe login"}, means: One(cause.IMAPIDRequired, cause.Likely)},
	{in: inMailbox, response: []string{"UNAVAILABLE", "SYS/TEMP", "SYS/PERM", "SERVERBUG", "CORRUPTION", "INUSE", "CONTACTADMIN"}, means: One(cause.MailboxBackendUnavailable, cause.Likely)},
	{in: inMailbox, words: temporaryWords, means: One(cause.MailboxBackendUnavailable, cause.Likely)},
}, byCode(inMailbox), []sign{
	{in: inMailbox, status: []string{"NO", "BAD", "BYE", "-ERR"}, means: One(cause.MailboxBackendUnavailable, cause.Possible)},

	// The sender (RFC 6409 6, RFC 4954 6).
	{in: inSubmit, words: relayWords, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},
	{in: inSubmit, codes: []int{530}, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},
	{in: inSubmit, enhanced: []string{"5.3.4"}, means: One(cause.LimitDiffersFromProfile, cause.Likely)},
	{in: inSubmit, enhanced: []string{"4.3.1"}, means: One(cause.MailboxBackendUnavailable, cause.Likely)},
	{in: inSubmit, words: senderWords, means: One(cause.SenderAddressNotPermitted, cause.Likely)},
}, byCode(inSubmit), []sign{
	{in: inSubmit, codes: []int{421, 450, 451, 452}, means: Several(cause.RateLimitedLogin, cause.MailboxBackendUnavailable)},
	{in: inSubmit, codes: []int{4}, means: Several(cause.RateLimitedLogin, cause.MailboxBackendUnavailable)},
	{in: inSubmit, codes: []int{5}, means: One(cause.SenderAddressNotPermitted, cause.Possible)},
})

// refusedLogin: the name and password were checked and refused. The replies do not
// say which of the two is wrong.
var refusedLogin = []Guess{{cause.WrongPassword, cause.Likely}, {cause.WrongUsernameFormat, cause.Possible}}

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
		"throttl", "login limit", "login rate", "reduce the frequency", "minute period", "too many auth command", "too many login command", "rate limit", "ratelimit", "too many login attempts, please try again later", "too many logins", "exceeded command or bandwidth",
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
	// Words that never accompany a refused password, whatever the code.
	LoginServiceWords = []string{"auth process", "for authentication process", "auth server", "authentication server", "auth service"}

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
