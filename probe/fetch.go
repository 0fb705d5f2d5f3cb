package probe

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// maxFetched bounds what an HTTP follow-up reads, in bytes. A certificate has a
// few thousand.
const maxFetched = 64 << 10

// fetch carries out a follow-up by HTTP: the certificate of an issuer, from the
// address that the certificate in question gives (RFC 5280 4.2.2.1).
func (r *run) fetch(ctx context.Context, c stage.Check) {
	r.log.event(stage.Event{Type: stage.EventStart, Check: c.ID, Stage: stage.Fetch})
	start := time.Now()
	limited, cancel := context.WithTimeout(ctx, r.opt.ConnectTimeout)
	facts, err := r.fetchIssuer(limited, c)
	cancel()
	res := stage.Result{Stage: stage.Fetch, Status: stage.Pass, Time: stage.Ms(time.Since(start)), Facts: facts}
	switch {
	case err != nil && over(ctx):
		res = stage.Result{Stage: stage.Fetch, Status: stage.Skip, Reason: skipReason(ctx), Facts: facts}
	case err != nil:
		facts.Error = stage.Visible(err.Error())
		res.Status, res.Fault = stage.Fail, stage.FetchFailed
	}
	r.log.event(stage.Event{Type: stage.EventResult, Check: c.ID, Result: &res})
}

// fetchIssuer fetches c.URL and says whether what it brought completes the
// chain that c's first parent was shown.
func (r *run) fetchIssuer(ctx context.Context, c stage.Check) (*stage.FetchFacts, error) {
	facts := &stage.FetchFacts{URL: stage.Visible(c.URL)}
	body, err := r.get(ctx, c, facts)
	if err != nil {
		return facts, err
	}
	parent := r.log.record().Check(c.Parents[0])
	if parent == nil {
		return facts, fmt.Errorf("no check %s", c.Parents[0])
	}
	var chain []*x509.Certificate
	if seen := stage.FactsOf[*stage.TLSFacts](parent); seen != nil {
		for _, link := range seen.Chain {
			if cert, err := x509.ParseCertificate(link.DER); err == nil {
				chain = append(chain, cert)
			}
		}
	}
	facts.Found, facts.Issued, facts.Completes, err = tlsinspect.Complete(
		chain, body, r.opt.Roots, parent.Check.Endpoint.Host, r.log.stream.Header.Started)
	return facts, err
}

// get reads a small file by HTTP, through the run's own resolver and dialer. No
// proxy is used and no redirect followed: only the named host is contacted.
func (r *run) get(ctx context.Context, c stage.Check, facts *stage.FetchFacts) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "maildoctor")
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return r.dialHost(ctx, c, address, facts)
		},
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 16 << 10,
	}
	client := http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	facts.Status = resp.StatusCode
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFetched))
	facts.Bytes = len(body)
	return body, err
}

// dialHost connects to host:port by the run's resolver and dialer, and says who
// was contacted.
func (r *run) dialHost(ctx context.Context, c stage.Check, address string, facts *stage.FetchFacts) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, err
	}
	found, wait, err := r.opt.Resolver.Lookup(ctx, host, func(stage.Lookup) {})
	if wait != nil {
		defer wait()
	}
	if err != nil {
		return nil, err
	}
	ra := race{dial: r.opt.Dial, timeout: r.opt.ConnectTimeout, attempt: func(a stage.Attempt) {
		r.log.event(stage.Event{Type: stage.EventContact, Check: c.ID, Contact: &stage.Contact{
			Host: host, Address: a.Address, Why: "issuer",
		}})
	}}
	addresses := fetchable(found.Addresses, r.connectedTo(c.Parents[0]))
	if len(addresses) == 0 {
		return nil, fmt.Errorf("%s is not a public host: not contacted", host)
	}
	conn, err := ra.run(ctx, addresses, uint16(number))
	ra.pending.Wait()
	if err == nil {
		if a, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
			facts.Address = a.String()
		}
	}
	return conn, err
}

// connectedTo returns the address that a check's dialogue used.
func (r *run) connectedTo(id string) netip.Addr {
	if parent := r.log.record().Check(id); parent != nil {
		if f := stage.FactsOf[*stage.ConnectFacts](parent); f != nil {
			a, _ := netip.ParseAddrPort(f.Address)
			return a.Addr()
		}
	}
	return netip.Addr{}
}

// fetchable leaves out private and local addresses, unless the mail server has
// such an address itself. A certificate comes from whoever answers on the mail
// port: it must not be able to send us to the user's router.
func fetchable(addresses []string, server netip.Addr) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		ip, err := netip.ParseAddr(a)
		return err != nil || inside(ip) && !inside(server)
	})
}

// inside reports addresses that are not of the public network.
func inside(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast()
}
