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

// Bounds of what is fetched.
const (
	MaxBody      = 256 << 10 // bytes
	maxHeader    = 32 << 10  // bytes
	maxRedirects = 5
)

// Client fetches. Its methods may be called from several goroutines.
type Client struct {
	// Lookup returns the addresses of a host; its errors are *stage.Error.
	Lookup func(ctx context.Context, host string) ([]string, error)

	// Dial opens connections, such as dial.Network(0).
	Dial dial.Func

	// Verify says what is wrong with the certificates of a connection, for its
	// ServerName; see tlsinspect.Roots.Verify.
	Verify func(tls.ConnectionState) error

	// Proxy returns the HTTP proxy for a URL, nil for none; see
	// httpproxy.Config.ProxyFunc.
	Proxy func(*url.URL) (*url.URL, error)

	// PrivateFetch allows addresses of the same kind as Own: see [Fetchable].
	PrivateFetch bool

	ConnectTimeout time.Duration // for all addresses of a host
}

// Request says what to fetch.
type Request struct {
	URL  string
	Own  netip.Addr // the domain's own address, for [Fetchable]; may be the zero one
	Body []byte     // with one, it is a POST of text/xml

	// Contacted, unless nil, is called for each connection that is tried.
	Contacted func(host, address string)
}

// Answer is what came.
type Answer struct {
	URL    string   // where it came from, after redirects
	Via    []string // what redirected, the first one asked first
	Status int
	Type   string // Content-Type
	Body   []byte
	Leaf   []byte // DER of the server's own certificate; nil without TLS
}

// Errors of fetching, beside those of looking up, dialling and TLS.
var (
	ErrTooLarge  = fmt.Errorf("more than %d KiB came", MaxBody>>10)
	ErrInsecure  = errors.New("redirected from HTTPS to HTTP")
	ErrRedirects = fmt.Errorf("redirected more than %d times", maxRedirects)
	ErrNotPublic = errors.New("its address is not of the public network")
)

// Fetch gets a file. The error is a *stage.Error where a name could not be looked up or
// no address connected, a *[CertificateError], one of this package's, or that of
// net/http. Any status is an answer. With an error, an answer that isn't nil tells where
// a redirect led.
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

// where returns what is known of an answer that never came: where it was to come from.
// It is nil where nobody sent us anywhere.
func (a *Answer) where() *Answer {
	if len(a.Via) == 0 {
		return nil
	}
	return a
}

// redirected decides about a redirect.
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

// read takes an answer in.
func (a *Answer) read(resp *http.Response) error {
	a.URL, a.Status, a.Type = stage.Visible(resp.Request.URL.Redacted()), resp.StatusCode, stage.Visible(resp.Header.Get("Content-Type"))
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		a.Leaf = resp.TLS.PeerCertificates[0].Raw
	}
	var err error
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch ended := resp.Request.Context().Err(); {
	case ended != nil: // what has come so far may look like all of it
		err = ended
	case err == nil && len(a.Body) > MaxBody:
		err = ErrTooLarge
	}
	if err != nil {
		a.Body = nil
	}
	return err
}

// plain returns what lies behind the words of net/http, which repeat the URL.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err
}
