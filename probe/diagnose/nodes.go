package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// comparison is what the addresses of a host showed side by side.
type comparison struct {
	bad, good []string // IP addresses where the stage failed, and where it went well
	again     answer   // yes: a second try at the first address went well
}

// compared puts the address that failed beside the others that were tried.
func (c *Case) compared(k *Check, r *stage.Result) comparison {
	out := comparison{again: went(c.followUp(k, stage.AskAgain), r.Stage)}
	if used := ipOf(k.connect.Address); used != "" {
		out.bad = append(out.bad, used)
	}
	for _, f := range c.followUpsTo(k, stage.AskOtherAddress) {
		switch went(f, r.Stage) {
		case yes:
			out.good = append(out.good, f.Check.Manner.Address)
		case no:
			out.bad = append(out.bad, f.Check.Manner.Address)
		}
	}
	return out
}

// silentFamily returns the family, "IPv6", all of whose addresses failed so as the
// way may make them fail, while the other family's went well; empty otherwise.
func (c *Case) silentFamily(k *Check, r *stage.Result) string {
	switch r.Fault {
	case stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset, stage.Silent, stage.Stalled, stage.Closed, stage.Reset:
	default:
		return "" // somebody answered
	}
	n := c.compared(k, r)
	six := func(ip string) bool { return ipv6(withPort(ip)) }
	four := func(ip string) bool { return !six(ip) }
	switch {
	case len(n.bad) == 0 || len(n.good) == 0 || n.again == yes:
		return ""
	case !slices.ContainsFunc(n.bad, four) && !slices.ContainsFunc(n.good, six):
		return "IPv6"
	}
	return ""
}

// withPort makes ip:port of an IP address.
func withPort(ip string) string { return stage.Endpoint{Host: ip, Port: 1}.Address() }

// unlikeNodes are the stages in which machines behind one name may differ.
var unlikeNodes = []Need{
	met(stage.Handshake, append(slices.Clone(unlike[stage.Handshake]), refusing[stage.Handshake]...)...),
	met(stage.Greeting, append(slices.Clone(unlike[stage.Greeting]), refusing[stage.Greeting]...)...),
	met(stage.Upgrade, append(slices.Clone(unlike[stage.Upgrade]), refusing[stage.Upgrade]...)...),
}

// ofOneNode are the causes that hold for one machine and not for its neighbour: who
// repairs that one, or takes it out, needs no more.
var ofOneNode = []cause.ID{
	cause.ConnectionResetAfterAccept, cause.AcceptNoGreeting, cause.ImplicitTLSPortSpokenPlain, cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort,
	cause.GreetingRefusedByPolicy, cause.ServerBusyGreeting, cause.AntivirusConnectionProxyBroken,
	cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.StartTLSBrokenOnServer, cause.StartTLSAcceptedThenDropped,
	cause.CertExpired, cause.CertRenewedNotReloaded, cause.CertSelfSigned, cause.CertPrivateCA, cause.CertMissingIntermediate, cause.CertNameMismatchHosting,
	cause.CertNameMismatchNoSNI, cause.CertExpiredRootInChain, cause.CertWeakOrLegacyFormat, cause.CertNotYetValid, cause.ClientClockWrong,
	cause.ClientTrustStoreOutdated, cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer,
	cause.TLSServerTooOld, cause.TLSCipherMismatch, cause.TLSWeakDH, cause.TLSHandshakeInterrupted, cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant,
	cause.SlowPath,
}

// unlikeNode: what failed goes well at another address of the same name, or at the
// same one a second time.
func unlikeNode(c *Case, k *Check, r *stage.Result) *Hit {
	n := c.compared(k, r)
	if c.silentFamily(k, r) != "" {
		return nil // see ipv6-broken-path, mtu-blackhole
	}
	h := likely().with("differs", "yes").as(c.weigh(k, r, cause.Fail))
	switch {
	case len(n.good) > 0 && len(n.bad) > 0:
		if n.again == no {
			h.Confidence = cause.Proven
		}
		return h.with("dead", stage.Visible(list(n.bad))).says(short(stage.Visible(describe(k, r) + "; at " + list(n.good) + " it goes well")))
	case n.again != yes || len(n.bad) == 0:
		return nil
	case k.stalled() && c.variations(k).resent:
		return nil // see mtu-blackhole
	case len(n.bad) > 1 || !changesByItself(r) || k.stalled():
		// Others fail like it, or it only took too long: that a second try went well may
		// have been luck.
		h.Confidence = cause.Possible
	case r.Fault == stage.BadCertificate:
		h.Confidence = cause.Proven
	}
	return h.with("dead", stage.Visible(n.bad[0])).with("now_and_then", "yes").says(describe(k, r) + "; a second try at the same address went well")
}

// changesByItself reports whether a fault that comes and goes tells of several
// machines behind one address. A greeting may be missing for want of a free place.
func changesByItself(r *stage.Result) bool { return r.Stage == stage.Handshake }

// stalledIPv6: the addresses of IPv6 take connections and then nothing comes, while
// those of IPv4 serve. Where large packets alone are lost, that is the better name.
func stalledIPv6(c *Case, k *Check, r *stage.Result) *Hit {
	if c.silentFamily(k, r) != "IPv6" {
		return nil
	}
	if r.Stage == stage.Handshake {
		if mtu, _ := c.variations(k).size(); mtu == cause.Proven || mtu == cause.Likely || mtu == cause.Possible && c.variations(k).segments == unknown {
			return nil
		}
	}
	n := c.compared(k, r)
	return likely().with("address", stage.Visible(list(n.bad))).with("stalls", "yes").as(c.weigh(k, r, cause.Fail)).
		says(short(stage.Visible(describe(k, r) + "; at " + list(n.good) + " it goes well")))
}
