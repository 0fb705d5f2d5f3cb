package question

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// certificateInquiries are about certificates that are invalid, or soon will be.
var certificateInquiries = []inquiry{
	{id: stage.AskTime, topic: say.TopicTime(), raise: raiseTime, ask: askTime, answer: answerTime},
	{
		id:     stage.AskIssuer,
		topic:  say.TopicIssuer(),
		raise:  raiseIssuer,
		ask:    always(say.AskIssuer()),
		answer: answerIssuer,
	},
	{
		id:     stage.AskWebCertificate,
		topic:  say.TopicWebCertificate(),
		raise:  raiseWebCertificate,
		ask:    ofPlace(say.AskWebCertificate),
		answer: answerCertificate,
	},
	{
		id:     stage.AskWithoutName,
		topic:  say.TopicWithoutName(),
		raise:  raiseWithoutName,
		ask:    ofPlace(say.AskWithoutName),
		answer: answerCertificate,
	},
	{
		id:     stage.AskStrangerCertificate,
		topic:  say.TopicStrangerCertificate(),
		raise:  raiseStranger,
		ask:    ofHost(say.AskStrangerCertificate),
		answer: answerCertificate,
	},
	{
		id:     stage.AskCertificateElsewhere,
		topic:  say.TopicCertificateElsewhere(),
		raise:  raiseElsewhere,
		ask:    ofHost(say.AskCertificateElsewhere),
		answer: answerCertificate,
	},
}

// Hundreds of endpoints may all have expired certificates, perhaps because of one
// wrong clock. These limit the hosts and checks about which questions are asked.
const (
	maxWebCertificates = 24
	maxClockHosts      = 4
	maxOtherLooks      = 12
)

// badCertificate reports whether the certificate is the reason the handshake failed.
func badCertificate(k *chart.Exam) bool { return k.Fault(stage.Handshake) == stage.BadCertificate }

// raiseIssuer asks whether the issuer that a chain names completes it: once for each
// URL, for all the checks that name it. It contacts a third party.
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

// raiseWebCertificate asks what the HTTPS port of the same host presents: a newer
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

// raiseWithoutName asks whether the server name in SNI makes any difference.
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

// raiseStranger asks, once in a run, whether a large provider's server presents a
// certificate of the same unknown issuer. If so, the server here isn't the reason.
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

// raiseElsewhere asks what is presented at the address that independent name servers
// give, because a wrong certificate may come from a wrong machine.
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

// answerCertificate describes the certificate and, if a server name was sent, says
// whether it is valid.
func answerCertificate(r *stage.CheckRecord) Answer {
	v, ok := chart.ShownBy(r)
	if !ok {
		return notAnswered(r)
	}
	shown := chart.ShowsCertificate(v.Leaf())
	switch faults := certificateFaults(v.TLS); {
	case r.Check.Manner.Hello == stage.HelloNoName:
		return found(say.AnswerCertificateByDefault(shown))
	case !v.TLS.Verified && faults.Empty():
		return found(say.AnswerCertificateUnverified(shown))
	case !v.TLS.Verified:
		return found(say.AnswerCertificateFails(faults, shown))
	case v.TLS.Public != stage.Trusted:
		return found(say.AnswerCertificateHoldsHere(shown))
	}
	return found(say.AnswerCertificateHolds(shown))
}

// certificateFaults names the faults of a certificate except warnings.
func certificateFaults(f *stage.TLSFacts) prose.Value {
	var words []prose.Value
	for _, fault := range f.Faults {
		if !fault.Warning {
			words = prose.AppendNew(words, chart.CertificateFault(f, fault))
		}
	}
	return prose.Then(words...)
}

func answerIssuer(c *stage.CheckRecord) Answer {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	url := cut(c.Check.URL)
	switch chart.Completes(c) {
	case chart.Yes:
		return found(say.AnswerIssuerCompletes(url))
	case chart.No:
		if f.Issued {
			return found(say.AnswerIssuerLeadsNowhere(url))
		}
		return found(say.AnswerIssuerIsNot(url))
	}
	if f.Status == 0 {
		return open(say.NotAnsweredNoIssuer(url))
	}
	return open(say.NotAnsweredNoCertificate(url, prose.Figure(f.Status)))
}
