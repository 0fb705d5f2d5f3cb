package survey_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/survey"
)

var begin = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func at(minute int) time.Time { return begin.Add(time.Duration(minute) * time.Minute) }

func endpoint(text string) stage.Endpoint {
	var e stage.Endpoint
	if _, err := fmt.Sscanf(text, "%s %s %d %s", &e.Protocol, &e.Host, &e.Port, &e.Security); err != nil {
		panic(err)
	}
	return e
}

// server is one of the entry, on line 7.
func server(text string) survey.Server {
	text, optional := strings.CutSuffix(text, " optional")
	return survey.Server{Endpoint: endpoint(text), Optional: optional, Line: 7}
}

// world is what was seen in a test: firm.example holds, in the company of other.example.
type world struct {
	entry survey.Entry
	seen  survey.Seen
}

func newWorld() *world {
	w := &world{entry: survey.Entry{
		Domain: "firm.example", Profile: "firm", File: "firm.xml", Line: 3,
		Servers: []survey.Server{server("imap imap.firm.example 993 tls"), server("smtp smtp.firm.example 465 tls")},
	}}
	w.seen = survey.Seen{
		Since:   begin,
		Domains: map[string]survey.Domain{"firm.example": {At: at(1), Name: survey.There, Exchangers: []string{"mx.firm.example"}}},
		Visits:  make(map[string]survey.Visit),
		Again:   survey.Again{Names: map[string]survey.Existence{}, Ports: map[uint16][]survey.Reached{993: {{"imap.other.example", true}}, 465: {{"smtp.other.example", true}}}},
	}
	w.saw("imap imap.other.example 993 tls", at(1), "", "")
	w.saw("smtp smtp.other.example 465 tls", at(1), "", "")
	w.saw("imap imap.firm.example 993 tls", at(2), "", "")
	w.saw("smtp smtp.firm.example 465 tls", at(2), "", "")
	return w
}

// saw puts in how a visit ended.
func (w *world) saw(text string, when time.Time, in stage.Stage, fault stage.Fault) *survey.Visit {
	e := endpoint(text)
	v := survey.Visit{At: when, Endpoint: e, Stage: in, Fault: fault, Encrypted: in == "" && e.Security != stage.None, Greeted: in == ""}
	w.seen.Visits[survey.Key(e)] = v
	return &v
}

// gone makes a name one that is gone, as far as the end.
func (w *world) gone(names ...string) {
	for _, n := range names {
		w.seen.Again.Names[n] = survey.Gone
	}
	w.seen.Again.Names["example"] = survey.There
}

func TestJudge(t *testing.T) {
	const imap, smtp = "imap imap.firm.example 993 tls", "smtp smtp.firm.example 465 tls"
	dead := func(w *world) {
		w.seen.Domains["firm.example"] = survey.Domain{At: at(1), Name: survey.Gone}
		w.gone("firm.example")
	}
	refused := func(w *world) { w.saw(imap, at(2), stage.Connect, stage.Refused) }
	cleartext := func(w *world) {
		w.entry.Servers = []survey.Server{server("pop3 pop.firm.example 110 none"), server("smtp smtp.firm.example 465 tls")}
		v := w.saw("pop3 pop.firm.example 110 starttls-if-offered", at(2), "", "")
		v.Encrypted = false
		w.seen.Visits[survey.Key(v.Endpoint)] = *v
	}
	publishes := func(w *world, all ...string) {
		d := w.seen.Domains["firm.example"]
		for _, e := range all {
			d.Published = append(d.Published, endpoint(e))
		}
		d.By = stage.SourceAutoconfig
		w.seen.Domains["firm.example"] = d
	}
	exchanger := func(hosts ...string) func(*world) {
		return func(w *world) {
			w.seen.Domains["firm.example"] = survey.Domain{At: at(1), Name: survey.There, Exchangers: hosts}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*world)
		want   string
	}{
		{"as it says", func(*world) {}, "holds"},

		// Names.
		{"gone", dead, "dead: name-gone firm.example"},
		{"gone, and there at the end", func(w *world) { dead(w); w.seen.Again.Names["firm.example"] = survey.There }, "not-from-here: name-disputed firm.example"},
		{"gone, and nobody says at the end", func(w *world) { dead(w); w.seen.Again.Names["firm.example"] = survey.Unclear }, "not-from-here: name-unknown firm.example"},
		{"gone, as is all above it", func(w *world) { dead(w); w.seen.Again.Names["example"] = survey.Gone }, "not-from-here: name-unknown firm.example"},
		{"gone, below what never was, by those who know others", func(w *world) {
			dead(w)
			w.seen.Again.Names["example"], w.seen.Again.Names["com"] = survey.Gone, survey.There
		}, "dead: name-gone firm.example"},
		{"gone, and never asked again", func(w *world) { dead(w); clear(w.seen.Again.Names) }, "not-from-here: name-unknown firm.example"},
		{"gone where names are invented", func(w *world) { dead(w); w.seen.Again.Invented = true }, "not-from-here: invented"},
		{"no name server says", func(w *world) {
			w.seen.Domains["firm.example"] = survey.Domain{Name: survey.Unclear, Why: stage.ServFail}
		}, "not-from-here: name-unknown firm.example servfail"},
		{"a server is gone, not all", func(w *world) {
			w.entry.Servers = append(w.entry.Servers, server("imap old.firm.example 993 tls"))
			w.saw("imap old.firm.example 993 tls", at(2), stage.Resolve, stage.NameNotFound)
			w.gone("old.firm.example")
		}, "differs: server-gone old.firm.example name-not-found:7"},
		{"all servers of a protocol are gone", func(w *world) {
			w.saw(imap, at(2), stage.Resolve, stage.NameNotFound)
			w.gone("imap.firm.example")
		}, "dead: servers-gone imap.firm.example:7"},
		{"all are gone, one of them only at first", func(w *world) {
			w.saw(imap, at(2), stage.Resolve, stage.NameNotFound)
			w.gone("imap.firm.example")
			w.seen.Again.Names["imap.firm.example"] = survey.There
		}, "not-from-here: name-disputed imap.firm.example:7"},

		// Exchangers.
		{"takes no mail", exchanger("."), "dead: no-mail firm.example"},
		{"another provider's", exchanger("aspmx.l.google.com"), "moved: moved-to aspmx.l.google.com Google Workspace"},
		{"another provider's, and its own", exchanger("aspmx.l.google.com", "mx.firm.example"), "holds"},
		{"another's, and nothing was stated", exchanger("mx.stranger.example"), "holds"},
		{"another's than stated", func(w *world) { exchanger("mx.stranger.example")(w); w.entry.MX = []string{"*.firm.example"} }, "moved: moved-away mx.stranger.example firm.example"},
		{"in the domain that is stated", func(w *world) { exchanger("mx2.filter.example")(w); w.entry.MX = []string{"mx.filter.example"} }, "holds"},
		{"in the domain of its servers", func(w *world) {
			exchanger("mx.firm.example")(w)
			w.entry.MX = []string{"mx.filter.example"}
		}, "holds"},
		{"in the domain of its servers, by a table under another id", func(w *world) {
			exchanger("mx01.ionos.com")(w)
			w.entry.Servers = []survey.Server{server("imap imap.ionos.com 993 tls")}
			w.saw("imap imap.ionos.com 993 tls", at(2), "", "")
		}, "holds"},
		{"by a table under another id", func(w *world) {
			exchanger("mta5.am0.yahoodns.net")(w)
			w.entry.Servers = []survey.Server{server("imap imap.mail.yahoo.com 993 tls")}
			w.saw("imap imap.mail.yahoo.com 993 tls", at(2), "", "")
		}, "holds"},
		{"exchangers where names are invented", func(w *world) { exchanger("aspmx.l.google.com")(w); w.seen.Again.Invented = true }, "not-from-here: invented"},

		// Servers.
		{"refused", refused, "differs: server-differs imap.firm.example refused:7"},
		{"refused, an optional one", func(w *world) { refused(w); w.entry.Servers[0].Optional = true }, "differs: server-differs imap.firm.example refused:7"},
		{"refused, and no other host before", func(w *world) {
			refused(w)
			w.saw("imap imap.other.example 993 tls", at(3), "", "")
		}, "not-from-here: no-control imap.firm.example refused:7"},
		{"refused, and another one among the first", func(w *world) {
			refused(w)
			v := w.saw("imap imap.other.example 993 tls", at(3), "", "")
			v.First = true
			w.seen.Visits[survey.Key(v.Endpoint)] = *v
		}, "differs: server-differs imap.firm.example refused:7"},
		{"refused, and another one yesterday", func(w *world) {
			refused(w)
			w.saw("imap imap.other.example 993 tls", begin.Add(-24*time.Hour), "", "")
		}, "not-from-here: no-control imap.firm.example refused:7"},
		{"refused, and no other host at the end", func(w *world) { refused(w); delete(w.seen.Again.Ports, 993) }, "not-from-here: no-control imap.firm.example refused:7"},
		{"refused, and the same host at the end", func(w *world) {
			refused(w)
			w.seen.Again.Ports[993] = []survey.Reached{{"imap.firm.example", true}}
		}, "not-from-here: no-control imap.firm.example refused:7"},
		{"a certificate of another, and no other host was encrypted", func(w *world) {
			w.saw(imap, at(2), stage.Handshake, stage.BadCertificate)
			w.seen.Again.Ports[993] = []survey.Reached{{"imap.other.example", false}}
		}, "not-from-here: no-control imap.firm.example bad-certificate:7"},
		{"a certificate of another, and no other host was encrypted before", func(w *world) {
			w.saw(imap, at(2), stage.Handshake, stage.BadCertificate)
			v := w.saw("imap imap.other.example 993 tls", at(1), "", "")
			v.Encrypted = false
			w.seen.Visits[survey.Key(v.Endpoint)] = *v
		}, "not-from-here: no-control imap.firm.example bad-certificate:7"},
		{"a certificate of another", func(w *world) { w.saw(imap, at(2), stage.Handshake, stage.BadCertificate) }, "differs: server-differs imap.firm.example bad-certificate:7"},
		{"a certificate made here", func(w *world) {
			v := w.saw(imap, at(2), stage.Handshake, stage.BadCertificate)
			v.TLS = &stage.TLSFacts{Faults: []stage.CertFault{{ID: stage.CertLocalRoot}}}
			w.seen.Visits[survey.Key(v.Endpoint)] = *v
		}, "not-from-here: unknown imap.firm.example bad-certificate:7"},
		{"refused in words", func(w *world) { w.saw(imap, at(2), stage.Greeting, stage.Rejected) }, "not-from-here: unknown imap.firm.example rejected:7"},
		{"silence", func(w *world) { w.saw(imap, at(2), stage.Connect, stage.ConnectTimeout) }, "not-from-here: unknown imap.firm.example connect-timeout:7"},
		{"silence of an optional one", func(w *world) {
			w.saw(imap, at(2), stage.Connect, stage.ConnectTimeout)
			w.entry.Servers[0].Optional = true
		}, "holds"},
		{"a fault that is new", func(w *world) { w.saw(imap, at(2), stage.Connect, "gremlins") }, "not-from-here: unknown imap.firm.example gremlins:7"},
		{"not visited", func(w *world) { delete(w.seen.Visits, survey.Key(endpoint(smtp))) }, "not-from-here: unvisited"},
		{"refused where names are invented", func(w *world) { refused(w); w.seen.Again.Invented = true }, "not-from-here: invented, invented imap.firm.example refused:7"},

		// What could be better.
		{"in clear, and no other way", cleartext, "holds"},
		{"in clear, and STARTTLS is offered", func(w *world) {
			cleartext(w)
			w.saw("pop3 pop.firm.example 110 starttls-if-offered", at(2), "", "")
		}, "could-encrypt holds: offers-starttls pop.firm.example:7"},
		{"in clear, and STARTTLS with a bad certificate", func(w *world) {
			cleartext(w)
			v := w.saw("pop3 pop.firm.example 110 starttls-if-offered", at(2), stage.Handshake, stage.BadCertificate)
			v.Greeted = true
			w.seen.Visits[survey.Key(v.Endpoint)] = *v
		}, "holds"},
		{"in clear, and TLS at its own port", func(w *world) {
			cleartext(w)
			w.saw("pop3 pop.firm.example 995 tls", at(2), "", "")
		}, "could-encrypt holds: offers-tls pop.firm.example:7"},
		{"publishes the same", func(w *world) { publishes(w, imap, smtp) }, "self-published holds: published firm.example autoconfig"},
		{"publishes other servers that answer", func(w *world) {
			publishes(w, "imap imap.other.example 993 tls", "smtp smtp.other.example 465 tls")
		}, "self-published holds: published firm.example autoconfig"},
		{"publishes one that doesn't answer", func(w *world) { publishes(w, "imap new.firm.example 993 tls", smtp) }, "holds"},
		{"publishes no way to send", func(w *world) { publishes(w, imap); w.entry.Servers = w.entry.Servers[:1] }, "holds"},
		{"publishes no way to receive", func(w *world) { publishes(w, smtp); w.entry.Servers = w.entry.Servers[1:] }, "holds"},
		{"publishes not what is optional", func(w *world) {
			publishes(w, imap, smtp)
			w.entry.Servers = append(w.entry.Servers, server("pop3 pop.firm.example 995 tls optional"))
			w.saw("pop3 pop.firm.example 995 tls", at(2), "", "")
		}, "self-published holds: published firm.example autoconfig"},
		{"publishes less encryption", func(w *world) {
			w.saw("imap imap.firm.example 143 starttls-if-offered", at(2), "", "")
			publishes(w, "imap imap.firm.example 143 none", smtp)
		}, "holds"},
		{"publishes another protocol", func(w *world) {
			w.saw("pop3 pop.firm.example 995 tls", at(2), "", "")
			publishes(w, "pop3 pop.firm.example 995 tls", smtp)
		}, "holds"},
		{"no network at all", func(w *world) { refused(w); w.seen.Nothing = survey.NoNetwork }, "not-from-here: no-network"},
		{"a profile without domains", func(w *world) { w.entry.Domain = ""; clear(w.seen.Domains) }, "holds"},
	} {
		w := newWorld()
		c.change(w)
		table, err := profiles.Load()
		if err != nil {
			t.Fatal(err)
		}
		if got := short(survey.Judge(w.entry, &w.seen, table)); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// short shows a finding in one line: verdicts, then reasons with their lines.
func short(f survey.Finding) string {
	var verdicts, reasons []string
	for _, v := range f.Verdicts {
		verdicts = append(verdicts, string(v))
	}
	for _, r := range f.Reasons {
		line := ""
		if r.Line > 0 {
			line = fmt.Sprintf(":%d", r.Line)
		}
		reasons = append(reasons, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", r.ID, r.Name, r.Other, r.Fault)), " ")+line)
	}
	if len(reasons) == 0 {
		return strings.Join(verdicts, " ")
	}
	return strings.Join(verdicts, " ") + ": " + strings.Join(reasons, ", ")
}
