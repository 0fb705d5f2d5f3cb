package diagnose

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// unknownIssuer are the causes of an issuer that nobody here knows.
var unknownIssuer = []cause.ID{
	cause.CertPrivateCA, cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer,
}

// trustRules are about who issued a certificate. A name in it proves nothing:
// anybody may write any name into a certificate of their own. So these stay
// possible or likely, but for what the missing issuer itself shows.
var trustRules = []Rule{
	{
		// Ahead of the missing piece where nobody says where that would be, and of
		// interception where the certificate is accepted.
		Cause: cause.CertPrivateCA,
		Needs: []Need{seen(stage.Handshake)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if r.Status == stage.Fail && c.issuerToBeHad(k) {
				return nil
			}
			return privateCA(c, k, r)
		},
	},
	{
		Cause:    cause.CertMissingIntermediate,
		Needs:    []Need{seen(stage.Handshake)},
		Explains: unknownIssuer,
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if r.Status == stage.Fail && c.linkOutOfReach(k) {
				return nil // judged below
			}
			return missingIntermediate(c, k, r)
		},
	},
	{
		// The same, explaining nothing: an authority of one's own fits as well.
		Cause: cause.CertMissingIntermediate,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if !c.linkOutOfReach(k) {
				return nil
			}
			return missingIntermediate(c, k, r)
		},
	},
	{
		Cause: cause.CertSelfSigned,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(c *Case, k *Check, _ stage.CertFault) *Hit {
			if c.grounds(k).sure == cause.Proven {
				return nil // see mitm-unknown-issuer
			}
			h := proven()
			fingerprint := ""
			if leaf, ok := k.leaf(); ok {
				fingerprint = stage.Visible(leaf.SHA256)
			}
			h.with("fingerprint", cmp.Or(fingerprint, "shown with -v"))
			if k.onThisMachine() {
				h.with("here", "yes")
			}
			return h
		}, stage.CertSelfSigned),
	},
	{
		Cause: cause.AntivirusTLSInterception,
		Needs: []Need{seen(stage.Handshake)},
		Judge: interceptor(antivirusNames, nil),
	},
	{
		Cause: cause.CorporateTLSInspection,
		Needs: []Need{seen(stage.Handshake)},
		Judge: interceptor(gatewayNames, gatewayWords),
	},
	{
		Cause: cause.MITMUnknownIssuer,
		Needs: []Need{seen(stage.Handshake), met(stage.Login, stage.ServerProof)},
		Judge: unnamed,
	},
	{
		Cause: cause.CertPrivateCA,
		Needs: []Need{seen(stage.Handshake)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if r.Status != stage.Fail || !c.issuerToBeHad(k) {
				return nil // judged above
			}
			return privateCA(c, k, r)
		},
	},
}

// passwordSent is "yes" where a credential went over this connection all the
// same, which advice must not pass over.
func (k *Check) passwordSent() string {
	if k.login.Sent {
		return "yes"
	}
	return ""
}

// nameless stands for an issuer of whom no name is known.
const nameless = "an unknown issuer"

// issuer names who issued by the common name, in quotation marks.
func (k *Check) issuer() string {
	name := CommonName(k.issuerName())
	if name == "" {
		return nameless
	}
	return `"` + name + `"`
}

// issuerName is the distinguished name of who issued: the root where one is
// known, else whoever the last certificate names.
func (k *Check) issuerName() string { return authority(k.tls) }

func describeIssuer(k *Check) string {
	s := describeTLS(k.tls)
	if k.tls.Root != nil {
		s += "; its root " + k.tls.Root.Subject + " has SHA-256 " + k.tls.Root.SHA256
	}
	return short(stage.Visible(s))
}

// privateCA: an authority of one's own. At a provider whose certificates are
// public it doesn't fit, nor where somebody else is known to answer.
func privateCA(c *Case, k *Check, r *stage.Result) *Hit {
	g := c.grounds(k)
	if k.builtin() || !k.foreign() || g.sure == cause.Proven {
		return nil
	}
	h := possible().with("issuer", k.issuer()).with("sent", k.passwordSent()).says(describeIssuer(k))
	ownRoot := k.chainEndsInRoot() || c.completes(k) == no || (g.against || c.sameBeside(k)) && !c.linkOutOfReach(k)
	doubtful := g.sure != "" && !g.against || k.product(antivirusNames) || k.product(gatewayNames) || k.has(stage.CertIssuerExpired)
	if r.Status == stage.Fail && ownRoot && !doubtful {
		h.Confidence = cause.Likely
	}
	return k.warned(h)
}

// sameBeside reports whether another port of the host has its certificate from
// the same issuer, and nobody trusts that one either.
func (c *Case) sameBeside(k *Check) bool {
	own, _ := k.leaf()
	return slices.ContainsFunc(c.views(k), func(v view) bool {
		return v.leaf().Issuer == own.Issuer && v.has(stage.CertUnknownAuthority) && v.Check.FollowUp()
	})
}

// issuerToBeHad reports whether the certificate says where its issuer's is, and
// it has not turned out that nothing is there.
func (c *Case) issuerToBeHad(k *Check) bool {
	f := c.followUp(k, stage.AskIssuer)
	return issuerURL(k) != "" && (f == nil || c.completes(k) != unknown)
}

// companyNames are ends of names, beside localNames, that companies use inside (RFC 6762
// G).
var companyNames = []string{".corp", ".intranet", ".private"}

// linkOutOfReach reports whether a server sends its certificate alone, which says where
// its issuer's is to be had, at somebody else's, and nothing came from there. Authorities
// of one's own seldom write that down, and if so a name of their own network.
func (c *Case) linkOutOfReach(k *Check) bool {
	u, err := url.Parse(issuerURL(k))
	inside := func(end string) bool { return strings.HasSuffix(strings.ToLower(u.Hostname()), end) }
	return err == nil && c.followUp(k, stage.AskIssuer) != nil && c.completes(k) == unknown && len(k.tls.Chain) == 1 &&
		unrelated(u.Hostname(), k.host()) && !slices.ContainsFunc(slices.Concat(localNames, companyNames), inside)
}

// chainEndsInRoot reports whether the server sent its chain down to a
// self-signed root.
func (k *Check) chainEndsInRoot() bool {
	n := len(k.tls.Chain)
	return n > 1 && k.tls.Chain[n-1].SelfSigned
}

// missingIntermediate: the chain stops before a root that is known. Whether the
// missing piece would complete it, its issuer tells, when fetched.
func missingIntermediate(c *Case, k *Check, r *stage.Result) *Hit {
	h := possible().with("issuer", k.issuer())
	if r.Status != stage.Fail {
		return likely().with("issuer", k.issuer()).as(cause.Warn).says(describe(k, r)).holds(k.has(stage.CertMissingLink))
	}
	if !k.has(stage.CertUnknownAuthority, stage.CertMissingLink) || k.chainEndsInRoot() {
		return nil
	}
	switch c.completes(k) {
	case yes:
		f := stage.FactsOf[*stage.FetchFacts](c.followUp(k, stage.AskIssuer))
		h.Confidence = cause.Proven
		return h.says(short(stage.Visible("the certificate at " + f.URL + " is the missing issuer, and completes the chain")))
	case no:
		return nil
	}
	if v, ok := c.linkSeen(k); ok {
		return proven().with("issuer", k.issuer()).with("seen_at", stage.Visible(v.place())).
			says(short(stage.Visible(v.place() + " sends the missing issuer along, and its chain is trusted")))
	}
	g := c.grounds(k)
	if g.sure == cause.Proven {
		return nil // whoever made this certificate
	}
	if g.sure == "" && c.linkOutOfReach(k) {
		h = likely().with("issuer", k.issuer()).with("unreached", "yes")
	}
	return h.holds(issuerURL(k) != "" || k.has(stage.CertMissingLink))
}

// mayLackLink reports whether a certificate that is to be had might lead the chain
// to a root.
func (c *Case) mayLackLink(k *Check) bool {
	return !k.chainEndsInRoot() && issuerURL(k) != "" && c.completes(k) != no
}

// completes reads the follow-up that fetched the issuer.
func (c *Case) completes(k *Check) answer { return completes(c.followUp(k, stage.AskIssuer)) }

func completes(f *stage.CheckRecord) answer {
	if f == nil {
		return unknown
	}
	switch facts := stage.FactsOf[*stage.FetchFacts](f); {
	case facts == nil || facts.Found == nil:
		return unknown // nothing was brought back
	case facts.Issued && facts.Completes:
		return yes
	}
	return no
}

// issuerURL returns where the issuer of the last certificate sent is to be had
// by HTTP (RFC 5280 4.2.2.1); empty for nowhere.
func issuerURL(k *Check) string {
	n := len(k.tls.Chain)
	if n == 0 || k.tls.Chain[n-1].SelfSigned {
		return ""
	}
	for _, u := range k.tls.Chain[n-1].Issuers {
		if len(u) > 7 && strings.EqualFold(u[:7], "http://") {
			return u
		}
	}
	return ""
}
