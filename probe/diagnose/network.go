package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// noConnection is what follows where there is no way to a server at all.
var noConnection = []cause.ID{
	cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.DNSFilterBlocksHost, cause.DNSResolverBroken, cause.ResolverSlow,
	cause.ServerUnreachable, cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer,
	cause.ISPPort25Filtered, cause.ServiceNotListening, cause.IPv6BrokenPath, cause.ProtocolNotProvided, cause.SlowPath,
	cause.LocalFirewallOrAppPermission,
}

// networkRules are about this machine and its way out.
var networkRules = []Rule{
	{
		Cause:    cause.NoNetworkRoute,
		Needs:    []Need{met(stage.Resolve, offlineLookups...), met(stage.Connect, unreachable...)},
		Explains: append([]cause.ID{cause.StaleOrOverriddenDNS}, noConnection...),
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			h := &Hit{Confidence: c.offline}
			if !c.Record.Header.System.LinkUp {
				h.says("no interface has an address of a network; " + describe(k, r))
			}
			if !c.answered {
				return h.holds(c.offline != "")
			}
			sure, here := c.cutOff()
			h.with("near", "yes").Confidence = sure
			if !here {
				h.with("router", "yes")
			}
			return h.holds(sure != "" && r.Stage == stage.Connect)
		},
	},
	{
		Cause: cause.LocalFirewallOrAppPermission,
		Needs: []Need{met(stage.Connect, stage.Prohibited, stage.ConnectFailed)},
		Judge: func(_ *Case, _ *Check, r *stage.Result) *Hit {
			if r.Fault == stage.Prohibited {
				return proven()
			}
			return possible()
		},
	},
	{
		Cause: cause.IPv6BrokenPath,
		Needs: []Need{seen(stage.Connect)},
		Judge: brokenIPv6,
	},
	{
		Cause: cause.SlowPath,
		Needs: []Need{seen(stage.Connect)},
		Judge: slowPath,
	},
	{
		Cause:    cause.SlowPath,
		Needs:    []Need{met(stage.Resolve, stage.DNSTimeout)},
		Explains: []cause.ID{cause.DNSResolverBroken},
		Judge:    lostLookup,
	},
	{
		Cause: cause.SlowPath,
		Needs: []Need{
			met(stage.Capabilities, stage.Silent, stage.Stalled), met(stage.Login, stage.Silent, stage.Stalled),
			met(stage.Mailbox, stage.Silent, stage.Stalled), met(stage.Submit, stage.Silent, stage.Stalled),
		},
		Explains: []cause.ID{cause.MailboxBackendUnavailable, cause.AuthBackendTemporaryFailure},
		Judge:    lostAnswer,
	},
}

// offlineLookups are the faults of a lookup on a machine without a network.
// NXDOMAIN is none of them: somebody answered.
var offlineLookups = []stage.Fault{
	stage.DNSUnreached, stage.DNSTimeout, stage.LookupFailed, stage.ServFail, stage.DNSRefused,
}

var unreachable = []stage.Fault{stage.NetworkUnreachable, stage.HostUnreachable}

// offline says how sure it is that this machine has no way into any network.
// Where no interface has an address of a network it is proven, as long as nothing
// answered; where one has, it is likely if no packet could leave: neither to a name
// server nor to a server's IPv4 address. Where several hosts were dialled, a
// router's word that there is no way counts as much as this machine's own.
//
// followUps says whether what they met counts: the questions must not hang on their
// own answers.
func offline(c *Case, followUps bool) cause.Confidence {
	if len(c.Checks) == 0 {
		return ""
	}
	if c.answered {
		if sure, _ := c.cutOff(); followUps && sure == cause.Likely {
			return sure
		}
		return ""
	}
	several, reached := c.wayOut(followUps)
	if reached {
		return ""
	}
	routeless := true
	for _, k := range c.Checks {
		f := k.Failed()
		if f == nil || !met(stage.Resolve, offlineLookups...).fits(f) && !met(stage.Connect, unreachable...).fits(f) {
			return ""
		}
		atOnce := f.Fault == stage.HostUnreachable && several && k.triedIPv4() && c.rejectedAfter(k) != ""
		routeless = routeless && (f.Fault == stage.NetworkUnreachable && k.triedIPv4() || atOnce || f.Fault == stage.DNSUnreached && k.askedNobody())
	}
	switch {
	case !c.Record.Header.System.LinkUp:
		return cause.Proven
	case routeless:
		return cause.Likely
	}
	return ""
}

// wayOut looks at what was dialled: whether the run has more than one host to judge
// by, its own or strangers, and whether a follow-up got an answer. Silence is no
// word that there is no way.
func (c *Case) wayOut(followUps bool) (several, reached bool) {
	addresses := make(map[string]bool)
	for i := range c.Record.Checks {
		k := &c.Record.Checks[i]
		if k.Check.FollowUp() && !followUps {
			continue
		}
		for _, a := range orEmpty(stage.FactsOf[*stage.ConnectFacts](k)).Attempts {
			addresses[ipOf(a.Address)] = true
		}
		if !k.Check.FollowUp() {
			continue
		}
		r := k.Result(stage.Connect)
		dialled := r != nil && r.Status != stage.Skip
		if dialled && (r.Status != stage.Fail || !slices.Contains(unreachable, r.Fault)) || orEmpty(stage.FactsOf[*stage.FetchFacts](k)).Status != 0 {
			return false, true
		}
		r = k.Result(stage.Resolve)
		several = several || k.Check.Question == stage.AskOtherProvider && r != nil && r.Status == stage.Fail && r.Fault == stage.DNSUnreached
	}
	return several || len(addresses) > 1, false
}

// nameServerAnswered reports whether a name server on another machine answered
// anything at all: then there is a network, whatever lies behind it.
func nameServerAnswered(c *Case) bool {
	for _, k := range c.Checks {
		for _, l := range k.resolve.Lookups {
			switch l.Outcome {
			case stage.LookupAnswer, stage.LookupNoData, stage.LookupNXDomain, stage.LookupServFail, stage.LookupRefused, stage.LookupLoop, stage.LookupOther:
				if c.elsewhere(l.Server) {
					return true
				}
			}
		}
	}
	return false
}

// elsewhere reports whether ip:port is of another machine than this one.
func (c *Case) elsewhere(address string) bool {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	ip := ap.Addr().Unmap().WithZone("")
	return !ip.IsLoopback() && !slices.Contains(c.Record.Header.System.Addresses, ip.String())
}

// askedNobody reports whether name servers are configured and the way to each of
// them is missing. One that refuses was reached, and is trouble of its own.
func (k *Check) askedNobody() bool {
	for _, l := range k.resolve.Lookups {
		if l.Outcome != stage.LookupUnreachable || strings.Contains(l.Error, "refused") {
			return false
		}
	}
	return len(k.resolve.Lookups) > 0
}

// triedIPv4 reports whether an IPv4 address was dialled.
func (k *Check) triedIPv4() bool {
	for _, a := range k.connect.Attempts {
		if !ipv6(a.Address) {
			return true
		}
	}
	return false
}

// ipv6 reports whether ip:port is of IPv6.
func ipv6(address string) bool {
	ap, err := netip.ParseAddrPort(address)
	return err == nil && ap.Addr().Unmap().Is6()
}

// hasIPv6 reports whether this machine has an IPv6 address that reaches beyond
// its own site.
func (c *Case) hasIPv6() bool {
	for _, s := range c.Record.Header.System.Addresses {
		a, err := netip.ParseAddr(s)
		if err != nil {
			p, err := netip.ParsePrefix(s)
			if err != nil {
				continue
			}
			a = p.Addr()
		}
		if a = a.Unmap(); a.Is6() && a.IsGlobalUnicast() && !a.IsPrivate() {
			return true
		}
	}
	return false
}

// brokenIPv6 holds where IPv4 connected and IPv6 did not, and where a server
// has nothing but IPv6 addresses and no way leads there.
func brokenIPv6(c *Case, k *Check, r *stage.Result) *Hit {
	var dead stage.Attempt
	works4, works6, only6 := false, false, len(k.connect.Attempts) > 0
	for _, a := range k.connect.Attempts {
		six := ipv6(a.Address)
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
	h := likely().with("address", dead.Address)
	if dead.Outcome == stage.DialNetworkUnreachable {
		h.with("at_once", "yes") // no program waits for that
	}
	switch {
	case dead.Address == "" || works6: // one address of several: lb-node-inconsistent
		return nil
	case r.Status != stage.Fail && works4 && c.hasIPv6():
		return h
	case only6 && r.Status == stage.Fail && r.Fault == stage.NetworkUnreachable && c.offline == "":
		return h.with("only6", "yes").as(cause.Fail)
	}
	return nil
}

// slowRoundTrip is what makes mail programs feel slow: a login takes eight round
// trips.
const slowRoundTrip = 300 * time.Millisecond

// lossy is from how many segments on that were sent again on one connection the
// path loses packets. A single one happens on every path, and a path that takes
// smaller segments than the first ones costs two (RFC 1191 6).
const lossy = 3

// slowPath holds where the kernel counted a long round trip or lost segments.
func slowPath(_ *Case, k *Check, r *stage.Result) *Hit {
	f := k.connect
	slow := f.RoundTrip != nil && f.RoundTrip.Duration() > slowRoundTrip
	loses := k.loses()
	if r.Status == stage.Fail || !slow && !loses {
		return nil
	}
	h, text := proven(), ""
	if f.RoundTrip != nil {
		text = "round trip " + duration(*f.RoundTrip)
		h.with("round_trip", duration(*f.RoundTrip))
	}
	if loses {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d segments sent again", *f.Retransmits)
		h.with("lossy", "yes")
	}
	return h.says(text)
}

// loses reports whether the path loses packets.
func (k *Check) loses() bool { return k.connect.Retransmits != nil && *k.connect.Retransmits >= lossy }

// lostLookup: a name server left a question without an answer and answered others,
// on a path that loses packets.
func lostLookup(c *Case, k *Check, r *stage.Result) *Hit {
	if !slices.ContainsFunc(c.Checks, (*Check).loses) {
		return nil
	}
	for _, l := range k.resolve.Lookups {
		if l.Outcome == stage.LookupTimeout && !c.answers(l.Server) {
			return nil
		}
	}
	return likely().as(c.weigh(k, r, cause.Fail)).with("lost_name", "yes").says(short(describe(k, r) + "; packets of other connections were lost as well"))
}

// lostAnswer: no answer came in time over a connection on which segments had to be
// sent again, while another works that loses them as well. Before TLS is in force, it
// may be their size.
func lostAnswer(c *Case, k *Check, r *stage.Result) *Hit {
	again := k.connect.Retransmits
	if again == nil || *again == 0 || !k.encrypted() {
		return nil
	}
	for _, o := range c.Checks {
		if o != k && o.works() && o.loses() {
			return likely().as(c.weigh(k, r, cause.Fail)).with("lossy", "yes").with("lost_answer", "yes").
				says(fmt.Sprintf("%s; %d segments sent again, and %d at %s", describe(k, r), *again, *o.connect.Retransmits, stage.Visible(o.place())))
		}
	}
	return nil
}

// answers reports whether a name server answered anything in this run.
func (c *Case) answers(server string) bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool {
		return slices.ContainsFunc(k.resolve.Lookups, func(l stage.Lookup) bool {
			return l.Server == server && (l.Outcome == stage.LookupAnswer || l.Outcome == stage.LookupNoData)
		})
	})
}
