package report

import (
	"slices"
	"strconv"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// endpointWays returns the ways that are other settings of the same protocol, by the
// check that they lead round.
func endpointWays(d diagnose.Diagnosis) map[string]chart.Way {
	out := make(map[string]chart.Way)
	for _, w := range d.Ways {
		if w.Kind == chart.OtherEndpoint {
			out[w.Round] = w
		}
	}
	return out
}

// Sentences about ways.
const (
	wordsWayWorks   = "{port} of {host} works{how}, and took your login."
	wordsWayAnswers = "{port} of {host} answers; login was not tried there."
	wordsWaysWork   = "{places} work, and took your login."

	wordsChangeWay   = "in your mail program, under {server}, change {what} to what is marked <- below. Leave the rest as it is."
	wordsTypeWay     = "in your mail program, under {server}, use {port} and {encryption}. It works from here."
	wordsTryWay      = "in your mail program, under {server}, use {port} and {encryption}. It answers from here; the login was not tried there."
	wordsOtherServer = "in your mail program, under {server}, use {host}, {port} and {encryption}. It works from here."
	wordsOtherKind   = "in your mail program, set the account up with {protocol} in the place of {was}, as listed below. It works from here."
)

// waySentence says in the summary which way round the trouble a follow-up has found.
// An optional endpoint's is left to its row, and another encryption of the same port to
// the cause, unless a login has proven it. near says that no other server has been
// spoken of.
func waySentence(d diagnose.Diagnosis, near bool) string {
	var good, answering []chart.Way
	n := 0
	for _, v := range d.Ways {
		if v.Kind != chart.OtherEndpoint || v.Planned {
			continue
		}
		n++
		switch {
		case v.Optional:
		case v.Works && v.LoggedIn:
			good = append(good, v)
		case !v.SamePort():
			answering = append(answering, v)
		}
	}
	near = near && n == 1
	switch {
	case len(good) > 1:
		var places []string
		for _, v := range good {
			places = append(places, portWords(v)+" of "+stage.Visible(v.Endpoint.Host)+how(v))
		}
		return say(wordsWaysWork, "places", capital(listed(places)))
	case len(good) == 1:
		return waySays(good[0], wordsWayWorks, near)
	case len(answering) > 0:
		return waySays(answering[0], wordsWayAnswers, near)
	}
	return ""
}

func waySays(v chart.Way, words string, near bool) string {
	host := v.Endpoint.Host
	if near {
		host = "the same server"
	}
	return say(words, "port", capital(portWords(v)), "host", host, "how", how(v))
}

func portWords(v chart.Way) string { return "port " + strconv.Itoa(int(v.Endpoint.Port)) }

// how names the encryption where that is what differs.
func how(v chart.Way) string {
	if v.SamePort() {
		return " with " + SecurityWords(v.Endpoint.Security)
	}
	return ""
}

// wayActions say what to change in a mail program: first what is marked in the table
// of settings, then what isn't in it. Where only the encryption of a port is wrong,
// the cause's own page says it better.
func wayActions(rec *stage.Record, d diagnose.Diagnosis) []cause.Action {
	var marked changes
	var typed []cause.Action
	ways := endpointWays(d)
	for _, v := range d.Ways {
		server := serverWords(v.Endpoint.Protocol)
		switch s := rec.Subject(rec.Check(v.Round)); {
		case v.Kind == chart.OtherProtocol:
			if !ways[v.Round].Works && v.Works && !v.Optional {
				typed = append(typed, otherProtocol(v))
			}
		case v.Kind != chart.OtherEndpoint || v.SamePort():
		case v.Works && !v.Optional && s != nil && s.Profile != nil:
			marked.add(whatToChange(v), server)
		default:
			typed = append(typed, useWay(say(wordsOf(v), "server", server, "host", v.Endpoint.Host, "port", portWords(v), "encryption", SecurityWords(v.Endpoint.Security)), v.Endpoint.Address()))
		}
	}
	return append(marked.actions(), typed...)
}

// wordsOf is the sentence for a way that is marked nowhere.
func wordsOf(v chart.Way) string {
	switch {
	case !v.Works:
		return wordsTryWay
	case !v.SameHost():
		return wordsOtherServer
	}
	return wordsTypeWay
}

func otherProtocol(v chart.Way) cause.Action {
	a := useWay(say(wordsOtherKind, "protocol", protocolWords[v.Endpoint.Protocol], "was", protocolWords[v.Was.Protocol]), string(v.Endpoint.Protocol))
	a.ID = cause.UseOtherProtocol
	return a
}

// useWay is an action that this run has proven, about the servers named.
func useWay(text string, about ...string) cause.Action {
	return cause.Action{ID: cause.UseWay, Kind: cause.UseProven, Who: cause.You, Text: text, About: about}
}

// changes are what is to be changed in a mail program, and of which servers.
type changes struct {
	what    []string
	servers map[string][]string
}

func (c *changes) add(what, server string) {
	if c.servers == nil {
		c.servers = make(map[string][]string)
	}
	if !slices.Contains(c.what, what) {
		c.what = append(c.what, what)
	}
	if !slices.Contains(c.servers[what], server) {
		c.servers[what] = append(c.servers[what], server)
	}
}

func (c *changes) actions() []cause.Action {
	var out []cause.Action
	for _, what := range c.what {
		out = append(out, useWay(say(wordsChangeWay, "server", list(c.servers[what]), "what", what), c.servers[what]...))
	}
	return out
}

// whatToChange names the fields in which a way differs from what failed.
func whatToChange(v chart.Way) string {
	var fields []string
	if !v.SameHost() {
		fields = append(fields, "the server name")
	}
	if v.Endpoint.Port != v.Was.Port {
		fields = append(fields, "the port")
	}
	if v.Endpoint.Security != v.Was.Security {
		fields = append(fields, "the encryption")
	}
	return list(fields)
}

func serverWords(p stage.Protocol) string {
	if p.Receives() {
		return "incoming server"
	}
	return "outgoing server"
}
