package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
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

// warned makes a warning of a hit about an issuer whom this machine accepts.
func warned(k *chart.Exam, h *Hit) *Hit {
	if !k.Refused() {
		h.Severity = cause.Warn
	}
	return h
}

// interceptor: something on the way answers with certificates of its own, and its
// issuer has a name that such products have. That fits wherever a root of this
// machine alone is trusted, and wherever the certificates of a provider are known
// to be public.
func interceptor(products, words []string) func(*chart.Case, *chart.Exam, *stage.Result) *Hit {
	return func(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
		g := c.Grounds(k)
		product := k.Product(products)
		word := chart.Named(k.IssuerName(), words)
		h := possible()
		switch {
		case !k.Foreign():
			return nil
		case product && g.Sure == cause.Proven:
			h.Confidence = cause.Proven
		case product && !g.Against, word && k.Builtin(), word && g.Sure != "" && !g.Against:
			h.Confidence = cause.Likely
		case g.Sure == cause.Proven, !product && !k.Has(stage.CertLocalRoot) && !k.Builtin():
			return nil
		}
		return warned(k, h.with(cause.SlotIssuer, k.IssuedBy()).with(cause.SlotSent, prose.Set(k.Login.Sent)).with(cause.SlotProof, proof(g)).says(ground(k, g)))
	}
}

// unnamed: nobody known by name answers in the server's place. Where its
// certificates are known to be public, that is possible by this alone, and likely
// where nothing else fits: nothing speaks for a chain that lacks a link.
func unnamed(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if r.Stage == stage.Login {
		return possible()
	}
	g := c.Grounds(k)
	product := k.Product(antivirusNames) || k.Product(gatewayNames)
	word := chart.Named(k.IssuerName(), gatewayWords)
	if !k.MayBeAnothers(g, product) || r.Status != stage.Fail && g.Sure != cause.Proven {
		return nil
	}
	h := possible()
	switch {
	case g.Sure == cause.Proven && !word:
		h.Confidence = cause.Proven
	case g.Sure == cause.Proven, g.Sure != "" && !product && !g.Against:
		h.Confidence = cause.Likely
	case k.Builtin() && k.Has(stage.CertUnknownAuthority) && !product && !word && c.GapOf(k).Sure() == "":
		h.Confidence = cause.Likely
	}
	if !g.Shows.Empty() {
		h.says(ground(k, g))
	}
	return h.with(cause.SlotIssuer, k.IssuedBy()).with(cause.SlotSent, prose.Set(k.Login.Sent)).with(cause.SlotProof, proof(g))
}

// proof is set where something was seen that no server of the provider does.
func proof(g chart.Grounds) prose.Value { return prose.Set(g.Sure == cause.Proven) }

// ground tells what speaks for interception, and whose certificate was shown.
func ground(k *chart.Exam, g chart.Grounds) prose.Value {
	if g.Shows.Empty() {
		return showsIssuer(k)
	}
	return prose.Then(g.Shows, say.ShownHere(showsIssuer(k)))
}
