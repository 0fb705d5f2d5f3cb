package expect

import (
	"net/netip"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// family is an address family.
type family struct {
	name  string
	query string // type of the DNS query for it
	flag  string // in Options.Family
	six   bool
}

var (
	ipv4 = family{"IPv4", "A", "4", false}
	ipv6 = family{"IPv6", "AAAA", "6", true}
)

// wanted returns the families in which a server has to be reachable; none: in any.
func wanted(e stage.Expectation) (all []family) {
	has := func(v string) bool { return slices.Contains(e.Want, v) || slices.Contains(e.Want, "both") }
	if has("ipv4") {
		all = append(all, ipv4)
	}
	if has("ipv6") {
		all = append(all, ipv6)
	}
	return all
}

// families puts into words how a server has to be reachable.
func families(e stage.Expectation) prose.Value {
	var names []prose.Value
	for _, f := range wanted(e) {
		names = append(names, prose.Data(f.name))
	}
	if len(names) == 0 {
		return say.StageConnection()
	}
	return prose.And(names...)
}

// reachable judges each wanted family. One that is not reachable counts more than one
// that can't be judged.
func reachable(k *exam) ruling {
	if k.d.NothingLearnt() {
		return open(say.ExpectNoNetwork())
	}
	fs := wanted(k.e)
	if len(fs) == 0 {
		return k.anyFamily()
	}
	var seen []prose.Value
	unmet, unjudged := false, ruling{}
	for _, f := range fs {
		r := k.inFamily(f)
		switch r.outcome {
		case Unmet:
			unmet = true
		case NotJudged:
			unjudged = r
			continue
		}
		seen = append(seen, r.seen)
	}
	if !unmet && unjudged.outcome != "" {
		return unjudged
	}
	return is(!unmet, prose.Then(seen...))
}

// anyFamily judges whether any address took the connection.
func (k *exam) anyFamily() ruling {
	first := open(prose.Value{})
	for _, f := range []family{ipv4, ipv6} {
		switch r := k.inFamily(f); {
		case r.outcome == Met:
			return r
		case first.why.Empty() && first.outcome == NotJudged:
			first = r
		}
	}
	return first
}

// inFamily judges whether the server is reachable in one family.
func (k *exam) inFamily(f family) ruling {
	best := stage.Attempt{}
	for _, a := range chart.OrEmpty(stage.FactsOf[*stage.ConnectFacts](k.c)).Attempts {
		switch {
		case isSix(a.Address) != f.six:
		case a.Outcome == stage.DialConnected:
			return is(true, say.ExpectAnswers(prose.Data(f.name)))
		case best.Address == "" || refuses(a):
			best = a
		}
	}
	if best.Address == "" {
		return k.withoutAddress(f)
	}
	if best.Outcome == stage.DialInterrupted {
		return k.unreached(stage.Connect)
	}
	if !refuses(best) && (!k.machineHas(f) || best.Outcome == stage.DialNetworkUnreachable) {
		return open(say.ExpectNoFamily(prose.Data(f.name)))
	}
	if by := k.finding(inTheWay...); by != nil && by.Confidence != cause.Possible {
		return ruling{outcome: NotJudged, why: say.ExpectNetwork(prose.Data(string(by.Cause))), cause: by.Cause}
	}
	limit := prose.Seconds(k.rec.Header.Options.ConnectTimeout)
	return is(false, say.ExpectFamily(prose.Data(f.name), chart.Fault(stage.Connect, faults[best.Outcome], limit)))
}

// inTheWay are causes on this machine or in its network that keep a connection from
// being made. They say nothing about the server.
var inTheWay = []cause.ID{
	cause.NoNetworkRoute, cause.LocalFirewallOrAppPermission, cause.MailPortsBlockedOnThisNetwork, cause.ISPPort25Filtered,
	cause.CloudEgressSMTPBlocked, cause.CaptivePortal, cause.VPNOrProxyEgressOnly,
}

// faults are the faults that outcomes of a dial come to.
var faults = map[stage.DialOutcome]stage.Fault{
	stage.DialRefused: stage.Refused, stage.DialTimeout: stage.ConnectTimeout, stage.DialNetworkUnreachable: stage.NetworkUnreachable,
	stage.DialHostUnreachable: stage.HostUnreachable, stage.DialProhibited: stage.Prohibited, stage.DialReset: stage.Reset,
	stage.DialOther: stage.ConnectFailed,
}

// refuses reports whether something at the address answered, so that the family works
// here.
func refuses(a stage.Attempt) bool {
	return a.Outcome == stage.DialRefused || a.Outcome == stage.DialReset
}

// withoutAddress judges a server that has no address of a family, as far as is known.
func (k *exam) withoutAddress(f family) ruling {
	facts := chart.OrEmpty(stage.FactsOf[*stage.ResolveFacts](k.c))
	if other := k.rec.Header.Options.Family; other != "" && other != f.flag {
		return open(say.ExpectOnlyFamily(prose.Data("IPv" + other)))
	}
	exists := slices.ContainsFunc(slices.Concat(facts.Addresses, facts.NotDialled), func(a string) bool { return isSix(a) == f.six })
	asked, none := false, true
	for _, l := range facts.Lookups {
		if l.Type == f.query {
			asked = true
			none = none && (l.Outcome == stage.LookupNoData || l.Outcome == stage.LookupNXDomain)
		}
	}
	r := k.c.Result(stage.Resolve)
	switch {
	case exists:
		return k.unreached(stage.Connect)
	case r == nil || r.Status == stage.Skip:
		return k.unreached(stage.Resolve)
	case r.Status == stage.Fail && !slices.Contains(gone, r.Fault):
		return open(say.ExpectNoLookup())
	case r.Status != stage.Fail && !facts.Literal && !k.machineHas(f) && (!asked || !none):
		return open(say.ExpectNoFamily(prose.Data(f.name))) // a resolver may leave such addresses out
	}
	return is(false, say.ExpectNoAddress(prose.Data(f.name)))
}

// gone are faults of a lookup that say something about the name.
var gone = []stage.Fault{stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.DNSLoop}

// machineHas reports whether this machine has an address of the family that leads
// beyond its link.
func (k *exam) machineHas(f family) bool {
	return slices.ContainsFunc(k.rec.Header.System.Addresses, func(a string) bool {
		ip, err := netip.ParseAddr(a)
		return err == nil && ip.Unmap().Is6() == f.six && ip.IsGlobalUnicast()
	})
}

// isSix reports whether an address, with or without a port, is an IPv6 address.
func isSix(a string) bool {
	if at, err := netip.ParseAddrPort(a); err == nil {
		return at.Addr().Unmap().Is6()
	}
	ip, err := netip.ParseAddr(a)
	return err == nil && ip.Unmap().Is6()
}
