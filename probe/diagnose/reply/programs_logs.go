package reply

import "maildoctor/probe/diagnose/cause"

// atServer are words that show that a server wrote a line, about a client, into its
// log.
var atServer = []string{
	"ssl_accept", "client_hello", "statem_srvr", "imap-login:", "pop3-login:", "submission-login", "managesieve-login", "smtpd[", "smtpd:", "tls error on connection from",
}

// largeSenders are submission servers that never present a certificate for another
// name. Whoever presents one there answers in their place.
var largeSenders = []string{
	"smtp.gmail.com", "smtp-relay.gmail.com", "smtp.office365.com", "smtp-mail.outlook.com", "smtp.mail.yahoo.com", "smtp.aol.com", "smtp.mail.me.com", "smtp.zoho.",
	"smtp.sendgrid.net", "smtp.mailgun.org", "in-v3.mailjet.com", "smtp-relay.brevo.com", "email-smtp.", "smtp.mandrillapp.com", "smtp.gmx.", "mail.gmx.net", "smtp.web.de",
	"smtp.ionos.", "smtp.strato.de", "smtp.qq.com", "smtp.163.com", "smtp.yandex.", "smtp.mail.ru",
}

// logLines are what servers log about a client, and somebody pastes.
var logLines = []saying{
	{any: []string{`\026\003`, `\x16\x03`}, means: Likeliest(cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort)},
	{any: []string{"haproxy", "proxy protocol", "proxy header"}, means: Likeliest(cause.ProxyProtocolExpected, cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted)},
	{
		any:   []string{"process_limit", "client_limit", "client connections are being dropped", "has reached its process limit", "all server ports are busy"},
		means: Likeliest(cause.ServerBusyGreeting, cause.TooManyConnectionsPerUser),
	},
	{
		any: []string{
			"connect to private/auth failed", "sasl: connect to", "no sasl authentication mechanisms", "unable to connect to auth", "auth-client) failed",
			"auth-userdb) failed", "auth: error: ", "cannot connect to saslauthd",
		},
		means: One(cause.AuthBackendTemporaryFailure, cause.Likely),
	},
	{any: atServer, with: []string{"unsupported protocol", "unsupported_protocol", "alert protocol version", "version too low"}, means: Likeliest(cause.TLSClientTooOld, cause.TLSServerTooOld, cause.TLSCipherMismatch)},
	{any: atServer, with: []string{"no shared cipher"}, means: Likeliest(cause.TLSCipherMismatch, cause.TLSClientTooOld, cause.TLSWeakDH)},
	{any: atServer, with: []string{"http request"}, means: Likeliest(cause.ImplicitTLSPortSpokenPlain, cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort)},
	{
		// The client sent this: it rejects the server's certificate.
		any: atServer, with: []string{"alert unknown ca", "alert bad certificate", "alert certificate unknown", "alert unsupported certificate"},
		means: Several(cause.CertSelfSigned, cause.CertPrivateCA, cause.CertMissingIntermediate, cause.CertNameMismatchHosting),
	},
	{any: atServer, with: []string{"alert certificate expired"}, means: Likeliest(cause.CertExpired, cause.CertRenewedNotReloaded, cause.ClientClockWrong)},
}

// libraryLines are messages of TLS libraries, and of programs that pass them on,
// that other tables would misinterpret.
var libraryLines = []saying{
	// Errors of a sign-in page, which no mail server says.
	{any: consentWords, means: Likeliest(cause.SignInBlockedByPolicy)},

	// Alerts, see the rules of handshakes.
	{
		any:   []string{"alert internal error", "alert number 80", "tls: internal error", "alert: internal_error", "internal_error_alert", "internalerror)", "alertreceived(internalerror"},
		means: Likeliest(cause.TLSServerInternalError, cause.TLSCipherMismatch),
	},
	{any: []string{"unrecognized name", "unrecognised name", "unrecognized_name", "unrecognisedname", "alert number 112"}, means: Likeliest(cause.CertNameMismatchHosting, cause.CertNameMismatchNoSNI)},
	{any: []string{"alert access denied", "alert number 49", "tls: access denied", "alert: access_denied"}, means: Likeliest(cause.TLSClientCertRequired, cause.GreetingRefusedByPolicy)},
	{
		any:   []string{"alert decode error", "alert decrypt error", "alert unexpected message", "alert number 50", "alert number 51", "alert number 10"},
		means: Several(cause.TLSHandshakeInterrupted, cause.TLSPQClientHelloIntolerant, cause.AntivirusConnectionProxyBroken),
	},
	{
		any:   []string{"without sending tls close_notify", "unexpected-eof"},
		means: Several(cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.AntivirusConnectionProxyBroken),
	},
	{
		any:   []string{"invalidcontenttype", "invalid content type", "corrupt message of type", "notsslrecordexception", "not an ssl/tls record"},
		means: Likeliest(cause.TLSSpokenToPlaintextPort, cause.CaptivePortal, cause.WrongProtocolOnPort),
	},
	{any: []string{"receive greeting"}, with: []string{"closed", "eof"}, means: Several(cause.TLSSpokenToPlaintextPort, cause.ConnectionResetAfterAccept, cause.ImplicitTLSPortSpokenPlain)},
	{any: []string{"unexpected character: * (", "unexpected character: + (", "unexpected character: 2 ("}, means: Likeliest(cause.WrongProtocolOnPort, cause.TLSSpokenToPlaintextPort)},

	// Certificates.
	{any: []string{"peer certificate: expired"}, means: Likeliest(cause.CertExpired, cause.CertRenewedNotReloaded, cause.ClientClockWrong)},
	{any: []string{"notvalidyet", "not valid yet"}, means: Likeliest(cause.CertNotYetValid, cause.ClientClockWrong)},
	{any: []string{"causedasendentity", "ca used as end"}, means: Likeliest(cause.CertSelfSigned, cause.CertWeakOrLegacyFormat, cause.CertPrivateCA)},
	{
		any: []string{
			"unsupportedcertversion", "unsupported certificate version", "not marked critical", "marked critical (", "missing authority key identifier",
			"missing subject key identifier", "does not include key usage", "requires at least x509v3", "empty subject alternative name", "issuer name empty",
			"subject name empty", "path length invalid", "pathlen invalid", "unsupported signature algorithm", "unsupportedsignaturealgorithm",
		},
		means: Likeliest(cause.CertWeakOrLegacyFormat),
	},
	{
		any: largeSenders, with: []string{"did not match", "does not match", "doesn't match", "valid for", "altnames", "name mismatch", "notvalidforname"},
		means: Likeliest(cause.TransparentSMTPProxy, cause.CertNameMismatchHosting, cause.StaleOrOverriddenDNS),
	},
	{
		any: []string{"pkix path building failed"},
		means: Likeliest(
			cause.CertMissingIntermediate, cause.ClientTrustStoreOutdated, cause.CertSelfSigned, cause.CertPrivateCA, cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer,
		),
	},
	{
		any:   []string{"could not open secure tls", "failed to enable crypto", "unable to enable crypto", "enable_crypto(): ssl"},
		means: Several(cause.CertNameMismatchHosting, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.StartTLSBrokenOnServer, cause.TLSServerTooOld),
	},

	// Connections: programs dial one address family at a time, and hosting providers
	// block sending.
	{any: []string{"imap connection timeout", "imap connection timed out", "pop3 connection timeout"}, means: append(Several(cause.ServerUnreachable, cause.IPv6BrokenPath), noAnswer[1:]...)},
	{
		any:   []string{":587: i/o timeout", ":465: i/o timeout", ":587: connect: connection timed out", ":465: connect: connection timed out", ":587: operation timed out", ":465: operation timed out"},
		means: append(Several(cause.CloudEgressSMTPBlocked), noAnswer[:4]...),
	},
}
