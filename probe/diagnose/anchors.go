package diagnose

import (
	"strings"

	"maildoctor/probe/stage"
)

// anchorRules are about certificates that another look shows in another light:
// against other roots, at another port, for another name.
var anchorRules = []Rule{
	{
		Cause:    ClientTrustStoreOutdated,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: append([]CauseID{CertMissingIntermediate, CertExpiredRootInChain}, unknownIssuer...),
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			if k.tls.Public != stage.Trusted || k.tls.System != stage.NotTrusted {
				return nil
			}
			return likely().with("issuer", k.issuer()).
				says(describe(k, r) + "; the embedded list of public roots trusts this chain, the roots of this system do not")
		},
	},
	{
		Cause:    CertRenewedNotReloaded,
		Needs:    []Need{seen(stage.Handshake)},
		Explains: []CauseID{CertExpired, CertExpiresSoon},
		Judge:    renewedElsewhere,
	},
	{
		// The certificate says itself why it was shown.
		Cause:    CertNameMismatchNoSNI,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: append([]CauseID{CertNameMismatchHosting, CertSelfSigned, CertMissingIntermediate}, unknownIssuer...),
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			leaf, _ := k.leaf()
			subject := strings.ToLower(leaf.Subject)
			return proven().says(describe(k, r)).holds(strings.Contains(subject, "no sni provided") || strings.Contains(subject, "invalid2.invalid"))
		},
	},
	{
		// An IP address cannot be asked for by name (RFC 6066 3).
		Cause:    CertNameMismatchNoSNI,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: []CauseID{CertNameMismatchHosting},
		Judge:    byNumber,
	},
	{
		// What the wrong machine shows says nothing about the right one.
		Cause:    StaleOrOverriddenDNS,
		Needs:    []Need{met(stage.Handshake, stage.BadCertificate)},
		Explains: append([]CauseID{CertNameMismatchHosting, CertSelfSigned, CertMissingIntermediate, CertExpired, CertRenewedNotReloaded}, unknownIssuer...),
		Judge:    rightElsewhere,
	},
	{
		Cause:    TLSWeakDH,
		Needs:    []Need{met(stage.Handshake, noHandshake...)},
		Explains: []CauseID{TLSHandshakeInterrupted, AcceptNoGreeting, StartTLSAcceptedThenDropped},
		Judge:    weakField,
	},
}
