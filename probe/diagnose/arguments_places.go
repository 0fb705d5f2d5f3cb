package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// submissionLeft names the ways of submission (RFC 8314 3.3, RFC 6409) that the
// checks have not tried; empty where they tried both.
func submissionLeft(checks []*chart.Exam) string {
	tried := func(port uint16) bool {
		return slices.ContainsFunc(checks, func(k *chart.Exam) bool { return k.Check.Endpoint.Port == port })
	}
	switch at465, at587 := tried(465), tried(587); {
	case at465 && at587:
		return ""
	case at465:
		return "port 587 with STARTTLS"
	case at587:
		return "port 465 with SSL/TLS"
	}
	return cause.General("submission")
}

// samePort reports whether the checks are all of one port number. However many
// hosts there are, "port 587 of a and b" is then the subject of a sentence.
func samePort(checks []*chart.Exam) bool {
	return !slices.ContainsFunc(checks, func(k *chart.Exam) bool { return k.Check.Endpoint.Port != checks[0].Check.Endpoint.Port })
}

// places names the ports of several checks: "port 587 of a.example", "ports 110
// and 995 of a.example", "port 993 of a.example and b.example".
func places(checks []*chart.Exam) string {
	var hosts []string
	ports := make(map[string][]string)
	for _, k := range checks {
		e := k.Check.Endpoint
		host := cmp.Or(e.Host, "the server")
		hosts = chart.AppendNew(hosts, host)
		ports[host] = chart.AppendNew(ports[host], strconv.Itoa(int(e.Port)))
	}
	if len(checks) > 0 && samePort(checks) {
		return "port " + ports[hosts[0]][0] + " of " + chart.List(hosts)
	}
	for i, h := range hosts {
		word := "port "
		if len(ports[h]) > 1 {
			word = "ports "
		}
		hosts[i] = word + chart.List(ports[h]) + " of " + h
	}
	return chart.List(hosts)
}

// ports names the port of each protocol that the checks speak: "port 465", or
// "port 993 (IMAP) or 465 (SMTP)".
func ports(checks []*chart.Exam, of map[stage.Protocol]uint16) string {
	var spoken []stage.Protocol
	for _, k := range checks {
		if p := k.Check.Endpoint.Protocol; of[p] != 0 {
			spoken = chart.AppendNew(spoken, p)
		}
	}
	if len(spoken) == 1 {
		return "port " + strconv.Itoa(int(of[spoken[0]]))
	}
	// IMAP, POP, SMTP: in whatever order a plan has them, the sentence is the same.
	slices.Sort(spoken)
	var words []string
	for _, p := range spoken {
		words = append(words, strconv.Itoa(int(of[p]))+" ("+chart.ProtocolName(p)+")")
	}
	if len(words) == 0 {
		return ""
	}
	last := len(words) - 1
	return "port " + strings.Join(words[:last], ", ") + " or " + words[last]
}
