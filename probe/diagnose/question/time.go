package question

import (
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// raiseTime asks for the time if a certificate isn't valid now by this machine's
// clock: the web server of the mail host, which is no third party, and unrelated
// servers.
func raiseTime(c *chart.Case) []stage.Check {
	var checks []stage.Check
	hosts := make(map[string]bool)
	for _, k := range c.Checks {
		f, ok := k.DateFault()
		if !badCertificate(k) || !ok {
			continue
		}
		if f.ID != stage.CertNotYetValid && f.Depth >= 0 && f.Depth < len(k.TLS.Chain) && c.BegunAfter(k.TLS.Chain[f.Depth].NotAfter) {
			continue // nothing is in doubt
		}
		if hosts[k.Host()] = true; len(hosts) > maxClockHosts {
			break
		}
		checks = append(checks, timeOf(c, k)...)
	}
	return checks
}

// timeOf returns the requests that get the time for one check.
func timeOf(c *chart.Case, k *chart.Exam) []stage.Check {
	host := k.Check.Endpoint.Host
	fetch := func(word, url string, e stage.Endpoint) stage.Check {
		return stage.Check{
			ID: k.Check.ID + "/" + word, Kind: stage.KindFetch, Subject: k.Check.Subject, Endpoint: e, URL: url,
			Parents: []string{k.Check.ID},
		}
	}
	checks := []stage.Check{
		fetch("date-http", "http://"+bracketed(host)+"/", stage.Endpoint{Host: host}),
		fetch("date-https", "https://"+bracketed(host)+"/", stage.Endpoint{Host: host}),
	}
	if portal := c.Controls().Portal; portal != "" {
		checks = append(checks, fetch("date-portal", portal, stage.Endpoint{}))
	}
	if server := c.Controls().Time; server != "" {
		f := fetch("time", "", stage.Endpoint{Host: server})
		f.Kind = stage.KindTime
		checks = append(checks, f)
	}
	return checks
}

func askTime(c stage.Check) prose.Value {
	if c.Kind == stage.KindFetch {
		scheme, _, _ := strings.Cut(c.URL, ":")
		return say.AskTimeWeb(prose.Data(chart.HostOf(c.URL)), prose.Data(scheme))
	}
	return say.AskTime(hostOf(c))
}

// answerTime gives another clock's time, and how far this machine's is off.
func answerTime(r *stage.CheckRecord) Answer {
	now, offset := "", (*stage.Millis)(nil)
	if f := stage.FactsOf[*stage.ClockFacts](r); f != nil {
		now, offset = f.Time, f.Offset
	}
	if f := stage.FactsOf[*stage.FetchFacts](r); f != nil {
		now, offset = f.Date, f.Offset
	}
	switch {
	case offset == nil || now == "":
		return open(say.NotAnsweredNoTime())
	case offset.Duration().Abs() < chart.ClockSlack:
		return found(say.AnswerTimeIsRight(prose.Data(now)))
	}
	return found(say.AnswerTimeIsOff(prose.Data(now), chart.OffBy(offset.Duration())))
}

// bracketed returns an IPv6 address in the form for a URL (RFC 3986 3.2.2).
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
