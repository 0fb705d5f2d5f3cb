package chart

import (
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// publicAuthorities are names of authorities that providers buy from, in lower case.
// Anybody may write one into a certificate of their own, so a name proves nothing.
var publicAuthorities = []string{
	"actalis", "amazon", "buypass", "certum", "cfca", "comodo", "d-trust", "digicert", "entrust", "geotrust", "globalsign", "godaddy", "go daddy",
	"google trust services", "harica", "identrust", "let's encrypt", "quovadis", "rapidssl", "sectigo", "ssl.com", "starfield", "swisssign", "t-telesec",
	"telesec", "thawte", "trustasia", "trustwave", "verisign", "wotrus", "zerossl",
}

// agedAfter is the age from which a certificate was hardly made for the occasion.
// Most programs that intercept TLS make certificates that begin a day or two before.
const agedAfter = 7 * 24 * time.Hour

// Gap is the evidence, for a certificate whose issuer isn't known here, that the
// server leaves out a link of the chain, rather than that somebody intercepts TLS.
type Gap struct {
	Told   bool // the certificate has a URL of its issuer's certificate
	Public bool // its issuer has the name of a public authority
	Aged   bool // it has been valid for a while
	Beside bool // another port or address presents the same one
}

// GapOf collects that evidence from the certificate and from other ports that
// present it. It returns the zero value if no link can be missing.
func (c *Case) GapOf(k *Exam) Gap {
	leaf, shown := k.Leaf()
	if !shown || k.ChainEndsInRoot() || leaf.SelfSigned || c.Completes(k) == No {
		return Gap{}
	}
	return Gap{
		Told:   IssuerURL(k) != "",
		Public: Named(k.IssuerName(), publicAuthorities),
		Aged:   c.Record.Header.Started.Sub(leaf.NotBefore) > agedAfter,
		Beside: c.shownBeside(k, leaf),
	}
}

// shownBeside reports whether another port of the host, or another host of the run,
// presents the same certificate.
func (c *Case) shownBeside(k *Exam, leaf stage.Certificate) bool {
	for i := range c.Record.Checks {
		r := &c.Record.Checks[i]
		v, ok := ShownBy(r)
		if ok && r != k.CheckRecord && r.Check.Question != stage.AskNobody && v.Leaf().SHA256 == leaf.SHA256 && r.Check.Endpoint != k.Check.Endpoint {
			return true
		}
	}
	return false
}

// Sure returns the confidence that a link is missing; empty if nothing suggests it.
func (g Gap) Sure() cause.Confidence {
	switch {
	case g.Public && g.Aged && (g.Told || g.Beside):
		return cause.Likely
	case g.Told, g.Public, g.Aged && g.Beside:
		return cause.Possible
	}
	return ""
}
