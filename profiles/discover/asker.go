package discover

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Names answers questions to the DNS. Errors are of type *stage.Error: NameNotFound and
// NoAddress where there is no such name, or no such record.
type Names interface {
	Addresses(ctx context.Context, host string) ([]string, error)
	SRV(ctx context.Context, name string) ([]*net.SRV, error) // the target "." stands for none
	MX(ctx context.Context, domain string) ([]*net.MX, error)
	TXT(ctx context.Context, name string) ([]string, error)
}

// Web fetches files. It verifies certificates, bounds what it reads, and doesn't follow
// a redirect from HTTPS to HTTP.
type Web interface {
	// Fetch gets a page. With an error, a page that isn't nil tells where a redirect led.
	Fetch(ctx context.Context, r Request) (*Page, error)
}

// ErrUnusable is wrapped by an error of [Web] where something came that can't be taken,
// such as more than there is room for.
var ErrUnusable = errors.New("not usable")

// Request says what to fetch.
type Request struct {
	URL  string
	Own  netip.Addr // the domain's own address: a private one allows others of its kind
	Body []byte     // with one, it is posted

	// Contacted is called for each address that is tried.
	Contacted func(host, address string)
}

// Page is what came.
type Page struct {
	URL    string   // where it came from, after redirects
	Via    []string // what redirected there
	Status int
	Body   []byte
}

// DefaultTimeout is how long all sources have together.
const DefaultTimeout = 10 * time.Second

// The ISPDB's bases, in the order in which they are asked: the one that
// draft-ietf-mailmaint-autoconfig names, and Thunderbird's.
var DefaultISPDB = []string{"https://v1.ispdb.net/", "https://autoconfig.thunderbird.net/v1.1/"}

// Asker asks sources.
type Asker struct {
	Names     Names
	Web       Web
	Catalogue *profiles.Catalogue

	ISPDB       []string         // bases of URLs; nil: DefaultISPDB
	Sources     []stage.SourceID // the only ones to ask; nil: all that are needed
	SendAddress bool             // in the URLs of autoconfig
	Private     bool             // nobody but the domain itself is asked
	Timeout     time.Duration    // for all of it; zero: DefaultTimeout
	Nonce       string           // a label that nobody has given a host, for names that don't exist
}

// source is one of the ways in which settings are published.
type source struct {
	id  stage.SourceID
	ask func(ctx context.Context, q *question) answer
}

// answer is what a source comes to.
type answer struct {
	outcome   stage.SourceOutcome
	fault     stage.Fault
	detail    string
	provider  string
	settings  []stage.Setting
	forgeable bool // who wrote it is not verified, or who was asked
	wildcard  bool // any name exists below the domain
}

// question is what the sources are asked about, and what they share.
type question struct {
	*Asker
	address string // empty where there is a domain alone
	domain  string // in ASCII form
	shared  *findings

	asked    []string // by this source
	mu       sync.Mutex
	contacts []stage.Contact
}

// about are the domains to ask about: the address's own, then its registered one.
func (q *question) about() []string {
	all := []string{q.domain}
	if r := registered(q.domain); r != q.domain && r != "" {
		all = append(all, r)
	}
	return all
}

// whom returns the address, or the domain where there is none.
func (q *question) whom() string {
	if q.address != "" {
		return q.address
	}
	return q.domain
}

// Ask asks all sources about an address, or a domain where it is empty, and returns what
// came of each, in the order of [stage.SourcesByTrust]. It never fails: a source that
// can't be asked says so.
func (a *Asker) Ask(ctx context.Context, address, domain string) *Result {
	limit := a.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	shared := newFindings(a, domain)
	all := []source{
		{stage.SourceOwn, askOwn},
		{stage.SourceCatalogue, askCatalogue},
		{stage.SourcePACC, askPACC},
		{stage.SourceAutoconfig, askAutoconfig},
		{stage.SourceWellKnown, askWellKnown},
		{stage.SourceAutoconfigHTTP, askInClear},
		{stage.SourceSRV, askSRV},
		{stage.SourceISPDB, askISPDB},
		{stage.SourceMX, askMX},
		{stage.SourceAutodiscover, askAutodiscover},
	}
	out := make([]stage.Source, len(all))
	var asked sync.WaitGroup
	for i, s := range all {
		asked.Go(func() { out[i] = a.one(ctx, s, &question{Asker: a, address: address, domain: domain, shared: shared}) })
	}
	asked.Wait()
	q := &question{Asker: a, address: address, domain: domain, shared: shared}
	shared.control(ctx, q)
	network := shared.network(ctx)
	shared.settle(ctx, out, network)
	out = append(out, a.guessed(ctx, out, network, q))
	slices.SortStableFunc(out, func(x, y stage.Source) int { return trust(x.ID) - trust(y.ID) })
	return &Result{Address: address, Domain: domain, Sources: out, Network: network, Wildcard: slices.ContainsFunc(out, func(s stage.Source) bool { return s.Wildcard })}
}

// one asks one source.
func (a *Asker) one(ctx context.Context, s source, q *question) stage.Source {
	out := stage.Source{ID: s.id, Domain: q.domain}
	if len(a.Sources) > 0 && !slices.Contains(a.Sources, s.id) {
		out.Outcome, out.Detail = stage.SourceSkipped, "not wanted"
		return out
	}
	begin := time.Now()
	got := s.ask(ctx, q)
	out.Time = stage.Ms(time.Since(begin))
	out.Asked, out.Outcome, out.Fault, out.Detail = q.asked, got.outcome, got.fault, stage.Visible(got.detail)
	out.Contacts = q.reached()
	out.Provider, out.Settings, out.Forgeable, out.Wildcard = stage.Visible(got.provider), got.settings, got.forgeable, got.wildcard
	return out
}

// contacted notes whom a question has reached.
func (q *question) contacted(host, address string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.contacts = append(q.contacts, stage.Contact{Host: host, Address: address, Why: "settings"})
}

func (q *question) reached() []stage.Contact {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.contacts
}

// guessed asks the last source, where nothing is published.
func (a *Asker) guessed(ctx context.Context, all []stage.Source, network Network, q *question) stage.Source {
	published := func(s stage.Source) bool { return len(s.Settings) > 0 }
	if i := slices.IndexFunc(all, published); i >= 0 && !slices.Contains(a.Sources, stage.SourceGuess) {
		return stage.Source{ID: stage.SourceGuess, Domain: q.domain, Outcome: stage.SourceSkipped, Detail: "something is published"}
	}
	if network == NetworkInventsNames {
		return stage.Source{ID: stage.SourceGuess, Domain: q.domain, Outcome: stage.SourceSkipped, Detail: "this network gives an address to any name"}
	}
	return a.one(ctx, source{stage.SourceGuess, askGuess}, q)
}

func trust(id stage.SourceID) int { return slices.Index(stage.SourcesByTrust, id) }

// within reports whether a host is the domain's own: it, or below it.
func within(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(domain)
	return host == domain || strings.HasSuffix(host, "."+domain)
}
