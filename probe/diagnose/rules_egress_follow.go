package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// behindPortal lists the consequences for mail of a sign-in page that intercepts
// everything.
var behindPortal = append([]cause.ID{
	cause.ServerUnreachable, cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer, cause.ISPPort25Filtered, cause.CloudEgressSMTPBlocked,
	cause.ServiceNotListening, cause.VPNOrProxyEgressOnly, cause.LocalFirewallOrAppPermission, cause.SplitHorizonPrivateAddress, cause.DNSNXDomainHijack,
	cause.WrongProtocolOnPort, cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.ImplicitTLSPortSpokenPlain,
	cause.CertNameMismatchHosting, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertExpired, cause.StartTLSAcceptedThenDropped,
	cause.AntivirusConnectionProxyBroken, cause.TransparentSMTPProxy,
}, unknownIssuer...)

// portalInTheWay: a page that is known to be empty had content, or redirected. If
// anything in the run has verified TLS, there is no portal in the way.
func portalInTheWay(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	f := c.Ports.Portal
	if c.AnyEncrypted() {
		return nil
	}
	if f == nil || chart.Portal(f) != chart.Yes {
		return likely().with(cause.SlotPortal, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.SamePageEverywhere())).
			holds(c.AnswersForAll() && (f == nil || chart.Portal(f) == chart.Unknown))
	}
	h := proven().with(cause.SlotPortal, prose.Set(true))
	facts := chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](f))
	url := prose.Data(facts.URL)
	said := say.PageLeads(url, chart.ShowsText(facts.Location))
	switch {
	case facts.Status == 511:
		said = say.PageWantsLogin(url)
	case facts.Location == "":
		said = say.PageOfOthers(url)
		h.Confidence = cause.Likely
		if c.InventedPage(k) {
			h.Confidence = cause.Possible
		}
	}
	return h.says(prose.Then(chart.Shows(k, r), said))
}

// behindProxy lists the consequences for names and connections of a network that
// lets nothing out except through a proxy.
var behindProxy = slices.DeleteFunc(slices.Clone(noConnection), func(id cause.ID) bool { return id == cause.ProtocolNotProvided })

// onlyByProxy: nothing connects, but a proxy does, or may.
func onlyByProxy(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if len(c.Connected) > 0 || r.Stage == stage.Connect && r.Fault == stage.NetworkUnreachable && (!c.Answered || c.Offline != "") && !c.ProxyAnswered() {
		return nil
	}
	if c.OthersAnswer(k, chart.AnyMail) == chart.Yes {
		return nil // there is another way
	}
	if c.Ports.Alive {
		return nil
	}
	silent := r.Fault == stage.DNSTimeout || r.Fault == stage.DNSUnreached
	if h := proxied(c, c.Ports.WebDead && r.Stage == stage.Connect || silent); h != nil {
		return h.says(prose.Then(chart.Shows(k, r), h.Said))
	}
	return possible().holds(r.Stage == stage.Connect && chart.Others(c.Unanswered, k.Host()) > 0)
}

// proxied returns a hit based on the replies of this machine's proxies; nil if none
// replied. dead: nothing except them answers, so that a refusal is evidence too.
func proxied(c *chart.Case, dead bool) *Hit {
	var best *Hit
	for _, f := range c.Ports.Proxies {
		name := prose.Data(chart.ProxyName(f.Check.URL))
		switch chart.Tunnelled(f) {
		case chart.Yes:
			return proven().with(cause.SlotProxy, name).with(cause.SlotLets, prose.Set(true)).says(say.ProxyConnects(name))
		case chart.No:
			if dead && chart.OrEmpty(stage.FactsOf[*stage.FetchFacts](f)).Status < 500 { // else it has no route itself
				best = likely().with(cause.SlotProxy, name).says(say.ProxyRefuses(name))
			}
		}
	}
	return best
}

// sendingBlocked: every port for sending is silent, at any provider, while receiving
// connects, or the spare port does. It is likely with several unrelated providers,
// or if the host answers at other ports.
func sendingBlocked(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Port == chart.SparePort {
		return nil
	}
	run := c.Sending()
	if run.Answered {
		return nil
	}
	s := c.SendingAround(k)
	others := c.OthersAnswer(k, chart.ForSending)
	if s.Answers || others == chart.Yes {
		return nil
	}
	h := possible()
	switch {
	case run.Providers > 1, others == chart.No && (run.Receives || c.OthersAnswer(k, chart.AnyMail) == chart.Yes):
		h = likely().with(cause.SlotMany, prose.Set(true))
	case s.Spare == chart.PortOpen, s.Spare == chart.PortRefused && run.Receives, s.Receives:
		h = likely()
	}
	return h.holds((run.Receives || s.Receives || s.Spare != 0 && s.Spare != chart.PortSilent || others == chart.No) && run.Places+s.Shut > 1)
}

// answersForNobody: the same port at an unassigned address sends a mail server's
// greeting, so that the greeting here isn't the server's either; or the greeting
// names another domain than the one at the host's encrypted port.
func answersForNobody(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Security == stage.TLS || k.Forged() {
		return nil
	}
	name := k.Banner()
	if n := c.Nobody(k); n != nil && n.Greet.Code == 220 {
		nobody := prose.Data(n.Check.Manner.Address)
		h := likely().with(cause.SlotNobody, nobody).with(cause.SlotBanner, prose.Data(n.Banner()))
		if n.Banner() == name {
			h.Confidence = cause.Proven
		}
		return h.says(say.NobodySays(nobody, chart.ShowsText(n.Greet.Text())))
	}
	for _, f := range c.FollowUps[k.Check.ID] {
		o := chart.NewExam(f, 0, nil)
		if f.Check.Question != stage.AskSibling || f.Check.Endpoint.Security != stage.TLS || !o.Encrypted() {
			continue
		}
		other := chart.GreetingName(o.Greet.Lines)
		if k.Failed() != nil && chart.Unrelated(name, other) && chart.Unrelated(name, k.Host()) {
			banner, under := prose.Data(name), prose.Data(other)
			return likely().with(cause.SlotBanner, banner).with(cause.SlotOther, under).
				says(say.GreetsOtherwise(k.PlaceName(), banner, o.PlaceName(), under))
		}
	}
	return nil
}

// takenForNobody: something accepts connections for an unassigned address and drops
// them in the same way as the server's. If it sends web pages instead of mail, see
// captive-portal.
func takenForNobody(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	n := c.Nobody(k)
	if n == nil || len(c.Web) > 0 || r.Fault == stage.PlaintextAnswer && (!k.Noise() || !n.Noise()) {
		return nil
	}
	f := n.Failed()
	if f == nil || f.Stage != stage.Greeting && f.Stage != stage.Handshake && f.Stage != stage.Connect || len(n.TLS.Chain) > 0 || n.Greet.Text() != "" {
		return nil // it sends something: see transparent-smtp-proxy, and who issued the certificate
	}
	nobody := prose.Data(n.Check.Manner.Address)
	h := likely().with(cause.SlotNobody, nobody)
	if (f.Stage == r.Stage || f.Stage == stage.Connect || r.Stage == stage.Connect) && cutOff(f.Fault) == cutOff(r.Fault) {
		h.Confidence = cause.Proven
	}
	return h.says(prose.Then(chart.Shows(k, r), say.NobodyTook(nobody, chart.Shows(n, f))))
}

// cutOff distinguishes the end of a connection from silence. Whether it is a close
// or a reset depends on what was still in flight.
func cutOff(f stage.Fault) bool {
	return slices.Contains([]stage.Fault{stage.Closed, stage.Reset, stage.HandshakeClosed, stage.HandshakeReset}, f)
}
