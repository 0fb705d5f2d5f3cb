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

// consulted returns the sources of settings that an expectation is about: those that it
// names, or all through which a domain speaks for itself.
func consulted(e stage.Expectation) []stage.SourceID {
	var named []stage.SourceID
	for _, id := range stage.SourcesByTrust {
		if slices.Contains(e.Want, string(id)) {
			named = append(named, id)
		}
	}
	if len(named) == 0 && !namesTLSA(e) {
		return bySelf
	}
	return named
}

// ofAll reports whether an expectation is about every source of the domain's own.
func ofAll(e stage.Expectation) bool {
	return len(consulted(e)) == len(bySelf) && consultsTLSA(e)
}

func published(e stage.Expectation) prose.Value {
	if ofAll(e) {
		return say.ExpectPublished()
	}
	ids := consulted(e)
	if consultsTLSA(e) {
		ids = append(slices.Clip(ids), stage.SourceTLSA)
	}
	return say.ExpectPublishedIn(sources(ids))
}

func sources(ids []stage.SourceID) prose.Value {
	var names []prose.Value
	for _, id := range ids {
		names = append(names, prose.Data(string(id)))
	}
	return prose.And(names...)
}

// statement is what sources say about an endpoint. All of it may be empty.
type statement struct {
	agrees  prose.Value
	against prose.Value
	unread  []stage.SourceID // they could not be read
	open    prose.Value      // why nothing can be said
	silence prose.Value      // that nothing is published
}

// discoveryAgrees judges whether the sources that name servers for the endpoint's
// protocol name the endpoint, and whether the certificate that it shows is the published
// one. Whether it answers is reported by itself. One source that contradicts counts more
// than all that agree, and one that agrees counts more than those that can't be read.
func discoveryAgrees(k *exam) ruling {
	list, none := k.publishedFor()
	if outshouted(list) {
		return open(say.ExpectOutshouted())
	}
	var all []statement
	if len(consulted(k.e)) > 0 {
		s := k.servers(list)
		if list == nil {
			s = statement{open: none.why}
		}
		all = append(all, s)
	}
	if consultsTLSA(k.e) {
		all = append(all, k.association())
	}
	var agree, against, silent []prose.Value
	var unread []stage.SourceID
	var why prose.Value
	for _, s := range all {
		agree, against, silent = append(agree, s.agrees), append(against, s.against), append(silent, s.silence)
		unread = append(unread, s.unread...)
		if why.Empty() {
			why = s.open
		}
	}
	switch no := prose.Then(against...); {
	case !no.Empty():
		return is(false, no)
	case !prose.Then(agree...).Empty():
		return is(true, prose.Then(agree...))
	case !why.Empty():
		return open(why)
	case len(unread) > 0:
		return open(say.ExpectUnread(sources(unread)))
	}
	return is(false, prose.Then(silent...))
}

// servers returns what sources of settings say.
func (k *exam) servers(list []stage.Source) statement {
	var agree, against []stage.SourceID
	var servers []prose.Value
	s := statement{silence: say.ExpectUnpublished(prose.Data(strings.ToUpper(string(k.c.Check.Endpoint.Protocol))))}
	for _, l := range list {
		if !slices.Contains(consulted(k.e), l.ID) {
			continue
		}
		named, others := names(l, k.c.Check.Endpoint)
		switch {
		case named:
			agree = append(agree, l.ID)
		case len(others) > 0:
			against = append(against, l.ID)
			for _, o := range others {
				servers = prose.AppendNew(servers, o)
			}
		case l.Outcome == stage.SourceFailed, l.Outcome == stage.SourceInvalid, l.Outcome == stage.SourceSkipped:
			s.unread = append(s.unread, l.ID)
		}
	}
	if len(agree) > 0 {
		s.agrees = say.ExpectNamedBy(sources(agree))
	}
	if len(against) > 0 {
		s.against = say.ExpectContradicted(sources(against), prose.And(servers...))
	}
	return s
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
// plan, or when the trial asked. Nil: nobody was asked, or there was no answer.
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
	return list, ruling{}
}

// outshouted reports whether the network answers in place of the sources.
func outshouted(list []stage.Source) bool {
	return slices.ContainsFunc(list, func(s stage.Source) bool { return s.ID == stage.SourceNetwork })
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
