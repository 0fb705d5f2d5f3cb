package resolve

import (
	"context"
	"errors"
	"time"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// question is one query to one name server. The name is absolute; search domains are
// handled only by the system's resolver.
type question struct {
	server string // ip:port
	host   string
	qtype  uint16 // dns.TypeA, dns.TypeAAAA or dns.TypeTLSA
	secure bool   // ask whether the answer was validated by DNSSEC
}

// maxAliases is how many CNAMEs of one name are followed.
const maxAliases = 8

// ask sends a query and returns the outcome. CNAMEs that the server doesn't follow are
// followed here, all within one timeout.
func (r *Resolver) ask(ctx context.Context, q question) stage.Lookup {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	begin := time.Now()
	l := stage.Lookup{Server: q.server, Type: dns.TypeToString[q.qtype], Authenticated: q.secure}
	name := dns.Fqdn(q.host)
	followed := map[string]bool{canonical(name): true}
	for {
		a, err := r.exchange(ctx, q.server, name, q.qtype, q.secure)
		if err != nil {
			l.Outcome, l.Error = outcomeOf(err), stage.Visible(err.Error())
			l.Truncated, l.Authenticated = errors.Is(err, errCut), false
			break
		}
		l.RCode, l.Extended, l.Plain = a.rcode, a.extended, l.Plain || a.plain
		l.CNAMEs = append(l.CNAMEs, a.aliases...)
		l.TTL = smaller(l.TTL, a.ttl)
		l.Outcome, l.Addresses, l.TLSA = a.outcome, a.addresses, a.associations()
		l.Authenticated = l.Authenticated && a.authenticated
		if a.outcome == stage.LookupServFail && q.qtype == dns.TypeA && len(a.aliases) == 0 {
			r.searchLoop(ctx, &l, name)
		}
		if a.outcome != stage.LookupNoData || len(a.aliases) == 0 {
			break
		}
		name = dns.Fqdn(a.last)
		if followed[canonical(name)] || len(l.CNAMEs) > maxAliases {
			l.Outcome = stage.LookupLoop
			break
		}
		followed[canonical(name)] = true
	}
	l.Time = stage.Ms(time.Since(begin))
	return l
}

// searchLoop looks for a CNAME loop if the server returned SERVFAIL, as recursive
// servers do for a loop. It queries the CNAMEs one by one.
func (r *Resolver) searchLoop(ctx context.Context, l *stage.Lookup, name string) {
	var aliases []string
	met := map[string]bool{canonical(name): true}
	for len(aliases) <= maxAliases {
		a, err := r.exchange(ctx, l.Server, name, dns.TypeCNAME, false)
		if err != nil || len(a.aliases) == 0 {
			return
		}
		aliases = append(aliases, a.aliases[0])
		name = dns.Fqdn(a.aliases[0])
		if a.outcome == stage.LookupLoop || met[canonical(name)] {
			break
		}
		met[canonical(name)] = true
	}
	l.Outcome, l.CNAMEs = stage.LookupLoop, aliases
}

func smaller(a, b *uint32) *uint32 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// errMalformed marks answers that could not be parsed.
var errMalformed = errors.New("malformed answer")

// errCut marks truncated answers that could not be fetched over TCP, which servers must
// support (RFC 7766 5).
var errCut = errors.New("the answer was cut short, and TCP, which would bring all of it, failed")

// outcomeOf returns the outcome of a query that got no answer.
func outcomeOf(err error) stage.LookupOutcome {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	switch {
	case errors.Is(err, errMalformed), errors.Is(err, errCut):
		return stage.LookupOther
	case errors.Is(err, context.DeadlineExceeded), ok && timeout.Timeout():
		return stage.LookupTimeout
	}
	return stage.LookupUnreachable
}
