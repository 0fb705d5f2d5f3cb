package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// unlikeNodes are the stages in which machines behind one name may differ.
var unlikeNodes = []chart.Need{
	chart.Met(stage.Handshake, append(slices.Clone(chart.Unlike[stage.Handshake]), chart.Refusing[stage.Handshake]...)...),
	chart.Met(stage.Greeting, append(slices.Clone(chart.Unlike[stage.Greeting]), chart.Refusing[stage.Greeting]...)...),
	chart.Met(stage.Upgrade, append(slices.Clone(chart.Unlike[stage.Upgrade]), chart.Refusing[stage.Upgrade]...)...),
}

// ofOneNode are the causes that hold for one machine and not for another behind the
// same name. Repairing that machine, or taking it out of service, is enough.
var ofOneNode = []cause.ID{
	cause.ConnectionResetAfterAccept, cause.AcceptNoGreeting, cause.ImplicitTLSPortSpokenPlain, cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort,
	cause.GreetingRefusedByPolicy, cause.ServerBusyGreeting, cause.AntivirusConnectionProxyBroken,
	cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.StartTLSBrokenOnServer, cause.StartTLSAcceptedThenDropped,
	cause.CertExpired, cause.CertRenewedNotReloaded, cause.CertSelfSigned, cause.CertPrivateCA, cause.CertMissingIntermediate, cause.CertNameMismatchHosting,
	cause.CertNameMismatchNoSNI, cause.CertExpiredRootInChain, cause.CertWeakOrLegacyFormat, cause.CertNotYetValid, cause.ClientClockWrong,
	cause.ClientTrustStoreOutdated, cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer,
	cause.TLSServerTooOld, cause.TLSCipherMismatch, cause.TLSWeakDH, cause.TLSHandshakeInterrupted, cause.TLSServerInternalError, cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant,
	cause.SlowPath,
}

// unlikeNode: what failed succeeds at another address of the same name, or at the
// same one a second time.
func unlikeNode(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	n := c.Compared(k, r)
	if c.SilentFamily(k, r) != "" {
		return nil // see ipv6-broken-path, mtu-blackhole
	}
	h := likely().with(cause.SlotDiffers, prose.Set(true)).as(weigh(c, k, r, cause.Fail))
	switch {
	case len(n.Good) > 0 && len(n.Bad) > 0:
		if n.Again == chart.No {
			h.Confidence = cause.Proven
		}
		return h.with(cause.SlotDead, list(n.Bad)).says(prose.Then(chart.Shows(k, r), say.GoesWellAt(list(n.Good))))
	case n.Again != chart.Yes || len(n.Bad) == 0:
		return nil
	case k.Stalled() && c.Variations(k).Resent:
		return nil // see mtu-blackhole
	case len(n.Bad) > 1 || !changesByItself(r) || k.Stalled():
		// Others fail like it, or it only took too long: the second try may have
		// succeeded by chance.
		h.Confidence = cause.Possible
	case r.Fault == stage.BadCertificate:
		h.Confidence = cause.Proven
	}
	return h.with(cause.SlotDead, prose.Data(n.Bad[0])).with(cause.SlotNowAndThen, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.SecondTryWentWell()))
}

// changesByItself reports whether a fault that comes and goes indicates several
// machines behind one address. A missing greeting may just mean that no slot was
// free.
func changesByItself(r *stage.Result) bool { return r.Stage == stage.Handshake }

// stalledIPv6: the IPv6 addresses accept connections but then nothing arrives, while
// the IPv4 addresses work. If only large packets are lost, mtu-blackhole is the
// better name.
func stalledIPv6(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if c.SilentFamily(k, r) != "IPv6" {
		return nil
	}
	if r.Stage == stage.Handshake {
		if mtu, _ := helloSize(c.Variations(k)); mtu == cause.Proven || mtu == cause.Likely || mtu == cause.Possible && c.Variations(k).Segments == chart.Unknown {
			return nil
		}
	}
	n := c.Compared(k, r)
	return likely().with(cause.SlotAddress, list(n.Bad)).with(cause.SlotStalls, prose.Set(true)).as(weigh(c, k, r, cause.Fail)).
		says(prose.Then(chart.Shows(k, r), say.GoesWellAt(list(n.Good))))
}

// anyStage is met by every stage that ran.
var anyStage = []chart.Need{
	chart.Seen(stage.Resolve), chart.Seen(stage.Connect), chart.Seen(stage.Handshake), chart.Seen(stage.Greeting), chart.Seen(stage.Upgrade),
	chart.Seen(stage.Capabilities), chart.Seen(stage.Login), chart.Seen(stage.Mailbox), chart.Seen(stage.Submit),
}

// tryRules are about checks that were made several times and worked in the end.
var tryRules = []Rule{
	{Cause: cause.ConnectionsLimited, Needs: anyStage, Judge: limited},
	{Cause: cause.IntermittentFailure, Needs: anyStage, Judge: flaked},
}

// flaked: a try failed, and one after it got through.
func flaked(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	before := k.Before(r.Stage)
	if before == nil || k.Lone() != nil {
		return nil
	}
	return proven().says(say.TryBefore(chart.Shows(before, before.Result(r.Stage)), prose.Count(len(k.Tries))))
}

// limited: the server refused while others from here were connected to it, and not when
// there was no other.
func limited(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	before, lone := k.Before(r.Stage), k.Lone()
	if before == nil || lone == nil {
		return nil
	}
	return proven().says(say.TryInCrowd(chart.Shows(before, before.Result(r.Stage)), prose.Count(lone.Check.Crowd)))
}
