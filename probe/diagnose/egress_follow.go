package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// behindPortal is what a sign-in page in the way of everything makes of mail.
var behindPortal = append([]cause.ID{
	cause.ServerUnreachable, cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer, cause.ISPPort25Filtered, cause.CloudEgressSMTPBlocked,
	cause.ServiceNotListening, cause.VPNOrProxyEgressOnly, cause.LocalFirewallOrAppPermission, cause.SplitHorizonPrivateAddress, cause.DNSNXDomainHijack,
	cause.WrongProtocolOnPort, cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.ImplicitTLSPortSpokenPlain,
	cause.CertNameMismatchHosting, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertExpired, cause.StartTLSAcceptedThenDropped,
	cause.AntivirusConnectionProxyBroken, cause.TransparentSMTPProxy,
}, unknownIssuer...)

// portalInTheWay: a page that is known to be empty came with something in it, or
// led elsewhere. Where anything of the run is under verified TLS, the way is open.
func portalInTheWay(c *Case, k *Check, r *stage.Result) *Hit {
	f := c.doors.portal
	if f == nil || portal(f) != yes || slices.ContainsFunc(c.Checks, (*Check).encrypted) {
		return nil
	}
	h := proven().with("portal", "yes")
	facts := orEmpty(stage.FactsOf[*stage.FetchFacts](f))
	text := facts.URL + " leads to " + facts.Location
	switch {
	case facts.Status == 511:
		text = facts.URL + " is answered with HTTP 511, network authentication required"
	case facts.Location == "":
		text = facts.URL + " came with a page that does not belong there"
		h.Confidence = cause.Likely
		if c.inventedPage(k) {
			h.Confidence = cause.Possible
		}
	}
	return h.says(short(stage.Visible(describe(k, r) + "; " + text)))
}

// inventedPage reports whether the page that came in another's place is that of a
// name server's inventions: plain, from where made-up names lead as well, and what
// is there takes no connection for mail. A sign-in page leads elsewhere (RFC 6585 6),
// or answers at every port.
func (c *Case) inventedPage(k *Check) bool {
	facts := orEmpty(stage.FactsOf[*stage.FetchFacts](c.doors.portal))
	_, strange := c.invented(k)
	return strange == yes && facts.Status == 200 && k.fault(stage.Connect) != "" &&
		slices.Contains(k.resolve.Addresses, ipOf(facts.Address))
}

// behindProxy is what a network that lets nothing out but through a proxy makes of
// names and connections.
var behindProxy = slices.DeleteFunc(slices.Clone(noConnection), func(id cause.ID) bool { return id == cause.ProtocolNotProvided })

// onlyByProxy: nothing connects, and a proxy is there that does, or may.
func onlyByProxy(c *Case, k *Check, r *stage.Result) *Hit {
	if len(c.connected) > 0 || r.Stage == stage.Connect && r.Fault == stage.NetworkUnreachable && (!c.answered || c.offline != "") && !c.proxyAnswered() {
		return nil
	}
	if c.othersAnswer(k, anyMail) == yes {
		return nil // there is another way
	}
	if c.doors.alive {
		return nil
	}
	silent := r.Fault == stage.DNSTimeout || r.Fault == stage.DNSUnreached
	if h := c.proxied(c.doors.webDead && r.Stage == stage.Connect || silent); h != nil {
		return h.says(short(describe(k, r) + "; " + h.Text))
	}
	return possible().holds(r.Stage == stage.Connect && others(c.unanswered, k.host()) > 0)
}

// proxied reads what the proxies of this machine said; nil where they said
// nothing. dead: nothing but them answers, so that a refusal tells as well.
func (c *Case) proxied(dead bool) *Hit {
	var best *Hit
	for _, f := range c.doors.proxies {
		name := stage.Visible(proxyName(f.Check.URL))
		switch tunnelled(f) {
		case yes:
			return proven().with("proxy", name).with("lets", "yes").says("the proxy " + name + " makes the connection")
		case no:
			if dead && orEmpty(stage.FactsOf[*stage.FetchFacts](f)).Status < 500 { // else it finds no way itself
				best = likely().with("proxy", name).says("the proxy " + name + " answers, and makes no connection to a mail port")
			}
		}
	}
	return best
}

// proxyAnswered reports whether any proxy said anything.
func (c *Case) proxyAnswered() bool {
	return slices.ContainsFunc(c.doors.proxies, func(f *stage.CheckRecord) bool { return tunnelled(f) != unknown })
}

// sendingBlocked: every port for sending is silent, whosever it is, while
// receiving connects, or the spare port does. It is likely with several unrelated
// providers, or where the host answers at other ports.
func sendingBlocked(c *Case, k *Check, _ *stage.Result) *Hit {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Port == sparePort {
		return nil
	}
	receives := false
	places, providers := make(map[string]bool), make(map[string]bool)
	for _, o := range c.Checks {
		switch {
		case o.Check.Endpoint.Protocol != stage.SMTP:
			receives = receives || o.passed(stage.Connect)
		case o.Check.Endpoint.Port == sparePort:
		case o.passed(stage.Connect), o.fault(stage.Connect) == stage.Refused:
			return nil // somebody answered
		case o.fault(stage.Connect) != "":
			places[strings.ToLower(o.Check.Endpoint.Address())] = true
			providers[o.owner()] = true
		}
	}
	s := c.sendingAround(k)
	others := c.othersAnswer(k, forSending)
	if s.answers || others == yes {
		return nil
	}
	h := possible()
	switch {
	case len(providers) > 1, others == no && (receives || c.othersAnswer(k, anyMail) == yes):
		h = likely().with("many", "yes")
	case s.spare == doorOpen, s.spare == doorRefused && receives, s.receives:
		h = likely()
	}
	h.with("way", c.wayRound(k))
	return h.holds((receives || s.receives || s.spare != 0 && s.spare != doorSilent || others == no) && len(places)+s.shut > 1)
}

// sendingPorts is what the ports of one host came to, seen from sending.
type sendingPorts struct {
	answers  bool      // a usual port for sending, beside the plan's
	shut     int       // usual ports for sending that gave no answer, beside the plan's
	receives bool      // a port for receiving answers
	spare    doorState // port 2525
}

func (c *Case) sendingAround(k *Check) (s sendingPorts) {
	for _, d := range c.doors.by[k.host()] {
		switch {
		case d.protocol == stage.SMTP && d.port == sparePort:
			s.spare = d.state
		case d.protocol == stage.SMTP && d.followUp:
			s.answers = s.answers || d.state != doorSilent
			s.shut += truth(d.state == doorSilent && !d.aside())
		case d.protocol.Receives():
			s.receives = s.receives || d.state != doorSilent
		}
	}
	return s
}

// nobody finds the follow-up at an address that nobody has, if something took the
// connection there; nil where nothing did.
func (c *Case) nobody(k *Check) *Check {
	f := c.followUp(k, stage.AskNobody)
	if f == nil {
		return nil
	}
	if tookConnection(f) {
		return newCheck(f, k.Place, nil)
	}
	return nil
}

// answersForNobody: the same port at an address that nobody has greets as a mail
// server does, so that this greeting isn't the server's either; or the greeting is
// of another domain than at the host's encrypted port.
func answersForNobody(c *Case, k *Check, _ *stage.Result) *Hit {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Security == stage.TLS || k.forged() {
		return nil
	}
	name := k.banner()
	if n := c.nobody(k); n != nil && n.greet.Code == 220 {
		h := likely().with("nobody", n.Check.Manner.Address).with("banner", n.banner())
		if n.banner() == name {
			h.Confidence = cause.Proven
		}
		return h.says(short(stage.Visible("an address that nobody has, " + n.Check.Manner.Address + ", greets as well: " + n.greet.Text())))
	}
	for _, f := range c.followUps[k.Check.ID] {
		o := newCheck(f, 0, nil)
		if f.Check.Question != stage.AskSibling || f.Check.Endpoint.Security != stage.TLS || !o.encrypted() {
			continue
		}
		other := greetingName(o.greet.Lines)
		if k.Failed() != nil && unrelated(name, other) && unrelated(name, k.host()) {
			return likely().with("banner", name).with("other", other).says(short(stage.Visible(
				k.place() + " greets as " + name + ", " + o.place() + " under TLS as " + other)))
		}
	}
	return nil
}

// forged reports whether the certificate is made for the name that was asked for, by
// an issuer whom no public list has. Whoever does that has causes of its own:
// interception, or a private authority.
func (k *Check) forged() bool {
	return k.foreign() && !k.has(stage.CertNameMismatch, stage.CertNoNames, stage.CertSelfSigned)
}

// unrelated reports whether two host names are of different domains.
func unrelated(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return len(x) > 1 && len(y) > 1 && !slices.Equal(x[len(x)-2:], y[len(y)-2:])
}

// takenForNobody: something takes connections in the name of an address that
// nobody has, and loses them as it loses the server's.
func takenForNobody(c *Case, k *Check, r *stage.Result) *Hit {
	n := c.nobody(k)
	if n == nil || r.Fault == stage.PlaintextAnswer && (!k.noise() || !n.noise()) {
		return nil
	}
	f := n.Failed()
	if f == nil || f.Stage != stage.Greeting && f.Stage != stage.Handshake && f.Stage != stage.Connect || len(n.tls.Chain) > 0 || n.greet.Text() != "" {
		return nil // it speaks: see transparent-smtp-proxy, and who issued the certificate
	}
	h := likely().with("nobody", n.Check.Manner.Address)
	if (f.Stage == r.Stage || f.Stage == stage.Connect || r.Stage == stage.Connect) && cutOff(f.Fault) == cutOff(r.Fault) {
		h.Confidence = cause.Proven
	}
	return h.says(short(describe(k, r) + "; a connection to " + n.Check.Manner.Address + ", which nobody has, was taken as well: " + describe(n, f)))
}

// noise reports whether what came in answer to TLS is neither TLS nor any protocol's
// text: some of the first bytes are no characters.
func (k *Check) noise() bool {
	first := k.tls.FirstBytes
	return k.fault(stage.Handshake) == stage.PlaintextAnswer && spoken(first) == "" && strings.Contains(first, `\x`)
}

// cutOff tells an end of the connection from silence. Whether it comes as a close
// or as a reset depends on what was still on the way.
func cutOff(f stage.Fault) bool {
	return slices.Contains([]stage.Fault{stage.Closed, stage.Reset, stage.HandshakeClosed, stage.HandshakeReset}, f)
}
