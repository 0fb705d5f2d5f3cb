package chart

import (
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// PublishedBeside are the endpoints that known settings have for k's protocol in the
// domain of its host, where that was typed in and this run looks at none of them.
func (c *Case) PublishedBeside(k *Exam) []stage.Endpoint {
	_, domain, _ := strings.Cut(k.Host(), ".")
	if k.Subject.Kind != stage.SubjectURL || !strings.Contains(domain, ".") || c.AnyOpenBeside(k) {
		return nil
	}
	var all []stage.Endpoint
	for _, e := range k.Subject.Near {
		if e.Protocol == k.Check.Endpoint.Protocol && strings.HasSuffix(strings.ToLower(e.Host), "."+domain) && !c.Examines(e.Host) {
			all = append(all, e)
		}
	}
	return all
}

// Meant lists the names like k's at which a mail server was found.
func (c *Case) Meant(k *Exam) prose.Value {
	var found []string
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == stage.AskNearName && MailAnswers(f) == Yes {
			found = AppendNew(found, f.Check.Endpoint.Host)
		}
	}
	return prose.Or(prose.Datas(found)...)
}

// SameElsewhere finds another endpoint of the same profile and protocol that works;
// nil where there is none.
func (c *Case) SameElsewhere(k *Exam) *Exam {
	return other(c.index().worked[subjectProtocol{k.Check.Subject, k.Check.Endpoint.Protocol}], k)
}

// Successor finds a newer certificate for the same name at another port of the
// host. Where nobody here vouches for the old one either, the issuer must be the
// same; where it has not run out yet, always: two ports may well have two
// certificates that are renewed at different times.
func (c *Case) Successor(k *Exam, old stage.Certificate) (view, bool) {
	for _, v := range c.CertificatesBeside(k) {
		fresh := v.Leaf()
		newer := fresh.NotBefore.After(old.NotBefore) && fresh.NotAfter.After(old.NotAfter) && fresh.NotAfter.After(c.Record.Header.Started)
		fits := !v.has(stage.CertNameMismatch, stage.CertNoNames, stage.CertExpired, stage.CertNotYetValid)
		same := SameIssuer(old, fresh)
		if newer && fits && (v.TLS.Verified && k.Has(stage.CertExpired) || same && (v.TLS.Verified || !k.TLS.Verified)) {
			return v, true
		}
	}
	return view{}, false
}

// SameIssuer reports whether two certificates come from one organization:
// public authorities issue under changing names.
func SameIssuer(a, b stage.Certificate) bool {
	if a.Issuer == b.Issuer {
		return true
	}
	org := organization(a.Issuer)
	return org != "" && org == organization(b.Issuer)
}

// organization returns the O of a distinguished name; empty for none.
func organization(dn string) string {
	for _, part := range attributes(dn) {
		if name, value, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(name), "O") {
			return value
		}
	}
	return ""
}
