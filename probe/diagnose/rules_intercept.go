package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// antivirusNames and gatewayNames are names, in lower case, that products give to
// the issuers they create. The words of gatewayWords are in such names too, but also
// in those of many private authorities.
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

// warned turns a hit into a warning if this machine accepts the issuer.
func warned(k *chart.Exam, h *Hit) *Hit {
	if !k.Refused() {
		h.Severity = cause.Warn
	}
	return h
}

// interceptor: something in between answers with certificates of its own, and its
// issuer has a name that such products use. That applies wherever only a root of
// this machine is trusted, and wherever a provider's certificates are known to be
// public.
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

// unnamed: an unidentified party answers in the server's place. If the server's
// certificates are known to be public, that alone makes it possible. It is likely if
// nothing else fits: nothing suggests a missing link in the chain.
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

// proof is set if something was seen that no server of the provider does.
func proof(g chart.Grounds) prose.Value { return prose.Set(g.Sure == cause.Proven) }

// ground describes the evidence for interception, and whose certificate was
// presented.
func ground(k *chart.Exam, g chart.Grounds) prose.Value {
	if g.Shows.Empty() {
		return showsIssuer(k)
	}
	return prose.Then(g.Shows, say.ShownHere(showsIssuer(k)))
}
