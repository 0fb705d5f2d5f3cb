package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// fly carries one lookup out: the questions to name servers and, unless one of
// them is to decide, the system's own resolver at the same time.
func (r *Resolver) fly(ctx context.Context, host string, f *flight) {
	defer close(f.ended)
	var asked sync.WaitGroup
	for i, server := range r.servers {
		for j, qtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
			asked.Go(func() {
				l := r.ask(ctx, question{server: server, host: host, qtype: qtype})
				l.Index = 2*i + j
				if ctx.Err() == nil {
					f.add(l)
				}
			})
		}
	}
	if r.opt.Server != "" {
		asked.Wait()
		f.decide(r.byServer(host, f.soFar()))
		return
	}
	r.bySystem(ctx, host, f, &asked)
	asked.Wait()
}

// byServer decides by the answers of the one server that was to be asked.
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

// bySystem decides by the system's resolver. Only where that fails the
// explanations are waited for.
func (r *Resolver) bySystem(ctx context.Context, host string, f *flight, asked *sync.WaitGroup) {
	said := r.heard(ctx, host, f, asked)
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
	asked.Wait()
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

// systemAnswer is what the system's resolver said.
type systemAnswer struct {
	ips            []netip.Addr
	implementation string
	err            error
}

// patience is how long Go's resolver may go on where the name servers have
// answered what it doesn't ask: a question without EDNS(0).
const patience = time.Second

// heard waits for the system's resolver. Go's takes an answer without the question
// in it, as servers give that don't know EDNS(0), for none at all, and would wait for
// half a minute.
func (r *Resolver) heard(ctx context.Context, host string, f *flight, asked *sync.WaitGroup) systemAnswer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var dialled atomic.Bool
	answered := make(chan systemAnswer, 1)
	go func() {
		ips, err := r.system(ctx, host, &dialled)
		answered <- systemAnswer{ips, r.implementation(&dialled), err}
	}()
	all := make(chan struct{})
	go func() { asked.Wait(); close(all) }()
	select {
	case said := <-answered:
		return said
	case <-all:
	}
	if len(withoutEDNS(f.soFar())) > 0 {
		late := time.AfterFunc(patience, func() {
			if r.implementation(&dialled) == "go" {
				cancel()
			}
		})
		defer late.Stop()
	}
	return <-answered
}

// withoutEDNS returns the addresses that the first name server gave which doesn't
// know EDNS(0) and was asked again without it (RFC 6891 7). The C library doesn't use
// it, and Go's resolver never does without: to other programs, nothing is wrong.
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

// given returns the addresses of an answer.
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

// systemFault names the fault of a failed system lookup, with the help of what
// the name servers said.
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

// explain finds the fault that the answers of name servers amount to. The first
// server that knows how the name stands decides, as it would for the system;
// then the first that said why it can't tell; silence counts last. LookupFailed
// means that the answers explain nothing.
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

// conclusive reports whether the answer settles how the name stands at that
// server. "No data" does when all its answers say so: the name may have an
// address of the family whose question failed.
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

// words puts an answer in a few words, for errors.
func words(l stage.Lookup) string {
	s := l.Server + " answered " + string(l.Outcome) + " to " + l.Type
	for _, more := range []string{l.Extended, l.Error} {
		if more != "" {
			s += ": " + more
		}
	}
	return s
}
