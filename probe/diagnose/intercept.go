package diagnose

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// antivirusNames and gatewayNames are what products write into the names of the
// issuers that they make, in lower case. The words of gatewayWords stand in such
// names too, and in those of many an authority that a company has for itself.
var (
	antivirusNames = []string{
		"avast", "avg technologies", "avg web", "kaspersky", "eset ", "bitdefender", "norton", "symantec endpoint",
		"mcafee", "avira", "bullguard", "g data", "f-secure", "dr.web", "drweb", "trend micro", "panda", "comodo internet security",
		"antivirus", "anti-virus", "mail shield", "mail scanner", "web/mail shield",
	}
	gatewayNames = []string{
		"zscaler", "fortinet", "fortigate", "sophos", "palo alto", "netskope", "blue coat", "bluecoat", "cisco umbrella", "check point",
		"checkpoint", "barracuda", "watchguard", "sonicwall", "forcepoint", "websense", "untangle",
	}
	gatewayWords = []string{"umbrella", "squid", "mitmproxy", "proxy", "inspection", "firewall", "gateway"}
)

// named reports whether an issuer's name has one of these at the beginning of a
// word.
func named(issuer string, names []string) bool {
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

// product reports whether the issuer has the name of a product that answers in
// the place of servers. Such a product makes a certificate for the name that was
// asked for; one for another name is an appliance's own.
func (k *Check) product(names []string) bool {
	return named(k.issuerName(), names) && !k.has(stage.CertNameMismatch, stage.CertNoNames)
}

// foreign reports whether the certificate comes from an issuer that no public
// list has, so that somebody else than the server may have made it.
func (k *Check) foreign() bool { return k.has(stage.CertUnknownAuthority, stage.CertLocalRoot) }

// refused reports whether that is a failure: a root that was added to this
// machine is mostly there by right.
func (k *Check) refused() bool {
	f, ok := k.certFault(stage.CertUnknownAuthority, stage.CertLocalRoot)
	return ok && !f.Warning
}

// warned makes a warning of a hit about an issuer whom this machine accepts.
func (k *Check) warned(h *Hit) *Hit {
	if !k.refused() {
		h.Severity = cause.Warn
	}
	return h
}

// grounds are what speaks for somebody who answers in the server's place, beside
// what the certificate says of itself.
type grounds struct {
	sure    cause.Confidence // empty: nothing speaks for it
	against bool             // servers of others are seen as they are, through the same kind of port
	says    string
}

// grounds looks at an address that nobody has, at a stranger's server, at how far
// away those are that answer, and at other ports of the host.
func (c *Case) grounds(k *Check) grounds {
	nobody := c.followUp(k, stage.AskNobody)
	same, stranger := c.strangerShows(k)
	g := grounds{against: same == no}
	v, shown := viewOf(nobody)
	switch {
	case shown:
		g.sure, g.says = cause.Proven, "an address that nobody has answers as well, with "+describeCertificate(v.leaf())
	case c.greetsForNobody(k):
		g.sure, g.says = cause.Proven, "an address that nobody has greets as well, in the same words"
	case same == yes:
		g.sure, g.says = cause.Proven, stranger.place()+", of another provider, has the same issuer"
	case tookConnection(nobody):
		g.sure, g.says = cause.Likely, "an address that nobody has takes connections at this port"
	case c.nearer(k):
		g.sure, g.says = cause.Likely, "what answers here is nearer than the web server at the same address"
	case k.fault(stage.Handshake) != "" && k.has(stage.CertUnknownAuthority):
		if v, ok := c.trustedBeside(k); ok {
			g.sure, g.says = cause.Likely, v.place()+" shows "+describeCertificate(v.leaf())
		}
	}
	return g
}

// greetsForNobody reports whether the same first line, in clear text, comes from an
// address that nobody has.
func (c *Case) greetsForNobody(k *Check) bool {
	n := c.nobody(k)
	return n != nil && n.Check.Endpoint.Security != stage.TLS && n.greet.Text() != "" && n.greet.Text() == k.greet.Text()
}

// strangerShows compares the issuer with that of a large provider's server,
// whose certificates are public. The same unknown issuer there has no business
// with both.
func (c *Case) strangerShows(k *Check) (answer, view) {
	for _, f := range c.followUps[k.Check.ID] {
		v, ok := viewOf(f)
		switch {
		case f.Check.Question != stage.AskStrangerCertificate || !ok:
		case v.tls.Public == stage.Trusted:
			return no, v
		case v.has(stage.CertUnknownAuthority, stage.CertLocalRoot, stage.CertSelfSigned) && authority(v.tls) == k.issuerName():
			return yes, v
		}
	}
	return unknown, view{}
}

// tookConnection reports whether a follow-up was connected. A reset that comes before
// the system has said so is of a connection that was taken: else it is a refusal.
func tookConnection(f *stage.CheckRecord) bool {
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
func (c *Case) nearer(k *Check) bool {
	f := c.followUp(k, stage.AskWebCertificate)
	if f == nil || k.connect.RoundTrip == nil || usedAddress(f) == "" || usedAddress(f) != usedAddress(k.CheckRecord) {
		return false
	}
	web := orEmpty(stage.FactsOf[*stage.ConnectFacts](f)).RoundTrip
	return web != nil && k.connect.RoundTrip.Duration() < nearDoor && web.Duration() > k.connect.RoundTrip.Duration()+farDoor
}

// interceptor: something on the way answers with certificates of its own, and its
// issuer has a name that such products have. That fits wherever a root of this
// machine alone is trusted, and wherever the certificates of a provider are known
// to be public.
func interceptor(products, words []string) func(*Case, *Check, *stage.Result) *Hit {
	return func(c *Case, k *Check, _ *stage.Result) *Hit {
		g := c.grounds(k)
		product := k.product(products)
		word := named(k.issuerName(), words)
		h := possible()
		switch {
		case !k.foreign():
			return nil
		case product && g.sure == cause.Proven:
			h.Confidence = cause.Proven
		case product && !g.against, word && k.builtin(), word && g.sure != "" && !g.against:
			h.Confidence = cause.Likely
		case g.sure == cause.Proven, !product && !k.has(stage.CertLocalRoot) && !k.builtin():
			return nil
		}
		return k.warned(h.with("issuer", k.issuer()).with("sent", k.passwordSent()).with("proof", proof(g)).says(ground(k, g)))
	}
}

// unnamed: nobody known by name answers in the server's place. Where its
// certificates are known to be public, that is possible by this alone, and likely
// where nothing else fits: the chain lacks no link that could be had.
func unnamed(c *Case, k *Check, r *stage.Result) *Hit {
	if r.Stage == stage.Login {
		return possible()
	}
	g := c.grounds(k)
	product := k.product(antivirusNames) || k.product(gatewayNames)
	word := named(k.issuerName(), gatewayWords)
	if !k.mayBeAnothers(g, product) || r.Status != stage.Fail && g.sure != cause.Proven {
		return nil
	}
	h := possible()
	switch {
	case g.sure == cause.Proven && !word:
		h.Confidence = cause.Proven
	case g.sure == cause.Proven, g.sure != "" && !product && !g.against:
		h.Confidence = cause.Likely
	case k.builtin() && k.has(stage.CertUnknownAuthority) && !product && !word && !c.mayLackLink(k):
		h.Confidence = cause.Likely
	}
	if g.says != "" {
		h.says(ground(k, g))
	}
	return h.with("issuer", k.issuer()).with("sent", k.passwordSent()).with("proof", proof(g))
}

// mayBeAnothers reports whether the certificate may be that of somebody unknown.
// A product that is known by name has its own page.
func (k *Check) mayBeAnothers(g grounds, product bool) bool {
	switch {
	case !k.foreign() && !k.has(stage.CertSelfSigned):
		return false
	case g.sure == cause.Proven:
		return !product
	case k.builtin():
		return true
	}
	return k.foreign() && !product && g.sure != ""
}

// proof is "yes" where something was seen that no server of the provider does.
func proof(g grounds) string {
	if g.sure == cause.Proven {
		return "yes"
	}
	return ""
}

// ground tells what speaks for interception, and whose certificate was shown.
func ground(k *Check, g grounds) string {
	if g.says == "" {
		return describeIssuer(k)
	}
	return short(stage.Visible(g.says + "; here: " + describeIssuer(k)))
}
