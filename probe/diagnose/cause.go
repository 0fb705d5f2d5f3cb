package diagnose

import "slices"

// CauseID names a cause: why something does not work. The ids are those of the
// product; they are stable, and each has, or will have, a page of its own.
type CauseID string

// The way to the server.
const (
	NoNetworkRoute                CauseID = "no-network-route"
	LocalFirewallOrAppPermission  CauseID = "local-firewall-or-app-permission"
	MailPortsBlockedOnThisNetwork CauseID = "mail-ports-blocked-on-this-network"
	ISPPort25Filtered             CauseID = "isp-port25-filtered"
	CloudEgressSMTPBlocked        CauseID = "cloud-egress-smtp-blocked"
	CaptivePortal                 CauseID = "captive-portal"
	VPNOrProxyEgressOnly          CauseID = "vpn-or-proxy-egress-only"
	IPv6BrokenPath                CauseID = "ipv6-broken-path"
	MTUBlackhole                  CauseID = "mtu-blackhole"
	ClientIPBannedByServer        CauseID = "client-ip-banned-by-server"
	TransparentSMTPProxy          CauseID = "transparent-smtp-proxy"
	PortFiltered                  CauseID = "port-filtered"
	SlowPath                      CauseID = "slow-path"
)

// Names.
const (
	HostnameTypoNXDomain       CauseID = "hostname-typo-nxdomain"
	HostHasNoAddressRecord     CauseID = "host-has-no-address-record"
	DNSResolverBroken          CauseID = "dns-resolver-broken"
	DNSNXDomainHijack          CauseID = "dns-nxdomain-hijack"
	DNSFilterBlocksHost        CauseID = "dns-filter-blocks-host"
	StaleOrOverriddenDNS       CauseID = "stale-or-overridden-dns"
	SplitHorizonPrivateAddress CauseID = "split-horizon-private-address"
	CDNProxiedMailHost         CauseID = "cdn-proxied-mail-host"
	AutoconfigOrSRVWrong       CauseID = "autoconfig-or-srv-wrong"
	ResolverSlow               CauseID = "resolver-slow"
)

// Connections.
const (
	ServerUnreachable          CauseID = "server-unreachable"
	ServiceNotListening        CauseID = "service-not-listening"
	ConnectionResetAfterAccept CauseID = "connection-reset-after-accept"
	LBNodeInconsistent         CauseID = "lb-node-inconsistent"
)

// The first line.
const (
	AcceptNoGreeting              CauseID = "accept-no-greeting"
	GreetingDelayTarpit           CauseID = "greeting-delay-tarpit"
	ImplicitTLSPortSpokenPlain    CauseID = "implicit-tls-port-spoken-plain"
	TLSSpokenToPlaintextPort      CauseID = "tls-spoken-to-plaintext-port"
	WrongProtocolOnPort           CauseID = "wrong-protocol-on-port"
	GreetingRefusedByPolicy       CauseID = "greeting-refused-by-policy"
	ServerBusyGreeting            CauseID = "server-busy-greeting"
	BannerMaskedByESMTPInspection CauseID = "banner-masked-by-esmtp-inspection"
	SMTPHELORejected              CauseID = "smtp-helo-rejected"
)

// The step from clear text to TLS.
const (
	StartTLSNotOfferedByServer  CauseID = "starttls-not-offered-by-server"
	StartTLSStrippedByMiddlebox CauseID = "starttls-stripped-by-middlebox"
	StartTLSBrokenOnServer      CauseID = "starttls-broken-on-server"
	StartTLSAcceptedThenDropped CauseID = "starttls-accepted-then-dropped"
	MustIssueStartTLSFirst      CauseID = "must-issue-starttls-first"
	StartTLSInjection           CauseID = "starttls-injection"
)

// Handshake and certificate.
const (
	CertExpired                    CauseID = "cert-expired"
	CertRenewedNotReloaded         CauseID = "cert-renewed-not-reloaded"
	CertSelfSigned                 CauseID = "cert-self-signed"
	CertPrivateCA                  CauseID = "cert-private-ca"
	CertMissingIntermediate        CauseID = "cert-missing-intermediate"
	CertNameMismatchHosting        CauseID = "cert-name-mismatch-hosting"
	CertNameMismatchNoSNI          CauseID = "cert-name-mismatch-no-sni"
	CertExpiredRootInChain         CauseID = "cert-expired-root-in-chain"
	ClientTrustStoreOutdated       CauseID = "client-trust-store-outdated"
	CertWeakOrLegacyFormat         CauseID = "cert-weak-or-legacy-format"
	AntivirusTLSInterception       CauseID = "antivirus-tls-interception"
	AntivirusConnectionProxyBroken CauseID = "antivirus-connection-proxy-broken"
	CorporateTLSInspection         CauseID = "corporate-tls-inspection"
	MITMUnknownIssuer              CauseID = "mitm-unknown-issuer"
	TLSServerTooOld                CauseID = "tls-server-too-old"
	TLSClientTooOld                CauseID = "tls-client-too-old"
	TLSCipherMismatch              CauseID = "tls-cipher-mismatch"
	TLSWeakDH                      CauseID = "tls-weak-dh"
	TLSPQClientHelloIntolerant     CauseID = "tls-pq-clienthello-intolerant"
	TLSClientCertRequired          CauseID = "tls-client-cert-required"
	TLSHandshakeInterrupted        CauseID = "tls-handshake-interrupted"
	CertExpiresSoon                CauseID = "cert-expires-soon"
	CertNotYetValid                CauseID = "cert-not-yet-valid"
)

// The clock of this machine.
const (
	ClientClockWrong CauseID = "client-clock-wrong"
)

// What the server says that it can do.
const (
	AuthMechNotOffered      CauseID = "auth-mech-not-offered"
	AuthNotOfferedOnPort    CauseID = "auth-not-offered-on-port"
	SASLDialectIncompatible CauseID = "sasl-dialect-incompatible"
	IMAPIDRequired          CauseID = "imap-id-required"
)

// Login.
const (
	WrongPassword                CauseID = "wrong-password"
	WrongUsernameFormat          CauseID = "wrong-username-format"
	PasswordEncodingOrWhitespace CauseID = "password-encoding-or-whitespace"
	AppPasswordRequired          CauseID = "app-password-required"
	ProtocolDisabledForAccount   CauseID = "protocol-disabled-for-account"
	ProtocolDisabledByAdmin      CauseID = "protocol-disabled-by-admin"
	BasicAuthDisabled            CauseID = "basic-auth-disabled"
	SMTPAuthDisabledInTenant     CauseID = "smtp-auth-disabled-in-tenant"
	ConditionalAccessBlocked     CauseID = "conditional-access-blocked"
	OAuthTokenInvalid            CauseID = "oauth-token-invalid"
	OAuthScopeOrAudienceWrong    CauseID = "oauth-scope-or-audience-wrong"
	OAuthMailboxNotConnected     CauseID = "oauth-mailbox-not-connected"
	WebLoginChallenge            CauseID = "web-login-challenge"
	AccountLockedTooManyAttempts CauseID = "account-locked-too-many-attempts"
	AccountSuspended             CauseID = "account-suspended"
	PasswordExpired              CauseID = "password-expired"
	AuthBackendTemporaryFailure  CauseID = "auth-backend-temporary-failure"
	WrongRegionalServer          CauseID = "wrong-regional-server"
	LocalBridgeProblem           CauseID = "local-bridge-problem"
	ProviderHasNoIMAP            CauseID = "provider-has-no-imap"
)

// What the server permits.
const (
	SMTPAuthNotConfiguredInClient CauseID = "smtp-auth-not-configured-in-client"
	SenderAddressNotPermitted     CauseID = "sender-address-not-permitted"
	ClientIPDNSBLOnSubmission     CauseID = "client-ip-dnsbl-on-submission"
	GeoOrIPLoginBlock             CauseID = "geo-or-ip-login-block"
	RateLimitedLogin              CauseID = "rate-limited-login"
	TooManyConnectionsPerUser     CauseID = "too-many-connections-per-user"
	OutboundSendingRestricted     CauseID = "outbound-sending-restricted"
	PasswordInClear               CauseID = "password-in-clear"
	OpenRelay                     CauseID = "open-relay"
)

// The mailbox behind the login.
const (
	MailboxFull                   CauseID = "mailbox-full"
	POP3MaildropLocked            CauseID = "pop3-maildrop-locked"
	MailboxBackendUnavailable     CauseID = "mailbox-backend-unavailable"
	MailboxNotProvisioned         CauseID = "mailbox-not-provisioned"
	IMAPNamespaceOrFolderMismatch CauseID = "imap-namespace-or-folder-mismatch"
)

// What was typed in, and what it was taken from.
const (
	MXOrWebHostUsedAsServer      CauseID = "mx-or-web-host-used-as-server"
	SMTPAndIMAPCredentialsDiffer CauseID = "smtp-and-imap-credentials-differ"
	LimitDiffersFromProfile      CauseID = "limit-differs-from-profile"
	SettingsDifferFromProfile    CauseID = "settings-differ-from-profile"
	ProfileOutOfDate             CauseID = "profile-out-of-date"
	ProtocolNotProvided          CauseID = "protocol-not-provided"
)

// causes is every cause there is, in the order of the topics above.
var causes = []CauseID{
	NoNetworkRoute,
	LocalFirewallOrAppPermission,
	MailPortsBlockedOnThisNetwork,
	ISPPort25Filtered,
	CloudEgressSMTPBlocked,
	CaptivePortal,
	VPNOrProxyEgressOnly,
	IPv6BrokenPath,
	MTUBlackhole,
	ClientIPBannedByServer,
	TransparentSMTPProxy,
	PortFiltered,
	SlowPath,
	HostnameTypoNXDomain,
	HostHasNoAddressRecord,
	DNSResolverBroken,
	DNSNXDomainHijack,
	DNSFilterBlocksHost,
	StaleOrOverriddenDNS,
	SplitHorizonPrivateAddress,
	CDNProxiedMailHost,
	AutoconfigOrSRVWrong,
	ResolverSlow,
	ServerUnreachable,
	ServiceNotListening,
	ConnectionResetAfterAccept,
	LBNodeInconsistent,
	AcceptNoGreeting,
	GreetingDelayTarpit,
	ImplicitTLSPortSpokenPlain,
	TLSSpokenToPlaintextPort,
	WrongProtocolOnPort,
	GreetingRefusedByPolicy,
	ServerBusyGreeting,
	BannerMaskedByESMTPInspection,
	SMTPHELORejected,
	StartTLSNotOfferedByServer,
	StartTLSStrippedByMiddlebox,
	StartTLSBrokenOnServer,
	StartTLSAcceptedThenDropped,
	MustIssueStartTLSFirst,
	StartTLSInjection,
	CertExpired,
	CertRenewedNotReloaded,
	CertSelfSigned,
	CertPrivateCA,
	CertMissingIntermediate,
	CertNameMismatchHosting,
	CertNameMismatchNoSNI,
	CertExpiredRootInChain,
	ClientTrustStoreOutdated,
	CertWeakOrLegacyFormat,
	AntivirusTLSInterception,
	AntivirusConnectionProxyBroken,
	CorporateTLSInspection,
	MITMUnknownIssuer,
	TLSServerTooOld,
	TLSClientTooOld,
	TLSCipherMismatch,
	TLSWeakDH,
	TLSPQClientHelloIntolerant,
	TLSClientCertRequired,
	TLSHandshakeInterrupted,
	CertExpiresSoon,
	CertNotYetValid,
	ClientClockWrong,
	AuthMechNotOffered,
	AuthNotOfferedOnPort,
	SASLDialectIncompatible,
	IMAPIDRequired,
	WrongPassword,
	WrongUsernameFormat,
	PasswordEncodingOrWhitespace,
	AppPasswordRequired,
	ProtocolDisabledForAccount,
	ProtocolDisabledByAdmin,
	BasicAuthDisabled,
	SMTPAuthDisabledInTenant,
	ConditionalAccessBlocked,
	OAuthTokenInvalid,
	OAuthScopeOrAudienceWrong,
	OAuthMailboxNotConnected,
	WebLoginChallenge,
	AccountLockedTooManyAttempts,
	AccountSuspended,
	PasswordExpired,
	AuthBackendTemporaryFailure,
	WrongRegionalServer,
	LocalBridgeProblem,
	ProviderHasNoIMAP,
	SMTPAuthNotConfiguredInClient,
	SenderAddressNotPermitted,
	ClientIPDNSBLOnSubmission,
	GeoOrIPLoginBlock,
	RateLimitedLogin,
	TooManyConnectionsPerUser,
	OutboundSendingRestricted,
	PasswordInClear,
	OpenRelay,
	MailboxFull,
	POP3MaildropLocked,
	MailboxBackendUnavailable,
	MailboxNotProvisioned,
	IMAPNamespaceOrFolderMismatch,
	MXOrWebHostUsedAsServer,
	SMTPAndIMAPCredentialsDiffer,
	LimitDiffersFromProfile,
	SettingsDifferFromProfile,
	ProfileOutOfDate,
	ProtocolNotProvided,
}

// Causes returns every cause id, in the order of their topics. A cause without a
// page ([PageOf]) has no rule yet.
func Causes() []CauseID { return slices.Clone(causes) }
