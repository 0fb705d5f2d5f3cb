package diagnose

import (
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// egressRules are about what stands between this machine and every server, so that
// unrelated servers behave in the same way.
var egressRules = []Rule{
	{
		Cause:    cause.CloudEgressSMTPBlocked,
		Needs:    []chart.Need{chart.Met(stage.Connect, chart.Unanswered...)},
		Explains: []cause.ID{cause.PortFiltered, cause.ServerUnreachable, cause.ClientIPBannedByServer, cause.ISPPort25Filtered},
		Judge:    sendingBlocked,
	},
	{
		Cause:    cause.VPNOrProxyEgressOnly,
		Needs:    []chart.Need{chart.Met(stage.Connect, chart.NoTaker...), chart.Met(stage.Resolve, append([]stage.Fault{stage.NameNotFound}, chart.OfflineLookups...)...)},
		Explains: behindProxy,
		Judge:    onlyByProxy,
	},
	{
		Cause:    cause.TransparentSMTPProxy,
		Needs:    []chart.Need{chart.Seen(stage.Greeting)},
		Explains: []cause.ID{cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.AuthNotOfferedOnPort, cause.CertNameMismatchHosting},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			return underTLSToo(c, k, sameGreeting(c, k, r))
		},
	},
	{
		Cause:    cause.TransparentSMTPProxy,
		Needs:    []chart.Need{chart.Seen(stage.Greeting)},
		Explains: answeredByProxy,
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			return underTLSToo(c, k, answersForNobody(c, k, r))
		},
	},
	{
		Cause:    cause.TransparentSMTPProxy,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.BadCertificate)},
		Explains: answeredByProxy,
		Judge:    proxyUnderTLS,
	},
	{
		Cause:    cause.AntivirusConnectionProxyBroken,
		Needs:    lostAfterwards,
		Explains: []cause.ID{cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.TLSPQClientHelloIntolerant, cause.AcceptNoGreeting, cause.MTUBlackhole, cause.ImplicitTLSPortSpokenPlain, cause.TLSClientCertRequired, cause.WrongProtocolOnPort, cause.TLSSpokenToPlaintextPort},
		Judge:    takenForNobody,
	},
	{
		Cause: cause.AntivirusConnectionProxyBroken,
		Needs: lostAfterwards,
		Judge: swallowed,
	},
	{
		Cause: cause.CaptivePortal,
		Needs: []chart.Need{
			chart.Met(stage.Connect, chart.NoTaker...),
			chart.Met(stage.Handshake, stage.BadCertificate, stage.PlaintextAnswer, stage.HandshakeClosed, stage.HandshakeReset, stage.HandshakeTimeout),
			chart.Met(stage.Greeting, stage.WrongProtocol, stage.Malformed, stage.Silent, stage.Closed, stage.Reset),
		},
		Explains: behindPortal,
		Judge:    portalInTheWay,
	},
	{
		Cause:    cause.BannerMaskedByESMTPInspection,
		Needs:    []chart.Need{chart.Seen(stage.Greeting)},
		Explains: []cause.ID{cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.SMTPHELORejected, cause.StartTLSBrokenOnServer},
		Judge: func(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			line := k.Greet.Text()
			h := likely().says(say.LineOverwritten(chart.ShowsText(line)))
			if k.Works() {
				h.as(cause.Warn)
			}
			return h.holds(k.Check.Endpoint.Protocol == stage.SMTP && maskedBanner(line))
		},
	},
}

// lostAfterwards is how a connection ends that something nearby accepted and lost.
var lostAfterwards = []chart.Need{
	chart.Met(stage.Connect, stage.Reset), // before the system reported it as established
	chart.Met(stage.Greeting, stage.Closed, stage.Reset, stage.Silent),
	chart.Met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.HandshakeTimeout, stage.TLSProtocol, stage.PlaintextAnswer),
}

// sameGreeting: two unrelated servers at different addresses greet with the same
// name. With implicit TLS, nothing in between could send a greeting.
func sameGreeting(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	name := k.Banner()
	if strings.HasPrefix(name, "smtp/cmap") {
		return possible().with(cause.SlotBanner, prose.Data(name))
	}
	if !strings.Contains(name, ".") {
		return nil
	}
	o := c.GreetsAlike(k)
	if o == nil {
		return nil
	}
	return likely().with(cause.SlotBanner, prose.Data(name)).says(say.SameGreeting(list([]string{k.Host(), o.Host()}), prose.Data(name)))
}

// swallowed: connections to unrelated public addresses are accepted at once, and
// then nothing comes of them.
func swallowed(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !k.TakenNextDoor() || r.Fault == stage.PlaintextAnswer || c.LostNextDoor(k) == nil {
		return nil
	}
	return possible().says(prose.Then(chart.Shows(k, r), say.TakenNextDoor()))
}

// maskedBanner reports whether a firewall has overwritten nearly all of a first
// line: "220 *****2***0*****".
func maskedBanner(line string) bool { return strings.Contains(line, "********") }
