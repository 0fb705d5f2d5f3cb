package resolve

import (
	"context"
	"errors"
	"time"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// question is one question to one name server. The name is taken as absolute:
// search domains are the system's business.
type question struct {
	server string // ip:port
	host   string
	qtype  uint16 // dns.TypeA or dns.TypeAAAA
}

// maxAliases bounds how many CNAMEs of one name are followed.
const maxAliases = 8

// ask puts a question and says how it was answered. Aliases that the server
// leaves to us are asked for as well, all within one timeout.
func (r *Resolver) ask(ctx context.Context, q question) stage.Lookup {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	begin := time.Now()
	l := stage.Lookup{Server: q.server, Type: dns.TypeToString[q.qtype]}
	name := dns.Fqdn(q.host)
	followed := map[string]bool{canonical(name): true}
	for {
		a, err := r.exchange(ctx, q.server, name, q.qtype)
		if err != nil {
			l.Outcome, l.Error = outcomeOf(err), stage.Visible(err.Error())
			l.Truncated = errors.Is(err, errCut)
			break
		}
		l.RCode, l.Extended, l.Plain = a.rcode, a.extended, l.Plain || a.plain
		l.CNAMEs = append(l.CNAMEs, a.aliases...)
		l.TTL = smaller(l.TTL, a.ttl)
		l.Outcome, l.Addresses = a.outcome, a.addresses
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

// searchLoop looks for a circle of aliases where the server only says SERVFAIL,
// as recursive servers do that ran into one. It asks for the CNAMEs one by one.
func (r *Resolver) searchLoop(ctx context.Context, l *stage.Lookup, name string) {
	var aliases []string
	met := map[string]bool{canonical(name): true}
	for len(aliases) <= maxAliases {
		a, err := r.exchange(ctx, l.Server, name, dns.TypeCNAME)
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

// errMalformed marks answers that could not be read.
var errMalformed = errors.New("malformed answer")

// errCut marks answers that were cut to fit a datagram and are not to be had by TCP,
// as they have to be (RFC 7766 5).
var errCut = errors.New("the answer was cut short, and TCP, which would bring all of it, failed")

// outcomeOf names the outcome of a question that got no answer.
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
