package discover_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// internet is all that there is in a test: names, records and pages.
type internet struct {
	addresses map[string]string // by host; "*.firm.test" for all below
	srv       map[string][]*net.SRV
	mx        map[string][]*net.MX
	txt       map[string][]string
	pages     map[string]string // by URL: a body, or "-> URL", or "status 503"
	broken    map[string]error  // by host

	mu    *sync.Mutex // made by ask
	asked []string
}

func (n *internet) note(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, what)
}

var notFound = stage.Errorf(stage.NameNotFound, "no such name")

func (n *internet) Addresses(_ context.Context, host string) ([]string, error) {
	n.note("A " + host)
	if err := n.broken[host]; err != nil {
		return nil, err
	}
	if a := n.addresses[host]; a != "" {
		return []string{a}, nil
	}
	for pattern, a := range n.addresses {
		if below, ok := strings.CutPrefix(pattern, "*"); ok && strings.HasSuffix(host, below) {
			return []string{a}, nil
		}
	}
	return nil, notFound
}

func (n *internet) SRV(_ context.Context, name string) ([]*net.SRV, error) {
	n.note("SRV " + name)
	return records(n, n.srv, name)
}

func (n *internet) MX(_ context.Context, domain string) ([]*net.MX, error) {
	n.note("MX " + domain)
	return records(n, n.mx, domain)
}

func (n *internet) TXT(_ context.Context, name string) ([]string, error) {
	n.note("TXT " + name)
	return records(n, n.txt, name)
}

func records[T any](n *internet, all map[string][]T, name string) ([]T, error) {
	if err := n.broken[name]; err != nil {
		return nil, err
	}
	if r := all[name]; r != nil {
		return r, nil
	}
	return nil, notFound
}

func (n *internet) Fetch(ctx context.Context, r discover.Request) (*discover.Page, error) {
	n.note(r.URL)
	p := &discover.Page{URL: r.URL, Status: http.StatusOK}
	for range 5 {
		u, err := url.Parse(p.URL)
		if err != nil {
			return nil, err
		}
		if len(p.Via) > 0 && r.Allowed != nil && !r.Allowed(u.Hostname()) {
			return nil, discover.ErrOutsider
		}
		if _, err := n.Addresses(ctx, u.Hostname()); err != nil {
			return nil, err
		}
		body, ok := n.pages[p.URL]
		if !ok {
			body, ok = n.pages[u.Scheme+"://*"+u.Path]
		}
		if !ok {
			body = n.pages[u.Scheme+"://*"]
		}
		to, redirected := strings.CutPrefix(body, "-> ")
		switch {
		case redirected:
			p.Via, p.URL = append(p.Via, p.URL), to
			continue
		case body == "":
			p.Status = http.StatusNotFound
		case strings.HasPrefix(body, "text/html: "):
			p.Type, p.Body = "text/html; charset=utf-8", []byte(strings.TrimPrefix(body, "text/html: "))
		case strings.HasPrefix(body, "status "):
			fmt.Sscanf(body, "status %d", &p.Status)
		case strings.HasPrefix(body, "after 3s: "):
			time.Sleep(3 * time.Second)
			p.Body = []byte(strings.TrimPrefix(body, "after 3s: "))
		case body == "silent":
			<-ctx.Done()
			return nil, ctx.Err()
		case body == "another's certificate":
			return &discover.Page{Refused: []byte("a leaf")}, fmt.Errorf("the certificate of %s is for another name", u.Hostname())
		case body == "too large":
			return nil, fmt.Errorf("%w: more than 256 KiB came", discover.ErrUnusable)
		case strings.HasPrefix(body, "error "):
			return nil, fmt.Errorf("%s", strings.TrimPrefix(body, "error "))
		default:
			p.Body = []byte(body)
		}
		return p, nil
	}
	return nil, fmt.Errorf("redirected too often")
}

// ask asks about jane@firm.test, or about what else is given.
func (n *internet) ask(t *testing.T, change func(*discover.Asker)) *discover.Result {
	t.Helper()
	return n.askAbout(t, "jane@firm.test", change)
}

func (n *internet) askAbout(t *testing.T, address string, change func(*discover.Asker)) *discover.Result {
	t.Helper()
	catalogue, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	n.mu = new(sync.Mutex)
	a := &discover.Asker{Names: n, Web: n, Catalogue: catalogue, Nonce: "xq7"}
	if change != nil {
		change(a)
	}
	_, domain, _ := strings.Cut(address, "@")
	return a.Ask(t.Context(), address, domain)
}

// outcomes returns what came of each source, by id.
func outcomes(r *discover.Result) map[stage.SourceID]stage.SourceOutcome {
	out := make(map[stage.SourceID]stage.SourceOutcome)
	for _, s := range r.Sources {
		out[s.ID] = s.Outcome
	}
	return out
}

// autoconfig is a file of settings with one host for all.
func autoconfig(host string) string {
	return `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="firm.test"><domain>firm.test</domain><displayName>Firm</displayName>
<incomingServer type="imap"><hostname>` + host + `</hostname><port>993</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></incomingServer>
<outgoingServer type="smtp"><hostname>` + host + `</hostname><port>465</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`
}
