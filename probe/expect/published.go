package expect

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// bySelf are the sources through which a domain itself says which servers it has.
var bySelf = []stage.SourceID{
	stage.SourcePACC, stage.SourceAutoconfig, stage.SourceWellKnown, stage.SourceSRV, stage.SourceMX, stage.SourceAutoconfigHTTP,
}

// consulted returns the sources that an expectation is about: those that it names, or
// all through which a domain speaks for itself.
func consulted(e stage.Expectation) []stage.SourceID {
	var named []stage.SourceID
	for _, id := range stage.SourcesByTrust {
		if slices.Contains(e.Want, string(id)) {
			named = append(named, id)
		}
	}
	if len(named) == 0 {
		return bySelf
	}
	return named
}

func published(e stage.Expectation) prose.Value {
	if ids := consulted(e); len(ids) != len(bySelf) {
		return say.ExpectPublishedIn(sources(ids))
	}
	return say.ExpectPublished()
}

func sources(ids []stage.SourceID) prose.Value {
	var names []prose.Value
	for _, id := range ids {
		names = append(names, prose.Data(string(id)))
	}
	return prose.And(names...)
}

// discoveryAgrees judges whether the sources that name servers for the endpoint's
// protocol name the endpoint. Whether it answers is reported by itself.
func discoveryAgrees(k *exam) ruling {
	list, none := k.publishedFor()
	if list == nil {
		return none
	}
	var agree, against, failed []stage.SourceID
	var servers []prose.Value
	for _, s := range list {
		if !slices.Contains(consulted(k.e), s.ID) {
			continue
		}
		named, others := names(s, k.c.Check.Endpoint)
		switch {
		case named:
			agree = append(agree, s.ID)
		case len(others) > 0:
			against = append(against, s.ID)
			for _, o := range others {
				servers = prose.AppendNew(servers, o)
			}
		case s.Outcome == stage.SourceFailed, s.Outcome == stage.SourceInvalid, s.Outcome == stage.SourceSkipped:
			failed = append(failed, s.ID)
		}
	}
	switch {
	case len(against) > 0:
		return is(false, say.ExpectContradicted(sources(against), prose.And(servers...)))
	case len(agree) > 0:
		return is(true, say.ExpectNamedBy(sources(agree)))
	case len(failed) > 0:
		return open(say.ExpectUnread(sources(failed)))
	}
	return is(false, say.ExpectUnpublished(prose.Data(strings.ToUpper(string(k.c.Check.Endpoint.Protocol)))))
}

// names reports whether a source names the endpoint, and returns the other servers that
// it names for its protocol.
func names(s stage.Source, e stage.Endpoint) (named bool, others []prose.Value) {
	for _, o := range s.Settings {
		switch {
		case o.Protocol != e.Protocol:
		case strings.EqualFold(o.Host, e.Host) && o.Port == e.Port && alike(o.Security, e.Security):
			named = true
		default:
			others = append(others, prose.Data(o.Address()))
		}
	}
	return named, others
}

// alike reports whether two settings lead to the same connection where the server does
// as it should.
func alike(a, b stage.Security) bool {
	required := func(s stage.Security) stage.Security {
		if s == stage.StartTLSIfOffered {
			return stage.StartTLS
		}
		return s
	}
	return required(a) == required(b)
}

// publishedFor returns what sources said about the check's subject: before there was a
// plan, or when the trial asked. Nil: nobody was asked, or the network answers in their
// place.
func (k *exam) publishedFor() ([]stage.Source, ruling) {
	list := askedBefore(k.rec, k.c.Check.Subject)
	if len(list) == 0 {
		t := k.trial(stage.KindPublished)
		switch {
		case t == nil && domainOf(k.rec, k.c) == "":
			return nil, open(say.ExpectNoDomain())
		case t == nil:
			return nil, open(say.ExpectUnasked())
		}
		for _, s := range k.rec.Trialled {
			if s.Check == t.Check.ID {
				list = append(list, s)
			}
		}
		if len(list) == 0 {
			return nil, unreached(t, stage.Search)
		}
	}
	if slices.ContainsFunc(list, func(s stage.Source) bool { return s.ID == stage.SourceNetwork }) {
		return nil, open(say.ExpectOutshouted())
	}
	return list, ruling{}
}

// askedBefore returns the sources that were asked about a subject before there was a
// plan.
func askedBefore(rec *stage.Record, subject int) (list []stage.Source) {
	for _, s := range rec.Sources {
		if s.Subject == subject && s.Check == "" {
			list = append(list, s)
		}
	}
	return list
}

// domainOf returns the domain that could publish the check's endpoint; empty if none is
// known.
func domainOf(rec *stage.Record, c *stage.CheckRecord) string {
	s := rec.Subject(c)
	if s == nil {
		return ""
	}
	after := func(address string) string { _, domain, _ := strings.Cut(address, "@"); return domain }
	return cmp.Or(s.Domain, after(s.Address), after(c.Check.User), after(s.User))
}
