package cause

import "slices"

// ID names a cause: why something does not work. Ids are stable. Each cause has, or
// will have, a page of its own.
type ID string

// The network between here and the server.
const (
	NoNetworkRoute                ID = "no-network-route"
	LocalFirewallOrAppPermission  ID = "local-firewall-or-app-permission"
	MailPortsBlockedOnThisNetwork ID = "mail-ports-blocked-on-this-network"
	ISPPort25Filtered             ID = "isp-port25-filtered"
	CloudEgressSMTPBlocked        ID = "cloud-egress-smtp-blocked"
	CaptivePortal                 ID = "captive-portal"
	VPNOrProxyEgressOnly          ID = "vpn-or-proxy-egress-only"
	IPv6BrokenPath                ID = "ipv6-broken-path"
	MTUBlackhole                  ID = "mtu-blackhole"
	ClientIPBannedByServer        ID = "client-ip-banned-by-server"
	TransparentSMTPProxy          ID = "transparent-smtp-proxy"
	PortFiltered                  ID = "port-filtered"
	SlowPath                      ID = "slow-path"
)

// Names.
const (
	HostnameTypoNXDomain       ID = "hostname-typo-nxdomain"
	HostHasNoAddressRecord     ID = "host-has-no-address-record"
	DNSResolverBroken          ID = "dns-resolver-broken"
	DNSNXDomainHijack          ID = "dns-nxdomain-hijack"
	DNSFilterBlocksHost        ID = "dns-filter-blocks-host"
	StaleOrOverriddenDNS       ID = "stale-or-overridden-dns"
	SplitHorizonPrivateAddress ID = "split-horizon-private-address"
	CDNProxiedMailHost         ID = "cdn-proxied-mail-host"
	AutoconfigOrSRVWrong       ID = "autoconfig-or-srv-wrong"
	WildcardDNSHidesSettings   ID = "wildcard-dns-hides-settings"
	ResolverSlow               ID = "resolver-slow"
)

// Connections.
const (
	ServerUnreachable          ID = "server-unreachable"
	ServiceNotListening        ID = "service-not-listening"
	ConnectionResetAfterAccept ID = "connection-reset-after-accept"
	ProxyProtocolExpected      ID = "proxy-protocol-expected"
	LBNodeInconsistent         ID = "lb-node-inconsistent"
	IntermittentFailure        ID = "intermittent-failure"
)

// The greeting.
const (
	AcceptNoGreeting              ID = "accept-no-greeting"
	GreetingDelayTarpit           ID = "greeting-delay-tarpit"
	ImplicitTLSPortSpokenPlain    ID = "implicit-tls-port-spoken-plain"
	TLSSpokenToPlaintextPort      ID = "tls-spoken-to-plaintext-port"
	WrongProtocolOnPort           ID = "wrong-protocol-on-port"
	GreetingRefusedByPolicy       ID = "greeting-refused-by-policy"
	ServerBusyGreeting            ID = "server-busy-greeting"
	BannerMaskedByESMTPInspection ID = "banner-masked-by-esmtp-inspection"
	SMTPHELORejected              ID = "smtp-helo-rejected"
)

// The change from clear text to TLS.
const (
	StartTLSNotOfferedByServer  ID = "starttls-not-offered-by-server"
	StartTLSStrippedByMiddlebox ID = "starttls-stripped-by-middlebox"
	StartTLSBrokenOnServer      ID = "starttls-broken-on-server"
	StartTLSAcceptedThenDropped ID = "starttls-accepted-then-dropped"
	MustIssueStartTLSFirst      ID = "must-issue-starttls-first"
	StartTLSInjection           ID = "starttls-injection"
)

// Handshake and certificate.
const (
	CertExpired                    ID = "cert-expired"
	CertRenewedNotReloaded         ID = "cert-renewed-not-reloaded"
	CertSelfSigned                 ID = "cert-self-signed"
	CertPrivateCA                  ID = "cert-private-ca"
	CertMissingIntermediate        ID = "cert-missing-intermediate"
	CertNameMismatchHosting        ID = "cert-name-mismatch-hosting"
	CertNameMismatchNoSNI          ID = "cert-name-mismatch-no-sni"
	CertExpiredRootInChain         ID = "cert-expired-root-in-chain"
	ClientTrustStoreOutdated       ID = "client-trust-store-outdated"
	CertWeakOrLegacyFormat         ID = "cert-weak-or-legacy-format"
	AntivirusTLSInterception       ID = "antivirus-tls-interception"
	AntivirusConnectionProxyBroken ID = "antivirus-connection-proxy-broken"
	CorporateTLSInspection         ID = "corporate-tls-inspection"
	MITMUnknownIssuer              ID = "mitm-unknown-issuer"
	TLSServerTooOld                ID = "tls-server-too-old"
	TLSClientTooOld                ID = "tls-client-too-old"
	TLSCipherMismatch              ID = "tls-cipher-mismatch"
	TLSWeakDH                      ID = "tls-weak-dh"
	TLSPQClientHelloIntolerant     ID = "tls-pq-clienthello-intolerant"
	TLSClientCertRequired          ID = "tls-client-cert-required"
	TLSHandshakeInterrupted        ID = "tls-handshake-interrupted"
	TLSServerInternalError         ID = "tls-server-internal-error"
	CertExpiresSoon                ID = "cert-expires-soon"
	CertRefusedByStrictPrograms    ID = "cert-refused-by-strict-programs"
	CertNotYetValid                ID = "cert-not-yet-valid"
)

// The clock of this machine.
const (
	ClientClockWrong ID = "client-clock-wrong"
)

// The server's capabilities.
const (
	AuthMechNotOffered      ID = "auth-mech-not-offered"
	AuthNotOfferedOnPort    ID = "auth-not-offered-on-port"
	SASLDialectIncompatible ID = "sasl-dialect-incompatible"
	IMAPIDRequired          ID = "imap-id-required"
)

// Login.
const (
	WrongPassword                ID = "wrong-password"
	WrongUsernameFormat          ID = "wrong-username-format"
	PasswordEncodingOrWhitespace ID = "password-encoding-or-whitespace"
	AppPasswordRequired          ID = "app-password-required"
	ProtocolDisabledForAccount   ID = "protocol-disabled-for-account"
	ProtocolDisabledByAdmin      ID = "protocol-disabled-by-admin"
	BasicAuthDisabled            ID = "basic-auth-disabled"
	SMTPAuthDisabledInTenant     ID = "smtp-auth-disabled-in-tenant"
	ConditionalAccessBlocked     ID = "conditional-access-blocked"
	SignInBlockedByPolicy        ID = "sign-in-blocked-by-policy"
	OAuthTokenInvalid            ID = "oauth-token-invalid"
	OAuthScopeOrAudienceWrong    ID = "oauth-scope-or-audience-wrong"
	OAuthMailboxNotConnected     ID = "oauth-mailbox-not-connected"
	WebLoginChallenge            ID = "web-login-challenge"
	AccountLockedTooManyAttempts ID = "account-locked-too-many-attempts"
	AccountSuspended             ID = "account-suspended"
	PasswordExpired              ID = "password-expired"
	AuthBackendTemporaryFailure  ID = "auth-backend-temporary-failure"
	WrongRegionalServer          ID = "wrong-regional-server"
	LocalBridgeProblem           ID = "local-bridge-problem"
	ProviderHasNoIMAP            ID = "provider-has-no-imap"
)

// What the server permits.
const (
	SMTPAuthNotConfiguredInClient ID = "smtp-auth-not-configured-in-client"
	SenderAddressNotPermitted     ID = "sender-address-not-permitted"
	ClientIPDNSBLOnSubmission     ID = "client-ip-dnsbl-on-submission"
	GeoOrIPLoginBlock             ID = "geo-or-ip-login-block"
	RateLimitedLogin              ID = "rate-limited-login"
	TooManyConnectionsPerUser     ID = "too-many-connections-per-user"
	ConnectionsLimited            ID = "connections-limited"
	OutboundSendingRestricted     ID = "outbound-sending-restricted"
	PasswordInClear               ID = "password-in-clear"
	OpenRelay                     ID = "open-relay"
	Greylisted                    ID = "greylisted"
	RecipientRefused              ID = "recipient-refused"
	RecipientUnknown              ID = "recipient-unknown"
	RecipientMailboxFull          ID = "recipient-mailbox-full"
	RecipientBlocked              ID = "recipient-blocked"
	MessageTooLarge               ID = "message-too-large"
	MessageRefusedAsSpam          ID = "message-refused-as-spam"
	WrongOutgoingServer           ID = "wrong-outgoing-server"
)

// The mailbox after the login.
const (
	MailboxFull                   ID = "mailbox-full"
	POP3MaildropLocked            ID = "pop3-maildrop-locked"
	MailboxBackendUnavailable     ID = "mailbox-backend-unavailable"
	MailboxNotProvisioned         ID = "mailbox-not-provisioned"
	IMAPNamespaceOrFolderMismatch ID = "imap-namespace-or-folder-mismatch"
)

// The settings, and where they came from.
const (
	MXOrWebHostUsedAsServer      ID = "mx-or-web-host-used-as-server"
	SMTPAndIMAPCredentialsDiffer ID = "smtp-and-imap-credentials-differ"
	LimitDiffersFromProfile      ID = "limit-differs-from-profile"
	SettingsDifferFromProfile    ID = "settings-differ-from-profile"
	ProfileOutOfDate             ID = "profile-out-of-date"
	ProtocolNotProvided          ID = "protocol-not-provided"
)

// causes lists every cause, in the order of the topics above.
var causes = []ID{
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
	WildcardDNSHidesSettings,
	ResolverSlow,
	ServerUnreachable,
	ServiceNotListening,
	ConnectionResetAfterAccept,
	ProxyProtocolExpected,
	LBNodeInconsistent,
	IntermittentFailure,
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
	TLSServerInternalError,
	CertExpiresSoon,
	CertRefusedByStrictPrograms,
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
	SignInBlockedByPolicy,
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
	ConnectionsLimited,
	OutboundSendingRestricted,
	PasswordInClear,
	OpenRelay,
	Greylisted,
	RecipientRefused,
	RecipientUnknown,
	RecipientMailboxFull,
	RecipientBlocked,
	MessageTooLarge,
	MessageRefusedAsSpam,
	WrongOutgoingServer,
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

// All returns every cause id, in the order of the topics. A cause without a page
// ([PageOf]) has no rule yet.
func All() []ID { return slices.Clone(causes) }
