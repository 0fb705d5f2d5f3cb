package reply

import (
	"strconv"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// More stages in which a sign applies.
var (
	anywhere = []stage.Stage{stage.Greeting, stage.Upgrade, stage.Capabilities, stage.Login, stage.Mailbox, stage.Submit}
	opening  = []stage.Stage{stage.Login, stage.Mailbox}
	sending  = []stage.Stage{stage.Login, stage.Submit}
)

// Likeliest returns the likely cause that a sign suggests, and others that are
// possible.
func Likeliest(first cause.ID, beside ...cause.ID) []Guess {
	return append([]Guess{{first, cause.Likely}}, Several(beside...)...)
}

// particular are signs that identify one cause by words or codes that are rarely
// used for anything else. They come before the general ones: an administrator's rule
// may be reported with the code of a wrong password, a limit with that of a full
// mailbox.
var particular = []sign{
	// What the server says about the connection.
	{in: anywhere, words: clientCertificateWords, means: One(cause.TLSClientCertRequired, cause.Likely)},
	{in: anywhere, enhanced: []string{"4.7.66"}, means: One(cause.TLSClientTooOld, cause.Likely)},
	{in: anywhere, words: oldClientWords, means: One(cause.TLSClientTooOld, cause.Likely)},
	{in: anywhere, words: []string{"connection dropped due to socketerror"}, means: One(cause.TLSClientTooOld, cause.Possible)},
	{in: anywhere, words: []string{"clock skew"}, means: One(cause.ClientClockWrong, cause.Possible)},
	{in: inGreeting, words: backendGoneWords, means: One(cause.AuthBackendTemporaryFailure, cause.Likely)},
	{in: inHello, command: hello, words: blockListWords, means: One(cause.ClientIPDNSBLOnSubmission, cause.Likely)},
	{in: inGreeting, words: []string{"synchronization error"}, means: One(cause.GreetingDelayTarpit, cause.Likely)},
	{in: inGreeting, protocols: onSMTP, words: []string{"********"}, means: One(cause.BannerMaskedByESMTPInspection, cause.Likely)},
	{in: inUpgrade, command: upgrade, words: unknownCommandWords, means: Likeliest(cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.BannerMaskedByESMTPInspection)},
	{in: []stage.Stage{stage.Login, stage.Upgrade}, words: brokenTLSWords, means: One(cause.StartTLSBrokenOnServer, cause.Likely)},
	{in: pastTLS, words: underLayerWords, means: One(cause.MustIssueStartTLSFirst, cause.Likely)},
	{in: inLogin, words: []string{"not valid in this state", "in invalid state"}, means: Several(cause.MustIssueStartTLSFirst, cause.SASLDialectIncompatible)},
	{in: pastTLS, words: []string{"helo command rejected", "ehlo command rejected", "suspicious helo"}, means: One(cause.SMTPHELORejected, cause.Likely)},
	{in: inSubmit, words: helloNameWords, means: One(cause.SMTPHELORejected, cause.Likely)},

	// Whom the server serves.
	{in: inLogin, protocols: onSMTP, words: []string{"authentication not enabled"}, means: Likeliest(cause.AuthNotOfferedOnPort, cause.MXOrWebHostUsedAsServer)},
	{in: inSubmit, enhanced: []string{"5.4.1"}, words: []string{"access denied", "recipient address rejected"}, means: One(cause.MXOrWebHostUsedAsServer, cause.Likely)},

	// Login: what an administrator or the provider has switched off.
	{in: sending, words: []string{"smtpclientauthentication is disabled", "smtp_auth_disabled"}, means: One(cause.SMTPAuthDisabledInTenant, cause.Proven)},
	{in: sending, enhanced: []string{"5.7.57"}, means: Likeliest(cause.SMTPAuthNotConfiguredInClient, cause.SMTPAuthDisabledInTenant)},
	{in: inLogin, words: basicWords, means: One(cause.BasicAuthDisabled, cause.Likely)},
	{in: inLogin, words: criteriaWords, means: One(cause.ConditionalAccessBlocked, cause.Likely)},
	{in: opening, words: []string{"authenticated but not connected"}, means: One(cause.OAuthMailboxNotConnected, cause.Likely)},
	{in: inLogin, words: tokenWords, means: Likeliest(cause.OAuthTokenInvalid, cause.OAuthScopeOrAudienceWrong)},
	{in: inLogin, response: []string{"WEBALERT"}, means: One(cause.WebLoginChallenge, cause.Likely)},
	{in: inLogin, enhanced: []string{"5.7.14"}, means: One(cause.WebLoginChallenge, cause.Likely)},
	{in: inLogin, words: browserWords, means: One(cause.WebLoginChallenge, cause.Likely)},
	{in: inLogin, words: forbiddenWords, means: One(cause.ProtocolDisabledByAdmin, cause.Likely)},
	{in: inLogin, words: []string{"login disabled for this user"}, means: Likeliest(cause.ProtocolDisabledByAdmin, cause.AccountSuspended)},
	{in: inLogin, words: placeWords, means: One(cause.GeoOrIPLoginBlock, cause.Likely)},
	{in: inLogin, words: moreLockedWords, means: One(cause.AccountLockedTooManyAttempts, cause.Likely)},
	{in: inLogin, words: []string{"too many login attempts, please try again"}, means: Likeliest(cause.RateLimitedLogin, cause.AccountLockedTooManyAttempts)},
	{in: inLogin, words: []string{"service is not open"}, means: Several(cause.ProtocolDisabledForAccount, cause.AppPasswordRequired, cause.WrongPassword, cause.RateLimitedLogin)},
	{in: inLogin, words: appPasswordPages, means: One(cause.AppPasswordRequired, cause.Likely)},
	{in: inLogin, words: moreAppPasswordWords, means: One(cause.AppPasswordRequired, cause.Likely)},
	{in: inLogin, words: []string{"access rights to this service", "user has no permission"}, means: Likeliest(cause.AppPasswordRequired, cause.ProtocolDisabledForAccount)},
	{in: inLogin, words: []string{"(#auth005) bad credentials"}, means: Likeliest(cause.AppPasswordRequired, cause.WrongPassword)},
	{in: inLogin, words: moreOrDisabledWords, means: Likeliest(cause.ProtocolDisabledForAccount, cause.WrongPassword)},
	{in: inLogin, words: moreDisabledWords, means: One(cause.ProtocolDisabledForAccount, cause.Likely)},
	{in: opening, words: moreSuspendedWords, means: One(cause.AccountSuspended, cause.Likely)},
	{in: inLogin, words: foreignExpiredWords, means: One(cause.PasswordExpired, cause.Likely)},

	// Login: the name, the password and how they were sent.
	{in: inLogin, words: fullNameWords, means: Likeliest(cause.WrongUsernameFormat, cause.WrongPassword)},
	// "Password:" in base64 is the last prompt of LOGIN, which Postfix repeats when
	// the password is refused. "Username:" is the first prompt, so no password was
	// checked.
	{in: inLogin, words: []string{"ugfzc3dvcmq6"}, means: Likeliest(cause.WrongPassword, cause.WrongUsernameFormat, cause.SASLDialectIncompatible)},
	{in: inLogin, words: []string{"vxnlcm5hbwu6"}, means: One(cause.SASLDialectIncompatible, cause.Likely)},
	{in: inLogin, words: []string{"unsupported authentication mechanism"}, means: One(cause.AuthMechNotOffered, cause.Likely)},
	{in: inLogin, response: []string{"INUSE"}, means: Likeliest(cause.TooManyConnectionsPerUser, cause.MailboxBackendUnavailable)},
	{in: inLogin, words: subscriptionWords, means: One(cause.ProtocolDisabledForAccount, cause.Likely)},
	{in: inLogin, words: []string{"base64"}, means: Several(cause.PasswordEncodingOrWhitespace, cause.SASLDialectIncompatible)},
	{in: inLogin, enhanced: []string{"5.7.4"}, means: Likeliest(cause.AuthMechNotOffered, cause.SASLDialectIncompatible)},
	{in: inLogin, enhanced: []string{"5.7.3"}, means: Likeliest(cause.WrongPassword, cause.WrongUsernameFormat, cause.OAuthScopeOrAudienceWrong)},
	{in: inLogin, response: []string{"AUTHORIZATIONFAILED"}, words: []string{"invalid credentials"}, means: refusedLogin},
	{in: inLogin, protocols: onIMAP, words: []string{"authenticate failed."}, means: Likeliest(cause.WrongPassword, cause.BasicAuthDisabled, cause.WrongUsernameFormat, cause.OAuthScopeOrAudienceWrong)},
	{in: inLogin, protocols: onIMAP, words: []string{"unknown authentication method"}, means: One(cause.AuthMechNotOffered, cause.Likely)},

	// After the login.
	{in: pastTLS, words: []string{"server unavailable. 15"}, means: Likeliest(cause.MailboxFull, cause.MailboxBackendUnavailable)}, // Exchange's number for its quota error
	{in: opening, words: storeWords, means: Likeliest(cause.MailboxBackendUnavailable, cause.AuthBackendTemporaryFailure)},
	{in: opening, response: []string{"NONEXISTENT"}, means: One(cause.MailboxNotProvisioned, cause.Likely)},
	{in: opening, words: noMailboxWords, means: One(cause.MailboxNotProvisioned, cause.Likely)},
	{in: inMailbox, response: []string{"CANNOT"}, means: One(cause.IMAPNamespaceOrFolderMismatch, cause.Likely)},
	{in: inMailbox, words: folderWords, means: One(cause.IMAPNamespaceOrFolderMismatch, cause.Likely)},

	// Sending.
	{in: sending, enhanced: bannedCodes, means: One(cause.ClientIPDNSBLOnSubmission, cause.Proven)},
	{in: sending, words: listedWords, means: One(cause.ClientIPDNSBLOnSubmission, cause.Likely)},
	{in: sending, enhanced: []string{"5.7.64"}, means: Several(cause.SMTPAuthNotConfiguredInClient, cause.MXOrWebHostUsedAsServer)},
	{in: inSubmit, words: greylistWords, means: One(cause.Greylisted, cause.Likely)},
	{in: inSubmit, enhanced: []string{"4.3.5"}, means: One(cause.MailboxBackendUnavailable, cause.Likely)},
	{in: inSubmit, words: noServiceWords, means: One(cause.MailboxBackendUnavailable, cause.Likely)},
	{in: inSubmit, enhanced: []string{"5.1.8"}, means: Likeliest(cause.OutboundSendingRestricted, cause.AccountSuspended)},
	{in: inSubmit, enhanced: restrictedCodes, means: One(cause.OutboundSendingRestricted, cause.Likely)},
	{in: inSubmit, words: limitWords, means: One(cause.OutboundSendingRestricted, cause.Likely)},
	{in: inSubmit, words: []string{"disallowed as"}, means: One(cause.SenderAddressNotPermitted, cause.Likely)},
	{in: inSubmit, words: NoLoginWords, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},
	{in: inSubmit, enhanced: []string{"4.3.1"}, means: Likeliest(cause.MailboxBackendUnavailable, cause.MailboxFull)},

	// Other languages, if the code leaves it open.
	{in: pastTLS, words: foreignQuotaWords, means: One(cause.MailboxFull, cause.Likely)},
	{in: inLogin, words: foreignTemporaryWords, means: One(cause.AuthBackendTemporaryFailure, cause.Likely)},
	{in: inLogin, words: foreignPasswordWords, means: refusedLogin},
}

// Codes that only one provider uses in this way: Microsoft Learn, "NDR error codes
// in Exchange Online".
var (
	bannedCodes     = codes("5.7.", 606, 649)
	restrictedCodes = []string{"5.4.5", "5.1.90", "5.7.50*", "5.7.51*"}
)

// codes returns the enhanced status codes from begin+first to begin+last.
func codes(begin string, first, last int) []string {
	var list []string
	for n := first; n <= last; n++ {
		list = append(list, begin+strconv.Itoa(n))
	}
	return list
}

// Words, in lower case, each of which identifies one cause.
var (
	subscriptionWords = []string{
		"upgrade your subscription", "upgrade your plan", "upgrade your account", "upgrade to use pop", "upgrade to use imap", "subscription does not include",
	}
	// Dovecot and others say this if the process that checks passwords is down.
	backendGoneWords = []string{"auth process", "authentication process", "auth service", "authentication service", "auth server", "authentication server"}
	blockListWords   = []string{
		"blocked using", "listed by", "listed in", "listed at", "listed on", "spamhaus", "dnsbl", " rbl", "blacklist", "black list", "blocklist", "block list",
		"spamcop", "barracuda", "sorbs", "banned sending ip",
	}
	// The last ones are from milters and policy services that don't use the word.
	greylistWords = []string{
		"greylist", "graylist", "grey-list", "gray-list", "grey list", "gray list", "postgrey", "come back later", "please come back in", "first time sender",
		"liste grise", "lista gris", "lista grigia",
	}
	helloNameWords = []string{
		"helo name", "ehlo name", "helo invalid", "invalid helo", "invalid ehlo", "bad helo", "bad ehlo", "forged helo", "helo/ehlo", "ehlo/helo", "in helo", "in ehlo",
		"your helo", "your ehlo", "helo string", "helo argument", "ehlo argument", "helo host", "helo rejected", "helo is", "ehlo is",
	}
	// What servers say at MAIL or RCPT if a part of them is down.
	noServiceWords = []string{
		"server configuration", "temporary lookup failure", "temporary local problem", "local problem", "lookup failure", "local error in processing", "policy service",
		"internal error", "queue file write error",
	}
	clientCertificateWords = []string{
		"no client certificate", "client certificate not trusted", "client certificate required", "client certificate is required",
		"present valid ssl certificate", "present a valid ssl certificate", "present a valid client certificate", "valid client certificate",
		"ssl client certificate", "tls client certificate",
	}
	oldClientWords      = []string{"tls 1.0 and 1.1 are not supported", "client to support tls 1.2", "please upgrade to tls 1.2", "requires tls 1.2"}
	unknownCommandWords = []string{
		"when not advertised", "not implemented", "unrecognized command", "unknown command", "unrecognised command", "not recognized", "command not recognized",
	}
	brokenTLSWords = []string{
		"error initializing tls", "tls initialization failed", "starttls failed", "tls currently unavailable", "tls not available due to",
	}
	underLayerWords = []string{
		"only available under a layer", "cleartext logins disabled", "cleartext logins are disabled", "ssl required", "ssl is required", "secure login required",
		"verschlüsselte verbindung", "connexion sécurisée", "szyfrowane",
	}
	basicWords = []string{
		"basic authentication is disabled", "basicauthblocked", "basicauthdisabled", "basic authentication has been disabled", "basic auth is disabled",
		"password authentication is disabled", "password authentication is no longer", "oauth is required", "use oauth", "modern authentication",
	}
	criteriaWords = []string{
		"did not meet the criteria", "conditional access", "federated sts", "security defaults", "aadsts53003", "aadsts50158", "aadsts50076", "aadsts50079",
		"blocked by your organization", "blocked by security policy",
	}
	tokenWords = []string{
		"invalid_token", "invalid_grant", "token expired", "token has expired", "expired token", "invalid token", "token is invalid", "access token",
		"command error. 10", "aadsts700082", "aadsts50173", "invalid sasl argument", "oauth authentication failed", "bearer token",
	}
	browserWords = []string{
		"via your web browser", "via a web browser", "using your web browser", "with your web browser", "web login required", "verify your account",
		"verify your identity", "accept eula", "another step is needed", "mbr1240", "captcha", "unusual activity", "suspicious activity",
		"log in on the web", "login via web",
		"sign in to your account on the web", "please log in to webmail", "melden sie sich im web", "über den browser", "via votre navigateur",
		"zaloguj się przez przeglądarkę",
	}
	forbiddenWords = []string{
		"access is not allowed for this", "access not allowed for this", "servicedisabled", "disabled by your administrator", "disabled by the administrator",
		"disabled by your domain", "disabled by the domain", "disabled by domain", "disabled by your organi", "disabled by the organi", "disabled by your admin",
		"disabled by your company", "disabled by your it ", "not allowed by your domain", "not allowed by your organi", "not permitted by your administrator",
		"forbidden by your administrator", "blocked by your administrator",
		"disabled by administrator", "disabled by admin", "disabled for your domain", "not allowed by your administrator", "domain administrator has disabled",
		"administrator has disabled",
	}
	placeWords = []string{
		"country", "geographic", "geoip", "geo-block", "your location", "this location", "from your region", "from your ip", "from this ip", "ip address is not allowed",
		"ip is not allowed", "ip not allowed", "ip address not allowed", "client ip is not", "vpn", "from abroad", "aus dem ausland", "z zagranicy", "depuis l'étranger",
	}
	moreLockedWords = []string{
		"user is locked", "zu viele fehl", "zu viele anmelde", "trop de tentatives", "zbyt wiele", "zbyt wielu", "登录失败次数", "尝试次数过多", "demasiados intentos",
		"troppi tentativi",
	}
	moreAppPasswordWords = []string{
		"parol prilozheniya", "пароль приложения", "weixin token", "authorized password", "client password", "using app specific", "app specific password",
		"invalidsecondfactor", "app-passwort", "anwendungsspezifisch", "anwendungspasswort", "mot de passe d'application", "mot de passe applicati",
		"hasło aplikacji", "haslo aplikacji", "hasła do aplikacji", "contraseña de aplicación", "授权码", "授权密码", "专用密码",
	}
	// Providers' pages on app passwords, by URL: the words around them may be in any
	// language and encoding.
	appPasswordPages = []string{
		"service.mail.qq.com", "help.mail.ru/mail/security/protection/external", "support.apple.com/ht204397", "support.apple.com/en-us/ht204397",
		"support.apple.com/102654", "support.google.com/accounts/answer/185833", "support.google.com/mail/answer/185833", "help.yahoo.com/kb/sln15241",
		"help.aol.com/articles/create-and-manage-app-password",
	}
	moreOrDisabledWords = []string{"failure or pop3 disabled", "failure or imap disabled", "failure or smtp disabled", "or service is disabled", "or access is disabled"}
	moreDisabledWords   = []string{
		"service is not enabled", "service not enabled", "not enabled for your account", "not activated for", "imap disabled", "pop3 disabled", "pop disabled",
		"pop/imap", "imap/pop", "pop3/imap", "imap/pop3", "external access is disabled", "external program", "third-party access",
		"not allowed to use imap", "not allowed to use pop",
		"ist nicht aktiviert", "nicht freigeschaltet", "ist deaktiviert", "n'est pas activé", "est désactivé", "programy pocztowe", "jest wyłączon", "nie jest włączon",
		"未开启", "未开通",
	}
	moreSuspendedWords = []string{
		"may have been hacked", "temporarily restricted", "account terminated", "account deactivated", "account is deactivated", "account has been deactivated",
		"account has been locked by", "account is frozen", "account expired", "account has expired", "konto gesperrt", "konto ist gesperrt", "konto wurde gesperrt",
		"postfach gesperrt", "compte suspendu", "compte bloqué", "compte désactivé", "konto zablokowane", "konto zawieszone", "账号被锁定", "帐号被封", "账号异常",
	}
	foreignExpiredWords = []string{"passwort abgelaufen", "passwort ist abgelaufen", "mot de passe expiré", "hasło wygasło", "密码已过期"}
	fullNameWords       = []string{
		"full email address", "full e-mail address", "complete email address", "complete e-mail address", "email address as user", "e-mail address as user",
		"include the domain", "without the domain", "vollständige e-mail", "vollständigen e-mail", "adresse complète", "pełny adres", "pełnego adresu",
	}
	storeWords = []string{
		"refer to server log", "unable to open maildrop", "unable to open mailbox", "can't open mailbox", "cannot open mailbox", "could not open mailbox",
		"can't open inbox", "cannot open inbox", "chdir ", "undergoing maintenance", "mailbox is unavailable", "mailbox unavailable",
		"mailbox temporarily unavailable", "i/o error", "input/output error",
	}
	noMailboxWords = []string{
		"unknown mailbox", "mailbox does not exist", "mailbox doesn't exist", "mailbox not found", "no such mailbox", "has no mailbox", "no mailbox for",
		"there is no mailbox", "not licensed",
		"mailbox not provisioned", "is an alias", "postfach existiert nicht",
	}
	folderWords = []string{"name is reserved", "excess whitespace", "invalid mailbox name", "invalid folder name", "prefix", "namespace"}
	listedWords = []string{
		"spamhaus", "dnsbl", " rbl", "blocked using", "is listed by", "listed by", "is listed in", "listed at", "listed on", "banned sending ip",
		"blacklisted", "blocklisted",
		"blocklist", "spamcop", "barracudacentral", "client host rejected", "not authorized to send email directly", "traffic not accepted from this ip",
		"client host [", "poor reputation", "bad reputation", "reverse dns", "reverse hostname",
	}
	limitWords = []string{
		"sending limit", "sending quota", "sending rate", "send limit", "daily limit", "hourly limit", "daily quota", "message limit", "limit for message",
		"recipients limit",
		"recipient limit", "too much mail", "too many messages", "too many recipients", "emails per hour", "messages per hour", "messages per day",
		"has no permission", "spam abuse",
		"allowed outgoing messages", "unusual sending activity", "message rejected", "content restriction", "suspicion of spam", "suspected spam",
		"classified as spam", "spam message rejected", "outbound spam", "outgoing spam", "blocked from sending", "restricted from sending",
		"not allowed to send mail", "sending has been disabled", "sending is disabled", "outgoing mail is", "outgoing mail from", "compromised",
		"versandlimit", "limite d'envoi", "limit wysy", "发信", "发送频率",
	}
	NoLoginWords = []string{
		"not logged in", "check for new mail", "pop before smtp", "without authentication", "client was not authenticated", "client not authenticated",
		"smtp auth", "log in first", "not authorized to relay", "no relaying", "auth first", "anmeldung erforderlich", "authentification requise",
		"wymagane uwierzytelnienie",
	}
	foreignQuotaWords = []string{
		"speicherplatz", "postfach voll", "postfach ist voll", "boîte pleine", "boîte aux lettres pleine", "boîte est pleine", "skrzynka jest pełna", "skrzynka pełna",
		"容量已满", "邮箱已满", "buzón lleno", "casella piena",
	}
	foreignTemporaryWords = []string{
		"vorübergehend", "später noch einmal", "später erneut", "temporairement", "réessayez", "réessayer", "chwilowo", "spróbuj ponownie", "稍后", "系统繁忙",
		"temporalmente", "riprova più tardi",
	}
	foreignPasswordWords = []string{
		"passwort", "kennwort", "benutzername", "anmeldung fehlgeschlagen", "mot de passe", "identifiant", "échec de l'authentification", "hasło", "haslo", "nieprawidłow",
		"niepoprawn", "błędne dane", "contraseña", "credenziali", "wachtwoord", "пароль", "логин", "密码", "用户名", "登录失败", "认证失败", "パスワード",
	}
)
