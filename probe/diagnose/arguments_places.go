package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// submissionLeft names the ways of submission (RFC 8314 3.3, RFC 6409) that the
// checks have not tried and this run has not refuted; empty if none is left.
func submissionLeft(c *chart.Case, checks []*chart.Exam) prose.Value {
	left := func(port uint16, s stage.Security) bool {
		return !slices.ContainsFunc(checks, func(k *chart.Exam) bool {
			e := stage.Endpoint{Protocol: stage.SMTP, Host: k.Check.Endpoint.Host, Port: port, Security: s}
			return k.Check.Endpoint.Port == port || c.Endpoint(e) == chart.No
		})
	}
	switch at465, at587 := left(465, stage.TLS), left(587, stage.StartTLS); {
	case at465 && at587:
		return cause.General(cause.SlotSubmission.String())
	case at465:
		return say.PortWithTLS(prose.Figure(465))
	case at587:
		return say.PortWithStartTLS(prose.Figure(587))
	}
	return prose.Value{}
}

// samePort reports whether the checks all have one port number. Then "port 587 of a
// and b" is the subject of a sentence, however many hosts there are.
func samePort(checks []*chart.Exam) bool {
	return !slices.ContainsFunc(checks, func(k *chart.Exam) bool { return k.Check.Endpoint.Port != checks[0].Check.Endpoint.Port })
}

// places names the ports of several checks: "port 587 of a.example", "ports 110
// and 995 of a.example", "port 993 of a.example and b.example".
func places(checks []*chart.Exam) prose.Value {
	if len(checks) > 0 && samePort(checks) {
		return say.PortsOf(prose.Figure(int(checks[0].Check.Endpoint.Port)).Of(1), prose.And(hostNames(checks)...))
	}
	var all []prose.Value
	for _, h := range portsByHost(checks) {
		var figures []prose.Value
		for _, p := range h.ports {
			figures = append(figures, prose.Figure(int(p)))
		}
		all = append(all, say.PortsOf(prose.And(figures...), hostName(h.host)))
	}
	if len(all) == 1 {
		return all[0].Of(len(checks))
	}
	return prose.And(all...)
}

func hostName(host string) prose.Value { return orGeneral(cause.SlotHost, prose.Data(host)) }

// hostNames returns the hosts of some checks, each once.
func hostNames(checks []*chart.Exam) (names []prose.Value) {
	known := make(map[string]bool)
	for _, k := range checks {
		if host := k.Check.Endpoint.Host; !known[host] {
			known[host] = true
			names = append(names, hostName(host))
		}
	}
	return names
}

// hostPorts are the ports of one host, in the order of the checks.
type hostPorts struct {
	host  string
	ports []uint16
}

func portsByHost(checks []*chart.Exam) (all []hostPorts) {
	type port struct {
		host int
		port uint16
	}
	place := make(map[string]int)
	known := make(map[port]bool)
	for _, k := range checks {
		e := k.Check.Endpoint
		i, ok := place[e.Host]
		if !ok {
			i = len(all)
			place[e.Host] = i
			all = append(all, hostPorts{host: e.Host})
		}
		if !known[port{i, e.Port}] {
			known[port{i, e.Port}] = true
			all[i].ports = append(all[i].ports, e.Port)
		}
	}
	return all
}

// ports names the port of each protocol among the checks: "port 465", or "port 993
// (IMAP) or 465 (SMTP)".
func ports(checks []*chart.Exam, of map[stage.Protocol]uint16) prose.Value {
	var spoken []stage.Protocol
	for _, k := range checks {
		if p := k.Check.Endpoint.Protocol; of[p] != 0 {
			spoken = chart.AppendNew(spoken, p)
		}
	}
	if len(spoken) == 1 {
		return say.Port(prose.Figure(int(of[spoken[0]])))
	}
	// IMAP, POP, SMTP: the sentence is the same for any order of the plan.
	slices.Sort(spoken)
	var each []prose.Value
	for _, p := range spoken {
		each = append(each, say.PortOfProtocol(prose.Figure(int(of[p])), prose.Data(chart.ProtocolName(p))))
	}
	if len(each) == 0 {
		return prose.Value{}
	}
	return say.Port(prose.Or(each...))
}
