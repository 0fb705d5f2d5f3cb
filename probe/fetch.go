package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/stage"
)

// maxFetched bounds what an HTTP follow-up reads, in bytes. A certificate has a
// few thousand.
const maxFetched = 64 << 10

// fetch carries out a follow-up by HTTP.
func (r *run) fetch(ctx context.Context, c stage.Check) (stage.Facts, error) {
	facts := &stage.FetchFacts{URL: stage.Visible(c.URL)}
	body, err := r.get(ctx, c, facts)
	if err == nil && c.Question == stage.AskIssuer {
		err = r.complete(c, body, facts)
	}
	if err != nil {
		facts.Error = stage.Visible(err.Error())
	}
	return facts, err
}

// get reads a small file by HTTP, through the run's own resolver and dialer. No
// proxy is used and no redirect followed: only the named host is contacted.
func (r *run) get(ctx context.Context, c stage.Check, facts *stage.FetchFacts) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return nil, err
	}
	client, end := r.client(ctx, c, facts, nil)
	defer end()
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	facts.Status = resp.StatusCode
	facts.Location = stage.Visible(resp.Header.Get("Location"))
	dated(facts, resp.Header, time.Now())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFetched))
	facts.Bytes = len(body)
	return body, err
}

// client asks by the run's own means, through a proxy if one is given. ctx is the
// request's; end returns when nothing of it goes on any more.
func (r *run) client(ctx context.Context, c stage.Check, facts *stage.FetchFacts, proxy *url.URL) (client http.Client, end func()) {
	ctx, cancel := context.WithCancel(ctx)
	d := &dialling{}
	end = func() {
		cancel()
		d.end()
	}
	return http.Client{
		Transport: &http.Transport{
			Proxy: func(*http.Request) (*url.URL, error) { return proxy, nil },
			// The transport would let a dial go on for requests to come.
			DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
				if !d.begin() {
					return nil, context.Canceled
				}
				defer d.pending.Done()
				conn, err := r.dialHost(ctx, c, address, facts)
				if err == nil {
					context.AfterFunc(ctx, func() { conn.Close() })
				}
				return conn, err
			},
			// No certificate counts for anything that is fetched here: an issuer's
			// proves itself by its signature, a clock that is wrong makes every one look
			// wrong, and nothing of the user's is sent.
			TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, end
}

// dialling counts the connections that are being made for one request.
type dialling struct {
	mu      sync.Mutex
	over    bool
	pending sync.WaitGroup
}

// begin reports whether the request still goes on; then pending must be done.
func (d *dialling) begin() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.pending.Add(1)
	}
	return !d.over
}

// end waits for what has begun, and lets nothing begin.
func (d *dialling) end() {
	d.mu.Lock()
	d.over = true
	d.mu.Unlock()
	d.pending.Wait()
}

// maxAge bounds how long ago an answer may have been made that still tells the
// time. A cache counts its seconds by a clock that need not be right.
const maxAge = 24 * time.Hour

// dated notes a server's own time (RFC 9110 6.6.1), and how far it is ahead of
// ours. What a cache kept was made so many seconds earlier as its Age says (RFC
// 9111 5.1).
func dated(facts *stage.FetchFacts, header http.Header, now time.Time) {
	t, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	if age := header.Get("Age"); age != "" {
		n, err := strconv.ParseUint(age, 10, 31)
		if err != nil || time.Duration(n)*time.Second > maxAge {
			return
		}
		t = t.Add(time.Duration(n) * time.Second)
	}
	facts.Date = t.UTC().Format(time.RFC3339)
	facts.Offset = new(stage.Ms(t.Sub(now)))
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
	addresses, err := r.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	if c.Question == stage.AskIssuer {
		addresses = fetchable(addresses, r.connectedTo(c.Parents[0]))
	}
	if len(addresses) == 0 {
		return nil, fmt.Errorf("%s is not a public host: not contacted", host)
	}
	ra := race{dial: r.opt.Dial, timeout: r.opt.ConnectTimeout, attempt: func(a stage.Attempt) {
		r.contacted(c, host, a.Address)
	}}
	conn, err := ra.run(ctx, addresses, uint16(number))
	ra.pending.Wait()
	if err == nil {
		if a, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
			facts.Address = a.String()
		}
	}
	return conn, err
}

// lookup returns the addresses of a host that is no mail server, or those that a
// check has found for one that is.
func (r *run) lookup(ctx context.Context, host string) ([]string, error) {
	if found, ok := r.known.Load(host); ok {
		return found.([]string), nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // no explanation is wanted
	found, wait, err := r.opt.Resolver.Lookup(ctx, host, func(stage.Lookup) {})
	cancel()
	if wait != nil {
		wait()
	}
	if err != nil {
		return nil, err
	}
	return found.Addresses, nil
}

// contacted says who was asked, and as what.
func (r *run) contacted(c stage.Check, host, address string) {
	why := "control"
	switch {
	case c.Question == stage.AskIssuer:
		why = "issuer"
	case c.Kind == stage.KindTunnel:
		why = "proxy"
	case c.Kind == stage.KindTime:
		why = "time"
	case strings.EqualFold(host, c.Endpoint.Host):
		why = "endpoint"
	}
	r.log.event(stage.Event{Type: stage.EventContact, Check: c.ID, Contact: &stage.Contact{
		Host: host, Address: address, Why: why,
	}})
}
