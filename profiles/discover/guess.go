package discover

import (
	"context"
	"sync"

	"maildoctor/probe/stage"
)

// guesses are the usual names of servers below a domain, and their ports, the likeliest
// first (RFC 8314 3.3: TLS from the first byte before STARTTLS).
var guesses = []struct {
	label    string
	protocol stage.Protocol
	ports    []port
}{
	{"imap", stage.IMAP, imapPorts},
	{"mail", stage.IMAP, imapPorts},
	{"pop", stage.POP3, popPorts},
	{"pop3", stage.POP3, popPorts},
	{"mail", stage.POP3, popPorts},
	{"smtp", stage.SMTP, smtpPorts},
	{"mail", stage.SMTP, smtpPorts},
}

type port struct {
	number   uint16
	security stage.Security
}

var (
	imapPorts = []port{{993, stage.TLS}, {143, stage.StartTLS}}
	popPorts  = []port{{995, stage.TLS}, {110, stage.StartTLS}}
	smtpPorts = []port{{465, stage.TLS}, {587, stage.StartTLS}}
)

// askGuess looks up the usual names. Those that exist are worth a try, and no more: they
// are nobody's word. Where every name exists, none says anything.
func askGuess(ctx context.Context, q *question) answer {
	exists, bad := q.existing(ctx)
	a := answer{outcome: stage.SourceFound, forgeable: true}
	if q.shared.wildcard(ctx) {
		a.detail, a.wildcard = "any name exists below "+q.domain, true
	}
	for _, g := range guesses {
		host := g.label + "." + q.domain
		if !exists[host] {
			continue
		}
		for _, p := range g.ports {
			a.settings = append(a.settings, stage.Setting{
				Endpoint: stage.Endpoint{Protocol: g.protocol, Host: host, Port: p.number, Security: p.security}, User: q.address,
			})
		}
	}
	if len(a.settings) == 0 {
		return bad
	}
	return a
}

// existing looks up all names at once. The answer says why none may be among them.
func (q *question) existing(ctx context.Context) (map[string]bool, answer) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	bad := absent
	all, known := make(map[string]bool), make(map[string]bool)
	for _, g := range guesses {
		host := g.label + "." + q.domain
		if known[host] {
			continue
		}
		known[host] = true
		q.asks(host)
		wait.Go(func() {
			found, err := q.Names.Addresses(ctx, host)
			mu.Lock()
			defer mu.Unlock()
			all[host] = err == nil && len(found) > 0
			if err != nil && !missing(err) {
				bad = failed(err)
			}
		})
	}
	wait.Wait()
	return all, bad
}
