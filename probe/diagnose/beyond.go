package diagnose

import (
	"net/netip"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// cutOff says how sure it is that this machine has a way into its own network and
// none out of it, where a name server answered: one beside this machine may do so
// out of its memory. It is likely where this machine itself has no way to anybody,
// or where the same router says so of unrelated hosts, and possible where it says so
// of the one provider that was dialled. here: it is this machine that has none.
func (c *Case) cutOff() (sure cause.Confidence, here bool) {
	if c.heardFromBeyond() {
		return "", false
	}
	for _, k := range c.Checks {
		f := k.Failed()
		if f == nil || !met(stage.Resolve, offlineLookups...).fits(f) && !met(stage.Connect, stage.NetworkUnreachable, stage.HostUnreachable, stage.ConnectTimeout).fits(f) {
			return "", false
		}
	}
	w := waysTried{blocks: make(map[string]bool)}
	for i := range c.Record.Checks {
		for _, a := range orEmpty(stage.FactsOf[*stage.ConnectFacts](&c.Record.Checks[i])).Attempts {
			if !w.add(c, a) {
				return "", false
			}
		}
	}
	switch {
	case w.router == "" && w.silent, slices.ContainsFunc(w.late, func(by string) bool { return by != w.router }):
		return "", false // a packet has left
	case !w.four, c.hasIPv6() && !w.six:
		return "", false // the family that was not tried may have a way
	case len(c.Record.Header.System.Proxies) > 0:
		return cause.Possible, w.router == "" // such a network may have no other way out, and mean it
	case w.router == "":
		return cause.Likely, true
	case len(w.blocks) > 1:
		return cause.Likely, false
	}
	return cause.Possible, false
}

// waysTried gathers attempts of which none found a way.
type waysTried struct {
	four, six bool
	silent    bool            // some got no answer: routers limit how often they say so (RFC 1812 4.3.2.8)
	late      []string        // routers that said so to a later packet
	router    string          // that said so, in the place of this machine
	blocks    map[string]bool // of IPv4 addresses of which it said so
}

// add takes in an attempt; false where it found a way, or tells of something else.
func (w *waysTried) add(c *Case, a stage.Attempt) bool {
	six := ipv6(a.Address)
	w.six, w.four = w.six || six, w.four || !six
	r := a.Rejection
	switch {
	case a.Outcome == stage.DialInterrupted:
		return true
	case allWithin([]string{ipOf(a.Address)}, internalRanges):
		return false // that there is no way to another site says nothing of the internet
	case a.Outcome == stage.DialNetworkUnreachable && r == nil:
		return true // no route: this machine's own word
	case a.Outcome == stage.DialTimeout:
		w.silent = true
		return true
	case r == nil, r.Why != stage.RejectNetwork && r.Why != stage.RejectHost:
		return false
	case a.Time.Duration() >= soon:
		w.silent = true
		w.late = appendNew(w.late, r.By)
		return true
	case r.By == ipOf(a.Address), !c.beside([]string{r.By}), slices.Contains(c.Record.Header.System.Addresses, r.By):
		return false // one farther away has seen the packet on its way
	case w.router != "" && w.router != r.By && !six:
		return false
	}
	if !six {
		w.router = r.By
		w.blocks[farBlock(a.Address)] = true
	}
	return true
}

// farBlock is the part of an IPv4 address that servers of one provider tend to
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

// heardFromBeyond reports whether a name server that is neither this machine nor
// beside it answered anything, in the plan's checks or in follow-ups, or a server of
// another kind did.
func (c *Case) heardFromBeyond() bool {
	for i := range c.Record.Checks {
		k := &c.Record.Checks[i]
		if orEmpty(stage.FactsOf[*stage.FetchFacts](k)).Status != 0 || orEmpty(stage.FactsOf[*stage.ClockFacts](k)).Offset != nil {
			return true
		}
		for _, l := range orEmpty(stage.FactsOf[*stage.ResolveFacts](k)).Lookups {
			if l.Outcome == stage.LookupUnreachable || l.Outcome == stage.LookupTimeout || !c.elsewhere(l.Server) {
				continue
			}
			ip := ipOf(l.Server)
			if a, err := netip.ParseAddr(ip); err != nil || !a.IsLinkLocalUnicast() && !c.beside([]string{ip}) {
				return true
			}
		}
	}
	return false
}
