package discover

import (
	"context"
	"sync"

	"maildoctor/profiles/published"
)

// askSRV asks for all services at once. Whoever can answer for the name servers can
// make up what comes.
func askSRV(ctx context.Context, q *question) answer {
	return q.first(ctx, func(ctx context.Context, d string) answer {
		records, bad := q.records(ctx, d)
		if len(records) == 0 {
			return bad
		}
		a := q.offered(published.ReadSRV(records))
		a.forgeable = true
		return a
	})
}

// records returns what services have (RFC 6186 3, RFC 8314 5.1). Where none has, the
// answer says whether a name server failed.
func (q *question) records(ctx context.Context, domain string) ([]published.SRV, answer) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	var all []published.SRV
	bad := absent
	for _, s := range published.Services() {
		name := s.Name + "._tcp." + domain
		q.asks(name + " SRV")
		wait.Go(func() {
			found, err := q.Names.SRV(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			for _, r := range found {
				all = append(all, published.SRV{Service: s.Name, Priority: r.Priority, Weight: r.Weight, Port: r.Port, Target: r.Target})
			}
			if err != nil && !missing(err) {
				bad = failed(err)
			}
		})
	}
	wait.Wait()
	return all, bad
}
