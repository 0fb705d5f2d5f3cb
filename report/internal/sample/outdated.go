package sample

import "maildoctor/probe/stage"

// outdated: POP's server is gone, and what the domain publishes now names another one,
// which accepts the login or, without a password, gets as far as that.
func outdated(password bool) *run {
	r := jane()
	r.end.Time = ms(900)
	r.header.Options.Discovery, r.header.Options.Password = true, password
	ends := func(check string, last stage.Stage) {
		r.open(check)
		if password {
			r.accepted(check)
			return
		}
		r.skip(check, stage.NoPassword, stage.Login, last)
		r.done(check)
	}
	r.fail(pop, stage.Resolve, 9, stage.NameNotFound, &stage.ResolveFacts{
		Host: "pop.centurylink.net", Implementation: "cgo",
		Lookups: []stage.Lookup{{Server: "192.168.1.1:53", Type: "A", Outcome: stage.LookupNXDomain, RCode: "NXDOMAIN", Time: ms(8.5)}},
	})
	ends(imap, stage.Mailbox)
	ends(smtp, stage.Submit)
	found := stage.Endpoint{Protocol: stage.POP3, Host: "pop.q.com", Port: 995, Security: stage.TLS}
	search := r.after(pop, "sources", stage.KindSearch, stage.AskSources)
	search.Endpoint = stage.Endpoint{Host: "q.com"}
	r.ask(search)
	r.add(stage.Event{Type: stage.EventSource, Check: search.ID, Source: &stage.Source{
		ID: stage.SourceAutoconfig, Domain: "q.com", Asked: []string{"https://autoconfig.q.com/mail/config-v1.1.xml"}, Outcome: stage.SourceFound, Time: ms(120),
		Settings: []stage.Setting{{Endpoint: found, User: "jane@q.com"}}, Provider: "CenturyLink",
		Contacts: []stage.Contact{{Host: "autoconfig.q.com", Address: "198.51.100.41:443", Why: "settings"}},
	}})
	by := []stage.SourceID{stage.SourceAutoconfig}
	r.pass(search.ID, stage.Search, 130, &stage.SearchFacts{Found: by, Servers: []stage.Named{{Endpoint: found, User: "jane@q.com", Sources: by}}})
	r.done(search.ID)
	tried := r.after(pop, "published-pop.q.com-995", stage.KindEndpoint, stage.AskPublished)
	tried.Endpoint = found
	r.ask(tried)
	ends(tried.ID, stage.Mailbox)
	return r
}
