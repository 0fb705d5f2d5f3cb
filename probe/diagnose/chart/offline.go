package chart

import (
	"net/netip"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// WayOutBlocked returns the confidence that this machine reaches its own network and
// nothing beyond it, although a name server answered: one on the local network can
// answer from its cache. That is likely if this machine has no route to anything, or
// if the same router reports unreachable hosts that are unrelated. It is possible if
// the router reports the one provider that was dialled. here is set if this machine
// has no route.
func WayOutBlocked(c *Case) (sure cause.Confidence, here bool) {
	w := c.notice().wayOut.get(func() wayOutOf {
		sure, here := c.findWayOut()
		return wayOutOf{sure, here}
	})
	return w.sure, w.here
}

func (c *Case) findWayOut() (sure cause.Confidence, here bool) {
	if c.heardFromBeyond() {
		return "", false
	}
	for _, k := range c.Checks {
		f := k.Failed()
		if f == nil || !Met(stage.Resolve, OfflineLookups...).Fits(f) && !Met(stage.Connect, stage.NetworkUnreachable, stage.HostUnreachable, stage.ConnectTimeout).Fits(f) {
			return "", false
		}
	}
	w := waysTried{blocks: make(map[string]bool)}
	for i := range c.Record.Checks {
		for _, a := range OrEmpty(stage.FactsOf[*stage.ConnectFacts](&c.Record.Checks[i])).Attempts {
			if !w.add(c, a) {
				return "", false
			}
		}
	}
	switch {
	case w.router == "" && w.silent, slices.ContainsFunc(w.late, func(by string) bool { return by != w.router }):
		return "", false // a packet has left
	case !w.four, c.HasIPv6() && !w.six:
		return "", false // the family that was not tried may have a way
	case len(c.Record.Header.System.Proxies) > 0:
		return cause.Possible, w.router == "" // such a network may have no other route, on purpose
	case w.router == "":
		return cause.Likely, true
	case len(w.blocks) > 1:
		return cause.Likely, false
	}
	return cause.Possible, false
}

// waysTried collects attempts, none of which found a route.
type waysTried struct {
	four, six bool
	silent    bool            // some got no answer: routers limit the rate of these messages (RFC 1812 4.3.2.8)
	late      []string        // routers that reported no route for a later packet
	router    string          // the router that reported no route; empty: this machine did
	blocks    map[string]bool // blocks of the IPv4 addresses reported
}

// add records an attempt. It returns false if the attempt found a route, or says
// something else.
func (w *waysTried) add(c *Case, a stage.Attempt) bool {
	six := IsIPv6(a.Address)
	w.six, w.four = w.six || six, w.four || !six
	r := a.Rejection
	switch {
	case a.Outcome == stage.DialInterrupted:
		return true
	case AllWithin([]string{IPOf(a.Address)}, InternalRanges):
		return false // having no route to another site says nothing about the Internet
	case a.Outcome == stage.DialNetworkUnreachable && r == nil:
		return true // no route: reported by this machine itself
	case a.Outcome == stage.DialTimeout:
		w.silent = true
		return true
	case r == nil, r.Why != stage.RejectNetwork && r.Why != stage.RejectHost:
		return false
	case a.Time.Duration() >= Soon:
		w.silent = true
		w.late = AppendNew(w.late, r.By)
		return true
	case r.By == IPOf(a.Address), !c.Beside([]string{r.By}), slices.Contains(c.Record.Header.System.Addresses, r.By):
		return false // a router farther away has forwarded the packet
	case w.router != "" && w.router != r.By && !six:
		return false
	}
	if !six {
		w.router = r.By
		w.blocks[farBlock(a.Address)] = true
	}
	return true
}

// farBlock returns the block of an IPv4 address that servers of one provider tend to
// share.
func farBlock(address string) string {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ""
	}
	p, err := ap.Addr().Unmap().Prefix(16)
	if err != nil {
		return ""
	}
	return p.String()
}

// offline returns the confidence that this machine has no route into any network. If
// no interface has a network address it is proven, as long as nothing answered. If
// one has, it is likely if no packet could leave, neither to a name server nor to a
// server's IPv4 address. If several hosts were dialled, a router's report that there
// is no route counts as much as this machine's own.
//
// followUps says whether results of follow-ups count: the questions must not depend
// on their own answers.
func offline(c *Case, followUps bool) cause.Confidence {
	if len(c.Checks) == 0 {
		return ""
	}
	if c.Answered {
		if sure, _ := WayOutBlocked(c); followUps && sure == cause.Likely {
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
		if f == nil || !Met(stage.Resolve, OfflineLookups...).Fits(f) && !Met(stage.Connect, Unreachable...).Fits(f) {
			return ""
		}
		atOnce := f.Fault == stage.HostUnreachable && several && k.TriedIPv4() && !c.RejectedAfter(k).Empty()
		routeless = routeless && (f.Fault == stage.NetworkUnreachable && k.TriedIPv4() || atOnce || f.Fault == stage.DNSUnreached && k.askedNobody())
	}
	switch {
	case !c.Record.Header.System.LinkUp:
		return cause.Proven
	case routeless:
		return cause.Likely
	}
	return ""
}

// OfflineLookups are the faults of a lookup on a machine without a network. NXDOMAIN
// is not among them, because it is an answer.
var OfflineLookups = []stage.Fault{
	stage.DNSUnreached, stage.DNSTimeout, stage.LookupFailed, stage.ServFail, stage.DNSRefused,
}

// nameServerAnswered reports whether a name server on another machine answered at
// all. If so, there is a network, whatever lies behind it.
func nameServerAnswered(c *Case) bool {
	for _, k := range c.Checks {
		for _, l := range k.Resolve.Lookups {
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

// providersUnanswered counts the unrelated providers with a server that accepted no
// connection. Providers differ by profile or, without one, by domain.
func providersUnanswered(c *Case) int {
	silent := make(map[string]bool)
	for _, k := range c.Checks {
		if c.Unanswered[k.Host()] {
			silent[k.Owner()] = true
		}
	}
	return len(silent)
}

// servedHere reports whether a server of the run answered on a loopback address.
func servedHere(c *Case) bool {
	return slices.ContainsFunc(c.Checks, func(k *Exam) bool {
		ip, err := netip.ParseAddrPort(k.Connect.Address)
		return err == nil && ip.Addr().Unmap().IsLoopback()
	})
}
