package remedy

import (
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// seen returns what a run has seen of an advised setting at a check's server. Yes:
// it works. No: it was tried and doesn't.
func (run *Run) seen(k *chart.Exam, a cause.Advice) chart.Answer {
	c := run.c
	if run.blind {
		return chart.Unknown
	}
	switch a.Kind {
	case cause.AdviseEndpoint:
		e := endpoint(k, a)
		said := c.Endpoint(e)
		if said == chart.No && a.Port == 0 && c.Encrypts(e) {
			return chart.Unknown // the port speaks that protocol
		}
		return said
	case cause.AdviseSubmission:
		return either(c.Endpoint(endpoint(k, at465)), c.Endpoint(endpoint(k, at587)))
	case cause.AdviseOtherProtocol:
		return c.Protocol(k)
	case cause.AdvisePassword:
		return passwordSeen(c, k, a.Form)
	case cause.AdviseUserName:
		return c.Login(k, func(r *stage.CheckRecord) bool {
			// A name derived from the server's name may not be anybody's address.
			if a.Form == cause.FullAddress {
				return k.Subject.Address != "" && strings.EqualFold(c.UserOf(r), k.Subject.Address)
			}
			return !strings.Contains(c.UserOf(r), "@")
		})
	case cause.AdviseIPv4:
		return k.Family(true)
	case cause.AdviseOtherResolver:
		return c.OtherResolvers(k)
	}
	return chart.Unknown
}

// The ports for sending (RFC 8314 3.3, RFC 6409).
var (
	at465 = cause.Advice{Kind: cause.AdviseEndpoint, Port: 465, Security: stage.TLS}
	at587 = cause.Advice{Kind: cause.AdviseEndpoint, Port: 587, Security: stage.StartTLS}
)

// either combines what was seen of two settings of which one is enough.
func either(a, b chart.Answer) chart.Answer {
	switch {
	case a == chart.Yes || b == chart.Yes:
		return chart.Yes
	case a == chart.No && b == chart.No:
		return chart.No
	}
	return chart.Unknown
}

// endpoint returns the settings that an advice means for a check.
func endpoint(k *chart.Exam, a cause.Advice) stage.Endpoint {
	e := k.Check.Endpoint
	e.Security = a.Security
	switch a.Port {
	case 0:
	case cause.TLSPort:
		e.Port = chart.TLSPorts[e.Protocol]
	default:
		e.Port = a.Port
	}
	return e
}

// passwordSeen returns the outcome of sending the password in some form, here or in
// a follow-up. What the server does not offer cannot be used.
func passwordSeen(c *chart.Case, k *chart.Exam, form string) chart.Answer {
	of := chart.Readable
	if form == cause.EncryptedPassword {
		of = chart.Challenged
	}
	said := c.Login(k, func(r *stage.CheckRecord) bool {
		f := stage.FactsOf[*stage.LoginFacts](r)
		return f != nil && of(f.Mechanism)
	})
	if said == chart.Unknown && k.Offers(of) == chart.No {
		return chart.No
	}
	return said
}
