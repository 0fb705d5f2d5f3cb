package resolve

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// TLSA looks up the TLSA records of a service on a TCP port of a host (RFC 6698 3). seen
// is called with each answer, in the order of the queries; their names are in
// [stage.Lookup]. A host that is an alias may have its records under either name (RFC
// 7671 7): an answer for its address comes first, and tells.
//
// The error is a *stage.Error, and says that a name server could not tell. That there
// are no records is no error.
func (r *Resolver) TLSA(ctx context.Context, host string, port uint16, seen func(stage.Lookup)) error {
	if err := cmpErr(r.bad, checkName(host)); err != nil {
		return err
	}
	index := 0
	look := func(name string, qtype uint16) (stage.Lookup, error) {
		return r.inTurn(ctx, question{host: name, qtype: qtype, secure: true}, func(l stage.Lookup) {
			l.Index = index
			index++
			seen(l)
		})
	}
	at, err := look(host, dns.TypeA)
	if err != nil {
		return err
	}
	for _, base := range baseDomains(host, at) {
		name := fmt.Sprintf("_%d._tcp.%s", port, base)
		if checkName(name) != nil {
			continue // too long to exist
		}
		if l, err := look(name, dns.TypeTLSA); err != nil || l.Outcome == stage.LookupAnswer {
			return err
		}
	}
	return nil
}

// baseDomains returns the names under which records count, the preferred one first: for
// an alias its target, unless DNSSEC doesn't protect the way there (RFC 7671 7). Then no
// client would look at the target; it is asked all the same, because a name server that
// validates nothing says nothing about the way.
func baseDomains(host string, at stage.Lookup) []string {
	if len(at.CNAMEs) == 0 {
		return []string{host}
	}
	target := at.CNAMEs[len(at.CNAMEs)-1]
	if at.Authenticated {
		return []string{target, host}
	}
	return []string{host, target}
}

// inTurn queries the name servers in turn until one can tell whether there are records.
func (r *Resolver) inTurn(ctx context.Context, q question, seen func(stage.Lookup)) (stage.Lookup, error) {
	err := stage.Errorf(stage.LookupFailed, "this system has no name server configured")
	for _, q.server = range r.servers {
		l := r.ask(ctx, q)
		l.Name = q.host
		seen(l)
		switch l.Outcome {
		case stage.LookupAnswer, stage.LookupNoData, stage.LookupNXDomain:
			return l, nil
		}
		err = stage.Errorf(faultOf(l.Outcome), "%s", words(l))
		if ctx.Err() != nil {
			break
		}
	}
	return stage.Lookup{}, err
}

// associations returns the TLSA records among the records of an answer.
func (a *answer) associations() (out []stage.TLSA) {
	for _, rr := range a.records {
		t, ok := rr.(*dns.TLSA)
		if !ok {
			continue
		}
		if data, err := hex.DecodeString(t.Certificate); err == nil {
			out = append(out, stage.TLSA{Usage: t.Usage, Selector: t.Selector, Matching: t.MatchingType, Data: data})
		}
	}
	return out
}
