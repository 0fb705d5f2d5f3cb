package reply_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
)

// What programs and libraries show, as people paste it: the outer words together with the
// inner ones.
func TestProgramsAreKnown(t *testing.T) {
	for _, tt := range []struct {
		line string
		want cause.ID
	}{
		// OpenSSL.
		{"verify error:num=20:unable to get local issuer certificate", cause.CertMissingIntermediate},
		{"Verify return code: 18 (self-signed certificate)", cause.CertSelfSigned},
		{"Verify return code: 10 (certificate has expired)", cause.CertExpired},
		{"Verify return code: 62 (hostname mismatch)", cause.CertNameMismatchHosting},
		{"verify error:num=9:certificate is not yet valid", cause.CertNotYetValid},
		{"140003E1A87F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record/ssl3_record.c:354:", cause.TLSSpokenToPlaintextPort},
		{"error:0A000152:SSL routines:final_renegotiate:unsafe legacy renegotiation disabled", cause.TLSServerTooOld},
		{"error:141A318A:SSL routines:tls_process_ske_dhe:dh key too small", cause.TLSWeakDH},
		{"error:0A000438:SSL routines::tlsv1 alert internal error:ssl/record/rec_layer_s3.c:1605:SSL alert number 80", cause.TLSServerInternalError},
		{"error:14094458:SSL routines:ssl3_read_bytes:tlsv1 unrecognized name:s3_pkt.c:1493:SSL alert number 112", cause.CertNameMismatchHosting},
		{"error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116", cause.TLSClientCertRequired},
		// GnuTLS and glib-networking.
		{"*** Fatal error: An unexpected TLS packet was received.", cause.TLSSpokenToPlaintextPort},
		{"gnutls_handshake() failed: The Diffie-Hellman prime sent by the server is not acceptable (not long enough).", cause.TLSWeakDH},
		{"Status: The certificate is NOT trusted. The certificate issuer is unknown.", cause.CertMissingIntermediate},
		{"Status: The certificate is NOT trusted. The certificate chain uses expired certificate.", cause.CertExpired},
		{"Status: The certificate is NOT trusted. The name in the certificate does not match the expected.", cause.CertNameMismatchHosting},
		{"|<1>| Received record packet of unknown type 50 *** Handshake has failed: A packet with illegal or unsupported version was received.", cause.TLSServerTooOld},
		// NSS.
		{"mail.example.org:993 uses an invalid security certificate. Error code: MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", cause.CertSelfSigned},
		{"SSL received a record that exceeded the maximum permissible length. Error code: SSL_ERROR_RX_RECORD_TOO_LONG", cause.TLSSpokenToPlaintextPort},
		{"Error code: SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE", cause.CertExpiredRootInChain},
		{"Peer’s Certificate issuer is not recognized.", cause.CertMissingIntermediate},
		{"[JavaScript Error: \"smtp.example.org:465 : MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE\"]", cause.CertWeakOrLegacyFormat},
		// Schannel and .NET.
		{"schannel: next InitializeSecurityContext failed: Unknown error (0x80090325) - The certificate chain was issued by an authority that is not trusted.", cause.CertMissingIntermediate},
		{"schannel: SNI or certificate check failed: SEC_E_WRONG_PRINCIPAL (0x80090322) - The target principal name is incorrect.", cause.CertNameMismatchHosting},
		{"System.ComponentModel.Win32Exception (0x80090331): The client and server cannot communicate, because they do not possess a common algorithm", cause.TLSCipherMismatch},
		{"System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", cause.CertExpired},
		{"System.IO.IOException: Cannot determine the frame size or a corrupted frame was received.", cause.TLSSpokenToPlaintextPort},
		{"System.Net.Mail.SmtpException: Server does not support secure connections.", cause.StartTLSNotOfferedByServer},
		// SecureTransport.
		{"CFNetwork SSLHandshake failed (-9807)", cause.CertMissingIntermediate},
		{"The operation couldn’t be completed. (OSStatus error -9843.)", cause.CertNameMismatchHosting},
		{"Error Domain=NSOSStatusErrorDomain Code=-9836 \"errSSLPeerProtocolVersion: Bad protocol version\"", cause.TLSServerTooOld},
		// rustls.
		{"IO error: invalid peer certificate: UnknownIssuer", cause.CertMissingIntermediate},
		{"invalid peer certificate: certificate not valid for name \"mail.example.org\"; certificate is only valid for DnsName(\"hosting.example\")", cause.CertNameMismatchHosting},
		{"invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", cause.CertSelfSigned},
		{"received corrupt message of type InvalidContentType", cause.TLSSpokenToPlaintextPort},
		{"peer is incompatible: ServerDoesNotSupportTls12Or13", cause.TLSServerTooOld},
		// Go.
		{"dial tcp 192.0.2.7:587: connect: connection refused", cause.ServiceNotListening},
		{"tls: failed to verify certificate: x509: certificate is valid for *.hosting.example, not mail.example.org", cause.CertNameMismatchHosting},
		{"tls: failed to verify certificate: x509: “mail.example.org” certificate is not standards compliant", cause.CertWeakOrLegacyFormat},
		{"x509: cannot validate certificate for 192.0.2.7 because it doesn't contain any IP SANs", cause.CertNameMismatchHosting},
		{"tls: server selected unsupported protocol version 301", cause.TLSServerTooOld},
		{"failed to send: 535: unencrypted connection", cause.MustIssueStartTLSFirst},
		// Java.
		{"javax.mail.MessagingException: Could not convert socket to TLS; nested exception is: javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target", cause.CertMissingIntermediate},
		{"javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", cause.TLSClientTooOld},
		{"java.security.cert.CertificateException: No name matching mail.example.org found", cause.CertNameMismatchHosting},
		{"javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", cause.TLSSpokenToPlaintextPort},
		{"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: smtp.example.org, 25; timeout -1; nested exception is: java.net.ConnectException: Connection refused (Connection refused)", cause.ServiceNotListening},
		{"jakarta.mail.MessagingException: STARTTLS is required but host does not support STARTTLS", cause.StartTLSNotOfferedByServer},
		// Python.
		{"ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)", cause.CertExpired},
		{"smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server.", cause.AuthNotOfferedOnPort},
		{"socket.gaierror: [Errno -2] Name or service not known", cause.HostnameTypoNXDomain},
		{"socket.gaierror: [Errno -3] Temporary failure in name resolution", cause.DNSResolverBroken},
		{"ConnectionRefusedError: [WinError 10061] No connection could be made because the target machine actively refused it", cause.ServiceNotListening},
		{"ssl.SSLError: [SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1056)", cause.TLSWeakDH},
		// Node.js.
		{"Error: unable to verify the first certificate { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }", cause.CertMissingIntermediate},
		{"Error: self-signed certificate code: 'ESOCKET' DEPTH_ZERO_SELF_SIGNED_CERT", cause.CertSelfSigned},
		{"Error: connect ECONNREFUSED 192.0.2.7:587 code: 'ESOCKET'", cause.ServiceNotListening},
		{"Error: Missing credentials for \"PLAIN\" code: 'EAUTH'", cause.SMTPAuthNotConfiguredInClient},
		{"Error: queryA EAI_AGAIN getaddrinfo EAI_AGAIN smtp.example.org code: 'EDNS'", cause.DNSResolverBroken},
		// PHP.
		{"Warning: imap_open(): Couldn't open stream {mail.example.org:993/imap/ssl} Certificate failure for mail.example.org: Server name does not match certificate: /CN=hosting.example", cause.CertNameMismatchHosting},
		{"stream_socket_client(): Unable to connect to smtp.example.org:465 (Connection refused)", cause.ServiceNotListening},
		{"Failed to find an authenticator supported by the SMTP server, which currently supports: \"ntlm\"", cause.AuthMechNotOffered},
		// curl.
		{"curl: (60) SSL: no alternative certificate subject name matches target host name 'mail.example.org'", cause.CertNameMismatchHosting},
		{"curl: (64) Requested SSL level failed", cause.StartTLSNotOfferedByServer},
		{"curl: (56) Proxy CONNECT aborted; CONNECT tunnel failed, response 403", cause.VPNOrProxyEgressOnly},
		// Outlook.
		{"Task 'jane@example.org - Receiving' reported error (0x800CCC0D): 'Cannot find the e-mail server. Verify the server information in your account properties.'", cause.HostnameTypoNXDomain},
		{"Task 'jane@example.org - Sending' reported error (0x800CCC7D): 'Your outgoing (SMTP) server does not support SSL-secured connections.'", cause.StartTLSNotOfferedByServer},
		{"Account: 'example', Protocol: IMAP, Port: 143, Secure(SSL): No, Error Number: 0x800CCCD5", cause.WrongProtocolOnPort},
		{"Error: 0x800CCC7C", cause.MustIssueStartTLSFirst},
		{"The server you are connected to is using a security certificate that cannot be verified. The target principal name is incorrect. Do you want to continue using this server?", cause.CertNameMismatchHosting},
		// Thunderbird.
		{"Sending of the message failed. An error occurred while sending mail: Outgoing server (SMTP) smtp.example.org is unknown. The server may be incorrectly configured.", cause.HostnameTypoNXDomain},
		{"The IMAP Server mail.example.org does not allow plaintext passwords. Please try changing to 'Encrypted password' as the 'Authentication method' in the 'Account Settings | Server settings'.", cause.MustIssueStartTLSFirst},
		{"The size of the message you are trying to send exceeds the global size limit of the server. The message was not sent; reduce the message size and try again. The server responded:  5.3.4 Message too big.", cause.MessageTooLarge},
		{"Could not connect to mail server imap.example.org; the connection was refused.", cause.ServiceNotListening},
		{"The certificate for imap.example.org will not be valid until Tuesday.", cause.CertNotYetValid},
		// Apple Mail, Android, Mailspring.
		{"The server “imap.example.org” refused to allow a connection on port 143.", cause.ServiceNotListening},
		{"The IMAP server “imap.example.org” doesn’t support Password authentication. Please check your account settings and try again.", cause.AuthMechNotOffered},
		{"This provider requires an app password instead of the account password, please check the instructions of your provider", cause.AppPasswordRequired},
		{"Gmail IMAP is not enabled. Visit Gmail settings to turn it on.", cause.ProtocolDisabledForAccount},
		{"Error Domain=MCOErrorDomain Code=45 \"The operation couldn’t be completed.\"", cause.OutboundSendingRestricted},
		// Evolution, KMail.
		{"Plaintext authentication disallowed on insecure connections. Change encryption to STARTTLS or TLS for account “jane”.", cause.MustIssueStartTLSFirst},
		{"Host lookup “imap.exmaple.org” failed. Check your host name for spelling errors.", cause.HostnameTypoNXDomain},
		{"Your SMTP server does not support TLS. Disable TLS, if you want to connect without encryption.", cause.StartTLSNotOfferedByServer},
		// Programs of the command line.
		{"Could not find the host \"imap.exmaple.org\"", cause.HostnameTypoNXDomain},
		{"WARNING: Server hostname does not match certificate", cause.CertNameMismatchHosting},
		{"msmtp: TLS certificate verification failed: the certificate has expired", cause.CertExpired},
		{"msmtp: the server does not support TLS via the STARTTLS command", cause.StartTLSNotOfferedByServer},
		{"fetchmail: Query status=9 (LOCKBUSY)", cause.POP3MaildropLocked},
		{"fetchmail: Server CommonName mismatch: hosting.example != mail.example.org", cause.CertNameMismatchHosting},
		{"IMAP error: LOGIN is disabled", cause.MustIssueStartTLSFirst},
		{"Error, certificate owner does not match hostname imap.example.org", cause.CertNameMismatchHosting},
		{"Exiting with return value 113 (EXIT_OVERQUOTA) 1/50 nb_errors/max_errors", cause.MailboxFull},
		{"ERROR: STARTTLS was requested but is not available", cause.StartTLSNotOfferedByServer},
		// Web mail, and servers that send.
		{"SMTP Error: Message size exceeds server limit (20 MB)", cause.MessageTooLarge},
		{"IMAP Error: Login failed for jane against mail.example.org from 192.0.2.7. Login disabled by IMAP server", cause.MustIssueStartTLSFirst},
		{"Errno::ECONNREFUSED (Connection refused - connect(2) for \"smtp.example.org\" port 587)", cause.ServiceNotListening},
		{"OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 peeraddr=192.0.2.7:587 state=error: wrong version number", cause.TLSSpokenToPlaintextPort},
		{"OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 state=error: certificate verify failed (certificate has expired)", cause.CertExpired},
	} {
		if g := reply.Search(tt.line, ""); len(g) == 0 || g[0].Cause != tt.want {
			t.Errorf("%q: %v, want %s", tt.line, g, tt.want)
		}
	}
}

// The same in the language of whoever pastes it.
func TestProgramsAreKnownInOtherLanguages(t *testing.T) {
	for line, want := range map[string]cause.ID{
		"Das Zertifikat für imap.example.org ist am 3. Mai abgelaufen.":                                                                           cause.CertExpired,
		"Konnte keine Verbindung mit dem Mail-Server imap.example.org aufbauen, da sie verweigert wurde.":                                         cause.ServiceNotListening,
		"Le certificat de imap.example.org a expiré le lundi 3 mai":                                                                               cause.CertExpired,
		"Le nombre de Diffie-Hellman envoyé par le serveur n’est pas suffisamment grand.":                                                         cause.TLSWeakDH,
		"No se ha podido conectar al servidor de correo imap.example.org: la conexión ha sido rechazada.":                                         cause.ServiceNotListening,
		"Error SMTP: El tamaño de mensaje excede el límite del servidor (20 MB)":                                                                  cause.MessageTooLarge,
		"Il certificato per imap.example.org è scaduto il 3 maggio":                                                                               cause.CertExpired,
		"L'autenticazione in chiaro è disabilitata sulle connessioni non sicure. Cambiare la crittografia a STARTTLS o TLS per l'account «jane».": cause.MustIssueStartTLSFirst,
		"Não foi possível conectar-se ao servidor de email imap.example.org. A conexão foi recusada.":                                             cause.ServiceNotListening,
		"Kon niet verbinden met mailserver imap.example.org; de verbinding werd geweigerd.":                                                       cause.ServiceNotListening,
		"Certyfikat witryny „imap.example.org” wygasł w dniu 3 maja":                                                                              cause.CertExpired,
		"Połączenie szyfrowane nie jest dostępne":                                                                                                 cause.StartTLSNotOfferedByServer,
		"Срок действия сертификата для imap.example.org истёк":                                                                                    cause.CertExpired,
		"Nelze se připojit k poštovnímu serveru imap.example.org, spojení bylo odmítnuto.":                                                        cause.ServiceNotListening,
		"imap.example.org sertifikasının süresi 3 Mayıs tarihinde doldu.":                                                                         cause.CertExpired,
		"メールサーバー imap.example.org に接続できません。サーバーへの接続が拒否されました。":                                                                                     cause.ServiceNotListening,
		"imap.example.org 的证书已于 5月3日 过期。":                                                                                                         cause.CertExpired,
		"無法與伺服器 imap.example.org 連線，連線被拒絕。":                                                                                                       cause.ServiceNotListening,
		"서버에 연결할 수 없습니다. 연결이 거부되었습니다.":                                                                                                            cause.ServiceNotListening,
	} {
		if g := reply.Search(line, ""); len(g) == 0 || g[0].Cause != want {
			t.Errorf("%q: %v, want %s", line, g, want)
		}
	}
}

// A message that only says what was tried leaves the lead to one that says what went wrong.
func TestOuterMessagesDoNotLead(t *testing.T) {
	for line, want := range map[string]cause.ID{
		"SMTPAuthenticationError: (534, b'5.7.9 Application-specific password required.')":                            cause.AppPasswordRequired,
		"Failed to connect to IMAP server mail.example.org in secure mode: The certificate has expired.":              cause.CertExpired,
		"Connection could not be established with host \"ssl://smtp.example.org:587\": wrong version number":          cause.TLSSpokenToPlaintextPort,
		"Host1 failure: Error login on [imap.example.org]: 2 NO [ALERT] Too many simultaneous connections. (Failure)": cause.TooManyConnectionsPerUser,
		"Can not open imap connection on [imap.example.org]: Connection refused":                                      cause.ServiceNotListening,
	} {
		if g := reply.Search(line, ""); len(g) == 0 || g[0].Cause != want {
			t.Errorf("%q: %v, want %s", line, g, want)
		}
	}
}
