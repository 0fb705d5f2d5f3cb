package report

import (
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// elsewhere returns what a successful run leaves open if a server is reached in a
// way that may work only at this place; else empty.
func elsewhere(rec *stage.Record, w weighed) prose.Value {
	var servers, how []prose.Value
	for _, c := range endpointChecks(rec) {
		if w.endings[c.Check.ID] != chart.Worked {
			continue
		}
		if v := onlyHere(c); !v.Empty() {
			servers = prose.AppendNew(servers, prose.Data(c.Check.Endpoint.Host))
			how = prose.AppendNew(how, v)
		}
	}
	if len(servers) == 0 {
		return prose.Value{}
	}
	return say.UnknownElsewhere(prose.And(servers...), prose.And(how...))
}

// onlyHere says what made a server reachable that may not do so at another place;
// empty if nothing did. A server on this computer doesn't count if its address was
// typed in.
func onlyHere(c *stage.CheckRecord) (how prose.Value) {
	looked, connected := stage.FactsOf[*stage.ResolveFacts](c), stage.FactsOf[*stage.ConnectFacts](c)
	if looked == nil || connected == nil {
		return how
	}
	address, err := netip.ParseAddrPort(connected.Address)
	ip := address.Addr().Unmap()
	switch {
	case err != nil || ip.IsLoopback() && looked.Literal:
		return how
	case looked.HostsFile:
		return say.HowHostsFile()
	case ip.IsLoopback():
		return how // on this computer, as in a demo: nobody expects it elsewhere
	case ip.IsPrivate() || ip.IsLinkLocalUnicast() || sharedSpace.Contains(ip):
		return say.HowPrivateAddress()
	case searched(looked):
		return say.HowSearchDomain()
	}
	return how
}

// sharedSpace is the address range between a provider and its customers (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// searched reports whether a search domain completed a name (RFC 1535): it has no
// dot, or name servers don't know it as it stands, but it was resolved.
func searched(f *stage.ResolveFacts) bool {
	if f.Literal || strings.HasSuffix(f.Host, ".") {
		return false
	}
	known := func(l stage.Lookup) bool { return l.Outcome != stage.LookupNXDomain }
	return !strings.Contains(f.Host, ".") || len(f.Lookups) > 0 && !slices.ContainsFunc(f.Lookups, known)
}
