package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// endpointWays returns the ways that are other settings of the same protocol, by the
// check that they replace.
func endpointWays(d diagnose.Diagnosis) map[string]chart.Way {
	out := make(map[string]chart.Way)
	for _, w := range d.Ways {
		if w.Kind == chart.OtherEndpoint {
			out[w.Round] = w
		}
	}
	return out
}

// waySentence returns the summary's sentence on the way round that a follow-up has
// found. Ways round optional endpoints are only in their rows. Another encryption
// for the same port is left to the cause, unless a login has proven it. near says
// that no other server has been mentioned.
func waySentence(d diagnose.Diagnosis, near bool) (said prose.Value) {
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
		var places []prose.Value
		for _, v := range good {
			places = append(places, say.WayPlace(placeOf(v, false), how(v)))
		}
		return say.WaysWork(prose.And(places...))
	case len(good) == 1:
		return say.WayWorks(placeOf(good[0], near && good[0].SameHost()), how(good[0]))
	case len(answering) > 0:
		return say.WayUntried(placeOf(answering[0], near && answering[0].SameHost()))
	}
	return said
}

// placeOf names the port of a way, and its server unless near is set.
func placeOf(v chart.Way, near bool) prose.Value {
	port := prose.Figure(int(v.Endpoint.Port))
	if near && v.SamePort() {
		return say.WaySamePort()
	}
	if near {
		return say.WaySamePlace(port)
	}
	return say.PortsOf(port, prose.Data(v.Endpoint.Host))
}

// how names the encryption if that differs.
func how(v chart.Way) (said prose.Value) {
	if v.SamePort() {
		return say.WayWith(Security(v.Endpoint.Security))
	}
	return said
}

// wayActions says what to change in a mail program: first what is in the table of
// settings, then what isn't. If only the encryption of a port is wrong, the cause's
// own page says it better.
func wayActions(rec *stage.Record, d diagnose.Diagnosis) []cause.Action {
	var listed, unvouched, untried changes
	var typed []cause.Action
	ways := endpointWays(d)
	for _, w := range d.Ways {
		switch {
		case w.Kind == chart.OtherProtocol && ways[w.Round].Works:
		case inTable(rec, w):
			listed.add(whatToChange(w), serverWords(w.Endpoint.Protocol))
		case w.Certificate && w.Unvouched && !w.Works:
			unvouched.add(prose.Data(w.Endpoint.Host), serverWords(w.Endpoint.Protocol))
		case w.Certificate && !w.Works:
			untried.add(prose.Data(w.Endpoint.Host), serverWords(w.Endpoint.Protocol))
		default:
			if a, ok := wayAction(rec, w); ok && len(typed) < maxActions && !slices.ContainsFunc(typed, a.Same) {
				typed = append(typed, a)
			}
		}
	}
	all := slices.Concat(listed.actions(toChange), typed, untried.actions(toTry), unvouched.actions(toAskAbout(chart.PartyOf(rec))))
	return all[:min(len(all), maxActions)]
}

// inTable reports whether the table of settings has a way in place of the failed
// settings.
func inTable(rec *stage.Record, w chart.Way) bool {
	c := rec.Check(w.Round)
	return w.Replaces() && !w.Optional && c != nil && rec.Subject(c) != nil && rec.Subject(c).Profile != nil
}

// wayAction returns the action for one way; ok is false if there is none.
func wayAction(rec *stage.Record, w chart.Way) (cause.Action, bool) {
	e := w.Endpoint
	server, port, encryption := serverWords(e.Protocol), say.Port(prose.Figure(int(e.Port))), Security(e.Security)
	a := cause.Action{ID: cause.UseWay, Kind: cause.UseProven, Who: cause.You, About: []prose.Value{prose.Data(e.Address()), encryption}}
	switch {
	case w.Kind == chart.OtherProtocol:
		a.ID, a.About = cause.UseOtherProtocol, nil
		was := prose.Data(chart.ProtocolName(w.Was.Protocol))
		said := say.WayOtherProtocol(was, prose.Data(chart.ProtocolName(e.Protocol)))
		if w.Optional {
			said = say.WayNotOptional(prose.Data(chart.ProtocolName(e.Protocol)), was)
		}
		return a.Saying(said, prose.Value{}), w.Works
	case w.Kind != chart.OtherEndpoint || w.SamePort():
		return a, false
	case inTable(rec, w):
		return toChange(whatToChange(w), server), true
	case !w.Works && w.Unvouched:
		return toAskAbout(chart.PartyOf(rec))(prose.Data(e.Host), server), true
	case !w.Works && w.Certificate:
		return toTry(prose.Data(e.Host), server), true
	case !w.Works:
		a.Kind = cause.ChangeSettings
		return a.Saying(say.WayAnswers(server, port, encryption), prose.Value{}), true
	case !w.SameHost():
		return a.Saying(say.WayOtherServer(server, prose.Data(e.Host), port, encryption), prose.Value{}), true
	}
	return a.Saying(say.WayTyped(server, port, encryption), prose.Value{}), true
}

// changes collects what to change in a mail program, and for which servers.
type changes struct {
	what    []prose.Value
	servers [][]prose.Value
}

func (c *changes) add(what, server prose.Value) {
	i := slices.IndexFunc(c.what, what.Equal)
	if i < 0 {
		i = len(c.what)
		c.what, c.servers = append(c.what, what), append(c.servers, nil)
	}
	c.servers[i] = prose.AppendNew(c.servers[i], server)
}

// actions returns one action for each change, with the servers that it applies to.
func (c *changes) actions(of func(what prose.Value, servers ...prose.Value) cause.Action) []cause.Action {
	var out []cause.Action
	for i, what := range c.what {
		out = append(out, of(what, c.servers[i]...))
	}
	return out
}

// toChange returns the action to change fields to what the table of settings lists.
func toChange(what prose.Value, servers ...prose.Value) cause.Action {
	a := cause.Action{ID: cause.UseWay, Kind: cause.UseProven, Who: cause.You, About: servers}
	return a.Saying(say.WayChanged(prose.And(servers...), what), prose.Value{})
}

// toTry returns the action to try a name from the certificate.
func toTry(host prose.Value, servers ...prose.Value) cause.Action {
	a := cause.Action{ID: cause.UseWay, Kind: cause.ChangeSettings, Who: cause.You, About: []prose.Value{host}}
	return a.Saying(say.WayCertificate(prose.And(servers...), host), prose.Value{})
}

// toAskAbout returns the action to ask a party whether such a name is the server's.
func toAskAbout(party prose.Value) func(host prose.Value, servers ...prose.Value) cause.Action {
	return func(host prose.Value, servers ...prose.Value) cause.Action {
		a := cause.Action{ID: cause.AskForName, Kind: cause.Contact, Who: cause.You, About: []prose.Value{host}}
		return a.Saying(say.WayUnvouched(party, host, prose.And(servers...)), prose.Value{})
	}
}

// whatToChange lists the fields in which a way differs from the failed settings,
// with their new values. It names each of them, because speech output and JSON have
// no mark beside a changed value.
func whatToChange(w chart.Way) prose.Value {
	var fields []prose.Value
	if !w.SameHost() {
		fields = append(fields, say.TheServerName(prose.Data(w.Endpoint.Host)))
	}
	if w.Endpoint.Port != w.Was.Port {
		fields = append(fields, say.ThePort(prose.Figure(int(w.Endpoint.Port))))
	}
	if w.Endpoint.Security != w.Was.Security {
		fields = append(fields, say.TheEncryption(Security(w.Endpoint.Security)))
	}
	return prose.And(fields...)
}

func serverWords(p stage.Protocol) prose.Value {
	if p.Receives() {
		return say.IncomingServer()
	}
	return say.OutgoingServer()
}
