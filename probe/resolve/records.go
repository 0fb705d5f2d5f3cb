package resolve

import (
	"context"
	"net"
	"strings"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// SRV returns the SRV records of a service (RFC 2782), such as _imaps._tcp.example.com,
// in the order of the answer. A target of "." says that the service isn't offered. The
// error is a *stage.Error: NameNotFound or NoAddress if there are no such records.
func (r *Resolver) SRV(ctx context.Context, name string) ([]*net.SRV, error) {
	return recordsOf(ctx, r, name, dns.TypeSRV, func(rr *dns.SRV) *net.SRV {
		return &net.SRV{Target: targetName(rr.Target), Port: rr.Port, Priority: rr.Priority, Weight: rr.Weight}
	})
}

// MX returns the mail exchangers of a domain (RFC 5321 5.1), in the order of the
// answer. Errors are those of [Resolver.SRV].
func (r *Resolver) MX(ctx context.Context, domain string) ([]*net.MX, error) {
	return recordsOf(ctx, r, domain, dns.TypeMX, func(rr *dns.MX) *net.MX {
		return &net.MX{Host: targetName(rr.Mx), Pref: rr.Preference}
	})
}

// TXT returns the TXT records of a name, with the strings of each joined (RFC 7208
// 3.3). Errors are those of [Resolver.SRV].
func (r *Resolver) TXT(ctx context.Context, name string) ([]string, error) {
	return recordsOf(ctx, r, name, dns.TypeTXT, func(rr *dns.TXT) string { return strings.Join(rr.Txt, "") })
}

// targetName returns a name in lower case, without its trailing dot and safe to show.
// The root remains a dot.
func targetName(name string) string {
	if name == "." {
		return name
	}
	return stage.Visible(strings.ToLower(strings.TrimSuffix(name, ".")))
}

// recordsOf queries the name servers in turn until one has an answer.
func recordsOf[RR dns.RR, T any](ctx context.Context, r *Resolver, name string, qtype uint16, read func(RR) T) ([]T, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	a, err := r.first(ctx, name, qtype)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, rr := range a.records {
		if rr, ok := rr.(RR); ok {
			out = append(out, read(rr))
		}
	}
	return out, nil
}

// first returns the answer of the first name server that has one. If a server says that
// there are no records, the others are not queried.
func (r *Resolver) first(ctx context.Context, name string, qtype uint16) (answer, error) {
	if r.bad != nil {
		return answer{}, r.bad
	}
	var last error = stage.Errorf(stage.LookupFailed, "this system has no name server configured")
	for _, server := range r.servers {
		a, err := r.follow(ctx, server, name, qtype)
		outcome := a.outcome
		if err != nil {
			outcome = outcomeOf(err)
		}
		if outcome == stage.LookupAnswer {
			return a, nil
		}
		l := stage.Lookup{Server: server, Type: dns.TypeToString[qtype], Outcome: outcome, RCode: a.rcode, Extended: a.extended}
		if err != nil {
			l.Error = stage.Visible(err.Error())
		}
		last = stage.Errorf(faultOf(outcome), "%s", words(l))
		if outcome == stage.LookupNXDomain || outcome == stage.LookupNoData || ctx.Err() != nil {
			break
		}
	}
	return answer{}, last
}

// follow queries one name server within the timeout of one query, and follows CNAMEs
// that the server didn't.
func (r *Resolver) follow(ctx context.Context, server, name string, qtype uint16) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	name = dns.Fqdn(name)
	followed := map[string]bool{canonical(name): true}
	for {
		a, err := r.exchange(ctx, server, name, qtype, false)
		if err != nil || a.outcome != stage.LookupNoData || len(a.aliases) == 0 {
			return a, err
		}
		name = dns.Fqdn(a.last)
		if followed[canonical(name)] || len(followed) > maxAliases {
			a.outcome = stage.LookupLoop
			return a, nil
		}
		followed[canonical(name)] = true
	}
}
