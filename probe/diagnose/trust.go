package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// unknownIssuer are the causes of an issuer that nobody here knows.
var unknownIssuer = []CauseID{
	CertPrivateCA, AntivirusTLSInterception, CorporateTLSInspection, MITMUnknownIssuer,
}

// trustRules are about who issued a certificate. A name in it proves nothing:
// anybody may write any name into a certificate of their own. So these stay
// possible or likely, but for what the missing issuer itself shows.
var trustRules = []Rule{
	{
		// Ahead of the missing piece where nobody says where that would be, and of
		// interception where the certificate is accepted.
		Cause: CertPrivateCA,
		Needs: []Need{seen(stage.Handshake)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if r.Status == stage.Fail && c.issuerToBeHad(k) {
				return nil
			}
			return privateCA(c, k, r)
		},
	},
	{
		Cause:    CertMissingIntermediate,
		Needs:    []Need{seen(stage.Handshake)},
		Explains: unknownIssuer,
		Judge:    missingIntermediate,
	},
	{
		Cause: CertSelfSigned,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate)},
		Judge: certJudge(func(k *Check, _ stage.CertFault) *Hit {
			h := proven()
			fingerprint := ""
			if leaf, ok := k.leaf(); ok {
				fingerprint = stage.Visible(leaf.SHA256)
			}
			h.with("fingerprint", cmp.Or(fingerprint, "shown with -v"))
			return h
		}, stage.CertSelfSigned),
	},
	{
		Cause: AntivirusTLSInterception,
		Needs: []Need{seen(stage.Handshake)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit { return k.intercepted(antivirusNames) },
	},
	{
		Cause: CorporateTLSInspection,
		Needs: []Need{seen(stage.Handshake)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit { return k.intercepted(gatewayNames) },
	},
	{
		Cause: MITMUnknownIssuer,
		Needs: []Need{met(stage.Handshake, stage.BadCertificate), met(stage.Login, stage.ServerProof)},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			if r.Stage == stage.Login {
				return possible()
			}
			public := k.builtin() && k.has(stage.CertUnknownAuthority, stage.CertLocalRoot, stage.CertSelfSigned)
			return possible().with("issuer", k.issuer()).holds(public)
		},
	},
	{
		Cause: CertPrivateCA,
		Needs: []Need{seen(stage.Handshake)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if r.Status != stage.Fail || !c.issuerToBeHad(k) {
				return nil // judged above
			}
			return privateCA(c, k, r)
		},
	},
}

// antivirusNames and gatewayNames are parts of issuer names that products write
// into the certificates that they make, in lower case.
var (
	antivirusNames = []string{
		"avast", "avg technologies", "avg web", "kaspersky", "eset ", "bitdefender", "norton", "symantec endpoint",
		"mcafee", "avira", "bullguard", "g data", "f-secure", "dr.web", "drweb", "trend micro", "panda", "comodo internet security",
		"antivirus", "anti-virus", "mail shield", "mail scanner", "web/mail shield",
	}
	gatewayNames = []string{
		"zscaler", "fortinet", "fortigate", "sophos", "palo alto", "netskope", "blue coat", "bluecoat", "umbrella", "check point",
		"checkpoint", "barracuda", "watchguard", "sonicwall", "forcepoint", "websense", "untangle", "squid", "mitmproxy", "proxy", "inspection",
		"firewall", "gateway",
	}
)

// intercepted: something on the way answers with certificates of its own. That
// fits wherever a root of this machine alone is trusted, and wherever the
// certificates of a provider are known to be public.
func (k *Check) intercepted(names []string) *Hit {
	if !k.has(stage.CertLocalRoot) && (!k.builtin() || !k.has(stage.CertUnknownAuthority)) {
		return nil
	}
	h := possible().with("issuer", k.issuer()).with("sent", k.passwordSent())
	issuer := strings.ToLower(k.issuerName())
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(issuer, n) }) {
		h.Confidence = Likely
	}
	return h.says(describeIssuer(k))
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
func (k *Check) issuerName() string {
	if k.tls.Root != nil {
		return k.tls.Root.Subject
	}
	if n := len(k.tls.Chain); n > 0 {
		return k.tls.Chain[n-1].Issuer
	}
	return ""
}

func describeIssuer(k *Check) string {
	s := describeTLS(k.tls)
	if k.tls.Root != nil {
		s += "; its root " + k.tls.Root.Subject + " has SHA-256 " + k.tls.Root.SHA256
	}
	return short(stage.Visible(s))
}

// privateCA: an authority of one's own. At a provider whose certificates are
// public it doesn't fit.
func privateCA(c *Case, k *Check, r *stage.Result) *Hit {
	if k.builtin() || !k.has(stage.CertUnknownAuthority, stage.CertLocalRoot) {
		return nil
	}
	h := possible().with("issuer", k.issuer()).with("sent", k.passwordSent()).says(describeIssuer(k))
	if r.Status == stage.Fail && (k.chainEndsInRoot() || c.completes(k) == no) {
		h.Confidence = Likely
	}
	return h
}

// issuerToBeHad reports whether the certificate says where its issuer's is, and
// it has not turned out that nothing is there.
func (c *Case) issuerToBeHad(k *Check) bool {
	f := c.followUp(k, stage.AskIssuer)
	return issuerURL(k) != "" && (f == nil || c.completes(k) != unknown)
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
		return likely().with("issuer", k.issuer()).as(Warn).says(describe(k, r)).holds(k.has(stage.CertMissingLink))
	}
	if !k.has(stage.CertUnknownAuthority, stage.CertMissingLink) || k.chainEndsInRoot() {
		return nil
	}
	switch c.completes(k) {
	case yes:
		f := stage.FactsOf[*stage.FetchFacts](c.followUp(k, stage.AskIssuer))
		h.Confidence = Proven
		return h.says(short(stage.Visible("the certificate at " + f.URL + " is the missing issuer, and completes the chain")))
	case no:
		return nil
	}
	return h.holds(issuerURL(k) != "" || k.has(stage.CertMissingLink))
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
