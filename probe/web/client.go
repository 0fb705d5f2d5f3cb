package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"maildoctor/probe/dial"
	"maildoctor/probe/stage"
)

// Limits on what is fetched.
const (
	MaxBody      = 256 << 10 // bytes
	maxHeader    = 32 << 10  // bytes
	maxRedirects = 5
)

// Client fetches files. It is safe for concurrent use.
type Client struct {
	// Lookup returns the addresses of a host. Its errors are *stage.Error.
	Lookup func(ctx context.Context, host string) ([]string, error)

	// Dial opens connections. Example: dial.Network(0).
	Dial dial.Func

	// Verify verifies the certificates of a connection for its ServerName; see
	// tlsinspect.Roots.Verify.
	Verify func(tls.ConnectionState) error

	// Proxy returns the HTTP proxy for a URL, or nil; see httpproxy.Config.ProxyFunc.
	Proxy func(*url.URL) (*url.URL, error)

	// PrivateFetch allows addresses in the same kind of network as Own: see
	// [Fetchable].
	PrivateFetch bool

	ConnectTimeout time.Duration // for all addresses of a host
}

// Request says what to fetch.
type Request struct {
	URL  string
	Own  netip.Addr // the domain's own address, for [Fetchable]; may be the zero Addr
	Body []byte     // if set, the request is a POST of text/xml

	// Contacted, if not nil, is called for each connection attempt.
	Contacted func(host, address string)
}

// Answer is a response.
type Answer struct {
	URL    string   // final URL, after redirects
	Via    []string // URLs that redirected, in order
	Status int
	Type   string // Content-Type
	Body   []byte
}

// Errors of Fetch, besides those of looking up, dialling and TLS.
var (
	ErrTooLarge  = fmt.Errorf("more than %d KiB came", MaxBody>>10)
	ErrInsecure  = errors.New("redirected from HTTPS to HTTP")
	ErrRedirects = fmt.Errorf("redirected more than %d times", maxRedirects)
	ErrNotPublic = errors.New("its address is not of the public network")
)

// Fetch fetches a file. The error is a *stage.Error if a name could not be resolved or
// no address connected, a *[CertificateError], one of this package's errors, or an
// error of net/http. A response of any status is no error. If there is an error, a
// non-nil Answer says where a redirect led.
func (c *Client) Fetch(ctx context.Context, r Request) (*Answer, error) {
	f := &fetch{client: c, own: r.Own, tell: r.Contacted}
	ctx, end := f.begin(ctx)
	defer end()
	a := &Answer{}
	method, kind := http.MethodGet, ""
	if r.Body != nil {
		method, kind = http.MethodPost, "text/xml; charset=utf-8"
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "maildoctor")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	client := http.Client{Transport: f.transport(ctx), CheckRedirect: a.redirected}
	resp, err := client.Do(req)
	if err != nil {
		return a.where(), plain(err)
	}
	defer resp.Body.Close()
	return a, a.read(resp)
}

// where returns what is known of a response that never came, after a redirect: its URL.
// It returns nil if there was no redirect.
func (a *Answer) where() *Answer {
	if len(a.Via) == 0 {
		return nil
	}
	return a
}

// redirected decides whether to follow a redirect.
func (a *Answer) redirected(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	switch {
	case last.Scheme == "https" && next.URL.Scheme != "https":
		return ErrInsecure
	case len(via) > maxRedirects:
		return ErrRedirects
	}
	a.Via, a.URL = append(a.Via, stage.Visible(last.Redacted())), stage.Visible(next.URL.Redacted())
	return nil
}

// read reads a response.
func (a *Answer) read(resp *http.Response) error {
	a.URL, a.Status, a.Type = stage.Visible(resp.Request.URL.Redacted()), resp.StatusCode, stage.Visible(resp.Header.Get("Content-Type"))
	var err error
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch ended := resp.Request.Context().Err(); {
	case ended != nil: // a truncated body may look complete
		err = ended
	case err == nil && len(a.Body) > MaxBody:
		err = ErrTooLarge
	}
	if err != nil {
		a.Body = nil
	}
	return err
}

// plain returns the underlying error without the text of net/http, which repeats the
// URL.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err
}
