package reply

import "maildoctor/probe/diagnose/cause"

// saying is one row of the table of programs' own messages. It matches a text, in
// lower case, that contains one of any, one of with and all of all.
type saying struct {
	any   []string
	with  []string
	all   []string
	means []Guess
}

// spokenBy classifies a message of a mail program or TLS library by a table; nil if
// none of its rows matches.
func spokenBy(text *lowered, rows []saying) []Guess {
	for _, row := range rows {
		fits := text.hasOne(row.any) && text.hasOne(row.with)
		for _, w := range row.all {
			fits = fits && text.has(w)
		}
		if fits {
			return MergeGuesses(row.means, nil)
		}
	}
	return nil
}

// untrusted: the issuer is unknown, and programs don't say more.
var untrusted = Likeliest(
	cause.CertMissingIntermediate, cause.CertSelfSigned, cause.CertPrivateCA, cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.ClientTrustStoreOutdated, cause.MITMUnknownIssuer,
)

// unknownName: nothing is known about the server's name.
var unknownName = Likeliest(cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.DNSResolverBroken, cause.AutoconfigOrSRVWrong, cause.ServerUnreachable)

// noAnswer: a connection was not accepted in time.
var noAnswer = Several(cause.ServerUnreachable, cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer, cause.CloudEgressSMTPBlocked, cause.IPv6BrokenPath)

// sayings are what people paste from mail programs: Go, OpenSSL, Thunderbird,
// Outlook, Apple Mail, Android, nodemailer, PHPMailer, Python, Java and curl. The
// first matching row counts; particular rows come before general ones.
var sayings = []saying{
	// Names of issuers.
	{any: []string{"no sni provided", "invalid2.invalid"}, means: One(cause.CertNameMismatchNoSNI, cause.Proven)},
	{
		any:   []string{"avast", "avg web/mail", "avg technologies", "kaspersky anti", "norton web/mail", "eset ssl filter", "bitdefender", "mail shield"},
		means: One(cause.AntivirusTLSInterception, cause.Likely),
	},
	{
		any:   []string{"sophos ssl ca", "fortinet_ca", "fortigate ca", "zscaler", "netskope", "palo alto networks", "umbrella root", "inspection ca"},
		means: One(cause.CorporateTLSInspection, cause.Likely),
	},
	{any: []string{"dst root ca x3", "addtrust external"}, means: Likeliest(cause.CertExpiredRootInChain, cause.ClientTrustStoreOutdated)},

	// Certificates.
	{
		any: []string{
			"-9843", "certificate is valid for", "certificate is not valid for", "doesn't match the host", "does not match certificate",
			"altname_invalid", "altnames", "hostname mismatch", "hostname doesn't match", "bad_cert_domain", "did not match expected cn",
			"common name mismatch", "no alternative certificate subject name", "wrong principal", "name on the security certificate is invalid",
			"target principal name is incorrect", "hostname in certificate didn't match", "not verified: certificate",
			"match the server certificate", "not match hostname", "notvalidforname", "remotecertificatenamemismatch",
		},
		means: Likeliest(cause.CertNameMismatchHosting, cause.CertNameMismatchNoSNI),
	},
	{all: []string{"has expired or is not yet valid", "is before"}, means: Likeliest(cause.ClientClockWrong, cause.CertNotYetValid)},
	{
		any:   []string{"not yet valid: current", "certificate is not yet valid", "cert_not_yet_valid"},
		all:   []string{"is not yet valid"},
		means: Likeliest(cause.CertExpired, cause.ClientClockWrong, cause.CertRenewedNotReloaded),
	},
	{any: []string{"not_yet_valid", "certificatenotyetvalid", "not yet valid"}, means: Likeliest(cause.CertNotYetValid, cause.ClientClockWrong)},
	{any: []string{"issued at time is more than", "clock is"}, means: One(cause.ClientClockWrong, cause.Likely)},
	{
		any: []string{
			"certificate has expired", "cert_has_expired", "expired_certificate", "expired_issuer", "certificateexpired", "certificate expired",
			"certificate is expired", "-9814", "zertifikat abgelaufen", "zertifikat ist abgelaufen",
		},
		means: Likeliest(cause.CertExpired, cause.CertRenewedNotReloaded, cause.ClientClockWrong),
	},
	{
		any:   []string{"insecure algorithm", "legacy signature", "md too weak", "ee key too small", "ca key too small", "legacy common name", "weak_signature"},
		means: Likeliest(cause.CertWeakOrLegacyFormat, cause.TLSWeakDH),
	},
	{
		any:   []string{"self signed certificate in certificate chain", "self-signed certificate in certificate chain", "self_signed_cert_in_chain"},
		means: Several(cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.CertPrivateCA, cause.CertSelfSigned),
	},
	{
		any:   []string{"self-signed", "self signed", "self_signed", "selbst signiert", "selbstsigniert"},
		means: Likeliest(cause.CertSelfSigned, cause.AntivirusTLSInterception, cause.LocalBridgeProblem),
	},
	{
		any:   []string{"unable to get local issuer", "unable_to_get_issuer", "unable to verify the first certificate", "verify_leaf_signature"},
		means: Likeliest(cause.CertMissingIntermediate, cause.ClientTrustStoreOutdated, cause.CertPrivateCA, cause.AntivirusTLSInterception),
	},
	{
		any: []string{
			"unknown authority", "unknown ca", "unknown_issuer", "trust anchor", "pkix path", "certpathvalidator", "not trusted", "untrusted",
			"errsslxcertchaininvalid", "-9807", "-9813", "certificate verify failed", "certificate verification failed", "unknownissuer", "cannot be verified", "could not be verified", "can't verify",
			"cannot verify server identity", "certificate is not from a trusted", "ssl certificate problem", "curl: (60)", "nicht vertrauenswürdig",
		},
		means: untrusted,
	},

	{
		any:   []string{"remote certificate is invalid", "remote certificate was rejected"},
		means: Several(cause.CertSelfSigned, cause.CertNameMismatchHosting, cause.CertMissingIntermediate, cause.CertPrivateCA, cause.CertExpired, cause.AntivirusTLSInterception),
	},

	// TLS before the certificate.
	{
		any: []string{
			"first record does not look like a tls", "wrong version number", "wrong_version_number", "record_too_long", "record too long",
			"unrecognized ssl message", "unknown protocol", "packet length too long", "http request", "unexpected packet format",
			"cannot determine the frame size",
		},
		means: Likeliest(cause.TLSSpokenToPlaintextPort, cause.CaptivePortal, cause.WrongProtocolOnPort),
	},
	{
		any:   []string{"0x800ccc1a", "-9806"},
		means: Several(cause.TLSSpokenToPlaintextPort, cause.ImplicitTLSPortSpokenPlain, cause.TLSHandshakeInterrupted, cause.TLSServerTooOld),
	},
	{any: []string{"connection encryption type"}, means: Likeliest(cause.TLSSpokenToPlaintextPort, cause.ImplicitTLSPortSpokenPlain)},
	{
		any:   []string{"weak_server_ephemeral_dh", "dh_key_too_small", "dh key too small", "illegal_parameter"},
		means: Likeliest(cause.TLSWeakDH, cause.TLSCipherMismatch),
	},
	{
		any: []string{
			"protocol version not supported", "unsupported protocol", "unsupported_protocol", "unsupported_version", "protocol_version",
			"legacy_server_connect", "unsafe legacy renegotiation", "tls_process_key_exchange", "version_or_cipher_mismatch", "-9847",
		},
		means: Likeliest(cause.TLSServerTooOld, cause.TLSCipherMismatch, cause.TLSClientTooOld),
	},
	{any: []string{"client to support tls", "tls 1.0 and 1.1"}, means: One(cause.TLSClientTooOld, cause.Likely)},
	{any: []string{"certificate required", "certificate_required", "bad certificate"}, means: Likeliest(cause.TLSClientCertRequired)},
	{all: []string{"remote error: tls: handshake failure"}, means: Several(cause.TLSCipherMismatch, cause.TLSClientCertRequired, cause.TLSServerTooOld, cause.TLSWeakDH)},
	{
		any: []string{
			"alert handshake failure", "handshake_failure", "handshake failure", "no_cypher_overlap", "no shared cipher", "no cipher", "sslv3 alert",
			"insufficient_security",
		},
		means: Likeliest(cause.TLSCipherMismatch, cause.TLSClientCertRequired, cause.TLSWeakDH, cause.TLSServerTooOld),
	},
	{
		any:   []string{"bad_record_mac", "bad record mac", "bad_decrypt", "close_notify", "decryption_failed"},
		means: Likeliest(cause.AntivirusConnectionProxyBroken, cause.TLSHandshakeInterrupted),
	},
	{any: []string{"clienthello", "client hello"}, means: Likeliest(cause.TLSPQClientHelloIntolerant, cause.MTUBlackhole)},
	{
		any:   []string{"no appropriate protocol", "protocol is disabled or cipher suites"},
		means: Likeliest(cause.TLSClientTooOld, cause.TLSServerTooOld, cause.TLSCipherMismatch),
	},
	{
		any:   []string{"eof occurred in violation", "eof in violation", "connection has been closed (eof)"},
		means: Likeliest(cause.TLSHandshakeInterrupted, cause.ConnectionResetAfterAccept, cause.TLSServerTooOld),
	},
	{
		any:   []string{"sslhandshakeexception", "attempting to establish an ssl or tls", "ssl connect error", "curl: (35)"},
		means: Several(cause.TLSHandshakeInterrupted, cause.TLSSpokenToPlaintextPort, cause.TLSCipherMismatch, cause.TLSServerTooOld, cause.AntivirusTLSInterception, cause.CertSelfSigned, cause.CertMissingIntermediate),
	},
	{
		any:   []string{"handshake timeout", "handshake timed out", "handshake did not complete"},
		means: Several(cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant, cause.ImplicitTLSPortSpokenPlain),
	},

	// Names.
	{any: []string{"10060"}, means: noAnswer},
	{all: []string{"lookup ", "network is unreachable"}, means: Likeliest(cause.DNSResolverBroken, cause.NoNetworkRoute)},
	{any: []string{"eai_nodata", "no address associated", "nodata"}, means: Likeliest(cause.HostHasNoAddressRecord, cause.HostnameTypoNXDomain)},
	{
		any:   []string{"server misbehaving", "eai_again", "temporary failure in name resolution", "servfail", "dns_probe_finished_bad"},
		means: Likeliest(cause.DNSResolverBroken, cause.NoNetworkRoute),
	},
	{
		any: []string{
			"no such host", "enotfound", "name or service not known", "nodename nor servname", "unknownhostexception", "getaddrinfo failed",
			"could not resolve host", "couldn't resolve host", "unable to resolve host", "imapunknownhosterror",
			"is unknown. the server", "0x800ccc0d", "nxdomain", "11001", "host not found", "cannot find the e-mail server",
			"server could not be found", "name resolution failed", "cannot locate server", "host ist unbekannt", "host wurde nicht gefunden",
			"hôte inconnu", "hôte introuvable", "host sconosciuto", "host desconocido", "host desconhecido", "nieznany host", "неизвестный хост",
		},
		means: unknownName,
	},
	{any: []string{"ホスト", "サーバー"}, all: []string{"見つかりません"}, means: unknownName},

	// Connections.
	{
		any:   []string{"eacces", "connect: permission denied", "operation not permitted", "10013", "eperm", "forbidden by its access permissions"},
		means: One(cause.LocalFirewallOrAppPermission, cause.Likely),
	},
	{any: []string{"tcp [", "/2001:", "/2a0"}, all: []string{"network is unreachable"}, means: Likeliest(cause.IPv6BrokenPath, cause.NoNetworkRoute)},
	{
		any:   []string{"network is unreachable", "enetunreach", "10051", "network unreachable", "errno 101]"},
		means: Likeliest(cause.NoNetworkRoute, cause.IPv6BrokenPath),
	},
	{
		any:   []string{"no route to host", "ehostunreach", "errno 113]", "10065", "host is unreachable"},
		means: Several(cause.NoNetworkRoute, cause.ServerUnreachable, cause.PortFiltered, cause.LocalFirewallOrAppPermission),
	},
	{
		any: []string{
			"connection refused", "econnrefused", "connection was refused", "actively refused", "errno 111]", "10061", "errno 61]",
			"imapconnectionrefusederror", "verbindung verweigert", "verbindung abgelehnt", "verbindungsaufbau abgelehnt",
			"connexion refusée", "expressément refusée", "conexión rehusada", "conexión rechazada", "denegó expresamente",
			"connessione rifiutata", "rifiuto persistente", "conexão recusada", "recusou ativamente", "verbinding geweigerd", "actief heeft geweigerd",
			"połączenie odrzucone", "aktywnie odmawia", "в соединении отказано", "отверг запрос на подключение", "bağlantı reddedildi",
			"etkin olarak reddetti", "接続を拒否", "接続が拒否", "拒绝连接", "连接被拒绝", "积极拒绝",
		},
		means: Likeliest(cause.ServiceNotListening, cause.PortFiltered, cause.LocalBridgeProblem),
	},
	{
		any:   []string{"greeting never received", "greeting \"\"", "no greeting", "reading greeting", "greeting timeout", "eting_timeout"},
		means: Likeliest(cause.ImplicitTLSPortSpokenPlain, cause.AcceptNoGreeting, cause.GreetingDelayTarpit),
	},
	{all: []string{"read tcp", "i/o timeout"}, means: Several(cause.AcceptNoGreeting, cause.MTUBlackhole, cause.ImplicitTLSPortSpokenPlain)},
	{
		any: []string{
			"hangup after", "forcibly closed", "connection reset", "econnreset", "connect_reset", "10054", "errno 104]", "0x800ccc0f",
			"unexpectedly closed", "connection closed unexpectedly", "end_of_file", "ssl_error_syscall", "unexpected eof", "recv failure",
			"server response while making connection", "connection was interrupted", "unexpectedly terminated the connection", "connection dropped",
			"remote host closed", "unexpected close", "closedafterconnect", "eof caught", "socket closed", "socket error: eof", "syscall returned", "接続が中断", "verbindung wurde unterbrochen",
			"verbindung wurde zurückgesetzt", "connexion réinitialisée",
		},
		means: Several(cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.TLSSpokenToPlaintextPort, cause.AntivirusConnectionProxyBroken, cause.ServerBusyGreeting),
	},
	{any: []string{"cannot assign requested address", "eaddrnotavail", "10049"}, means: Likeliest(cause.IPv6BrokenPath, cause.NoNetworkRoute)},
	{
		any:   []string{":25: i/o timeout", ":25: operation timed out", ":25: connection timed out", ":25 (connection timed out", ":25 (a connection attempt failed"},
		means: append(Several(cause.ISPPort25Filtered, cause.CloudEgressSMTPBlocked), noAnswer[:3]...),
	},
	{all: []string{"socketerror"}, means: One(cause.TLSClientTooOld, cause.Possible)},
	{all: []string{"failed to connect to", "after ", "ms", ":"}, any: []string{"/2", "[2"}, means: append(Several(cause.IPv6BrokenPath), noAnswer[:3]...)},
	{all: []string{"connection timeout"}, means: append(Several(cause.CloudEgressSMTPBlocked), noAnswer[:4]...)},
	{
		any: []string{
			"timed out", "timeout", "etimedout", "10060", "errno 110]", "0x800ccc19", "0x8004210a", "not responding", "no response from",
			"zeitüberschreitung", "delai d'attente", "délai d'attente",
		},
		means: noAnswer,
	},
	{
		any: []string{
			"can not open imap connection", "cannot open connection", "could not connect", "couldn't connect", "cannot connect", "can't connect",
			"unable to connect", "failed to connect", "connect() failed", "connection failed", "connection to the server failed",
			"could not be contacted", "unable to contact", "0x800ccc0e", "0x80042108", "0x80042109", "0x8004210b", "0x800ccc15", "econnection",
			"keine verbindung", "impossible de se connecter", "could not be established", "impossibile stabilire la connessione",
		},
		means: append(Several(cause.MailPortsBlockedOnThisNetwork, cause.ServiceNotListening), noAnswer[:2]...),
	},

	{any: []string{"failed to connect to server"}, means: unknownName},

	// Dialogue.
	{all: []string{"220 ", "esmtp", "unexpected"}, means: Likeliest(cause.WrongProtocolOnPort)},
	{
		any: []string{
			"is not an imap4 mail server", "imapservernotimap4", "weird server reply", "curl: (8)", "invalid greeting", "unexpected greeting",
			"not a pop3 server", "not an imap server", "error in imap server greeting", "error in pop3 server greeting",
		},
		means: Likeliest(cause.WrongProtocolOnPort, cause.CaptivePortal),
	},
	{
		any: []string{
			"starttls extension not supported", "does not support starttls", "doesn't support starttls", "starttls is not supported",
			"starttls not supported", "starttls failed", "0x800ccc7d", "requested ssl level", "curl: (64)", "tls is not available",
			"starttls not available", "support the starttls", "starttls extension not", "no starttls",
		},
		means: Likeliest(cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox),
	},
	{any: []string{"unencrypted connection", "plaintext authentication", "logindisabled"}, means: Likeliest(cause.MustIssueStartTLSFirst, cause.PasswordInClear)},
	{
		any: []string{
			"doesn't support auth", "does not support auth", "auth extension not supported", "smtp auth is not", "no authentication mechanism",
			"does not support authentication",
		},
		means: Likeliest(cause.AuthNotOfferedOnPort, cause.MustIssueStartTLSFirst, cause.AuthMechNotOffered),
	},
	{
		any: []string{
			"does not seem to support encrypted passwords", "none of the authentication methods", "0x800ccc80",
			"authentication method is not supported", "no supported authentication", "no matching authentication", "imapauthchangeencrypt",
			"authentication methods supported", "login denied: mechanism",
		},
		means: Likeliest(cause.AuthMechNotOffered),
	},

	// Login.
	{
		any:   []string{"bridge password", "backend/credentials", "proton bridge", "protonmail bridge"},
		means: Likeliest(cause.LocalBridgeProblem, cause.SMTPAndIMAPCredentialsDiffer),
	},
	{any: []string{"for 127.0.0.1", "127.0.0.1:1143", "127.0.0.1:1025"}, means: Likeliest(cause.LocalBridgeProblem)},
	{any: []string{"servicedisabled"}, means: Likeliest(cause.ProtocolDisabledByAdmin)},
	{any: []string{"temporarily restricted", "may have been hacked"}, means: One(cause.AccountSuspended, cause.Likely)},
	{any: []string{"missing credentials for"}, means: Likeliest(cause.SMTPAuthNotConfiguredInClient)},
	{
		any: []string{
			"0x800ccc90", "0x800ccc91", "0x800ccc92", "0x800ccc18", "0x800ccc16", "eauth", "could not authenticate", "authenticationfailedexception",
			"smtpauthenticationerror", "login to server", "login denied", "curl: (67)", "user name or password for", "incorrect username",
			"username or password is incorrect", "anmeldung bei", "rejected your login", "mailimap_error_login", "authorization failure on", "authfail",
		},
		means: Likeliest(cause.WrongPassword, cause.WrongUsernameFormat, cause.AppPasswordRequired),
	},
	{any: []string{"0x800ccc78", "0x800ccc79"}, means: Several(cause.SMTPAuthNotConfiguredInClient, cause.SenderAddressNotPermitted)},
	{any: []string{"0x800ccc0b", "0x800ccc69"}, means: Several(cause.POP3MaildropLocked, cause.ServerBusyGreeting)},
	{any: []string{"0x800ccc6f"}, means: Several(cause.GreetingRefusedByPolicy, cause.ClientIPDNSBLOnSubmission, cause.OutboundSendingRestricted)},
	{any: []string{"data not accepted"}, means: Several(cause.SenderAddressNotPermitted, cause.OutboundSendingRestricted, cause.SMTPAuthNotConfiguredInClient)},
}

// oddLines are what servers send in answer to something other than a mail command,
// or beside a refusal. As refusals they would be misleading.
var oddLines = []saying{
	{any: []string{"eyjzdgf0dxmi"}, means: One(cause.OAuthTokenInvalid, cause.Likely)}, // {"status" in base64, the error challenge (RFC 7628 3.2.2)
	// Exim sends this to a client that sends before the greeting: usually one that
	// begins with TLS.
	{any: []string{"synchronization error", "synchronisation error"}, means: Likeliest(cause.TLSSpokenToPlaintextPort, cause.GreetingDelayTarpit)},
	{any: []string{"250-xxxxxxx", "250 xxxxxxx"}, means: Several(cause.StartTLSStrippedByMiddlebox, cause.BannerMaskedByESMTPInspection)},
	{any: []string{"smtp/cmap"}, means: Several(cause.TransparentSMTPProxy, cause.BannerMaskedByESMTPInspection)},
	{any: []string{"body type not supported by remote host"}, means: One(cause.StartTLSStrippedByMiddlebox, cause.Possible)},
	{any: []string{"250-auth=", "250 auth="}, means: One(cause.SASLDialectIncompatible, cause.Possible)},
	{any: []string{"error in imap command received by server"}, means: Likeliest(cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort)},
	{any: []string{"too many invalid imap commands"}, means: Likeliest(cause.WrongProtocolOnPort, cause.TLSSpokenToPlaintextPort)},
	{any: []string{"waiting for authentication process"}, means: Likeliest(cause.AcceptNoGreeting, cause.AuthBackendTemporaryFailure)},
	{all: []string{"ready to start tls", "eof"}, means: One(cause.StartTLSAcceptedThenDropped, cause.Likely)},
	{all: []string{"tls go ahead", "quit"}, means: One(cause.StartTLSAcceptedThenDropped, cause.Possible)},
	{all: []string{"250-pipelining", "250 auth"}, means: Several(cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox)},
}
