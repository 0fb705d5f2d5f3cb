package sample

import (
	"fmt"
	"strings"

	"maildoctor/probe/stage"
)

// many is a monitor's run for forty endpoints on twenty servers: the certificates of
// two servers have expired at both of their ports, three refuse IMAP, and one can't
// be looked up.
func many() *run {
	r := jane()
	r.header.Options.Password = false
	r.header.Plan = stage.Plan{}
	r.end.Time = ms(912)
	for i := range 20 {
		host := fmt.Sprintf("mail%02d.example.com", i+1)
		addresses[host] = fmt.Sprintf("203.0.113.%d", 100+i)
		for _, e := range []stage.Endpoint{
			{Protocol: stage.IMAP, Host: host, Port: 993, Security: stage.TLS},
			{Protocol: stage.SMTP, Host: host, Port: 587, Security: stage.StartTLS},
		} {
			r.header.Plan.Subjects = append(r.header.Plan.Subjects, stage.Subject{Argument: manyScheme[e.Protocol] + host, Kind: stage.SubjectURL})
			r.header.Plan.Checks = append(r.header.Plan.Checks, stage.Check{
				ID: fmt.Sprintf("%s-%d-%s", e.Protocol, e.Port, host), Kind: stage.KindEndpoint, Subject: len(r.header.Plan.Checks), Endpoint: e,
			})
		}
	}
	for i, c := range r.header.Plan.Checks {
		r.oneOfMany(i/2+1, c)
	}
	return r
}

var manyScheme = map[stage.Protocol]string{stage.IMAP: "imaps://", stage.SMTP: "smtp://"}

// oneOfMany records one check at the server with this number.
func (r *run) oneOfMany(server int, c stage.Check) {
	switch {
	case server == 4 || server == 17:
		r.connect(c.ID)
		if c.Endpoint.Protocol == stage.SMTP {
			r.greeting(c.ID)
			r.pass(c.ID, stage.Upgrade, 80, &stage.StartTLSFacts{Offered: true, Accepted: true})
		}
		f := tlsFacts(c.Endpoint.Host)
		f.Chain[0] = certificate(c.Endpoint.Host, Started.AddDate(0, 0, -3))
		f.Chain[0].SHA256 = fmt.Sprintf("%02d", server) + strings.Repeat("4c", 31)
		f.Verified, f.Faults = false, []stage.CertFault{{ID: stage.CertExpired, Detail: "not after 2026-11-19T21:02:00Z"}}
		r.fail(c.ID, stage.Handshake, 90, stage.BadCertificate, f)
	case server%6 == 2 && c.Endpoint.Protocol == stage.IMAP:
		at := c.Endpoint
		at.Host = addresses[at.Host]
		r.name(c.ID)
		r.fail(c.ID, stage.Connect, 38, stage.Refused, &stage.ConnectFacts{Attempts: []stage.Attempt{
			{Address: at.Address(), Outcome: stage.DialRefused, Time: ms(38), Error: "connection refused"},
		}})
	case server == 9:
		r.fail(c.ID, stage.Resolve, 12, stage.NameNotFound, &stage.ResolveFacts{
			Host: c.Endpoint.Host, Implementation: "cgo",
			Lookups: []stage.Lookup{{Server: "192.168.1.1:53", Type: "A", Outcome: stage.LookupNXDomain, RCode: "NXDOMAIN", Time: ms(12)}},
		})
	default:
		r.open(c.ID)
		last := stage.Mailbox
		if c.Endpoint.Protocol == stage.SMTP {
			last = stage.Submit
		}
		r.skip(c.ID, stage.NoUser, stage.Login, last)
		r.done(c.ID)
	}
}
