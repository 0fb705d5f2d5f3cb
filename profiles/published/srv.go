package published

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
)

// SRV is one record of a service of mail (RFC 2782).
type SRV struct {
	Service          string // "_imaps"; what stands before ._tcp.DOMAIN
	Priority, Weight uint16
	Port             uint16
	Target           string
}

// Service is a service of mail that domains publish by SRV records.
type Service struct {
	Name     string // "_imaps"
	Protocol stage.Protocol
	Security stage.Security
}

// Services returns the services of RFC 6186 and RFC 8314 section 5.1: TLS from the
// first byte before STARTTLS.
func Services() []Service {
	return []Service{
		{"_imaps", stage.IMAP, stage.TLS},
		{"_imap", stage.IMAP, stage.StartTLS},
		{"_pop3s", stage.POP3, stage.TLS},
		{"_pop3", stage.POP3, stage.StartTLS},
		{"_submissions", stage.SMTP, stage.TLS},
		{"_submission", stage.SMTP, stage.StartTLS},
	}
}

// ReadSRV makes settings of a domain's SRV records of all services. For each protocol
// the servers come by priority, then TLS from the first byte before STARTTLS (RFC 8314
// section 5.1), then by weight: the heaviest first, and not by lot as RFC 2782 has it, so
// that the same records give the same settings. User names are whole addresses at first
// (RFC 6186 section 4).
func ReadSRV(records []SRV) *Document {
	d := &Document{}
	var found []ranked
	for _, service := range Services() {
		found = append(found, d.readService(service, records)...)
	}
	slices.SortStableFunc(found, compareRanked)
	for _, f := range found {
		d.addOnce(f.server)
	}
	return d
}

// addOnce appends a server. Where two services name it, and one of them rightly, there
// is no deviation in it.
func (d *Document) addOnce(s Server) {
	i := slices.IndexFunc(d.Servers, func(o Server) bool { return o.Endpoint == s.Endpoint })
	switch {
	case i >= 0 && s.Deviation == "":
		d.Servers[i].Deviation = ""
	case i < 0 && len(d.Servers) < maxServers:
		d.Servers = append(d.Servers, s)
	}
}

// ranked is a server with what it is ordered by.
type ranked struct {
	server  Server
	record  SRV
	service int // its place in Services
}

func compareRanked(a, b ranked) int {
	order := []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}
	return cmp.Or(
		cmp.Compare(slices.Index(order, a.server.Protocol), slices.Index(order, b.server.Protocol)),
		cmp.Compare(a.record.Priority, b.record.Priority),
		cmp.Compare(a.service, b.service),
		cmp.Compare(b.record.Weight, a.record.Weight),
		cmp.Compare(a.server.Host, b.server.Host),
		cmp.Compare(a.server.Port, b.server.Port),
	)
}

// readService reads the records of one service. A target of "." says that there is none
// (RFC 6186 section 3.4).
func (d *Document) readService(service Service, records []SRV) []ranked {
	var out []ranked
	absent := false
	for _, r := range records {
		if !strings.EqualFold(strings.TrimSuffix(r.Service, "._tcp"), service.Name) {
			continue
		}
		if r.Target == "." || r.Target == "" {
			absent = true
			continue
		}
		host, ok := hostname.Parse(r.Target)
		if !ok || r.Port == 0 {
			d.ignored(0, "%s: found the target %s and port %d, expected the name of a server and a port", service.Name, quote(r.Target), r.Port)
			continue
		}
		s := Server{Endpoint: stage.Endpoint{Protocol: service.Protocol, Host: host, Port: r.Port}, User: FullAddress}
		s.Security, s.Deviation = asItWorks(service, r.Port)
		if s.Deviation != "" {
			d.remark(0, "%s: found port %d, which is for %s", service.Name, r.Port, s.Security)
		}
		out = append(out, ranked{s, r, slices.Index(Services(), service)})
	}
	switch {
	case absent && len(out) == 0:
		d.NotOffered = append(d.NotOffered, service.Name)
	case absent:
		d.remark(0, `%s: found the target "." beside others, which says that there is no such service`, service.Name)
	}
	return out
}

// asItWorks returns the mode of a service on a port. A port that is registered for the
// other mode speaks that one: 465 under _submission is the commonest slip.
func asItWorks(service Service, port uint16) (stage.Security, Deviation) {
	switch {
	case service.Security == stage.StartTLS && port == tlsPorts[service.Protocol]:
		return stage.TLS, TLSPortForStartTLS
	case service.Security == stage.TLS && port == plainPorts[service.Protocol]:
		return stage.StartTLS, StartTLSPortForTLS
	}
	return service.Security, ""
}
