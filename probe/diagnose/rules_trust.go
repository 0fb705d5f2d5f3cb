package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// unknownIssuer are the causes of an issuer that isn't known here.
var unknownIssuer = []cause.ID{
	cause.CertPrivateCA, cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer,
}

// trustRules are about who issued a certificate. A name in it proves nothing,
// because anybody may write any name into a certificate of their own. So these
// causes are only possible or likely, unless the missing issuer's certificate
// decides.
var trustRules = []Rule{
	{
		// Before the missing intermediate, if the certificate has no URL of its
		// issuer, and before interception, if the certificate is accepted.
		Cause: cause.CertPrivateCA,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			if r.Status == stage.Fail && c.IssuerToBeHad(k) {
				return nil
			}
			return privateCA(c, k, r)
		},
	},
	{
		Cause:    cause.CertMissingIntermediate,
		Needs:    []chart.Need{chart.Seen(stage.Handshake)},
		Explains: unknownIssuer,
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			if r.Status == stage.Fail && c.LinkOutOfReach(k) {
				return nil // judged below
			}
			return missingIntermediate(c, k, r)
		},
	},
	{
		// The same, explaining nothing: a private authority is possible as well.
		Cause: cause.CertMissingIntermediate,
		Needs: []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			if !c.LinkOutOfReach(k) {
				return nil
			}
			return missingIntermediate(c, k, r)
		},
	},
	{
		Cause: cause.CertSelfSigned,
		Needs: []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *chart.Case, k *chart.Exam, _ stage.CertFault) *Hit {
			if c.Grounds(k).Sure == cause.Proven {
				return nil // see mitm-unknown-issuer
			}
			h := proven()
			leaf, _ := k.Leaf()
			h.with(cause.SlotFingerprint, orGeneral(cause.SlotFingerprint, prose.Data(leaf.SHA256)))
			if k.OnThisMachine() {
				h.with(cause.SlotHere, prose.Set(true))
			}
			return h
		}, stage.CertSelfSigned),
	},
	{
		Cause: cause.AntivirusTLSInterception,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: interceptor(antivirusNames, nil),
	},
	{
		Cause: cause.CorporateTLSInspection,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: interceptor(gatewayNames, gatewayWords),
	},
	{
		Cause: cause.MITMUnknownIssuer,
		Needs: []chart.Need{chart.Seen(stage.Handshake), chart.Met(stage.Login, stage.ServerProof)},
		Judge: unnamed,
	},
	{
		Cause: cause.CertPrivateCA,
		Needs: []chart.Need{chart.Seen(stage.Handshake)},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			if r.Status != stage.Fail || !c.IssuerToBeHad(k) {
				return nil // judged above
			}
			return privateCA(c, k, r)
		},
	},
}

// showsIssuer describes what is wrong with a certificate, and the root it leads to.
func showsIssuer(k *chart.Exam) prose.Value {
	said := chart.ShowsTLS(k.TLS)
	if root := k.TLS.Root; root != nil {
		said = prose.Then(said, say.RootOfChain(prose.Data(root.Subject), prose.Data(root.SHA256)))
	}
	return said
}

// privateCA: a private authority issued the certificate. That is ruled out for a
// provider whose certificates are public, and if somebody else is known to answer.
func privateCA(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	g := c.Grounds(k)
	if k.Builtin() || !k.Foreign() || g.Sure == cause.Proven {
		return nil
	}
	h := possible().with(cause.SlotIssuer, k.IssuedBy()).with(cause.SlotSent, prose.Set(k.Login.Sent)).says(showsIssuer(k))
	ownRoot := k.ChainEndsInRoot() || c.Completes(k) == chart.No || (g.Against || c.SameBeside(k)) && !c.LinkOutOfReach(k)
	doubtful := g.Sure != "" && !g.Against || k.Product(antivirusNames) || k.Product(gatewayNames) || k.Has(stage.CertIssuerExpired)
	if r.Status == stage.Fail && ownRoot && !doubtful {
		h.Confidence = cause.Likely
	}
	if r.Status == stage.Fail && c.Record.Header.System.NoRoots { // it would trust no public server either
		h.with(cause.SlotNoRoots, prose.Set(true)).says(prose.Then(showsIssuer(k), say.NoSystemRoots()))
	}
	return warned(k, h)
}

// missingIntermediate: the chain stops before a known root. Fetching the issuer
// shows whether it completes the chain.
func missingIntermediate(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	h := possible().with(cause.SlotIssuer, k.IssuedBy())
	if r.Status != stage.Fail {
		return likely().with(cause.SlotIssuer, k.IssuedBy()).as(cause.Warn).says(chart.Shows(k, r)).holds(k.Has(stage.CertMissingLink))
	}
	if !k.Has(stage.CertUnknownAuthority, stage.CertMissingLink) || k.ChainEndsInRoot() {
		return nil
	}
	switch c.Completes(k) {
	case chart.Yes:
		f := stage.FactsOf[*stage.FetchFacts](c.FollowUp(k, stage.AskIssuer))
		h.Confidence = cause.Proven
		return h.says(say.IssuerCompletes(prose.Data(f.URL)))
	case chart.No:
		return nil
	}
	if v, ok := c.LinkSeen(k); ok {
		return proven().with(cause.SlotIssuer, k.IssuedBy()).with(cause.SlotSeenAt, v.PlaceName()).
			says(say.IssuerSentAlong(v.PlaceName()))
	}
	g := c.Grounds(k)
	if g.Sure == cause.Proven {
		return nil // regardless of who made this certificate
	}
	gap := c.GapOf(k).Sure()
	if g.Sure == "" && (c.LinkOutOfReach(k) || k.Builtin() && gap == cause.Likely) {
		h = likely().with(cause.SlotIssuer, k.IssuedBy()).with(cause.SlotUnreached, prose.Set(c.LinkOutOfReach(k)))
	}
	if k.Builtin() {
		h.with(cause.SlotCatalogue, prose.Set(true)) // its certificates are public: somebody else may have made this one
	}
	return h.holds(chart.IssuerURL(k) != "" || k.Has(stage.CertMissingLink) || k.Builtin() && gap != "")
}
