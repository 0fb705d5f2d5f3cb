package probe

import (
	"strings"

	"maildoctor/probe/stage"
)

// contacted records that a check contacted a host at an address.
func (r *run) contacted(c stage.Check, host, address string) {
	if c.Question == stage.AskNobody {
		host = "" // only the address matters, and no host has it
	}
	r.contact(c, host, address, role(c, host))
}

// contact records a contacted host and the reason.
func (r *run) contact(c stage.Check, host, address, why string) {
	r.log.event(stage.Event{Type: stage.EventContact, Check: c.ID, Contact: &stage.Contact{
		Host: host, Address: address, Why: why,
	}})
}

// role returns why a check contacts a host: as a server of the provider, or as a third
// party.
func role(c stage.Check, host string) string {
	switch c.Question {
	case stage.AskIssuer:
		return "issuer"
	case stage.AskNearName:
		return "similar name"
	case stage.AskPublished, stage.AskDisagreeing:
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
