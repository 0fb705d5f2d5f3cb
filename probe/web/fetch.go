package web

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"

	"maildoctor/probe/dial"
	"maildoctor/probe/stage"
)

// fetch is one call of [Client.Fetch].
type fetch struct {
	client *Client
	own    netip.Addr
	tell   func(host, address string)

	mu    sync.Mutex
	ended bool // no more connections are reported
}

// begin returns a context that ends with the call. Otherwise a transport would continue
// to dial for possible later requests.
func (f *fetch) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	return ctx, func() {
		cancel()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.ended = true
	}
}

func (f *fetch) transport(ctx context.Context) *http.Transport {
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) { return f.client.proxy(r.URL) },
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			return f.connect(ctx, address)
		},
		DisableKeepAlives:      true,
		DisableCompression:     true, // a small compressed body may expand to a large one
		MaxResponseHeaderBytes: maxHeader,
		TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true, // VerifyConnection verifies instead
			VerifyConnection:   f.client.verify,
		},
	}
}

func (c *Client) proxy(u *url.URL) (*url.URL, error) {
	if c.Proxy == nil {
		return nil, nil
	}
	return c.Proxy(u)
}

func (c *Client) verify(state tls.ConnectionState) error {
	err := c.Verify(state)
	if err == nil {
		return nil
	}
	e := &CertificateError{Host: state.ServerName, Err: err}
	if len(state.PeerCertificates) > 0 {
		e.Names, e.Leaf = state.PeerCertificates[0].DNSNames, state.PeerCertificates[0].Raw
	}
	return e
}

// isProxy reports whether host:port is a proxy configured by the user. It is contacted
// at any address.
func (c *Client) isProxy(address string) bool {
	for _, scheme := range []string{"http", "https"} {
		p, err := c.proxy(&url.URL{Scheme: scheme, Host: "proxied.invalid"})
		if err == nil && p != nil && net.JoinHostPort(p.Hostname(), cmp.Or(p.Port(), standardPorts[p.Scheme])) == address {
			return true
		}
	}
	return false
}

var standardPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080"}

// connect dials a host, at the addresses that [Fetchable] permits.
func (f *fetch) connect(ctx context.Context, address string) (net.Conn, error) {
	c := f.client
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, err
	}
	addresses, err := c.Lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	if !c.isProxy(address) {
		addresses = Fetchable(addresses, f.own, c.PrivateFetch)
	}
	if len(addresses) == 0 {
		return nil, fmt.Errorf("%s: %w", host, ErrNotPublic)
	}
	race := dial.Race{Dial: c.Dial, Timeout: c.ConnectTimeout, Attempt: func(a stage.Attempt) { f.contacted(host, a.Address) }}
	return race.Run(ctx, addresses, uint16(number))
}

func (f *fetch) contacted(host, address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ended && f.tell != nil {
		f.tell(host, address)
	}
}
