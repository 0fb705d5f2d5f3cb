package question

import (
	"cmp"
	"fmt"
	"strconv"

	"maildoctor/probe/diagnose/chart"
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
func badCertificate(k *chart.Exam) bool { return k.Fault(stage.Handshake) == stage.BadCertificate }

// raiseIssuer asks whether the issuer that a chain names completes it: each
// address once, for all the checks that name it. It contacts a third party.
func raiseIssuer(c *chart.Case) []stage.Check {
	if c.Record.Header.Options.Private {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		url := chart.IssuerURL(k)
		if url == "" || !badCertificate(k) || !k.Has(stage.CertUnknownAuthority, stage.CertMissingLink) {
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
func raiseWebCertificate(c *chart.Case) []stage.Check {
	var checks []stage.Check
	hosts := make(map[string]bool)
	for _, k := range c.Checks {
		if !badCertificate(k) && !k.Has(stage.CertExpiresSoon) || k.Check.Endpoint.Port == portHTTPS {
			continue
		}
		if hosts[k.Host()] = true; len(hosts) > maxWebCertificates {
			break
		}
		f := after(k, stage.KindTLS, "web")
		f.Endpoint = stage.Endpoint{Host: k.Check.Endpoint.Host, Port: portHTTPS, Security: stage.TLS}
		f.User = ""
		checks = append(checks, f)
	}
	return checks
}

// raiseWithoutName asks whether the name that was sent makes any difference.
func raiseWithoutName(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if !badCertificate(k) || !k.Has(stage.CertNameMismatch) || k.TLS.ServerName == "" || len(checks) == maxOtherLooks {
			continue
		}
		f := after(k, stage.KindTLS, "without-name")
		f.Manner.Hello = stage.HelloNoName
		checks = append(checks, f)
	}
	return checks
}

// raiseStranger asks, once in a run, whether a large provider's server shows the
// same unknown issuer: then it is not the server's.
func raiseStranger(c *chart.Case) []stage.Check {
	hosts := c.Controls().Hosts
	if len(hosts) == 0 {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		if !badCertificate(k) || !k.Refused() || k.Host() == hosts[0] {
			continue
		}
		f := after(k, stage.KindTLS, "stranger")
		f.Endpoint = stage.Endpoint{Protocol: stage.IMAP, Host: hosts[0], Port: 993, Security: stage.TLS}
		f.User, f.Public = "", true
		checks = append(checks, f)
	}
	return checks
}

// raiseElsewhere asks what is shown at the address that independent name servers
// give: a wrong certificate may be the wrong machine's.
func raiseElsewhere(c *chart.Case) []stage.Check {
	servers := c.Controls().Resolvers
	if len(servers) == 0 {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		wrong := k.Refused() || k.Has(stage.CertNameMismatch, stage.CertSelfSigned)
		if !badCertificate(k) || !wrong || k.Resolve.Literal || !k.PublicName() || k.LocalName() || len(checks) == maxOtherLooks {
			continue
		}
		f := after(k, stage.KindTLS, "certificate-elsewhere")
		f.Manner.Resolvers = servers
		f.User = ""
		checks = append(checks, f)
	}
	return checks
}

// answerCertificate tells what was shown and, where the name was sent, whether
// that holds.
func answerCertificate(r *stage.CheckRecord) string {
	v, ok := chart.ShownBy(r)
	if !ok {
		return answerAny(r)
	}
	text := chart.Short(chart.DescribeCertificate(v.Leaf())) + "."
	switch {
	case r.Check.Manner.Hello == stage.HelloNoName:
		return "That of " + text
	case !v.TLS.Verified:
		return "One that does not hold (" + cmp.Or(describeFaults(v.TLS), "not verified") + "): that of " + text
	case v.TLS.Public != stage.Trusted:
		return "One that holds here, and is on no public list: that of " + text
	}
	return "One that holds: that of " + text
}

// describeFaults names the faults of a certificate that are more than warnings.
func describeFaults(f *stage.TLSFacts) string {
	var ids []string
	for _, fault := range f.Faults {
		if !fault.Warning {
			ids = chart.AppendNew(ids, string(fault.ID))
		}
	}
	return chart.List(ids)
}

func answerIssuer(c *stage.CheckRecord) string {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch chart.Completes(c) {
	case chart.Yes:
		return "Yes: the certificate at " + f.URL + " is missing, and completes the chain."
	case chart.No:
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
