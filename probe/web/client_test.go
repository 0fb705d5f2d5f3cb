package web_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe/dial"
	"maildoctor/probe/stage"
	"maildoctor/probe/web"
)

// world is a web server for several names at one address, with a client that trusts it.
type world struct {
	client    *web.Client
	url       func(scheme, host, path string) string
	mu        sync.Mutex
	contacted []string
}

// ports are where HTTP and HTTPS are really served.
func newWorld(t *testing.T, h http.HandlerFunc, address string) *world {
	t.Helper()
	plain, secure := httptest.NewServer(h), httptest.NewTLSServer(h)
	t.Cleanup(func() { plain.Close(); secure.Close() })
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	w := &world{}
	w.url = func(scheme, host, path string) string { return scheme + "://" + host + path }
	w.client = &web.Client{
		Lookup: func(_ context.Context, host string) ([]string, error) {
			if strings.HasSuffix(host, ".invalid") {
				return nil, stage.Errorf(stage.NameNotFound, "no such name")
			}
			return []string{address}, nil
		},
		Dial: func(ctx context.Context, network, to string) (net.Conn, error) {
			server := plain.Listener.Addr().String()
			if strings.HasSuffix(to, ":443") {
				server = secure.Listener.Addr().String()
			}
			return dial.Network(0)(ctx, network, server)
		},
		Verify: func(state tls.ConnectionState) error {
			_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: pool, DNSName: state.ServerName})
			return err
		},
		ConnectTimeout: time.Second,
	}
	return w
}

func (w *world) note(host, address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.contacted = append(w.contacted, host+" "+address)
}

func TestFetch(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "https://example.com/file", http.StatusFound)
		case "/down":
			http.Redirect(w, r, "http://example.com/file", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/large":
			w.Write(make([]byte, web.MaxBody+1))
		case "/drip":
			w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/post":
			http.Error(w, r.Method+" "+r.Header.Get("Content-Type"), http.StatusTeapot)
		default:
			w.Write([]byte("<clientConfig/>"))
		}
	}, "203.0.113.9")
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		req  web.Request
		want func(*web.Answer, error) bool
	}{
		{"a file", t.Context(), web.Request{URL: "https://example.com/file"}, func(a *web.Answer, err error) bool {
			return err == nil && a.Status == 200 && string(a.Body) == "<clientConfig/>"
		}},
		{"in clear", t.Context(), web.Request{URL: "http://example.com/file"}, func(a *web.Answer, err error) bool {
			return err == nil && a.Status == 200 && a.URL == "http://example.com/file"
		}},
		{"redirected", t.Context(), web.Request{URL: "http://example.com/moved"}, func(a *web.Answer, err error) bool {
			return err == nil && a.URL == "https://example.com/file" && len(a.Via) == 1
		}},
		{"from HTTPS to HTTP", t.Context(), web.Request{URL: "https://example.com/down"}, fails(web.ErrInsecure)},
		{"round and round", t.Context(), web.Request{URL: "https://example.com/round"}, fails(web.ErrRedirects)},
		{"too large", t.Context(), web.Request{URL: "https://example.com/large"}, fails(web.ErrTooLarge)},
		{"drop by drop", short, web.Request{URL: "https://example.com/drip"}, fails(context.DeadlineExceeded)},
		{"another's certificate", t.Context(), web.Request{URL: "https://mail.firm.test/"}, func(_ *web.Answer, err error) bool {
			e, ok := errors.AsType[*web.CertificateError](err)
			return ok && e.Host == "mail.firm.test" && len(e.Names) > 0
		}},
		{"no such name", t.Context(), web.Request{URL: "https://x.invalid/"}, func(_ *web.Answer, err error) bool {
			e, ok := errors.AsType[*stage.Error](err)
			return ok && e.Fault == stage.NameNotFound
		}},
		{"POST", t.Context(), web.Request{URL: "https://example.com/post", Body: []byte("<x/>")}, func(a *web.Answer, err error) bool {
			return err == nil && a.Status == http.StatusTeapot && strings.HasPrefix(string(a.Body), "POST text/xml")
		}},
	} {
		c.req.Contacted = w.note
		a, err := w.client.Fetch(c.ctx, c.req)
		if !c.want(a, err) {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.contacted) == 0 || w.contacted[0] != "example.com 203.0.113.9:443" {
		t.Errorf("contacted %q", w.contacted)
	}
}

func fails(want error) func(*web.Answer, error) bool {
	return func(_ *web.Answer, err error) bool { return errors.Is(err, want) }
}

// TestFetchRedirected checks what the next host learns: what was posted, and not where
// the redirect came from, whose URL may hold an address.
func TestFetchRedirected(t *testing.T) {
	var got http.Header
	var method, body string
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "example.com" {
			w.Header().Set("Location", "https://example.com./next")
			status, _ := strconv.Atoi(r.URL.Path[1:])
			w.WriteHeader(status)
			return
		}
		b, _ := io.ReadAll(r.Body)
		got, method, body = r.Header, r.Method, string(b)
	}, "203.0.113.9")
	w.client.Verify = func(tls.ConnectionState) error { return nil }
	for _, status := range []int{301, 302, 307, 308} {
		url := fmt.Sprintf("https://example.com/%d?emailaddress=jane", status)
		for _, post := range []string{"", "<x/>"} {
			r := web.Request{URL: url}
			want := http.MethodGet
			if post != "" {
				r.Body, want = []byte(post), http.MethodPost
			}
			_, err := w.client.Fetch(t.Context(), r)
			if err != nil || method != want || body != post || got.Get("Referer") != "" || (got.Get("Content-Type") != "") != (post != "") {
				t.Errorf("%d %q: %s %q %v, %v", status, post, method, body, got, err)
			}
		}
	}
	method = ""
	_, err := w.client.Fetch(t.Context(), web.Request{URL: "https://example.com/302", Allowed: func(host string) bool { return host != "example.com." }})
	if !errors.Is(err, web.ErrElsewhere) || method != "" {
		t.Errorf("not allowed: %v, %q", err, method)
	}
}

// TestFetchCompressed checks that a compressed body is read, within the limit of one that
// isn't.
func TestFetchCompressed(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding: %q", got)
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		if r.URL.Path == "/bomb" {
			z.Write(make([]byte, 64<<20))
			z.Flush()
			w.Write([]byte("no gzip")) // whoever reads so far has read too much
			return
		}
		z.Write([]byte("<clientConfig/>"))
	}, "203.0.113.9")
	if a, err := w.client.Fetch(t.Context(), web.Request{URL: "https://example.com/file"}); err != nil || string(a.Body) != "<clientConfig/>" {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := w.client.Fetch(t.Context(), web.Request{URL: "https://example.com/bomb"}); !errors.Is(err, web.ErrTooLarge) || a.Body != nil {
		t.Errorf("a bomb: %v", err)
	}
}

// TestFetchFromNearby checks that a host at an address in the user's own network is
// contacted only if the user allows it and the domain itself is there.
func TestFetchFromNearby(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("x")) }, "10.1.2.3")
	near, far := netip.MustParseAddr("10.9.9.9"), netip.MustParseAddr("203.0.113.1")
	for _, c := range []struct {
		allowed bool
		own     netip.Addr
		ok      bool
	}{{false, near, false}, {true, far, false}, {true, netip.Addr{}, false}, {true, near, true}} {
		w.client.PrivateFetch = c.allowed
		_, err := w.client.Fetch(t.Context(), web.Request{URL: "https://example.com/", Own: c.own})
		if ok := err == nil; ok != c.ok || !ok && !errors.Is(err, web.ErrNotPublic) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestFetchByProxy checks that a proxy configured by the user is contacted wherever it
// is, and nobody else.
func TestFetchByProxy(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.Host)) }, "10.1.2.3")
	w.client.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("http://proxy.lan:80") }
	a, err := w.client.Fetch(t.Context(), web.Request{URL: "http://firm.test/file", Contacted: w.note})
	if err != nil || string(a.Body) != "firm.test" {
		t.Errorf("%+v, %v", a, err)
	}
	if got := strings.Join(w.contacted, ", "); got != "proxy.lan 10.1.2.3:80" {
		t.Errorf("contacted %s", got)
	}
}
