package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// fly carries out one lookup. It queries the name servers and, unless Options.Server is
// set, the system's resolver at the same time.
func (r *Resolver) fly(ctx context.Context, host string, f *flight) {
	defer f.end()
	f.left = 2 * len(r.servers)
	for i, server := range r.servers {
		for j, qtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
			f.asked.Go(func() {
				l := r.ask(ctx, question{server: server, host: host, qtype: qtype})
				l.Index = 2*i + j
				f.add(l, ctx.Err() == nil)
			})
		}
	}
	if r.opt.Server != "" {
		f.asked.Wait()
		f.decide(r.byServer(host, f.soFar()))
		return
	}
	r.bySystem(ctx, host, f)
	f.asked.Wait()
}

// byServer decides by the answers of Options.Server.
func (r *Resolver) byServer(host string, lookups []stage.Lookup) (*stage.ResolveFacts, error) {
	facts := &stage.ResolveFacts{Host: host, Implementation: "server", Lookups: lookups}
	var ips []netip.Addr
	for _, l := range lookups {
		ips = append(ips, given(l)...)
	}
	if len(ips) > 0 {
		return facts, r.choose(facts, ips)
	}
	fault, why := explain(lookups)
	facts.Error = why
	return facts, stage.Errorf(fault, "%s: %s", host, why)
}

// bySystem decides by the system's resolver. It waits for the explanations of the name
// servers only if that fails.
func (r *Resolver) bySystem(ctx context.Context, host string, f *flight) {
	said := r.heard(ctx, host, f)
	facts := &stage.ResolveFacts{
		Host:           host,
		Implementation: said.implementation,
		HostsFile:      r.hosts()[canonical(host)],
		LessKnown:      len(r.servers) == 0 || said.implementation == "go" && !cgoResolver,
	}
	if said.err == nil && len(said.ips) > 0 {
		f.decide(facts, r.choose(facts, said.ips))
		return
	}
	f.asked.Wait()
	facts.Lookups = f.soFar()
	if ips := withoutEDNS(facts.Lookups); said.implementation == "go" && len(ips) > 0 {
		facts.Implementation, facts.LessKnown = "plain", false
		f.decide(facts, r.choose(facts, ips))
		return
	}
	facts.LessKnown = facts.LessKnown || !anyReached(facts.Lookups)
	err := said.err
	if err == nil {
		err = errors.New("no addresses")
	}
	facts.Error = stage.Visible(err.Error())
	f.decide(facts, &stage.Error{Fault: r.systemFault(err, facts.Lookups), Err: err})
}

// systemAnswer is the answer of the system's resolver.
type systemAnswer struct {
	ips            []netip.Addr
	implementation string
	err            error
}

// patience is how long Go's resolver may continue after name servers have answered a
// query without EDNS(0), which it never sends.
const patience = time.Second

// heard asks the system's resolver. Servers without EDNS(0) return answers without a
// question section. Go's resolver ignores those and would wait for half a minute.
func (r *Resolver) heard(ctx context.Context, host string, f *flight) systemAnswer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var dialled atomic.Bool
	f.whenAnswered(func() {
		if len(withoutEDNS(f.soFar())) == 0 {
			return
		}
		late := time.AfterFunc(patience, func() {
			if r.implementation(&dialled) == "go" {
				cancel()
			}
		})
		context.AfterFunc(ctx, func() { late.Stop() })
	})
	ips, err := r.system(ctx, host, &dialled)
	return systemAnswer{ips, r.implementation(&dialled), err}
}

// withoutEDNS returns the addresses from the first name server that doesn't support
// EDNS(0) and was queried again without it (RFC 6891 7). The C library doesn't use
// EDNS(0), so other programs aren't affected, but Go's resolver always does.
func withoutEDNS(lookups []stage.Lookup) (ips []netip.Addr) {
	server := ""
	for _, l := range lookups {
		if !l.Plain || l.Outcome != stage.LookupAnswer || server != "" && l.Server != server {
			continue
		}
		server = l.Server
		ips = append(ips, given(l)...)
	}
	return ips
}

// given returns the addresses in an answer.
func given(l stage.Lookup) (ips []netip.Addr) {
	for _, s := range l.Addresses {
		if ip, err := netip.ParseAddr(s); err == nil {
			ips = append(ips, ip)
		}
	}
	return ips
}

func anyReached(lookups []stage.Lookup) bool {
	for _, l := range lookups {
		if l.Outcome != stage.LookupUnreachable {
			return true
		}
	}
	return false
}

// systemFault returns the fault of a failed system lookup, using the name servers'
// answers.
func (r *Resolver) systemFault(err error, lookups []stage.Lookup) stage.Fault {
	fault, _ := explain(lookups)
	if fault != stage.LookupFailed {
		return fault
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsTimeout {
		return stage.DNSTimeout
	}
	if r.without {
		return stage.DNSUnreached
	}
	return stage.LookupFailed
}

// explain returns the fault that the name servers' answers amount to. The first server
// with a conclusive answer decides, as it would for the system. Otherwise the first
// that gave a reason for its failure does; servers that didn't answer count last.
// LookupFailed means that the answers explain nothing.
func explain(lookups []stage.Lookup) (stage.Fault, string) {
	for _, l := range lookups {
		if conclusive(l, lookups) {
			return faultOf(l.Outcome), words(l)
		}
	}
	for _, group := range [][]stage.LookupOutcome{
		{stage.LookupServFail, stage.LookupRefused, stage.LookupOther},
		{stage.LookupTimeout},
		{stage.LookupNoData},
		{stage.LookupUnreachable},
	} {
		for _, l := range lookups {
			if slices.Contains(group, l.Outcome) {
				return faultOf(l.Outcome), words(l)
			}
		}
	}
	return stage.LookupFailed, "no name server was asked"
}

// conclusive reports whether an answer settles whether the name exists and has
// addresses. "No data" does only if all answers of that server say so: the name may
// have an address of the family whose query failed.
func conclusive(l stage.Lookup, all []stage.Lookup) bool {
	switch l.Outcome {
	case stage.LookupLoop, stage.LookupNXDomain, stage.LookupAnswer:
		return true
	case stage.LookupNoData:
		return !slices.ContainsFunc(all, func(o stage.Lookup) bool {
			return o.Server == l.Server && o.Outcome != stage.LookupNoData
		})
	}
	return false
}

func faultOf(o stage.LookupOutcome) stage.Fault {
	switch o {
	case stage.LookupLoop:
		return stage.DNSLoop
	case stage.LookupNXDomain:
		return stage.NameNotFound
	case stage.LookupNoData:
		return stage.NoAddress
	case stage.LookupServFail:
		return stage.ServFail
	case stage.LookupRefused:
		return stage.DNSRefused
	case stage.LookupTimeout:
		return stage.DNSTimeout
	case stage.LookupUnreachable:
		return stage.DNSUnreached
	}
	return stage.LookupFailed
}

// words returns a short text for an answer, for errors.
func words(l stage.Lookup) string {
	s := l.Server + " answered " + string(l.Outcome) + " to " + l.Type
	for _, more := range []string{l.Extended, l.Error} {
		if more != "" {
			s += ": " + more
		}
	}
	return s
}
