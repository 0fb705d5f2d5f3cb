package question

import (
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// egressInquiries are about what stands between this machine and every server.
var egressInquiries = []inquiry{
	{
		id:     stage.AskPortal,
		topic:  say.TopicPortal(),
		raise:  raisePortal,
		ask:    func(c stage.Check) prose.Value { return say.AskPortal(prose.Data(c.URL)) },
		answer: answerPortal,
	},
	{
		id:    stage.AskProxy,
		topic: say.TopicProxy(),
		raise: raiseProxy,
		ask: func(c stage.Check) prose.Value {
			return say.AskProxy(prose.Data(chart.ProxyName(c.URL)), placeOf(c))
		},
		answer: answerProxy,
	},
	{
		id:    stage.AskNobody,
		topic: say.TopicNobody(),
		raise: raiseNobody,
		ask: func(c stage.Check) prose.Value {
			return say.AskNobody(portOf(c), prose.Data(c.Manner.Address))
		},
		answer: answerNobody,
	},
}

// maxNobodyAsked limits the checks for which an unassigned address is dialled.
const maxNobodyAsked = 8

// raisePortal fetches, once in a run, a page that is known to be empty. It does so
// if nothing connects, if a web page arrives instead of mail, or if a certificate
// has another name. If only follow-ups received the web page, it is fetched after
// them.
func raisePortal(c *chart.Case) []stage.Check {
	url := c.Controls().Portal
	if url == "" {
		return nil
	}
	fetch := func(k *chart.Exam, round int) []stage.Check {
		return []stage.Check{{
			ID: k.Check.ID + "/portal", Kind: stage.KindFetch, Subject: k.Check.Subject, URL: url, Parents: []string{k.Check.ID}, Round: round,
		}}
	}
	for _, k := range c.Checks {
		page := chart.Spoken(k.FirstBytes(stage.Handshake)) == "http" || chart.Spoken(k.Greet.FirstBytes) == "http" || chart.Spoken(k.Greet.Text()) == "http"
		named := k.Fault(stage.Handshake) == stage.BadCertificate && k.Has(stage.CertNameMismatch, stage.CertUnknownAuthority, stage.CertSelfSigned)
		if k.NoConnectionAt() && len(c.Connected) == 0 || page || named {
			return fetch(k, 1)
		}
	}
	for _, k := range c.Checks {
		if k.ToHTTP || chart.Spoken(k.Provoked) == "http" {
			return fetch(k, 2)
		}
	}
	return nil
}

// raiseProxy asks each proxy in the environment for a connection to the first
// unreachable server, if all servers were unreachable.
func raiseProxy(c *chart.Case) []stage.Check {
	if c.Record.Header.Options.Private || len(c.Connected) > 0 {
		return nil
	}
	for _, k := range c.Checks {
		if !k.NoConnectionAt() && k.Fault(stage.Resolve) == "" {
			continue
		}
		var checks []stage.Check
		for i, p := range c.Record.Header.System.Proxies {
			f := after(k, stage.KindTunnel, "proxy"+suffix(i))
			f.URL = "http://" + p
			checks = append(checks, f)
		}
		return checks
	}
	return nil
}

// suffix returns a suffix for ids after the first: "", "-2", "-3".
func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return "-" + strconv.Itoa(i+1)
}

// raiseNobody dials the port of a check at an unassigned address if the answer may
// not be the server's. Whatever answers there as well is on this machine or its
// network, and answers for all servers.
func raiseNobody(c *chart.Case) []stage.Check {
	address := c.Controls().Nobody
	if address == "" || nearbyAddress(c, address) {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		if !doubtful(k) || len(checks) == maxNobodyAsked {
			continue
		}
		kind := stage.KindGreeting
		if k.Check.Endpoint.Security == stage.TLS {
			kind = stage.KindTLS
		}
		f := after(k, kind, "nobody")
		f.Manner.Address = address
		checks = append(checks, f)
	}
	return checks
}

// nearbyAddress reports whether this machine or a server of the run has an address
// near this one. Then the address is in use, even if it is reserved.
func nearbyAddress(c *chart.Case, address string) bool {
	return c.Beside([]string{address}) || slices.ContainsFunc(c.Checks, func(k *chart.Exam) bool {
		return slices.ContainsFunc(k.Resolve.Addresses, func(a string) bool { return chart.SameBlock(a, address) })
	})
}

// doubtful reports whether a check may have met something other than the server.
func doubtful(k *chart.Exam) bool {
	if r := k.Result(stage.Upgrade); r != nil && r.Fault == stage.NotOffered && r.Status != stage.Skip {
		return true
	}
	if k.Fault(stage.Connect) == stage.Reset {
		return true
	}
	switch k.Fault(stage.Handshake) {
	case stage.BadCertificate:
		return k.Has(stage.CertUnknownAuthority, stage.CertLocalRoot, stage.CertNameMismatch, stage.CertSelfSigned)
	case stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol:
		return true
	case stage.PlaintextAnswer:
		return k.Noise()
	case stage.HandshakeTimeout:
		return k.TakenNextDoor()
	}
	switch k.Fault(stage.Greeting) {
	case stage.Closed, stage.Reset, stage.WrongProtocol:
		return true
	case stage.Silent:
		return k.TakenNextDoor()
	}
	return k.Check.Endpoint.Protocol == stage.SMTP && k.Fault(stage.Login) == stage.NoMechanism
}

func answerPortal(c *stage.CheckRecord) Answer {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch chart.Portal(c) {
	case chart.Yes:
		if f.Location != "" {
			return found(say.AnswerPortalLeadsAway(cut(f.Location)))
		}
		return found(say.AnswerPortalOtherPage(prose.Size(int64(f.Bytes))))
	case chart.No:
		return found(say.AnswerPortalEmpty())
	}
	if f.Status != 0 {
		return open(say.NotAnsweredPortalStatus(prose.Figure(f.Status)))
	}
	return open(say.NotAnsweredPortalSilent())
}

func answerProxy(c *stage.CheckRecord) Answer {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch chart.Tunnelled(c) {
	case chart.Yes:
		return found(say.AnswerProxyConnects())
	case chart.No:
		return found(say.AnswerProxyRefuses(prose.Figure(f.Status)))
	}
	return open(say.NotAnsweredProxySilent())
}

func answerNobody(c *stage.CheckRecord) Answer {
	d := chart.DoorOf(c)
	switch {
	case d == nil:
		return notAnswered(c)
	case !chart.TookConnection(c):
		return found(say.AnswerNobodyTakes())
	case c.Failed() != nil:
		return found(say.AnswerNobodyTookThen(failure(c)))
	}
	if said := chart.NewExam(c, 0, nil).Greet.Text(); said != "" {
		return found(say.AnswerNobodySays(cut(said)))
	}
	return found(say.AnswerNobodyTook())
}
