package diagnose

import (
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// anchorRules are about certificates that a comparison explains: with other roots,
// another port, or another name.
var anchorRules = []Rule{
	{
		Cause:    cause.ClientTrustStoreOutdated,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: append([]cause.ID{cause.CertMissingIntermediate, cause.CertExpiredRootInChain}, unknownIssuer...),
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			if k.TLS.Public != stage.Trusted || k.TLS.System != stage.NotTrusted {
				return nil
			}
			shows := prose.Then(chart.Shows(k, r), say.PublicRootsTrust())
			if c.Record.Header.System.NoRoots { // without roots it trusts no server at all
				return proven().with(cause.SlotNoRoots, prose.Set(true)).says(prose.Then(shows, say.NoSystemRoots()))
			}
			return likely().says(shows)
		},
	},
	{
		Cause:    cause.CertRenewedNotReloaded,
		Needs:    []chart.Need{chart.Seen(stage.Handshake)},
		Explains: []cause.ID{cause.CertExpired, cause.CertExpiresSoon},
		Judge:    renewedElsewhere,
	},
	{
		// The certificate itself says why it was sent.
		Cause:    cause.CertNameMismatchNoSNI,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: append([]cause.ID{cause.CertNameMismatchHosting, cause.CertSelfSigned, cause.CertMissingIntermediate}, unknownIssuer...),
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			leaf, _ := k.Leaf()
			subject := strings.ToLower(leaf.Subject)
			return proven().says(chart.Shows(k, r)).holds(strings.Contains(subject, "no sni provided") || strings.Contains(subject, "invalid2.invalid"))
		},
	},
	{
		// An IP address can't be sent in SNI (RFC 6066 3).
		Cause:    cause.CertNameMismatchNoSNI,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: []cause.ID{cause.CertNameMismatchHosting},
		Judge:    byNumber,
	},
	{
		// What the wrong machine presents says nothing about the right one.
		Cause:    cause.StaleOrOverriddenDNS,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: append([]cause.ID{cause.CertNameMismatchHosting, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertExpired, cause.CertRenewedNotReloaded}, unknownIssuer...),
		Judge:    rightElsewhere,
	},
	{
		Cause:    cause.TLSWeakDH,
		Needs:    []chart.Need{chart.Met(stage.Handshake, noHandshake...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.AcceptNoGreeting, cause.StartTLSAcceptedThenDropped},
		Judge:    weakField,
	},
}
