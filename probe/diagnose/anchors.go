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
		Cause: CertRenewedNotReloaded,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: renewedElsewhere,
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
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			return likely().with("literal", "yes").says(describe(k, r)).
				holds(k.resolve.Literal && k.tls.ServerName == "" && k.has(stage.CertNameMismatch))
		},
	},
	{
		Cause:    TLSWeakDH,
		Needs:    []Need{met(stage.Handshake, noHandshake...)},
		Explains: []CauseID{TLSHandshakeInterrupted, AcceptNoGreeting, StartTLSAcceptedThenDropped},
		Judge:    weakField,
	},
}

// renewedElsewhere: one port of a host shows an expired certificate, another one
// shows its successor.
func renewedElsewhere(c *Case, k *Check, r *stage.Result) *Hit {
	old, ok := k.leaf()
	if !ok || !k.has(stage.CertExpired) {
		return nil
	}
	for _, o := range c.Checks {
		fresh, ok := o.leaf()
		if !ok || o.host() != k.host() || o.Check.Endpoint.Port == k.Check.Endpoint.Port || !o.tls.Verified {
			continue
		}
		if fresh.NotBefore.After(old.NotBefore) && fresh.NotAfter.After(c.Record.Header.Started) {
			return likely().with("renewed", stage.Visible(o.place())).
				says(short(stage.Visible(describe(k, r) + "; " + o.place() + " shows " + describeCertificate(fresh))))
		}
	}
	return nil
}
