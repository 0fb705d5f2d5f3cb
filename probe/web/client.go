package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
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

// postedType is the type of what is posted.
const postedType = "text/xml; charset=utf-8"

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

	// Allowed, if not nil, says whether a redirect to another host is followed.
	Allowed func(host string) bool

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
	ErrElsewhere = errors.New("redirected to a host that may not be asked")
	ErrCutOff    = errors.New("the connection ended before all had come")
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
		method, kind = http.MethodPost, postedType
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "maildoctor")
	req.Header.Set("Accept-Encoding", "identity") // without it, any would be welcome (RFC 9110 12.5.3)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	redirected := func(next *http.Request, via []*http.Request) error { return a.redirected(r, next, via) }
	client := http.Client{Transport: f.transport(ctx), CheckRedirect: redirected}
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

// redirected decides whether to follow a redirect. The next host isn't told where it
// comes from: the URL may contain the user's address. What is posted is posted there as
// well, whereas browsers turn to GET (RFC 9110 15.4.3): without its body, Autodiscover is
// asked nothing.
func (a *Answer) redirected(r Request, next *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	switch {
	case last.Scheme == "https" && next.URL.Scheme != "https":
		return ErrInsecure
	case len(via) > maxRedirects:
		return ErrRedirects
	case r.Allowed != nil && next.URL.Hostname() != last.Hostname() && !r.Allowed(next.URL.Hostname()):
		return ErrElsewhere
	}
	next.Header.Del("Referer")
	if from := next.Response; r.Body != nil && from != nil && (from.StatusCode == http.StatusFound || from.StatusCode == http.StatusMovedPermanently) {
		next.Method, next.ContentLength, next.Body = http.MethodPost, int64(len(r.Body)), io.NopCloser(bytes.NewReader(r.Body))
		next.Header.Set("Content-Type", postedType)
	}
	a.Via, a.URL = append(a.Via, stage.Visible(last.Redacted())), stage.Visible(next.URL.Redacted())
	return nil
}

// read reads a response.
func (a *Answer) read(resp *http.Response) error {
	a.URL, a.Status, a.Type = stage.Visible(resp.Request.URL.Redacted()), resp.StatusCode, stage.Visible(resp.Header.Get("Content-Type"))
	var err error
	a.Body, err = readBody(resp)
	switch ended := resp.Request.Context().Err(); {
	case ended != nil: // a truncated body may look complete
		err = ended
	case err == nil && len(a.Body) > MaxBody:
		err = ErrTooLarge
	}
	if err != nil {
		a.Body = nil
	}
	return plain(err)
}

// readBody reads no more than one byte above what is allowed, before unpacking and
// after: some servers compress whatever they are asked for.
func readBody(resp *http.Response) ([]byte, error) {
	from := io.LimitReader(resp.Body, MaxBody+1)
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(from)
		if err != nil {
			return nil, err
		}
		from = io.LimitReader(unpacked, MaxBody+1)
	}
	return io.ReadAll(from)
}

// plain returns the underlying error without the text of net/http, which repeats the
// URL.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	_, known := errors.AsType[*stage.Error](err)
	if cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); cut && !known {
		return ErrCutOff
	}
	return err
}
