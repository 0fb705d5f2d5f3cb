package question

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// egressInquiries are about what stands between this machine and every server.
var egressInquiries = []inquiry{
	{
		id:    stage.AskPortal,
		raise: raisePortal,
		ask: func(c stage.Check) string {
			return "Does a page of the web come as it should, " + c.URL + " empty?"
		},
		answer: answerPortal,
	},
	{
		id:    stage.AskProxy,
		raise: raiseProxy,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Does the proxy %s let through to port %d of %s?", chart.ProxyName(c.URL), c.Endpoint.Port, c.Endpoint.Host)
		},
		answer: answerProxy,
	},
	{
		id:    stage.AskNobody,
		raise: raiseNobody,
		ask: func(c stage.Check) string {
			return fmt.Sprintf("Does port %d answer at %s, an address that nobody has?", c.Endpoint.Port, c.Manner.Address)
		},
		answer: answerNobody,
	},
}

// maxNobodyAsked is for how many checks an address is dialled that nobody has.
const maxNobodyAsked = 8

// raisePortal fetches, once in a run, a page that is known to be empty: where
// nothing connects, a web page stands in the place of mail, or a certificate is of
// another name. Where follow-ups alone met the web page, it is fetched after them.
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

// raiseProxy asks each proxy that the environment names for a way to the first
// server that could not be reached, where none could.
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

// suffix numbers ids after the first: "", "-2", "-3".
func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return "-" + strconv.Itoa(i+1)
}

// raiseNobody dials the port of a check at an address that nobody has, where what
// answered may not be the server: whoever answers there as well sits on this
// machine or its network, and answers for all.
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

// nearbyAddress reports whether this machine or a server of the run has an address beside
// this one: then somebody has it, whatever it is kept for.
func nearbyAddress(c *chart.Case, address string) bool {
	return c.Beside([]string{address}) || slices.ContainsFunc(c.Checks, func(k *chart.Exam) bool {
		return slices.ContainsFunc(k.Resolve.Addresses, func(a string) bool { return chart.SameBlock(a, address) })
	})
}

// doubtful reports whether what a check met may be somebody else than the server.
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

func answerPortal(c *stage.CheckRecord) string {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch chart.Portal(c) {
	case chart.Yes:
		if f.Location != "" {
			return chart.Short("No: the answer leads to " + f.Location + ".")
		}
		return "No: a page of " + strconv.Itoa(f.Bytes) + " bytes came in its place."
	case chart.No:
		return "Yes: it came empty, as it is."
	}
	if f.Status != 0 {
		return "Not answered: the answer is HTTP " + strconv.Itoa(f.Status) + "."
	}
	return "Not answered: nothing came."
}

func answerProxy(c *stage.CheckRecord) string {
	f := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch chart.Tunnelled(c) {
	case chart.Yes:
		return "Yes: it made the connection."
	case chart.No:
		return "No: it answers with HTTP " + strconv.Itoa(f.Status) + "."
	}
	return "Not answered: the proxy gave no answer."
}

func answerNobody(c *stage.CheckRecord) string {
	d := chart.DoorOf(c)
	switch {
	case d == nil:
		return answerAny(c)
	case !chart.TookConnection(c):
		return "No: nobody took the connection."
	}
	k := chart.NewExam(c, 0, nil)
	if f := c.Failed(); f != nil {
		return "Yes: something took the connection, and then " + chart.Short(chart.Describe(k, f)) + "."
	}
	return "Yes: " + chart.Short(cmp.Or(k.Greet.Text(), "something took the connection")) + "."
}
