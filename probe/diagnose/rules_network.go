package diagnose

import (
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// noConnection lists what follows if there is no route to a server at all.
var noConnection = []cause.ID{
	cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.DNSFilterBlocksHost, cause.DNSResolverBroken, cause.ResolverSlow,
	cause.ServerUnreachable, cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer,
	cause.ISPPort25Filtered, cause.ServiceNotListening, cause.IPv6BrokenPath, cause.ProtocolNotProvided, cause.SlowPath,
	cause.LocalFirewallOrAppPermission,
}

// networkRules are about this machine and its route to the Internet.
var networkRules = []Rule{
	{
		Cause:    cause.NoNetworkRoute,
		Needs:    []chart.Need{chart.Met(stage.Resolve, chart.OfflineLookups...), chart.Met(stage.Connect, chart.Unreachable...)},
		Explains: append([]cause.ID{cause.StaleOrOverriddenDNS}, noConnection...),
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			h := &Hit{Confidence: c.Offline}
			if c.Offline == "" && c.NothingCameBack() {
				return likely().with(cause.SlotSilence, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.NothingCameBack()))
			}
			if !c.Record.Header.System.LinkUp {
				h.says(prose.Then(say.NoInterface(), chart.Shows(k, r)))
			}
			if !c.Answered {
				return h.holds(c.Offline != "")
			}
			sure, here := chart.WayOutBlocked(c)
			h.with(cause.SlotNear, prose.Set(true)).Confidence = sure
			if !here {
				h.with(cause.SlotRouter, prose.Set(true))
			}
			return h.holds(sure != "" && r.Stage == stage.Connect)
		},
	},
	{
		Cause: cause.LocalFirewallOrAppPermission,
		Needs: []chart.Need{chart.Met(stage.Connect, stage.Prohibited, stage.ConnectFailed)},
		Judge: func(_ *chart.Case, _ *chart.Exam, r *stage.Result) *Hit {
			if r.Fault == stage.Prohibited {
				return proven()
			}
			return possible()
		},
	},
	{
		Cause: cause.IPv6BrokenPath,
		Needs: []chart.Need{chart.Seen(stage.Connect)},
		Judge: brokenIPv6,
	},
	{
		Cause: cause.SlowPath,
		Needs: []chart.Need{chart.Seen(stage.Connect)},
		Judge: slowPath,
	},
	{
		Cause:    cause.SlowPath,
		Needs:    []chart.Need{chart.Met(stage.Resolve, stage.DNSTimeout)},
		Explains: []cause.ID{cause.DNSResolverBroken},
		Judge:    lostLookup,
	},
	{
		Cause: cause.SlowPath,
		Needs: []chart.Need{
			chart.Met(stage.Capabilities, stage.Silent, stage.Stalled), chart.Met(stage.Login, stage.Silent, stage.Stalled),
			chart.Met(stage.Mailbox, stage.Silent, stage.Stalled), chart.Met(stage.Submit, stage.Silent, stage.Stalled),
		},
		Explains: []cause.ID{cause.MailboxBackendUnavailable, cause.AuthBackendTemporaryFailure},
		Judge:    lostAnswer,
	},
}

// brokenIPv6 holds if IPv4 connected and IPv6 did not, or if a server has only IPv6
// addresses and there is no route to them.
func brokenIPv6(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	var dead stage.Attempt
	works4, works6, only6 := false, false, len(k.Connect.Attempts) > 0
	for _, a := range k.Connect.Attempts {
		six := chart.IsIPv6(a.Address)
		only6 = only6 && six
		switch a.Outcome {
		case stage.DialConnected:
			works4, works6 = works4 || !six, works6 || six
		case stage.DialInterrupted:
		default:
			if six && dead.Address == "" {
				dead = a
			}
		}
	}
	h := likely().with(cause.SlotAddress, prose.Data(dead.Address))
	if dead.Outcome == stage.DialNetworkUnreachable {
		h.with(cause.SlotAtOnce, prose.Set(true)) // no program waits for that
	}
	switch {
	case dead.Address == "" || works6: // one address of several: lb-node-inconsistent
		return nil
	case r.Status != stage.Fail && works4 && c.HasIPv6():
		return h
	case only6 && r.Status == stage.Fail && r.Fault == stage.NetworkUnreachable && c.Offline == "":
		_, zone, _ := strings.Cut(chart.IPOf(dead.Address), "%")
		return h.with(cause.SlotOnly6, prose.Set(true)).with(cause.SlotZone, prose.Data(zone)).as(cause.Fail)
	}
	return nil
}

// slowRoundTrip is the round-trip time from which mail programs feel slow: a login
// takes eight round trips.
const slowRoundTrip = 300 * time.Millisecond

// slowPath holds if the kernel counted a long round trip or lost segments.
func slowPath(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	f := k.Connect
	slow := f.RoundTrip != nil && f.RoundTrip.Duration() > slowRoundTrip
	loses := k.Loses()
	if r.Status == stage.Fail || !slow && !loses {
		return nil
	}
	h := proven()
	var said []prose.Value
	if f.RoundTrip != nil {
		trip := prose.Duration(*f.RoundTrip)
		said = append(said, say.RoundTrip(trip))
		h.with(cause.SlotRoundTrip, trip)
	}
	if loses {
		said = append(said, say.SentAgain(prose.Count(int(*f.Retransmits))))
		h.with(cause.SlotLossy, prose.Set(true))
	}
	return h.says(prose.Then(said...))
}

// lostLookup: a name server left one query unanswered and answered others, on a path
// that loses packets.
func lostLookup(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !c.AnyLoses() {
		return nil
	}
	for _, l := range k.Resolve.Lookups {
		if l.Outcome == stage.LookupTimeout && !c.Answers(l.Server) {
			return nil
		}
	}
	return likely().as(weigh(c, k, r, cause.Fail)).with(cause.SlotLostName, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.OthersLoseToo()))
}

// lostAnswer: no answer arrived in time over a connection with retransmitted
// segments, although another connection that loses segments works. TLS must be
// established: before that, the size of the segments may be the reason.
func lostAnswer(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	again := k.Connect.Retransmits
	if again == nil || *again == 0 || !k.Encrypted() {
		return nil
	}
	o := c.WorksThoughLossy(k)
	if o == nil {
		return nil
	}
	return likely().as(weigh(c, k, r, cause.Fail)).with(cause.SlotLossy, prose.Set(true)).with(cause.SlotLostAnswer, prose.Set(true)).
		says(prose.Then(chart.Shows(k, r), say.SentAgainBeside(prose.Count(int(*again)), prose.Count(int(*o.Connect.Retransmits)), o.PlaceName())))
}
