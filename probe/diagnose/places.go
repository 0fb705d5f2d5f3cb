package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// tlsPorts are the ports for TLS from the first byte (RFC 8314 3), by protocol.
var tlsPorts = map[stage.Protocol]uint16{stage.IMAP: 993, stage.POP3: 995, stage.SMTP: 465}

// atTLSPort reports whether the check was made at the port for TLS from the
// first byte, so that this port is no advice.
func (k *Check) atTLSPort() bool { return k.Check.Endpoint.Port == tlsPorts[k.Check.Endpoint.Protocol] }

// submissionLeft names the ways of submission (RFC 8314 3.3, RFC 6409) that the
// checks have not tried; empty where they tried both.
func submissionLeft(checks []*Check) string {
	tried := func(port uint16) bool {
		return slices.ContainsFunc(checks, func(k *Check) bool { return k.Check.Endpoint.Port == port })
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

// allOf names the servers of a provider as a whole, "CenturyLink's servers",
// where a finding concerns every one of them that the run examined and there are
// several; empty otherwise.
func (c *Case) allOf(checks []*Check) string {
	if len(checks) == 0 || checks[0].Subject.Profile == nil || checks[0].Subject.Profile.Name == "" {
		return ""
	}
	hosts := make(map[string]bool)
	for _, k := range checks {
		if k.Check.Subject != checks[0].Check.Subject {
			return ""
		}
		hosts[k.host()] = true
	}
	for _, k := range c.Checks {
		if k.Check.Subject == checks[0].Check.Subject && !hosts[k.host()] {
			return ""
		}
	}
	if len(hosts) < 2 {
		return ""
	}
	return checks[0].provider() + "'s servers"
}

// samePort reports whether the checks are all of one port number. However many
// hosts there are, "port 587 of a and b" is then the subject of a sentence.
func samePort(checks []*Check) bool {
	return !slices.ContainsFunc(checks, func(k *Check) bool { return k.Check.Endpoint.Port != checks[0].Check.Endpoint.Port })
}

// places names the ports of several checks: "port 587 of a.example", "ports 110
// and 995 of a.example", "port 993 of a.example and b.example".
func places(checks []*Check) string {
	var hosts []string
	ports := make(map[string][]string)
	for _, k := range checks {
		e := k.Check.Endpoint
		host := cmp.Or(e.Host, "the server")
		hosts = appendNew(hosts, host)
		ports[host] = appendNew(ports[host], strconv.Itoa(int(e.Port)))
	}
	if len(checks) > 0 && samePort(checks) {
		return "port " + ports[hosts[0]][0] + " of " + list(hosts)
	}
	for i, h := range hosts {
		word := "port "
		if len(ports[h]) > 1 {
			word = "ports "
		}
		hosts[i] = word + list(ports[h]) + " of " + h
	}
	return list(hosts)
}

// ports names the port of each protocol that the checks speak: "port 465", or
// "port 993 (IMAP) or 465 (SMTP)".
func ports(checks []*Check, of map[stage.Protocol]uint16) string {
	var spoken []stage.Protocol
	for _, k := range checks {
		if p := k.Check.Endpoint.Protocol; of[p] != 0 {
			spoken = appendNew(spoken, p)
		}
	}
	if len(spoken) == 1 {
		return "port " + strconv.Itoa(int(of[spoken[0]]))
	}
	// IMAP, POP, SMTP: in whatever order a plan has them, the sentence is the same.
	slices.Sort(spoken)
	var words []string
	for _, p := range spoken {
		words = append(words, strconv.Itoa(int(of[p]))+" ("+protocolName(p)+")")
	}
	if len(words) == 0 {
		return ""
	}
	last := len(words) - 1
	return "port " + strings.Join(words[:last], ", ") + " or " + words[last]
}
