package chart

import (
	"strings"

	"maildoctor/probe/stage"
)

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
