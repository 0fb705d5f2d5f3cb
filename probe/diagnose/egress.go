package diagnose

import (
	"net/netip"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// egressRules are about what stands between this machine and every server, so
// that unrelated servers show the same.
var egressRules = []Rule{
	{
		Cause:    cause.CloudEgressSMTPBlocked,
		Needs:    []Need{met(stage.Connect, unanswered...)},
		Explains: []cause.ID{cause.PortFiltered, cause.ServerUnreachable, cause.ClientIPBannedByServer, cause.ISPPort25Filtered},
		Judge:    sendingBlocked,
	},
	{
		Cause:    cause.VPNOrProxyEgressOnly,
		Needs:    []Need{met(stage.Connect, noTaker...), met(stage.Resolve, append([]stage.Fault{stage.NameNotFound}, offlineLookups...)...)},
		Explains: behindProxy,
		Judge:    onlyByProxy,
	},
	{
		Cause:    cause.TransparentSMTPProxy,
		Needs:    []Need{seen(stage.Greeting)},
		Explains: []cause.ID{cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.AuthNotOfferedOnPort, cause.CertNameMismatchHosting},
		Judge:    sameGreeting,
	},
	{
		Cause: cause.TransparentSMTPProxy,
		Needs: []Need{seen(stage.Greeting)},
		Explains: append([]cause.ID{
			cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.AuthNotOfferedOnPort, cause.MustIssueStartTLSFirst, cause.CertNameMismatchHosting, cause.CertSelfSigned,
			cause.CertMissingIntermediate,
		}, unknownIssuer...),
		Judge: answersForNobody,
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
		Needs: []Need{
			met(stage.Connect, noTaker...),
			met(stage.Handshake, stage.BadCertificate, stage.PlaintextAnswer, stage.HandshakeClosed, stage.HandshakeReset, stage.HandshakeTimeout),
			met(stage.Greeting, stage.WrongProtocol, stage.Malformed, stage.Silent, stage.Closed, stage.Reset),
		},
		Explains: behindPortal,
		Judge:    portalInTheWay,
	},
	{
		Cause:    cause.BannerMaskedByESMTPInspection,
		Needs:    []Need{seen(stage.Greeting)},
		Explains: []cause.ID{cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.SMTPHELORejected, cause.StartTLSBrokenOnServer},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			line := k.greet.Text()
			h := likely().says(short(stage.Visible("the first line was overwritten: " + line)))
			if k.works() {
				h.as(cause.Warn)
			}
			return h.holds(k.Check.Endpoint.Protocol == stage.SMTP && maskedBanner(line))
		},
	},
}

// lostAfterwards is how a connection ends that something near took and lost.
var lostAfterwards = []Need{
	met(stage.Connect, stage.Reset), // before the system had said that it was taken
	met(stage.Greeting, stage.Closed, stage.Reset, stage.Silent),
	met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.HandshakeTimeout, stage.TLSProtocol, stage.PlaintextAnswer),
}

// owner tells the providers of a run apart: by profile or, without one, by
// domain or host.
func (k *Check) owner() string {
	switch p := k.Subject.Profile; {
	case p != nil:
		return "profile " + p.ID
	case k.Subject.Domain != "":
		return "domain " + k.Subject.Domain
	}
	return "host " + k.host()
}

// banner returns the host name with which an SMTP server greets in clear text
// (RFC 5321 4.2.2); empty for none.
func (k *Check) banner() string {
	if k.Check.Endpoint.Protocol != stage.SMTP || k.Check.Endpoint.Security == stage.TLS {
		return ""
	}
	return greetingName(k.greet.Lines)
}

// greetingName returns the host name in an SMTP greeting; empty for none.
func greetingName(lines []string) string {
	if len(lines) == 0 || len(lines[0]) < 4 || !strings.HasPrefix(lines[0], "220") {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimSpace(lines[0][4:]), " ")
	return strings.ToLower(name)
}

// sameGreeting: two unrelated servers at different addresses greet by one and
// the same name. Under TLS from the first byte nobody between could speak.
func sameGreeting(c *Case, k *Check, _ *stage.Result) *Hit {
	name := k.banner()
	if strings.HasPrefix(name, "smtp/cmap") {
		return possible().with("banner", name)
	}
	if !strings.Contains(name, ".") {
		return nil
	}
	for _, o := range c.Checks {
		if o.banner() != name || o.owner() == k.owner() || o.host() == k.host() || !apart(k, o) {
			continue
		}
		return likely().with("banner", name).says(short(stage.Visible(
			k.host() + " and " + o.host() + " greet with the same name, " + name)))
	}
	return nil
}

// apart reports whether two checks spoke to different addresses.
func apart(a, b *Check) bool {
	x, y := a.reached(), b.reached()
	return x != "" && y != "" && x != y
}

// reached is the IP address that the dialogue went to; empty if that isn't known.
func (k *Check) reached() string {
	if ip := ipOf(k.connect.Address); ip != "" {
		return ip
	}
	for _, a := range k.connect.Attempts {
		if a.Outcome == stage.DialConnected {
			return ipOf(a.Address)
		}
	}
	return ""
}

// nextDoor is a round trip that no server on the Internet has: whoever takes the
// connection sits on this machine or beside it.
const nextDoor = time.Millisecond

// swallowed: connections to unrelated public addresses are taken at once, and
// come to nothing.
func swallowed(c *Case, k *Check, r *stage.Result) *Hit {
	if !k.takenNextDoor() || r.Fault == stage.PlaintextAnswer {
		return nil
	}
	for _, o := range c.Checks {
		f := o.Failed()
		if f == nil || o.owner() == k.owner() || !apart(k, o) || !o.takenNextDoor() || f.Stage != stage.Greeting && f.Stage != stage.Handshake {
			continue
		}
		return possible().says(describe(k, r) + "; the connection was taken within a millisecond")
	}
	return nil
}

// takenNextDoor reports whether a public address took the connection sooner than
// any packet can travel there.
func (k *Check) takenNextDoor() bool {
	ip, err := netip.ParseAddr(k.reached())
	if err != nil || !ip.IsGlobalUnicast() || ip.IsLoopback() || allWithin([]string{ip.String()}, internalRanges) {
		return false
	}
	trip := k.connect.RoundTrip
	return trip != nil && *trip > 0 && trip.Duration() < nextDoor
}

// maskedBanner reports a first line of which a firewall has overwritten nearly
// all: "220 *****2***0*****".
func maskedBanner(line string) bool { return strings.Contains(line, "********") }
