package sample

import (
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// ask orders a follow-up.
func (r *run) ask(c stage.Check) {
	r.add(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: &c})
	r.asked = append(r.asked, c)
}

// after is a follow-up of a check, in the first round.
func (r *run) after(parent, word string, kind stage.Kind, q stage.QuestionID) stage.Check {
	return stage.Check{
		ID: parent + "/" + word, Kind: kind, Question: q, Round: 1, Parents: []string{parent}, Endpoint: r.endpoint(parent),
	}
}

// port is a follow-up at another port of the same server.
func (r *run) port(parent, word string, port uint16, s stage.Security) stage.Check {
	c := r.after(parent, word, stage.KindEndpoint, stage.AskSibling)
	c.Endpoint.Port, c.Endpoint.Security = port, s
	return c
}

// dropped is a follow-up whose connection was not accepted.
func (r *run) dropped(c stage.Check, why string) {
	r.ask(c)
	r.name(c.ID)
	at := c.Endpoint
	at.Host = addresses[at.Host]
	if at.Host == "" {
		at.Host = c.Manner.Address
	}
	r.contact(c.ID, c.Endpoint.Host, at.Address(), why)
	r.fail(c.ID, stage.Connect, 9_500, stage.ConnectTimeout, &stage.ConnectFacts{Attempts: []stage.Attempt{
		{Address: at.Address(), Outcome: stage.DialTimeout, Time: ms(9_500)},
	}})
}

// connected is a follow-up that only had to connect.
func (r *run) connected(c stage.Check) {
	r.ask(c)
	r.connect(c.ID)
	r.done(c.ID)
}

// sibling: port 587 is blocked, and port 465 of the same server, which is not on the
// provider's page, accepts the login.
func sibling() *run {
	r := portBlocked()
	r.end.Time = ms(10_800)
	r.dropped(r.port(smtp, "port-2525", 2525, stage.StartTLS), "endpoint")
	found := r.port(smtp, "port-465", 465, stage.TLS)
	r.ask(found)
	r.open(found.ID)
	r.accepted(found.ID)
	web := r.after(smtp, "web", stage.KindConnect, stage.AskWeb)
	web.Endpoint.Port, web.Endpoint.Security, web.Endpoint.Protocol = 443, stage.TLS, ""
	r.connected(web)
	return r
}

// siblingNoPassword is the same without a password.
func siblingNoPassword() *run {
	r := noPassword()
	r.end.Time = ms(10_800)
	var events []stage.Event
	for _, e := range r.events {
		if e.Check != smtp {
			events = append(events, e)
		}
	}
	r.events, r.seq[smtp] = events, 0
	r.name(smtp)
	r.contact(smtp, "smtp.centurylink.net", "198.51.100.25:587", "endpoint")
	r.fail(smtp, stage.Connect, 10_000, stage.ConnectTimeout, &stage.ConnectFacts{Attempts: []stage.Attempt{
		{Address: "198.51.100.25:587", Outcome: stage.DialTimeout, Time: ms(10_000)},
	}})
	found := r.port(smtp, "port-465", 465, stage.TLS)
	r.ask(found)
	r.open(found.ID)
	r.skip(found.ID, stage.NoUser, stage.Login, stage.Submit)
	r.done(found.ID)
	return r
}

// allDropped: nothing accepts a connection, neither here nor elsewhere.
func allDropped() *run {
	r := jane()
	r.end.Time = ms(19_600)
	r.header.Options.Controls = stage.Controls{
		Resolvers: []string{"203.0.113.53:53"}, Hosts: []string{"imap.control.example"}, Portal: "http://portal.control.example/",
		Time: "time.control.example", Nobody: "192.0.2.1",
	}
	for _, c := range []string{pop, imap, smtp} {
		e := r.endpoint(c)
		at := e
		at.Host = addresses[e.Host]
		r.name(c)
		r.contact(c, e.Host, at.Address(), "endpoint")
		r.fail(c, stage.Connect, 10_000, stage.ConnectTimeout, &stage.ConnectFacts{Attempts: []stage.Attempt{
			{Address: at.Address(), Outcome: stage.DialTimeout, Time: ms(10_000)},
		}})
	}
	r.dropped(r.port(pop, "port-110", 110, stage.StartTLS), "endpoint")
	r.dropped(r.port(imap, "port-143", 143, stage.StartTLS), "endpoint")
	for _, p := range []struct {
		word string
		port uint16
		s    stage.Security
	}{{"port-465", 465, stage.TLS}, {"port-2525", 2525, stage.StartTLS}, {"port-25", 25, stage.StartTLS}} {
		r.dropped(r.port(smtp, p.word, p.port, p.s), "endpoint")
	}
	for _, c := range []string{pop, imap, smtp} {
		web := r.after(c, "web", stage.KindConnect, stage.AskWeb)
		web.Endpoint.Port, web.Endpoint.Security, web.Endpoint.Protocol = 443, stage.TLS, ""
		r.dropped(web, "endpoint")
		other := r.after(c, "other-provider", stage.KindConnect, stage.AskOtherProvider)
		other.Endpoint.Host = "imap.control.example"
		r.dropped(other, "control")
	}
	page := stage.Check{
		ID: pop + "/portal", Kind: stage.KindFetch, Question: stage.AskPortal, Round: 1, Parents: []string{pop, imap, smtp},
		URL: r.header.Options.Controls.Portal,
	}
	r.ask(page)
	r.contact(page.ID, "portal.control.example", "203.0.113.80:80", "control")
	r.fail(page.ID, stage.Fetch, 9_500, stage.FetchFailed, &stage.FetchFacts{URL: page.URL, Error: "no answer"})
	return r
}

// clock: a certificate seems to have expired, and a time server says that this
// computer's clock is wrong.
func clock() *run {
	r := expiredCertificate()
	when := stage.Check{
		ID: pop + "/time", Kind: stage.KindTime, Question: stage.AskTime, Round: 1, Parents: []string{pop},
		Endpoint: stage.Endpoint{Host: "time.control.example"},
	}
	r.ask(when)
	r.contact(when.ID, "time.control.example", "203.0.113.123:123", "time")
	r.pass(when.ID, stage.Clock, 31, &stage.ClockFacts{
		Server: "time.control.example", Address: "203.0.113.123:123", Stratum: 2,
		Time: Started.AddDate(0, 0, -30).Format(time.RFC3339), Offset: new(stage.Ms(-30 * 24 * time.Hour)),
	})
	r.done(when.ID)
	web := r.after(pop, "web", stage.KindTLS, stage.AskWebCertificate)
	web.Endpoint.Port, web.Endpoint.Protocol = 443, ""
	r.ask(web)
	r.connect(web.ID)
	facts := tlsFacts(web.Endpoint.Host)
	facts.Chain[0].SHA256 = "77d0c9e4b1a2f356" + strings.Repeat("4c", 24)
	r.pass(web.ID, stage.Handshake, 80, facts)
	r.done(web.ID)
	return r
}
