package probe

import (
	"strings"

	"maildoctor/probe/stage"
)

// contacted says that a check reached out to a host, at an address.
func (r *run) contacted(c stage.Check, host, address string) {
	if c.Question == stage.AskNobody {
		host = "" // its address is what counts, and nobody has that
	}
	r.contact(c, host, address, role(c, host))
}

// contact says who was contacted, and as what.
func (r *run) contact(c stage.Check, host, address, why string) {
	r.log.event(stage.Event{Type: stage.EventContact, Check: c.ID, Contact: &stage.Contact{
		Host: host, Address: address, Why: why,
	}})
}

// role is as what a check contacts a host: as a server of the provider, or as one
// of those who stand for the rest of the world.
func role(c stage.Check, host string) string {
	switch c.Question {
	case stage.AskIssuer:
		return "issuer"
	case stage.AskNearName:
		return "similar name"
	case stage.AskPublished:
		return "endpoint"
	case stage.AskCertificateName:
		return "certificate"
	case stage.AskNobody, stage.AskOtherProvider, stage.AskStrangerCertificate, stage.AskStrangerStartTLS:
		return "control"
	}
	switch {
	case c.Kind == stage.KindTunnel:
		return "proxy"
	case c.Kind == stage.KindTime:
		return "time"
	case strings.EqualFold(host, c.Endpoint.Host):
		return "endpoint"
	}
	return "control"
}
