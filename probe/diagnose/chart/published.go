package chart

import (
	"slices"
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

// NamedBeside returns the servers that sources name besides those of k's profile: those
// that were known before there was a plan, then those that a search of this run found.
func (c *Case) NamedBeside(k *Exam) []stage.Named {
	var all []stage.Named
	if p := k.Subject.Profile; p != nil {
		all = p.Others
	}
	if f := c.FollowUp(k, stage.AskSources); f != nil {
		all = slices.Concat(all, OrEmpty(stage.FactsOf[*stage.SearchFacts](f)).Servers)
	}
	return all
}

// namedBy returns the sources that name the server of a follow-up to published settings.
func (c *Case) namedBy(f *stage.CheckRecord) []stage.SourceID {
	if f.Check.Question != stage.AskPublished {
		return nil
	}
	var all []stage.Named
	if s := c.Record.Subject(f); s != nil && s.Profile != nil {
		all = s.Profile.Others
	}
	for _, parent := range f.Check.Parents {
		for _, o := range c.FollowUps[parent] {
			if o.Check.Question == stage.AskSources && o.Check.Subject == f.Check.Subject {
				all = slices.Concat(all, OrEmpty(stage.FactsOf[*stage.SearchFacts](o)).Servers)
			}
		}
	}
	if i := slices.IndexFunc(all, func(n stage.Named) bool { return n.Endpoint == f.Check.Endpoint }); i >= 0 {
		return all[i].Sources
	}
	return nil
}

// vouched reports whether any of the sources says that a domain's mail is read at a
// server. Where mail is delivered is another matter, and a guess is nobody's word.
func vouched(by []stage.SourceID) bool {
	return slices.ContainsFunc(by, func(id stage.SourceID) bool { return id != stage.SourceMX && id != stage.SourceGuess })
}

// SourcesAsked reports whether the sources of a subject's settings were asked before
// there was a plan.
func (c *Case) SourcesAsked(subject int) bool {
	return slices.ContainsFunc(c.Record.Sources, func(s stage.Source) bool { return s.Subject == subject && s.Check == "" })
}

// PublishedInstead returns the follow-up that found a server in the place of k's, which
// sources name, to work: to the end of the login, or as far as that where it is not tried
// and they say, in a way that nobody can have forged, that the domain's mail is read there.
// by are the sources.
func (c *Case) PublishedInstead(k *Exam) (f *stage.CheckRecord, by []stage.SourceID) {
	for _, f := range c.FollowUps[k.Check.ID] {
		by = c.namedBy(f)
		if len(by) > 0 && f.Failed() == nil && Reached(f) && (vouched(by) && !f.Check.Forgeable || loggedIn(f)) {
			return f, by
		}
	}
	return nil, nil
}

// PublishedBesides reports whether a server was found in the place of another one of k's
// profile, in the same direction.
func (c *Case) PublishedBesides(k *Exam) bool {
	return c.notice().instead.get(func() map[direction]bool {
		all := make(map[direction]bool)
		for _, o := range c.Checks {
			if f, _ := c.PublishedInstead(o); f != nil {
				all[direction{o.Check.Subject, o.Check.Endpoint.Protocol.Receives()}] = true
			}
		}
		return all
	})[direction{k.Check.Subject, k.Check.Endpoint.Protocol.Receives()}]
}

// SourcesOf returns the sources that name k's server; if the record doesn't say, those of
// its profile.
func (c *Case) SourcesOf(k *Exam) []stage.SourceID {
	var by []stage.SourceID
	for _, s := range c.Record.Sources {
		names := func(o stage.Setting) bool { return o.Endpoint == k.Check.Endpoint }
		if s.Subject == k.Check.Subject && s.Check == "" && slices.ContainsFunc(s.Settings, names) {
			by = append(by, s.ID)
		}
	}
	if len(by) == 0 && k.Subject.Profile != nil {
		return k.Subject.Profile.Published
	}
	return by
}

// Stated is a server that sources put first for its protocol.
type Stated struct {
	stage.Setting
	By []stage.SourceID
}

// Stated returns the servers that sources, as they were asked before there was a plan,
// put first for k's account and protocol. Sources that anybody in between could have
// written, or that only say where mail is delivered, don't count; nor does what comes
// from a network that answers in their place.
func (c *Case) Stated(k *Exam) []Stated {
	var all []Stated
	for _, s := range c.Record.Sources {
		if s.Subject != k.Check.Subject || s.Check != "" {
			continue
		}
		if s.ID == stage.SourceNetwork {
			return nil
		}
		i := slices.IndexFunc(s.Settings, func(o stage.Setting) bool { return o.Protocol == k.Check.Endpoint.Protocol })
		known := s.ID == stage.SourceOwn || s.ID == stage.SourceCatalogue
		if i < 0 || known || s.Outcome != stage.SourceFound || !vouched([]stage.SourceID{s.ID}) {
			continue
		}
		at := slices.IndexFunc(all, func(o Stated) bool { return o.Endpoint == s.Settings[i].Endpoint })
		if at < 0 {
			at, all = len(all), append(all, Stated{Setting: s.Settings[i]})
		}
		all[at].By = append(all[at].By, s.ID)
	}
	return all
}

// Disagreeing returns those of [Case.Stated] that the plan doesn't examine, where it has
// another server of the protocol that gets as far as the login.
func (c *Case) Disagreeing(k *Exam) []Stated {
	if !k.Passed(stage.Capabilities) {
		return nil
	}
	return slices.DeleteFunc(c.Stated(k), func(s Stated) bool {
		other := s.Endpoint
		if other.Security == stage.StartTLS {
			other.Security = stage.StartTLSIfOffered
		}
		return c.Planned(s.Endpoint) || c.Planned(other)
	})
}

// SameSetting reports whether two endpoints are the same settings in a mail program.
func SameSetting(a, b stage.Endpoint) bool {
	return a.Protocol == b.Protocol && a.Port == b.Port && strings.EqualFold(a.Host, b.Host) && sameSecurity(a.Security, b.Security)
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

// AnswersForAll reports whether a search for settings found that the network answers in
// place of every web server.
func (c *Case) AnswersForAll() bool {
	return slices.ContainsFunc(c.Record.Sources, func(s stage.Source) bool {
		return s.ID == stage.SourceNetwork && s.Detail == stage.NetworkAnswersForAll
	})
}
