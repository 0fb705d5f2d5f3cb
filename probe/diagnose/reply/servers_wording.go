package reply

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// wordings are signs whose words contradict the code or more common words beside
// them: a sender that doesn't exist, with the code of a blocked one; a missing
// login, with the words for a blocked address. They come before all others, so each
// of them has to be unambiguous.
var wordings = []sign{
	// A sender's domain without a mail server (RFC 3463 X.1.8): the code alone is
	// used for blocked accounts.
	{in: inSubmit, words: []string{"unauthenticated sender"}, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},
	{in: inSubmit, words: senderDomainWords, means: One(cause.SenderAddressNotPermitted, cause.Likely)},
	{in: inSubmit, words: []string{"sender verify failed", "sender verification failed", "sender verify fail"}, means: One(cause.SenderAddressNotPermitted, cause.Likely)},
	{in: inSubmit, words: senderNameWords, means: One(cause.SenderAddressNotPermitted, cause.Likely)},

	// What Postfix sends to a client without a login if it accepts no other clients
	// (smtpd_client_restrictions), and what servers send that require mail to be
	// fetched first.
	{in: inSubmit, words: []string{"client host rejected: access denied"}, means: Likeliest(cause.SMTPAuthNotConfiguredInClient, cause.ClientIPDNSBLOnSubmission)},
	{in: sending, protocols: onSMTP, words: FetchFirstWords, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},
	{in: sending, words: ForeignNoLoginWords, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},
	{in: inSubmit, words: foreignRelayWords, means: One(cause.SMTPAuthNotConfiguredInClient, cause.Likely)},

	// Who may connect at all.
	{in: inSubmit, enhanced: []string{"4.7.25", "5.7.25"}, means: One(cause.GreetingRefusedByPolicy, cause.Likely)}, // no reverse name (RFC 7372 3.3)
	{in: []stage.Stage{stage.Greeting, stage.Submit}, words: addressNameWords, means: One(cause.GreetingRefusedByPolicy, cause.Likely)},
	{in: inGreeting, words: []string{"intrusion"}, means: One(cause.GreetingRefusedByPolicy, cause.Likely)},
	{in: inSubmit, words: moreLimitWords, means: One(cause.OutboundSendingRestricted, cause.Likely)},

	// Login.
	{in: inLogin, codes: []int{454}, words: []string{"no such user", "unknown user", "incorrect password", "wrong password"}, means: refusedLogin},
	{in: inLogin, protocols: onSMTP, codes: []int{500, 502}, words: unknownCommands, means: Likeliest(cause.AuthNotOfferedOnPort, cause.SASLDialectIncompatible)},
	{in: inLogin, words: []string{"invalid authentication mechanism", "invalid mechanism"}, means: One(cause.AuthMechNotOffered, cause.Likely)},
	{in: inLogin, words: []string{"enter your authorization"}, means: One(cause.AppPasswordRequired, cause.Likely)},
	{in: inLogin, words: consentWords, means: Likeliest(cause.SignInBlockedByPolicy, cause.OAuthScopeOrAudienceWrong)},
	{in: inLogin, words: scopeWords, means: Likeliest(cause.OAuthScopeOrAudienceWrong, cause.OAuthTokenInvalid)},
	{in: inLogin, words: weakPasswordWords, means: Likeliest(cause.PasswordExpired, cause.WebLoginChallenge)},
	{in: inLogin, words: []string{"失败次数", "次数太多", "次数过多"}, means: One(cause.AccountLockedTooManyAttempts, cause.Likely)},
	{in: inLogin, words: notForAccountWords, means: Likeliest(cause.ProtocolDisabledForAccount, cause.ProtocolDisabledByAdmin)},
	{in: pastTLS, words: foreignEncryptionWords, means: One(cause.MustIssueStartTLSFirst, cause.Likely)},

	// After the login: the folder asked for doesn't exist, and may be created (RFC
	// 9051 7.1).
	{in: opening, response: []string{"TRYCREATE"}, means: One(cause.IMAPNamespaceOrFolderMismatch, cause.Likely)},
	{in: pastTLS, protocols: onPOP3, words: []string{"lock busy", "maillock"}, means: One(cause.POP3MaildropLocked, cause.Likely)},
}

// foreignRefusals come after the signs of single causes, because a refusal in the
// same sentence says what is required instead. With a code of the 4yz class the
// server hasn't checked the password.
var foreignRefusals = []sign{{in: inLogin, codes: []int{0, 5}, words: foreignRefusalWords, means: refusedLogin}}

// Words, in lower case, for the signs above.
var (
	senderDomainWords = []string{
		"sender address rejected: domain not found", "domain of sender address", "sender domain must", "sender domain does not", "sender domain not",
	}
	senderNameWords = []string{
		"sender name is not", "invalid sender", "sender address does not exist", "sender does not exist", "sender rejected", "sender refused", "email address is not verified", "sender is not verified",
		"from address is not verified", "unverified sender",
	}
	FetchFirstWords = []string{
		"receive your mail before", "check your mail before", "check mail first", "get pop/apop", "pop authorization", "apop authorization", "pop-before-smtp",
	}
	ForeignNoLoginWords = []string{
		"authentifizierung erforderlich", "anmeldung ist erforderlich", "authentification obligatoire", "autenticazione richiesta", "autenticación requerida",
		"requiere autenticación", "autenticação requerida", "requer autenticação", "wymaga zalogowania", "wymaga logowania", "wymaga uwierzytelnienia",
		"требуется авторизация", "требуется аутентификация", "kimlik doğrulama gerekli", "認証が必要", "必须通过验证", "需要认证", "需要登录",
	}
	foreignRelayWords = []string{
		"rcpthosts", // qmail's list of the domains that it accepts mail for
		"relais refusé", "relais interdit", "relayage", "weiterleitung verweigert", "doorsturen geweigerd", "inoltro negato", "retransmisión denegada",
		"retransmissão negada", "retransmissão proibida", "reencaminhamento negado", "reencaminhamento recusado", "拒绝中继",
	}
	addressNameWords = []string{"no smtp service", "dns ptr", "ptr resource record", "find your hostname", "find your reverse hostname"}
	moreLimitWords   = []string{
		"hour limit", "day limit", "outgoing limit", "too many emails", "too many e-mails", "too many mails", "isn't allowed to send email",
		"not allowed to send email", "daily limit", "rcpt to daily", "messages per minute", "submissionquota", "exceeded the max", "credits exceeded",
	}
	unknownCommands = []string{
		"unrecognized", "unrecognised", "unknown command", "not recognized", "not recognised", "not implemented", "command not supported",
	}
	scopeWords = []string{
		"invalid audience", "invalid_audience", "invalid scope", "invalid_scope", "insufficient scope", "insufficient_scope", "aadsts70011",
	}
	consentWords = []string{
		"aadsts65001", "aadsts90094", "aadsts900941", "aadsts50105", "aadsts700016", "admin_policy_enforced", "access_not_configured", "org_internal",
		"has not consented to use the application", "needs permission to access resources in your organization", "need admin approval",
		"admin approval required", "approval required by your administrator", "application has not been approved",
	}
	weakPasswordWords = []string{
		"password is too simple", "password is too weak", "password too simple", "password too weak", "please change your password",
	}
	notForAccountWords = []string{
		"support is not enabled for", "not enabled for this account", "not enabled for this user", "not enabled for this mailbox", "关闭了",
	}
	foreignEncryptionWords = []string{
		"wymaga szyfrowania", "verschlüsselung erforderlich", "chiffrement requis", "chiffrement obligatoire", "requiere cifrado", "richiede la crittografia",
		"versleuteling vereist", "требуется шифрование", "暗号化が必要", "需要加密",
	}
	foreignRefusalWords = []string{
		"auth error", "authentifizierung fehlgeschlagen", "authentifizierungsfehler", "authentification invalide", "authentification échouée", "échec d'authentification",
		"erreur d'authentification", "pudo autenticar", "error de autenticación", "autenticación fallida", "autenticazione fallita", "autenticazione non riuscita",
		"falha na autenticação", "falha de autenticação", "dane logowania", "błąd uwierzytelniania", "błąd logowania", "aanmelden mislukt", "inloggen mislukt",
		"kimlik doğrulama başarısız", "ошибка аутентификации", "ошибка авторизации", "認証に失敗", "认证永久失败",
	}
)
