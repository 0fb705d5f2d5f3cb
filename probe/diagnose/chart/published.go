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

// PublishedWorks returns a working check of the plan whose settings a provider
// publishes for k's protocol, if k's host is in one of that provider's domains, or
// has the same parent domain as one of its servers.
func (c *Case) PublishedWorks(k *Exam) *Exam {
	all := c.notice().published.get(c.publishedThatWork)
	var first *Exam
	look := func(key string) {
		for _, o := range all[string(k.Check.Endpoint.Protocol)+" "+key] {
			if o.Check.Endpoint != k.Check.Endpoint && (first == nil || o.Index < first.Index) {
				first = o
			}
		}
	}
	look("host:" + k.Host())
	for name := k.Host(); name != ""; _, name, _ = strings.Cut(name, ".") {
		look("domain:" + name)
	}
	return first
}

// publishedThatWork returns the first two endpoints that work, by protocol and by
// the hosts and domains of their profiles.
func (c *Case) publishedThatWork() map[string][]*Exam {
	type part struct {
		profile  *stage.Profile
		protocol stage.Protocol
	}
	all := make(map[string][]*Exam)
	entered := make(map[part][]stage.Endpoint)
	for _, o := range c.Checks {
		e := o.Check.Endpoint
		of := part{o.Subject.Profile, e.Protocol}
		if in := entered[of]; of.profile == nil || !o.Works() || len(in) == 2 || len(in) == 1 && in[0] == e {
			continue
		}
		entered[of] = append(entered[of], e)
		for _, key := range servedBy(of.profile) {
			key = string(e.Protocol) + " " + key
			if list := all[key]; len(list) == 0 || len(list) == 1 && list[0].Check.Endpoint != e {
				all[key] = append(list, o)
			}
		}
	}
	return all
}

// servedBy returns the hosts and domains that belong to a profile, as far as it
// says.
func servedBy(p *stage.Profile) []string {
	var keys []string
	for _, e := range p.Endpoints {
		host := strings.ToLower(e.Host)
		keys = append(keys, "host:"+host)
		if _, parent, ok := strings.Cut(host, "."); ok && strings.Contains(parent, ".") {
			keys = append(keys, "domain:"+parent)
		}
	}
	for _, d := range p.Domains {
		keys = append(keys, "domain:"+d)
	}
	return keys
}
