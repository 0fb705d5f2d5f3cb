package discover

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"maildoctor/probe/stage"
)

// Network is what the network in between does to answers.
type Network string

const (
	NetworkHonest        Network = ""
	NetworkInventsNames  Network = stage.NetworkInventsNames
	NetworkAnswersForAll Network = stage.NetworkAnswersForAll
)

// network says whether answers can be believed. What a network that answers for
// everybody shows is no word about the domain.
func (f *findings) network(ctx context.Context) Network {
	switch {
	case f.hijacked(ctx):
		return NetworkInventsNames
	case f.answersForAll():
		return NetworkAnswersForAll
	}
	return NetworkHonest
}

// control asks a stranger for a page in clear where the domain's own host has shown one
// that isn't its settings: the base of the ISPDB, at which the same can't stand.
func (f *findings) control(ctx context.Context, q *question) {
	if q.Private || !f.shown() {
		return
	}
	u, err := url.Parse(q.bases()[0])
	if err != nil {
		return
	}
	r := Request{URL: (&url.URL{Scheme: "http", Host: u.Host, Path: "/"}).String(), Own: f.own(ctx), Contacted: q.contacted}
	page, err := f.asker.Web.Fetch(ctx, r)
	f.saw(r.URL, page, err)
}

// shown reports whether a host of the domain has shown a page.
func (f *findings) shown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.pages {
		if within(s.host, f.domain) && (s.page || s.led != "" && s.led != s.host) {
			return true
		}
	}
	return false
}

// answersForAll compares what strangers have shown.
func (f *findings) answersForAll() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range f.pages {
		for _, b := range f.pages[i+1:] {
			samePage := a.page && b.page && a.body == b.body
			samePlace := a.led != "" && a.led == b.led && a.led != a.host && a.led != b.host
			sameWrong := a.refused != "" && a.refused == b.refused && (f.database(a.host) || f.database(b.host))
			if strangers(a.host, b.host) && (samePage || samePlace || sameWrong) {
				return true
			}
		}
	}
	return false
}

// database reports whether a host is one of the ISPDB's. Two other hosts may well show the
// same certificate that names neither: that of their provider.
func (f *findings) database(host string) bool {
	return slices.ContainsFunc(f.asker.bases(), func(base string) bool {
		u, err := url.Parse(base)
		return err == nil && u.Hostname() == host
	})
}

// strangers reports whether two hosts belong to different registered domains.
func strangers(a, b string) bool {
	x, y := registered(a), registered(b)
	return x != "" && y != "" && x != y
}

// isPage reports whether an answer is one that a host meant to give.
func isPage(p *Page) bool { return p.Status == http.StatusOK && len(p.Body) > 0 }
