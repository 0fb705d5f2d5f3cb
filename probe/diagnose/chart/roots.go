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

// IssuerName is the distinguished name of who issued: the root where one is
// known, else whoever the last certificate names.
func (k *Exam) IssuerName() string { return authority(k.TLS) }

// SameBeside reports whether another port of the host has its certificate from
// the same issuer, and nobody trusts that one either.
func (c *Case) SameBeside(k *Exam) bool {
	own, _ := k.Leaf()
	return slices.ContainsFunc(c.CertificatesBeside(k), func(v view) bool {
		return v.Leaf().Issuer == own.Issuer && v.has(stage.CertUnknownAuthority) && v.Check.FollowUp()
	})
}

// IssuerToBeHad reports whether the certificate says where its issuer's is, and
// it has not turned out that nothing is there.
func (c *Case) IssuerToBeHad(k *Exam) bool {
	f := c.FollowUp(k, stage.AskIssuer)
	return IssuerURL(k) != "" && (f == nil || c.Completes(k) != Unknown)
}

// companyNames are ends of names, beside localNames, that companies use inside (RFC 6762
// G).
var companyNames = []string{".corp", ".intranet", ".private"}

// LinkOutOfReach reports whether a server sends its certificate alone, which says where
// its issuer's is to be had, at somebody else's, and nothing came from there. Authorities
// of one's own seldom write that down, and if so a name of their own network.
func (c *Case) LinkOutOfReach(k *Exam) bool {
	u, err := url.Parse(IssuerURL(k))
	inside := func(end string) bool { return strings.HasSuffix(strings.ToLower(u.Hostname()), end) }
	return err == nil && c.FollowUp(k, stage.AskIssuer) != nil && c.Completes(k) == Unknown && len(k.TLS.Chain) == 1 &&
		Unrelated(u.Hostname(), k.Host()) && !slices.ContainsFunc(slices.Concat(localNames, companyNames), inside)
}

// ChainEndsInRoot reports whether the server sent its chain down to a
// self-signed root.
func (k *Exam) ChainEndsInRoot() bool {
	n := len(k.TLS.Chain)
	return n > 1 && k.TLS.Chain[n-1].SelfSigned
}

// Completes reads the follow-up that fetched the issuer.
func (c *Case) Completes(k *Exam) Answer { return Completes(c.FollowUp(k, stage.AskIssuer)) }

func Completes(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	switch facts := stage.FactsOf[*stage.FetchFacts](f); {
	case facts == nil || facts.Found == nil:
		return Unknown // nothing was brought back
	case facts.Issued && facts.Completes:
		return Yes
	}
	return No
}

// IssuerURL returns where the issuer of the last certificate sent is to be had
// by HTTP (RFC 5280 4.2.2.1); empty for nowhere.
func IssuerURL(k *Exam) string {
	n := len(k.TLS.Chain)
	if n == 0 || k.TLS.Chain[n-1].SelfSigned {
		return ""
	}
	return aiaURL(k.TLS.Chain[n-1])
}

// aiaURL returns where a certificate says that its issuer's is to be had by HTTP;
// empty for nowhere.
func aiaURL(c stage.Certificate) string {
	for _, u := range c.Issuers {
		if len(u) > 7 && strings.EqualFold(u[:7], "http://") {
			return u
		}
	}
	return ""
}

// Named reports whether an issuer's name has one of these at the beginning of a
// word.
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

// Product reports whether the issuer has the name of a product that answers in
// the place of servers. Such a product makes a certificate for the name that was
// asked for; one for another name is an appliance's own.
func (k *Exam) Product(names []string) bool {
	return Named(k.IssuerName(), names) && !k.Has(stage.CertNameMismatch, stage.CertNoNames)
}

// Foreign reports whether the certificate comes from an issuer that no public
// list has, so that somebody else than the server may have made it.
func (k *Exam) Foreign() bool { return k.Has(stage.CertUnknownAuthority, stage.CertLocalRoot) }

// Refused reports whether that is a failure: a root that was added to this
// machine is mostly there by right.
func (k *Exam) Refused() bool {
	f, ok := k.CertFault(stage.CertUnknownAuthority, stage.CertLocalRoot)
	return ok && !f.Warning
}

// Grounds are what speaks for somebody who answers in the server's place, beside
// what the certificate says of itself.
type Grounds struct {
	Sure    cause.Confidence // empty: nothing speaks for it
	Against bool             // servers of others are seen as they are, through the same kind of port
	Shows   prose.Value
}

// Grounds looks at an address that nobody has, at a stranger's server, at how far
// away those are that answer, and at other ports of the host.
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
// address that nobody has.
func (c *Case) greetsForNobody(k *Exam) bool {
	n := c.Nobody(k)
	return n != nil && n.Check.Endpoint.Security != stage.TLS && n.Greet.Text() != "" && n.Greet.Text() == k.Greet.Text()
}

// strangerShows compares the issuer with that of a large provider's server,
// whose certificates are public. The same unknown issuer there has no business
// with both.
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

// TookConnection reports whether a follow-up was connected. A reset that comes before
// the system has said so is of a connection that was taken: else it is a refusal.
func TookConnection(f *stage.CheckRecord) bool {
	if f == nil {
		return false
	}
	r := f.Result(stage.Connect)
	return r != nil && (r.Status == stage.Pass || r.Fault == stage.Reset)
}

// Whoever answers within nearDoor sits on this machine or beside it; a server
// that is farDoor further away at another port of the same address does not.
const (
	nearDoor = time.Millisecond
	farDoor  = 5 * time.Millisecond
)

// nearer reports whether the port answers from much nearer than the web port of
// the same address does.
func (c *Case) nearer(k *Exam) bool {
	f := c.FollowUp(k, stage.AskWebCertificate)
	if f == nil || k.Connect.RoundTrip == nil || UsedAddress(f) == "" || UsedAddress(f) != UsedAddress(k.CheckRecord) {
		return false
	}
	web := OrEmpty(stage.FactsOf[*stage.ConnectFacts](f)).RoundTrip
	return web != nil && k.Connect.RoundTrip.Duration() < nearDoor && web.Duration() > k.Connect.RoundTrip.Duration()+farDoor
}

// MayBeAnothers reports whether the certificate may be that of somebody unknown.
// A product that is known by name has its own page.
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
