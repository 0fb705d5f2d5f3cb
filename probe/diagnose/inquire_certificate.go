package diagnose

import (
	"cmp"
	"fmt"
	"strconv"

	"maildoctor/probe/stage"
)

// certificateInquiries are about certificates that do not hold, or not for long.
var certificateInquiries = []inquiry{
	{id: stage.AskTime, raise: raiseTime, ask: askTime, answer: answerTime},
	{
		id:     stage.AskIssuer,
		raise:  raiseIssuer,
		ask:    func(stage.Check) string { return "Is a certificate missing between the server's and a trusted root?" },
		answer: answerIssuer,
	},
	{
		id:    stage.AskWebCertificate,
		raise: raiseWebCertificate,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Which certificate does port %d of %s show?", c.Endpoint.Port, c.Endpoint.Host)
		},
		answer: answerCertificate,
	},
	{
		id:    stage.AskWithoutName,
		raise: raiseWithoutName,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Which certificate does port %d of %s show when no name is sent along?", c.Endpoint.Port, c.Endpoint.Host)
		},
		answer: answerCertificate,
	},
	{
		id:    stage.AskStrangerCertificate,
		raise: raiseStranger,
		ask: func(c stage.Check) string {
			return "Which certificate does " + c.Endpoint.Host + ", of another provider, show?"
		},
		answer: answerCertificate,
	},
	{
		id:    stage.AskCertificateElsewhere,
		raise: raiseElsewhere,
		ask: func(c stage.Check) string {
			return "Which certificate is shown where independent name servers find " + c.Endpoint.Host + "?"
		},
		answer: answerCertificate,
	},
}

// In a run of hundreds of endpoints that are all out of date, for one clock
// perhaps, these are the first hosts, and checks, about which questions are asked.
const (
	maxWebCertificates = 24
	maxClockHosts      = 4
	maxOtherLooks      = 12
)

// badCertificate reports whether the certificate is why the handshake failed.
func (k *Check) badCertificate() bool { return k.fault(stage.Handshake) == stage.BadCertificate }

// raiseIssuer asks whether the issuer that a chain names completes it: each
// address once, for all the checks that name it. It contacts a third party.
func raiseIssuer(c *Case) []stage.Check {
	if c.Record.Header.Options.Private {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		url := issuerURL(k)
		if url == "" || !k.badCertificate() || !k.has(stage.CertUnknownAuthority, stage.CertMissingLink) {
			continue
		}
		checks = append(checks, stage.Check{
			ID: k.Check.ID + "/issuer", Kind: stage.KindFetch, Subject: k.Check.Subject, URL: url,
			Parents: []string{k.Check.ID},
		})
	}
	return checks
}

// portHTTPS is where web servers listen (RFC 9110 4.2.2).
const portHTTPS = 443

// raiseWebCertificate asks what the web port of the same host shows: a newer
// certificate, one of another issuer, or the same.
func raiseWebCertificate(c *Case) []stage.Check {
	var checks []stage.Check
	hosts := make(map[string]bool)
	for _, k := range c.Checks {
		if !k.badCertificate() && !k.has(stage.CertExpiresSoon) || k.Check.Endpoint.Port == portHTTPS {
			continue
		}
		if hosts[k.host()] = true; len(hosts) > maxWebCertificates {
			break
		}
		f := k.after(stage.KindTLS, "web")
		f.Endpoint = stage.Endpoint{Host: k.Check.Endpoint.Host, Port: portHTTPS, Security: stage.TLS}
		f.User = ""
		checks = append(checks, f)
	}
	return checks
}

// raiseWithoutName asks whether the name that was sent makes any difference.
func raiseWithoutName(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !k.badCertificate() || !k.has(stage.CertNameMismatch) || k.tls.ServerName == "" || len(checks) == maxOtherLooks {
			continue
		}
		f := k.after(stage.KindTLS, "without-name")
		f.Manner.Hello = stage.HelloNoName
		checks = append(checks, f)
	}
	return checks
}

// raiseStranger asks, once in a run, whether a large provider's server shows the
// same unknown issuer: then it is not the server's.
func raiseStranger(c *Case) []stage.Check {
	hosts := c.controls().Hosts
	if len(hosts) == 0 {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		if !k.badCertificate() || !k.refused() || k.host() == hosts[0] {
			continue
		}
		f := k.after(stage.KindTLS, "stranger")
		f.Endpoint = stage.Endpoint{Protocol: stage.IMAP, Host: hosts[0], Port: 993, Security: stage.TLS}
		f.User, f.Public = "", true
		checks = append(checks, f)
	}
	return checks
}

// raiseElsewhere asks what is shown at the address that independent name servers
// give: a wrong certificate may be the wrong machine's.
func raiseElsewhere(c *Case) []stage.Check {
	servers := c.controls().Resolvers
	if len(servers) == 0 {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		wrong := k.refused() || k.has(stage.CertNameMismatch, stage.CertSelfSigned)
		if !k.badCertificate() || !wrong || k.resolve.Literal || !k.publicName() || k.localName() || len(checks) == maxOtherLooks {
			continue
		}
		f := k.after(stage.KindTLS, "certificate-elsewhere")
		f.Manner.Resolvers = servers
		f.User = ""
		checks = append(checks, f)
	}
	return checks
}

// answerCertificate tells what was shown and, where the name was sent, whether
// that holds.
func answerCertificate(r *stage.CheckRecord) string {
	v, ok := viewOf(r)
	if !ok {
		return answerAny(r)
	}
	text := short(describeCertificate(v.leaf())) + "."
	switch {
	case r.Check.Manner.Hello == stage.HelloNoName:
		return "That of " + text
	case !v.tls.Verified:
		return "One that does not hold (" + cmp.Or(describeFaults(v.tls), "not verified") + "): that of " + text
	case v.tls.Public != stage.Trusted:
		return "One that holds here, and is on no public list: that of " + text
	}
	return "One that holds: that of " + text
}

// describeFaults names the faults of a certificate that are more than warnings.
func describeFaults(f *stage.TLSFacts) string {
	var ids []string
	for _, fault := range f.Faults {
		if !fault.Warning {
			ids = appendNew(ids, string(fault.ID))
		}
	}
	return list(ids)
}

func answerIssuer(c *stage.CheckRecord) string {
	f := orEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch completes(c) {
	case yes:
		return "Yes: the certificate at " + f.URL + " is missing, and completes the chain."
	case no:
		if f.Issued {
			return "No: the certificate at " + f.URL + " is the issuer's, and leads to no trusted root either."
		}
		return "No: the certificate at " + f.URL + " is not the issuer's."
	}
	if f.Status == 0 {
		return "Not answered: nothing came from " + f.URL + "."
	}
	return "Not answered: no certificate came from " + f.URL + " (HTTP " + strconv.Itoa(f.Status) + ")."
}
