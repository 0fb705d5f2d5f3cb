package chart

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// IssuerName returns the distinguished name of the issuer: the root if it is known,
// else the issuer named in the last certificate.
func (k *Exam) IssuerName() string { return authority(k.TLS) }

// SameBeside reports whether another port of the host has a certificate from the
// same issuer, which isn't trusted either.
func (c *Case) SameBeside(k *Exam) bool {
	own, _ := k.Leaf()
	return slices.ContainsFunc(c.CertificatesBeside(k), func(v view) bool {
		return v.Leaf().Issuer == own.Issuer && v.has(stage.CertUnknownAuthority) && v.Check.FollowUp()
	})
}

// IssuerToBeHad reports whether the certificate has a URL of its issuer's, and
// fetching that was not found to fail.
func (c *Case) IssuerToBeHad(k *Exam) bool {
	f := c.FollowUp(k, stage.AskIssuer)
	return IssuerURL(k) != "" && (f == nil || c.Completes(k) != Unknown)
}

// companyNames are further suffixes, beside localNames, that companies use
// internally (RFC 6762 G).
var companyNames = []string{".corp", ".intranet", ".private"}

// LinkOutOfReach reports whether a server sends only its own certificate, with a URL
// of the issuer's on a foreign host, and nothing was received from there. Private
// authorities seldom include such a URL, and if they do it is in their own network.
func (c *Case) LinkOutOfReach(k *Exam) bool {
	u, err := url.Parse(IssuerURL(k))
	inside := func(end string) bool { return strings.HasSuffix(strings.ToLower(u.Hostname()), end) }
	return err == nil && c.FollowUp(k, stage.AskIssuer) != nil && c.Completes(k) == Unknown && len(k.TLS.Chain) == 1 &&
		Unrelated(u.Hostname(), k.Host()) && !slices.ContainsFunc(slices.Concat(localNames, companyNames), inside)
}

// ChainEndsInRoot reports whether the chain that the server sent includes a
// self-signed root.
func (k *Exam) ChainEndsInRoot() bool {
	n := len(k.TLS.Chain)
	return n > 1 && k.TLS.Chain[n-1].SelfSigned
}

// Completes returns the outcome of the follow-up that fetched the issuer.
func (c *Case) Completes(k *Exam) Answer { return Completes(c.FollowUp(k, stage.AskIssuer)) }

func Completes(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	switch facts := stage.FactsOf[*stage.FetchFacts](f); {
	case facts == nil || facts.Found == nil:
		return Unknown // nothing was received
	case facts.Issued && facts.Completes:
		return Yes
	}
	return No
}

// IssuerURL returns the HTTP URL of the certificate that issued the last one sent
// (RFC 5280 4.2.2.1); empty if there is none.
func IssuerURL(k *Exam) string {
	n := len(k.TLS.Chain)
	if n == 0 || k.TLS.Chain[n-1].SelfSigned {
		return ""
	}
	return aiaURL(k.TLS.Chain[n-1])
}

// aiaURL returns the HTTP URL of its issuer that a certificate contains; empty if
// there is none.
func aiaURL(c stage.Certificate) string {
	for _, u := range c.Issuers {
		if len(u) > 7 && strings.EqualFold(u[:7], "http://") {
			return u
		}
	}
	return ""
}

// Named reports whether any word of an issuer's name begins with one of these names.
func Named(issuer string, names []string) bool {
	issuer = strings.ToLower(issuer)
	return slices.ContainsFunc(names, func(n string) bool {
		for at := 0; ; at++ {
			i := strings.Index(issuer[at:], n)
			if i < 0 {
				return false
			}
			if at += i; at == 0 || !letter(issuer[at-1]) {
				return true
			}
		}
	})
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' }

// Product reports whether the issuer is named after a product that answers in place
// of servers. Such a product makes a certificate for the requested name. A
// certificate for another name is the appliance's own.
func (k *Exam) Product(names []string) bool {
	return Named(k.IssuerName(), names) && !k.Has(stage.CertNameMismatch, stage.CertNoNames)
}

// Foreign reports whether the certificate comes from an issuer that is on no public
// list, so that somebody other than the server may have made it.
func (k *Exam) Foreign() bool { return k.Has(stage.CertUnknownAuthority, stage.CertLocalRoot) }

// Refused reports whether such a certificate is a failure. A root that was added to
// this machine is usually there legitimately.
func (k *Exam) Refused() bool {
	f, ok := k.CertFault(stage.CertUnknownAuthority, stage.CertLocalRoot)
	return ok && !f.Warning
}

// Grounds is the evidence that somebody answers in the server's place, apart from
// the certificate itself.
type Grounds struct {
	Sure    cause.Confidence // empty: no evidence
	Against bool             // unrelated servers appear unaltered through the same kind of port
	Shows   prose.Value
}

// Grounds considers an unassigned address, an unrelated server, the distance of what
// answers, and other ports of the host.
func (c *Case) Grounds(k *Exam) (g Grounds) {
	nobody := c.FollowUp(k, stage.AskNobody)
	same, stranger := c.strangerShows(k)
	g.Against = same == No
	v, shown := ShownBy(nobody)
	switch {
	case shown:
		g.Sure, g.Shows = cause.Proven, say.NobodyShowsCertificate(ShowsCertificate(v.Leaf()))
	case c.greetsForNobody(k):
		g.Sure, g.Shows = cause.Proven, say.NobodyGreets()
	case same == Yes:
		g.Sure, g.Shows = cause.Proven, say.StrangerHasIssuer(stranger.PlaceName())
	case TookConnection(nobody):
		g.Sure, g.Shows = cause.Likely, say.NobodyConnects()
	case c.nearer(k):
		g.Sure, g.Shows = cause.Likely, say.NearerThanWeb()
	case k.Fault(stage.Handshake) != "" && k.Has(stage.CertUnknownAuthority):
		if v, ok := c.trustedBeside(k); ok {
			g.Sure, g.Shows = cause.Likely, say.ShowsCertificate(v.PlaceName(), ShowsCertificate(v.Leaf()))
		}
	}
	return g
}

// greetsForNobody reports whether the same first line, in clear text, comes from an
// unassigned address.
func (c *Case) greetsForNobody(k *Exam) bool {
	n := c.Nobody(k)
	return n != nil && n.Check.Endpoint.Security != stage.TLS && n.Greet.Text() != "" && n.Greet.Text() == k.Greet.Text()
}

// strangerShows compares the issuer with that of a large provider's server, whose
// certificates are public. No genuine issuer that is unknown here would have issued
// both.
func (c *Case) strangerShows(k *Exam) (Answer, view) {
	for _, f := range c.FollowUps[k.Check.ID] {
		v, ok := ShownBy(f)
		switch {
		case f.Check.Question != stage.AskStrangerCertificate || !ok:
		case v.TLS.Public == stage.Trusted:
			return No, v
		case v.has(stage.CertUnknownAuthority, stage.CertLocalRoot, stage.CertSelfSigned) && authority(v.TLS) == k.IssuerName():
			return Yes, v
		}
	}
	return Unknown, view{}
}

// TookConnection reports whether a follow-up was connected. A reset before the
// system reports success still means that the connection was accepted: otherwise it
// would be a refusal.
func TookConnection(f *stage.CheckRecord) bool {
	if f == nil {
		return false
	}
	r := f.Result(stage.Connect)
	return r != nil && (r.Status == stage.Pass || r.Fault == stage.Reset)
}

// Whoever answers within nearDoor is on this machine or its local network. A server
// that is farDoor further away at another port of the same address is not.
const (
	nearDoor = time.Millisecond
	farDoor  = 5 * time.Millisecond
)

// nearer reports whether the port answers from much nearer than the web port of the
// same address does.
func (c *Case) nearer(k *Exam) bool {
	f := c.FollowUp(k, stage.AskWebCertificate)
	if f == nil || k.Connect.RoundTrip == nil || UsedAddress(f) == "" || UsedAddress(f) != UsedAddress(k.CheckRecord) {
		return false
	}
	web := OrEmpty(stage.FactsOf[*stage.ConnectFacts](f)).RoundTrip
	return web != nil && k.Connect.RoundTrip.Duration() < nearDoor && web.Duration() > k.Connect.RoundTrip.Duration()+farDoor
}

// MayBeAnothers reports whether the certificate may come from an unknown party. A
// product that is known by name has its own page.
func (k *Exam) MayBeAnothers(g Grounds, product bool) bool {
	switch {
	case !k.Foreign() && !k.Has(stage.CertSelfSigned):
		return false
	case g.Sure == cause.Proven:
		return !product
	case k.Builtin():
		return true
	}
	return k.Foreign() && !product && g.Sure != ""
}
