package diagnose

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

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
			return fmt.Sprintf("Does the proxy %s let through to port %d of %s?", proxyName(c.URL), c.Endpoint.Port, c.Endpoint.Host)
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
func raisePortal(c *Case) []stage.Check {
	url := c.controls().Portal
	if url == "" {
		return nil
	}
	fetch := func(k *Check, round int) []stage.Check {
		return []stage.Check{{
			ID: k.Check.ID + "/portal", Kind: stage.KindFetch, Subject: k.Check.Subject, URL: url, Parents: []string{k.Check.ID}, Round: round,
		}}
	}
	for _, k := range c.Checks {
		page := spoken(k.firstBytes(stage.Handshake)) == "http" || spoken(k.greet.FirstBytes) == "http" || spoken(k.greet.Text()) == "http"
		named := k.fault(stage.Handshake) == stage.BadCertificate && k.has(stage.CertNameMismatch, stage.CertUnknownAuthority, stage.CertSelfSigned)
		if k.noConnectionAt() && len(c.connected) == 0 || page || named {
			return fetch(k, 1)
		}
	}
	for _, k := range c.Checks {
		if k.toHTTP || spoken(k.provoked) == "http" {
			return fetch(k, 2)
		}
	}
	return nil
}

// raiseProxy asks each proxy that the environment names for a way to the first
// server that could not be reached, where none could.
func raiseProxy(c *Case) []stage.Check {
	if c.Record.Header.Options.Private || len(c.connected) > 0 {
		return nil
	}
	for _, k := range c.Checks {
		if !k.noConnectionAt() && k.fault(stage.Resolve) == "" {
			continue
		}
		var checks []stage.Check
		for i, p := range c.Record.Header.System.Proxies {
			f := k.after(stage.KindTunnel, "proxy"+suffix(i))
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

// proxyName is host:port of a proxy.
func proxyName(url string) string { return strings.TrimPrefix(url, "http://") }

// raiseNobody dials the port of a check at an address that nobody has, where what
// answered may not be the server: whoever answers there as well sits on this
// machine or its network, and answers for all.
func raiseNobody(c *Case) []stage.Check {
	address := c.controls().Nobody
	if address == "" || c.near(address) {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		if !k.doubtful() || len(checks) == maxNobodyAsked {
			continue
		}
		kind := stage.KindGreeting
		if k.Check.Endpoint.Security == stage.TLS {
			kind = stage.KindTLS
		}
		f := k.after(kind, "nobody")
		f.Manner.Address = address
		checks = append(checks, f)
	}
	return checks
}

// near reports whether this machine or a server of the run has an address beside
// this one: then somebody has it, whatever it is kept for.
func (c *Case) near(address string) bool {
	return c.beside([]string{address}) || slices.ContainsFunc(c.Checks, func(k *Check) bool {
		return slices.ContainsFunc(k.resolve.Addresses, func(a string) bool { return sameBlock(a, address) })
	})
}

// beside reports whether one of these addresses is of a network that this machine
// is in.
func (c *Case) beside(addresses []string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool {
		return slices.ContainsFunc(c.Record.Header.System.Addresses, func(own string) bool { return sameBlock(a, own) })
	})
}

// sameBlock reports whether two addresses are of one block as networks usually
// have it: 256 addresses for IPv4, a /64 for IPv6 (RFC 4291 2.5.4).
func sameBlock(a, b string) bool {
	x, err := netip.ParseAddr(a)
	if err != nil {
		return false
	}
	y, err := netip.ParseAddr(b)
	if err != nil {
		return false
	}
	x, y = x.Unmap().WithZone(""), y.Unmap().WithZone("")
	bits := 64
	if x.Is4() {
		bits = 24
	}
	block, err := x.Prefix(bits)
	return err == nil && block.Contains(y)
}

// doubtful reports whether what a check met may be somebody else than the server.
func (k *Check) doubtful() bool {
	if r := k.Result(stage.Upgrade); r != nil && r.Fault == stage.NotOffered && r.Status != stage.Skip {
		return true
	}
	if k.fault(stage.Connect) == stage.Reset {
		return true
	}
	switch k.fault(stage.Handshake) {
	case stage.BadCertificate:
		return k.has(stage.CertUnknownAuthority, stage.CertLocalRoot, stage.CertNameMismatch, stage.CertSelfSigned)
	case stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol:
		return true
	case stage.PlaintextAnswer:
		return k.noise()
	case stage.HandshakeTimeout:
		return k.takenNextDoor()
	}
	switch k.fault(stage.Greeting) {
	case stage.Closed, stage.Reset, stage.WrongProtocol:
		return true
	case stage.Silent:
		return k.takenNextDoor()
	}
	return k.Check.Endpoint.Protocol == stage.SMTP && k.fault(stage.Login) == stage.NoMechanism
}

// noContent is the HTTP status of the empty page that the portal check asks for
// (RFC 9110 15.3.5).
const noContent = 204

// portal says whether a page came in the place of the empty one that was asked
// for: yes, no, or nothing that tells.
func portal(f *stage.CheckRecord) answer {
	facts := orEmpty(stage.FactsOf[*stage.FetchFacts](f))
	switch s := facts.Status; {
	case s >= 300 && s < 400, s == 200 && facts.Bytes > 0, s == 511: // RFC 6585 6
		return yes
	case s == noContent, s == 200:
		return no
	}
	return unknown
}

func answerPortal(c *stage.CheckRecord) string {
	f := orEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch portal(c) {
	case yes:
		if f.Location != "" {
			return short("No: the answer leads to " + f.Location + ".")
		}
		return "No: a page of " + strconv.Itoa(f.Bytes) + " bytes came in its place."
	case no:
		return "Yes: it came empty, as it is."
	}
	if f.Status != 0 {
		return "Not answered: the answer is HTTP " + strconv.Itoa(f.Status) + "."
	}
	return "Not answered: nothing came."
}

// tunnelled says whether a proxy made a connection: yes, no, or no word from it.
func tunnelled(f *stage.CheckRecord) answer {
	switch s := orEmpty(stage.FactsOf[*stage.FetchFacts](f)).Status; {
	case s >= 200 && s < 300: // RFC 9110 9.3.6
		return yes
	case s != 0:
		return no
	}
	return unknown
}

func answerProxy(c *stage.CheckRecord) string {
	f := orEmpty(stage.FactsOf[*stage.FetchFacts](c))
	switch tunnelled(c) {
	case yes:
		return "Yes: it made the connection."
	case no:
		return "No: it answers with HTTP " + strconv.Itoa(f.Status) + "."
	}
	return "Not answered: the proxy gave no answer."
}

func answerNobody(c *stage.CheckRecord) string {
	d := doorOf(c)
	switch {
	case d == nil:
		return answerAny(c)
	case !tookConnection(c):
		return "No: nobody took the connection."
	}
	k := newCheck(c, 0, nil)
	if f := c.Failed(); f != nil {
		return "Yes: something took the connection, and then " + short(describe(k, f)) + "."
	}
	return "Yes: " + short(cmp.Or(k.greet.Text(), "something took the connection")) + "."
}
