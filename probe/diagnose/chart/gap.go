package chart

import (
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// publicAuthorities are names of authorities that providers buy from, in lower case.
// Anybody may write one into a certificate of his own, so that a name proves nothing.
var publicAuthorities = []string{
	"actalis", "amazon", "buypass", "certum", "cfca", "comodo", "d-trust", "digicert", "entrust", "geotrust", "globalsign", "godaddy", "go daddy",
	"google trust services", "harica", "identrust", "let's encrypt", "quovadis", "rapidssl", "sectigo", "ssl.com", "starfield", "swisssign", "t-telesec",
	"telesec", "thawte", "trustasia", "trustwave", "verisign", "wotrus", "zerossl",
}

// agedAfter is how long ago a certificate has begun that nobody made for the
// occasion. What is made on the way begins a day or two before, by most programs.
const agedAfter = 7 * 24 * time.Hour

// Gap weighs, of a certificate whose issuer nobody here knows, what speaks for a
// server that leaves out a link rather than for somebody in between.
type Gap struct {
	Told   bool // the certificate says where its issuer's is to be had
	Public bool // its issuer has the name of a public authority
	Aged   bool // it began a good while ago
	Beside bool // another port or address shows the same one
}

// GapOf looks at the certificate and at what else shows it; the zero value where no
// link can be missing.
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
// shows the same certificate.
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

// Sure says how sure all that makes it that a link is missing; empty where nothing
// speaks for it.
func (g Gap) Sure() cause.Confidence {
	switch {
	case g.Public && g.Aged && (g.Told || g.Beside):
		return cause.Likely
	case g.Told, g.Public, g.Aged && g.Beside:
		return cause.Possible
	}
	return ""
}
