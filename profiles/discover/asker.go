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
	// Fetch gets a page. With an error, a page that isn't nil tells where a redirect led,
	// and which certificate was refused.
	Fetch(ctx context.Context, r Request) (*Page, error)
}

// ErrUnusable is wrapped by an error of [Web] where something came that can't be taken,
// such as more than there is room for.
var ErrUnusable = errors.New("not usable")

// ErrOutsider is the error of [Web] where a redirect led to a host that may not be asked.
var ErrOutsider = errors.New("redirected to a host that may not be asked")

// Request says what to fetch.
type Request struct {
	URL  string
	Own  netip.Addr // the domain's own address: a private one allows others of its kind
	Body []byte     // with one, it is posted

	// Allowed says whether to follow a redirect to another host; nil: always. Where it
	// says no, the error is ErrOutsider.
	Allowed func(host string) bool

	// Contacted is called for each address that is tried.
	Contacted func(host, address string)
}

// Page is what came.
type Page struct {
	URL    string   // where it came from, after redirects
	Via    []string // what redirected there
	Status int
	Type   string // as the server has it: text/html
	Body   []byte

	// Refused is the certificate that was not accepted for the host, in DER.
	Refused []byte
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

	mu       sync.Mutex
	asked    []string // by this source
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
	out := a.together(ctx, all, limit, func() *question {
		return &question{Asker: a, address: address, domain: domain, shared: shared}
	})
	q := &question{Asker: a, address: address, domain: domain, shared: shared}
	shared.control(ctx, q)
	network := shared.network(ctx)
	shared.settle(ctx, q, out, network)
	out = append(out, a.guessed(ctx, out, network, q))
	slices.SortStableFunc(out, func(x, y stage.Source) int { return trust(x.ID) - trust(y.ID) })
	return &Result{Address: address, Domain: domain, Sources: out, Network: network, Wildcard: shared.covered || slices.ContainsFunc(out, func(s stage.Source) bool { return s.Wildcard })}
}

// together asks all sources at once. What may follow, looking up the usual names where
// nothing is published, has a fifth of the time kept for it.
func (a *Asker) together(ctx context.Context, all []source, limit time.Duration, about func() *question) []stage.Source {
	ctx, cancel := context.WithTimeout(ctx, limit-limit/5)
	defer cancel()
	out := make([]stage.Source, len(all))
	var asked sync.WaitGroup
	for i, s := range all {
		asked.Go(func() { out[i] = a.one(ctx, s, about()) })
	}
	asked.Wait()
	return out
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
	out.Outcome, out.Fault, out.Detail = got.outcome, got.fault, stage.Visible(got.detail)
	out.Asked, out.Contacts = q.reached()
	out.Provider, out.Settings, out.Forgeable, out.Wildcard = stage.Visible(got.provider), got.settings, got.forgeable, got.wildcard
	return out
}

// contacted notes whom a question has reached.
func (q *question) contacted(host, address string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.contacts = append(q.contacts, stage.Contact{Host: host, Address: address, Why: "settings"})
}

// asks notes what a question asks for.
func (q *question) asks(what string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked = append(q.asked, what)
}

// reached returns what was asked for, and who was contacted.
func (q *question) reached() (asked []string, contacts []stage.Contact) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.asked), slices.Clone(q.contacts)
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

// ours reports whether a host is the domain's own, or its registered domain's.
func (q *question) ours(host string) bool {
	return slices.ContainsFunc(q.about(), func(d string) bool { return within(host, d) })
}

// within reports whether a host is the domain's own: it, or below it.
func within(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(domain)
	return host == domain || strings.HasSuffix(host, "."+domain)
}
