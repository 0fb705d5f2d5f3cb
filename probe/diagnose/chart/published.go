package chart

import (
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// PublishedBeside returns the endpoints that known settings have for k's protocol in
// the domain of its host, if the host was typed in and the run checks none of them.
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

// Meant lists the names similar to k's at which a mail server was found.
func (c *Case) Meant(k *Exam) prose.Value {
	var found []string
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == stage.AskNearName && MailAnswers(f) == Yes {
			found = AppendNew(found, f.Check.Endpoint.Host)
		}
	}
	return prose.Or(prose.Datas(found)...)
}

// SameElsewhere returns another endpoint of the same profile and protocol that
// works; nil if there is none.
func (c *Case) SameElsewhere(k *Exam) *Exam {
	return other(c.index().worked[subjectProtocol{k.Check.Subject, k.Check.Endpoint.Protocol}], k)
}

// Successor returns a newer certificate for the same name at another port of the
// host. The issuer must be the same if the old certificate isn't trusted here
// either, or hasn't expired yet: two ports may have two certificates that are
// renewed at different times.
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

// SameIssuer reports whether one organization issued two certificates. Public
// authorities issue under changing names.
func SameIssuer(a, b stage.Certificate) bool {
	if a.Issuer == b.Issuer {
		return true
	}
	org := organization(a.Issuer)
	return org != "" && org == organization(b.Issuer)
}

// organization returns the O of a distinguished name; empty if there is none.
func organization(dn string) string {
	for _, part := range attributes(dn) {
		if name, value, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(name), "O") {
			return value
		}
	}
	return ""
}
