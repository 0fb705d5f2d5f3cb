package discover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// reader reads what a source publishes.
type reader func([]byte) (*published.Document, error)

// file fetches a file and reads it. What isn't there, and a web page where a file of
// settings was due, is absent: hosts show one for whatever they are asked for.
func (q *question) file(ctx context.Context, url string, read reader) answer {
	page, bad := q.fetch(ctx, Request{URL: url})
	if page == nil {
		return bad
	}
	return q.read(page, read)
}

// fetch fetches a page. Where none comes that could be read, the page is nil, and the
// answer says why.
func (q *question) fetch(ctx context.Context, r Request) (*Page, answer) {
	q.asks(stage.Visible(r.URL))
	r.Own, r.Contacted = q.shared.own(ctx), q.contacted
	if q.Private {
		r.Allowed = q.ours
	}
	page, err := q.Web.Fetch(ctx, r)
	q.shared.saw(r.URL, page, err)
	switch {
	case missing(err):
		return nil, absent
	case errors.Is(err, ErrOutsider):
		return nil, outsider
	case errors.Is(err, ErrUnusable):
		return nil, answer{outcome: stage.SourceInvalid, detail: err.Error()}
	case err != nil:
		return nil, failed(err)
	case page.Status == http.StatusNotFound || page.Status == http.StatusGone || page.Status == http.StatusNoContent:
		return nil, absent
	case page.Status != http.StatusOK:
		return nil, answer{outcome: stage.SourceFailed, fault: stage.FetchFailed, detail: fmt.Sprintf("HTTP status %d", page.Status)}
	}
	return page, answer{}
}

// read reads a document.
func (q *question) read(page *Page, read reader) answer {
	d, err := read(page.Body)
	if err != nil {
		return page.unreadable(err)
	}
	return q.offered(d)
}

// unreadable is the answer where a page can't be read as a document. What looks like a
// web page, or is called one, is no document.
func (p *Page) unreadable(err error) answer {
	kind, _, _ := strings.Cut(p.Type, ";")
	if errors.Is(err, published.ErrHTML) || strings.EqualFold(strings.TrimSpace(kind), "text/html") {
		return absent
	}
	return answer{outcome: stage.SourceInvalid, detail: err.Error()}
}

// offered takes the servers of a document as they are for the address.
func (q *question) offered(d *published.Document) answer {
	a := answer{outcome: stage.SourceFound, provider: d.Name}
	var bad error
	for _, s := range d.Servers {
		at, err := s.At(q.whom())
		if err != nil {
			bad = err
			continue
		}
		set := stage.Setting{Endpoint: at.Endpoint, Note: string(at.Deviation)}
		if q.address != "" {
			set.User = at.User
		}
		for _, m := range at.Authentication {
			set.Mechanisms = append(set.Mechanisms, m.Word)
		}
		a.settings = append(a.settings, set)
	}
	switch {
	case len(a.settings) > 0:
		return a
	case bad != nil:
		return answer{outcome: stage.SourceInvalid, detail: bad.Error()}
	}
	return absent
}
