package discover

import (
	"context"
	"crypto/sha256"
	"net/netip"
	"net/url"
	"slices"
	"sync"

	"maildoctor/probe/stage"
)

// findings are what the sources of one question learn for all of them.
type findings struct {
	covered bool // any name exists below the domain, so that hosts that had nothing of use are nobody\'s
	asker   *Asker
	domain  string

	own      func(context.Context) netip.Addr // the domain's own address, the zero one where it has none
	wildcard func(context.Context) bool       // whether any name exists below the domain (RFC 4592)
	hijacked func(context.Context) bool       // whether names exist that nobody has registered

	mu    sync.Mutex
	pages []sight
}

// sight is what a web server showed.
type sight struct {
	host string   // that was asked
	led  string   // the host that it came from, after redirects
	body [32]byte // digest
	page bool     // it has something to say

	refused string // the certificate that was not accepted for the host
}

func newFindings(a *Asker, domain string) *findings {
	f := &findings{asker: a, domain: domain}
	f.own = once(func(ctx context.Context) netip.Addr {
		found, err := a.Names.Addresses(ctx, domain)
		if err != nil || len(found) == 0 {
			return netip.Addr{}
		}
		ip, _ := netip.ParseAddr(found[0])
		return ip
	})
	f.wildcard = once(func(ctx context.Context) bool { return exists(ctx, a, a.Nonce+"."+domain) })
	// Resolvers keep .invalid empty of themselves, also where others invent names.
	f.hijacked = once(func(ctx context.Context) bool {
		return exists(ctx, a, a.Nonce+".invalid") || exists(ctx, a, a.Nonce+".com")
	})
	return f
}

// once asks one time, by whoever comes first; the others wait for it.
func once[T any](ask func(context.Context) T) func(context.Context) T {
	var done sync.Once
	var got T
	return func(ctx context.Context) T {
		done.Do(func() { got = ask(ctx) })
		return got
	}
}

func exists(ctx context.Context, a *Asker, name string) bool {
	found, err := a.Names.Addresses(ctx, name)
	return err == nil && len(found) > 0
}

// saw keeps what a web server showed.
func (f *findings) saw(asked string, p *Page, err error) {
	u, bad := url.Parse(asked)
	if bad != nil {
		return
	}
	s := sight{host: u.Hostname()}
	if p != nil {
		if to, bad := url.Parse(p.URL); bad == nil {
			s.led = to.Hostname()
		}
		s.refused = string(p.Refused)
		s.body, s.page = sha256.Sum256(p.Body), err == nil && isPage(p)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages = append(f.pages, s)
}

// settle looks at all answers together. Where any name exists below the domain, a host
// that was made up by us is no one's, and what went wrong there is nobody's fault.
//
// A network that answers for everybody has answered in their place: then nothing is
// known of them.
func (f *findings) settle(ctx context.Context, q *question, all []stage.Source, network Network) {
	if network != NetworkHonest {
		for i := range all {
			if replaced(all[i], network) && len(all[i].Settings) == 0 && all[i].Outcome != stage.SourceSkipped {
				all[i].Outcome, all[i].Fault, all[i].Detail = stage.SourceFailed, stage.FetchFailed, "this network answers in its place"
			}
		}
		return
	}
	if !slices.ContainsFunc(all, onMadeUpName) || !f.wildcard(ctx) {
		return
	}
	for i := range all {
		if onMadeUpName(all[i]) && (all[i].Outcome != stage.SourceInvalid || f.anyShows(ctx, q, all[i])) {
			all[i].Wildcard = all[i].Outcome != stage.SourceAbsent
			f.covered = true
			all[i].Outcome, all[i].Fault, all[i].Detail = stage.SourceAbsent, "", "any name exists below "+f.domain
		}
	}
}

// replaced reports whether a network answers in the place of a source.
func replaced(s stage.Source, network Network) bool {
	return ofWeb(s) || network == NetworkInventsNames && (s.ID == stage.SourceSRV || s.ID == stage.SourceMX)
}

// onMadeUpName reports whether a source without settings was asked at a name that the
// domain need not have.
func onMadeUpName(s stage.Source) bool {
	asked := s.Outcome == stage.SourceFailed || s.Outcome == stage.SourceAbsent || s.Outcome == stage.SourceInvalid
	return asked && ofWeb(s) && s.ID != stage.SourceWellKnown && s.ID != stage.SourceISPDB
}

// anyShows reports whether a host of a name that nobody has given one shows what a source
// has shown, which then is no file with a mistake in it.
func (f *findings) anyShows(ctx context.Context, q *question, s stage.Source) bool {
	for _, asked := range s.Asked {
		u, err := url.Parse(asked)
		if err != nil || u.Host == "" {
			continue
		}
		host := u.Hostname()
		u.Host, u.RawQuery = f.asker.Nonce+"."+f.domain, ""
		page, err := f.asker.Web.Fetch(ctx, Request{URL: u.String(), Own: f.own(ctx), Contacted: q.contacted})
		if err == nil && f.showed(host, sha256.Sum256(page.Body)) {
			return true
		}
	}
	return false
}

// showed reports whether a host has shown a page.
func (f *findings) showed(host string, body [32]byte) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.pages, func(s sight) bool { return s.host == host && s.body == body })
}

// ofWeb reports whether a source is asked by HTTP.
func ofWeb(s stage.Source) bool {
	return slices.Contains([]stage.SourceID{
		stage.SourceAutoconfig, stage.SourceWellKnown, stage.SourcePACC, stage.SourceAutoconfigHTTP, stage.SourceAutodiscover, stage.SourceISPDB,
	}, s.ID)
}
