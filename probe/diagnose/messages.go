package diagnose

// saying is one row of the table of what programs say by themselves: the text, in
// lower case, has one of any and all of all.
type saying struct {
	any   []string
	all   []string
	means []Guess
}

// spokenBy classifies the words of mail programs and TLS libraries by a table;
// nil where none of its rows fits.
func spokenBy(text *lowered, rows []saying) []Guess {
	for _, row := range rows {
		fits := len(row.any) == 0
		for _, w := range row.any {
			fits = fits || text.has(w)
		}
		for _, w := range row.all {
			fits = fits && text.has(w)
		}
		if fits {
			return mergeGuesses(row.means, nil)
		}
	}
	return nil
}

// untrusted: the issuer is unknown, and programs say no more.
var untrusted = likeliest(
	CertMissingIntermediate, CertSelfSigned, CertPrivateCA, AntivirusTLSInterception, CorporateTLSInspection, ClientTrustStoreOutdated, MITMUnknownIssuer,
)

// unknownName: nothing is known under the server's name.
var unknownName = likeliest(HostnameTypoNXDomain, HostHasNoAddressRecord, DNSResolverBroken, AutoconfigOrSRVWrong, ServerUnreachable)

// noAnswer: a connection that was not taken in time.
var noAnswer = several(ServerUnreachable, PortFiltered, MailPortsBlockedOnThisNetwork, ClientIPBannedByServer, CloudEgressSMTPBlocked, IPv6BrokenPath)

// sayings are what people paste from mail programs: Go, OpenSSL, Thunderbird,
// Outlook, Apple Mail, Android, nodemailer, PHPMailer, Python, Java and curl. The
// first row that fits counts, the more particular before the more general.
var sayings = []saying{
	// Names of issuers.
	{any: []string{"no sni provided", "invalid2.invalid"}, means: one(CertNameMismatchNoSNI, Proven)},
	{
		any:   []string{"avast", "avg web/mail", "avg technologies", "kaspersky anti", "norton web/mail", "eset ssl filter", "bitdefender", "mail shield"},
		means: one(AntivirusTLSInterception, Likely),
	},
	{
		any:   []string{"sophos ssl ca", "fortinet_ca", "fortigate ca", "zscaler", "netskope", "palo alto networks", "umbrella root", "inspection ca"},
		means: one(CorporateTLSInspection, Likely),
	},
	{any: []string{"dst root ca x3", "addtrust external"}, means: likeliest(CertExpiredRootInChain, ClientTrustStoreOutdated)},

	// Certificates.
	{
		any: []string{
			"-9843", "certificate is valid for", "certificate is not valid for", "doesn't match the host", "does not match certificate",
			"altname_invalid", "altnames", "hostname mismatch", "hostname doesn't match", "bad_cert_domain", "did not match expected cn",
			"common name mismatch", "no alternative certificate subject name", "wrong principal", "name on the security certificate is invalid",
			"target principal name is incorrect", "hostname in certificate didn't match", "not verified: certificate",
			"match the server certificate", "not match hostname", "notvalidforname", "remotecertificatenamemismatch",
		},
		means: likeliest(CertNameMismatchHosting, CertNameMismatchNoSNI),
	},
	{all: []string{"has expired or is not yet valid", "is before"}, means: likeliest(ClientClockWrong, CertNotYetValid)},
	{
		any:   []string{"not yet valid: current", "certificate is not yet valid", "cert_not_yet_valid"},
		all:   []string{"is not yet valid"},
		means: likeliest(CertExpired, ClientClockWrong, CertRenewedNotReloaded),
	},
	{any: []string{"not_yet_valid", "certificatenotyetvalid", "not yet valid"}, means: likeliest(CertNotYetValid, ClientClockWrong)},
	{any: []string{"issued at time is more than", "clock is"}, means: one(ClientClockWrong, Likely)},
	{
		any: []string{
			"certificate has expired", "cert_has_expired", "expired_certificate", "expired_issuer", "certificateexpired", "certificate expired",
			"certificate is expired", "-9814", "zertifikat abgelaufen", "zertifikat ist abgelaufen",
		},
		means: likeliest(CertExpired, CertRenewedNotReloaded, ClientClockWrong),
	},
	{
		any:   []string{"insecure algorithm", "legacy signature", "md too weak", "ee key too small", "ca key too small", "legacy common name", "weak_signature"},
		means: likeliest(CertWeakOrLegacyFormat, TLSWeakDH),
	},
	{
		any:   []string{"self signed certificate in certificate chain", "self-signed certificate in certificate chain", "self_signed_cert_in_chain"},
		means: several(AntivirusTLSInterception, CorporateTLSInspection, CertPrivateCA, CertSelfSigned),
	},
	{
		any:   []string{"self-signed", "self signed", "self_signed", "selbst signiert", "selbstsigniert"},
		means: likeliest(CertSelfSigned, AntivirusTLSInterception, LocalBridgeProblem),
	},
	{
		any:   []string{"unable to get local issuer", "unable_to_get_issuer", "unable to verify the first certificate", "verify_leaf_signature"},
		means: likeliest(CertMissingIntermediate, ClientTrustStoreOutdated, CertPrivateCA, AntivirusTLSInterception),
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
		means: several(CertSelfSigned, CertNameMismatchHosting, CertMissingIntermediate, CertPrivateCA, CertExpired, AntivirusTLSInterception),
	},

	// TLS before any certificate.
	{
		any: []string{
			"first record does not look like a tls", "wrong version number", "wrong_version_number", "record_too_long", "record too long",
			"unrecognized ssl message", "unknown protocol", "packet length too long", "http request", "unexpected packet format",
			"cannot determine the frame size",
		},
		means: likeliest(TLSSpokenToPlaintextPort, CaptivePortal, WrongProtocolOnPort),
	},
	{
		any:   []string{"0x800ccc1a", "-9806"},
		means: several(TLSSpokenToPlaintextPort, ImplicitTLSPortSpokenPlain, TLSHandshakeInterrupted, TLSServerTooOld),
	},
	{any: []string{"connection encryption type"}, means: likeliest(TLSSpokenToPlaintextPort, ImplicitTLSPortSpokenPlain)},
	{
		any:   []string{"weak_server_ephemeral_dh", "dh_key_too_small", "dh key too small", "illegal_parameter"},
		means: likeliest(TLSWeakDH, TLSCipherMismatch),
	},
	{
		any: []string{
			"protocol version not supported", "unsupported protocol", "unsupported_protocol", "unsupported_version", "protocol_version",
			"legacy_server_connect", "unsafe legacy renegotiation", "tls_process_key_exchange", "version_or_cipher_mismatch", "-9847",
		},
		means: likeliest(TLSServerTooOld, TLSCipherMismatch, TLSClientTooOld),
	},
	{any: []string{"client to support tls", "tls 1.0 and 1.1"}, means: one(TLSClientTooOld, Likely)},
	{any: []string{"certificate required", "certificate_required", "bad certificate"}, means: likeliest(TLSClientCertRequired)},
	{all: []string{"remote error: tls: handshake failure"}, means: several(TLSCipherMismatch, TLSClientCertRequired, TLSServerTooOld, TLSWeakDH)},
	{
		any: []string{
			"alert handshake failure", "handshake_failure", "handshake failure", "no_cypher_overlap", "no shared cipher", "no cipher", "sslv3 alert",
			"insufficient_security",
		},
		means: likeliest(TLSCipherMismatch, TLSClientCertRequired, TLSWeakDH, TLSServerTooOld),
	},
	{
		any:   []string{"bad_record_mac", "bad record mac", "bad_decrypt", "close_notify", "decryption_failed"},
		means: likeliest(AntivirusConnectionProxyBroken, TLSHandshakeInterrupted),
	},
	{any: []string{"clienthello", "client hello"}, means: likeliest(TLSPQClientHelloIntolerant, MTUBlackhole)},
	{
		any:   []string{"no appropriate protocol", "protocol is disabled or cipher suites"},
		means: likeliest(TLSClientTooOld, TLSServerTooOld, TLSCipherMismatch),
	},
	{
		any:   []string{"eof occurred in violation", "eof in violation", "connection has been closed (eof)"},
		means: likeliest(TLSHandshakeInterrupted, ConnectionResetAfterAccept, TLSServerTooOld),
	},
	{
		any:   []string{"sslhandshakeexception", "attempting to establish an ssl or tls", "ssl connect error", "curl: (35)"},
		means: several(TLSSpokenToPlaintextPort, AntivirusTLSInterception, CertSelfSigned, CertMissingIntermediate, TLSHandshakeInterrupted),
	},
	{
		any:   []string{"handshake timeout", "handshake timed out", "handshake did not complete"},
		means: several(MTUBlackhole, TLSPQClientHelloIntolerant, ImplicitTLSPortSpokenPlain),
	},

	// Names.
	{any: []string{"10060"}, means: noAnswer},
	{all: []string{"lookup ", "network is unreachable"}, means: likeliest(DNSResolverBroken, NoNetworkRoute)},
	{any: []string{"eai_nodata", "no address associated", "nodata"}, means: likeliest(HostHasNoAddressRecord, HostnameTypoNXDomain)},
	{
		any:   []string{"server misbehaving", "eai_again", "temporary failure in name resolution", "servfail", "dns_probe_finished_bad"},
		means: likeliest(DNSResolverBroken, NoNetworkRoute),
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
		means: one(LocalFirewallOrAppPermission, Likely),
	},
	{any: []string{"tcp [", "/2001:", "/2a0"}, all: []string{"network is unreachable"}, means: likeliest(IPv6BrokenPath, NoNetworkRoute)},
	{
		any:   []string{"network is unreachable", "enetunreach", "10051", "network unreachable", "errno 101]"},
		means: likeliest(NoNetworkRoute, IPv6BrokenPath),
	},
	{
		any:   []string{"no route to host", "ehostunreach", "errno 113]", "10065", "host is unreachable"},
		means: several(NoNetworkRoute, ServerUnreachable, PortFiltered, LocalFirewallOrAppPermission),
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
		means: likeliest(ServiceNotListening, PortFiltered, LocalBridgeProblem),
	},
	{
		any:   []string{"greeting never received", "greeting \"\"", "no greeting", "reading greeting", "greeting timeout", "eting_timeout"},
		means: likeliest(ImplicitTLSPortSpokenPlain, AcceptNoGreeting, GreetingDelayTarpit),
	},
	{all: []string{"read tcp", "i/o timeout"}, means: several(AcceptNoGreeting, MTUBlackhole, ImplicitTLSPortSpokenPlain)},
	{
		any: []string{
			"hangup after", "forcibly closed", "connection reset", "econnreset", "connect_reset", "10054", "errno 104]", "0x800ccc0f",
			"unexpectedly closed", "connection closed unexpectedly", "end_of_file", "ssl_error_syscall", "unexpected eof", "recv failure",
			"server response while making connection", "connection was interrupted", "unexpectedly terminated the connection", "connection dropped",
			"remote host closed", "unexpected close", "closedafterconnect", "eof caught", "socket closed", "socket error: eof", "syscall returned", "接続が中断", "verbindung wurde unterbrochen",
			"verbindung wurde zurückgesetzt", "connexion réinitialisée",
		},
		means: several(ConnectionResetAfterAccept, TLSHandshakeInterrupted, TLSSpokenToPlaintextPort, AntivirusConnectionProxyBroken, ServerBusyGreeting),
	},
	{any: []string{"cannot assign requested address", "eaddrnotavail", "10049"}, means: likeliest(IPv6BrokenPath, NoNetworkRoute)},
	{
		any:   []string{":25: i/o timeout", ":25: operation timed out", ":25: connection timed out", ":25 (connection timed out", ":25 (a connection attempt failed"},
		means: append(several(ISPPort25Filtered, CloudEgressSMTPBlocked), noAnswer[:3]...),
	},
	{all: []string{"socketerror"}, means: one(TLSClientTooOld, Possible)},
	{all: []string{"failed to connect to", "after ", "ms", ":"}, any: []string{"/2", "[2"}, means: append(several(IPv6BrokenPath), noAnswer[:3]...)},
	{all: []string{"connection timeout"}, means: append(several(CloudEgressSMTPBlocked), noAnswer[:4]...)},
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
		means: append(several(MailPortsBlockedOnThisNetwork, ServiceNotListening), noAnswer[:2]...),
	},

	{any: []string{"failed to connect to server"}, means: unknownName},

	// Dialogue.
	{all: []string{"220 ", "esmtp", "unexpected"}, means: likeliest(WrongProtocolOnPort)},
	{
		any: []string{
			"is not an imap4 mail server", "imapservernotimap4", "weird server reply", "curl: (8)", "invalid greeting", "unexpected greeting",
			"not a pop3 server", "not an imap server", "error in imap server greeting", "error in pop3 server greeting",
		},
		means: likeliest(WrongProtocolOnPort, CaptivePortal),
	},
	{
		any: []string{
			"starttls extension not supported", "does not support starttls", "doesn't support starttls", "starttls is not supported",
			"starttls not supported", "starttls failed", "0x800ccc7d", "requested ssl level", "curl: (64)", "tls is not available",
			"starttls not available", "support the starttls", "starttls extension not", "no starttls",
		},
		means: likeliest(StartTLSNotOfferedByServer, StartTLSStrippedByMiddlebox),
	},
	{any: []string{"unencrypted connection", "plaintext authentication", "logindisabled"}, means: likeliest(MustIssueStartTLSFirst, PasswordInClear)},
	{
		any: []string{
			"doesn't support auth", "does not support auth", "auth extension not supported", "smtp auth is not", "no authentication mechanism",
			"does not support authentication",
		},
		means: likeliest(AuthNotOfferedOnPort, MustIssueStartTLSFirst, AuthMechNotOffered),
	},
	{
		any: []string{
			"does not seem to support encrypted passwords", "none of the authentication methods", "0x800ccc80",
			"authentication method is not supported", "no supported authentication", "no matching authentication", "imapauthchangeencrypt",
			"authentication methods supported", "login denied: mechanism",
		},
		means: likeliest(AuthMechNotOffered),
	},

	// Login.
	{
		any:   []string{"bridge password", "backend/credentials", "proton bridge", "protonmail bridge"},
		means: likeliest(LocalBridgeProblem, SMTPAndIMAPCredentialsDiffer),
	},
	{any: []string{"for 127.0.0.1", "127.0.0.1:1143", "127.0.0.1:1025"}, means: likeliest(LocalBridgeProblem)},
	{any: []string{"servicedisabled"}, means: likeliest(ProtocolDisabledByAdmin)},
	{any: []string{"temporarily restricted", "may have been hacked"}, means: one(AccountSuspended, Likely)},
	{any: []string{"missing credentials for"}, means: likeliest(SMTPAuthNotConfiguredInClient)},
	{
		any: []string{
			"0x800ccc90", "0x800ccc91", "0x800ccc92", "0x800ccc18", "0x800ccc16", "eauth", "could not authenticate", "authenticationfailedexception",
			"smtpauthenticationerror", "login to server", "login denied", "curl: (67)", "user name or password for", "incorrect username",
			"username or password is incorrect", "anmeldung bei", "rejected your login", "mailimap_error_login", "authorization failure on", "authfail",
		},
		means: likeliest(WrongPassword, WrongUsernameFormat, AppPasswordRequired),
	},
	{any: []string{"0x800ccc78", "0x800ccc79"}, means: several(SMTPAuthNotConfiguredInClient, SenderAddressNotPermitted)},
	{any: []string{"0x800ccc0b", "0x800ccc69"}, means: several(POP3MaildropLocked, ServerBusyGreeting)},
	{any: []string{"0x800ccc6f"}, means: several(GreetingRefusedByPolicy, ClientIPDNSBLOnSubmission, OutboundSendingRestricted)},
	{any: []string{"data not accepted"}, means: several(SenderAddressNotPermitted, OutboundSendingRestricted, SMTPAuthNotConfiguredInClient)},
}

// oddLines are what servers say to something else than the commands of a
// dialogue, or beside a refusal. Read as refusals they would mislead.
var oddLines = []saying{
	{any: []string{"eyjzdgf0dxmi"}, means: one(OAuthTokenInvalid, Likely)}, // {"status" in base64, the error challenge (RFC 7628 3.2.2)
	{any: []string{"250-xxxxxxx", "250 xxxxxxx"}, means: several(StartTLSStrippedByMiddlebox, BannerMaskedByESMTPInspection)},
	{any: []string{"smtp/cmap"}, means: several(TransparentSMTPProxy, BannerMaskedByESMTPInspection)},
	{any: []string{"body type not supported by remote host"}, means: one(StartTLSStrippedByMiddlebox, Possible)},
	{any: []string{"250-auth=", "250 auth="}, means: one(SASLDialectIncompatible, Possible)},
	{any: []string{"error in imap command received by server"}, means: likeliest(TLSSpokenToPlaintextPort, WrongProtocolOnPort)},
	{any: []string{"too many invalid imap commands"}, means: likeliest(WrongProtocolOnPort, TLSSpokenToPlaintextPort)},
	{any: []string{"waiting for authentication process"}, means: likeliest(AcceptNoGreeting, AuthBackendTemporaryFailure)},
	{all: []string{"ready to start tls", "eof"}, means: one(StartTLSAcceptedThenDropped, Likely)},
	{all: []string{"tls go ahead", "quit"}, means: one(StartTLSAcceptedThenDropped, Possible)},
	{all: []string{"250-pipelining", "250 auth"}, means: several(StartTLSNotOfferedByServer, StartTLSStrippedByMiddlebox)},
}
