package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"maildoctor/probe/dial"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
	"maildoctor/probe/web"
)

// maxFetched is the most that an HTTP follow-up reads, in bytes. A certificate has a
// few thousand.
const maxFetched = 64 << 10

// errOneConnection is returned when an HTTP client wants a second connection.
var errOneConnection = errors.New("the connection was used up")

// fetch carries out an HTTP follow-up.
func (l *lone) fetch(ctx context.Context) (stage.Facts, error) {
	facts := &stage.FetchFacts{URL: stage.Visible(l.check.URL)}
	body, err := l.get(ctx, facts)
	if err == nil && l.check.Question == stage.AskIssuer {
		err = l.complete(body, facts)
	}
	if err != nil {
		facts.Error = stage.Visible(err.Error())
	}
	return facts, err
}

// get fetches a small file over HTTP, using the run's own resolver and dialer. It uses
// no proxy and follows no redirect, so that only the named host is contacted.
func (l *lone) get(ctx context.Context, facts *stage.FetchFacts) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.check.URL, nil)
	if err != nil {
		return nil, err
	}
	conn, err := l.dialHost(ctx, hostPort(req.URL), facts)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	client := clientOn(conn, nil)
	l.seat.Wait(queue.Reply)
	resp, err := client.Do(req)
	l.seat.Heard(err == nil)
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

// hostPort returns the host and port of a URL.
func hostPort(u *url.URL) string {
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
}

// clientOn returns a client that uses an existing connection, to a proxy if one is
// given. A transport that dials for itself would continue to dial after its request has
// ended.
func clientOn(conn net.Conn, proxy *url.URL) http.Client {
	var taken atomic.Bool
	return http.Client{
		Transport: &http.Transport{
			Proxy: func(*http.Request) (*url.URL, error) { return proxy, nil },
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				if taken.Swap(true) {
					return nil, errOneConnection
				}
				return conn, nil
			},
			// The TLS certificate doesn't matter here. A fetched issuer certificate is
			// verified by its signature, a wrong clock makes every certificate look
			// invalid, and no user data is sent.
			TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// maxAge is the highest Age with which a response still tells the time. A cache counts
// the Age by its own clock, which may be wrong.
const maxAge = 24 * time.Hour

// dated records the server's time (RFC 9110 6.6.1) and how far it is ahead of ours. The
// Age of a cached response is added (RFC 9111 5.1).
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

// dialHost connects to host:port with the run's resolver and dialer, and records the
// contact.
func (l *lone) dialHost(ctx context.Context, address string, facts *stage.FetchFacts) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, err
	}
	addresses, err := l.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	if l.check.Question == stage.AskIssuer {
		addresses = web.Fetchable(addresses, l.run.connectedTo(l.check.Parents[0]), l.run.opt.PrivateFetch)
	}
	if len(addresses) == 0 {
		return nil, fmt.Errorf("%s is not a public host: not contacted", host)
	}
	if err := l.seat.Enter(ctx, addresses); err != nil {
		return nil, err
	}
	conn, err := l.race(ctx, host, addresses, uint16(number))
	if err != nil {
		return nil, err
	}
	if a, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
		facts.Address = a.String()
	}
	if err := l.seat.Talk(ctx, conn.RemoteAddr().String()); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// race dials all addresses of a host concurrently.
func (l *lone) race(ctx context.Context, host string, addresses []string, port uint16) (net.Conn, error) {
	race := dial.Race{Dial: l.run.opt.Dial, Timeout: l.run.opt.ConnectTimeout, Attempt: func(a stage.Attempt) {
		l.run.contacted(*l.check, host, a.Address)
	}}
	l.seat.Wait(queue.Connect)
	conn, err := race.Run(ctx, addresses, port)
	l.seat.Heard(!isFault(err, stage.ConnectTimeout))
	race.Wait()
	return conn, err
}

// lookup returns the addresses of a host. For a mail server of the plan, these are the
// ones that its check found.
func (l *lone) lookup(ctx context.Context, host string) ([]string, error) {
	r := l.run
	if found, ok := r.known.Load(strings.ToLower(host)); ok {
		return found.([]string), nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // no explanation is needed
	l.seat.Wait(queue.Lookup)
	found, wait, err := r.opt.Resolver.Lookup(ctx, host, func(stage.Lookup) {})
	l.seat.Heard(!isFault(err, stage.DNSTimeout))
	cancel()
	if wait != nil {
		wait()
	}
	if err != nil {
		return nil, err
	}
	return found.Addresses, nil
}
