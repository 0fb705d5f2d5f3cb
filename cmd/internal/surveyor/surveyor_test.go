package surveyor

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/probe/walk"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
	"maildoctor/profiles/survey"
)

// internet is all that there is in a test.
type internet struct {
	names     map[string]stage.Fault      // names that exist ("") or fail; others don't exist
	mx        map[string]string           // by domain
	servers   map[string]stage.Fault      // how visits end, by address; others pass
	published map[string][]stage.Endpoint // by domain, at autoconfig.DOMAIN
	closeAt   int                         // from this visit on, everything is refused; 0: never
	stopAt    int                         // at this visit, the walk is interrupted; 0: never
	stop      context.CancelFunc

	mu      sync.Mutex
	visited []string
	asked   []string
}

func (n *internet) fault(name string) error {
	n.mu.Lock()
	n.asked = append(n.asked, name)
	n.mu.Unlock()
	f, ok := n.names[name]
	switch {
	case !ok:
		return stage.Errorf(stage.NameNotFound, "no such name")
	case f != "":
		return stage.Errorf(f, "%s", f)
	}
	return nil
}

func (n *internet) Addresses(_ context.Context, host string) ([]string, error) {
	if err := n.fault(host); err != nil {
		return nil, err
	}
	return []string{"203.0.113.9"}, nil
}

func (n *internet) MX(_ context.Context, domain string) ([]*net.MX, error) {
	if err := n.fault(domain); err != nil {
		return nil, err
	}
	if host := n.mx[domain]; host != "" {
		return []*net.MX{{Host: "last.example.", Pref: 20}, {Host: host, Pref: 10}}, nil
	}
	return nil, stage.Errorf(stage.NoAddress, "no data")
}

func (n *internet) SRV(context.Context, string) ([]*net.SRV, error) {
	return nil, stage.Errorf(stage.NameNotFound, "no such name")
}

func (n *internet) TXT(context.Context, string) ([]string, error) {
	return nil, stage.Errorf(stage.NameNotFound, "no such name")
}

func (n *internet) Fetch(_ context.Context, r discover.Request) (*discover.Page, error) {
	for domain, all := range n.published {
		if r.URL != "https://autoconfig."+domain+"/mail/config-v1.1.xml" {
			continue
		}
		var b strings.Builder
		for _, e := range all {
			tag := map[bool]string{true: "incomingServer", false: "outgoingServer"}[e.Protocol.Receives()]
			fmt.Fprintf(&b, "<%s type=%q><hostname>%s</hostname><port>%d</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%%EMAILADDRESS%%</username></%s>", tag, e.Protocol, e.Host, e.Port, tag)
		}
		return &discover.Page{URL: r.URL, Status: http.StatusOK, Body: []byte("<clientConfig version=\"1.1\"><emailProvider id=\"x\"><domain>" + domain + "</domain>" + b.String() + "</emailProvider></clientConfig>")}, nil
	}
	return nil, stage.Errorf(stage.NameNotFound, "no such name")
}

// examine visits a server.
func (n *internet) examine(_ context.Context, e stage.Endpoint) (*stage.CheckRecord, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.visited = append(n.visited, e.Address())
	k := &stage.CheckRecord{Check: stage.Check{Endpoint: e}}
	f := n.servers[e.Address()]
	if n.closeAt > 0 && len(n.visited) >= n.closeAt {
		f = stage.Refused
	}
	if len(n.visited) == n.stopAt {
		n.stop()
	}
	if f != "" {
		k.Results = []stage.Result{{Stage: stage.Connect, Status: stage.Fail, Fault: f}}
		if f == stage.NameNotFound {
			k.Results[0].Stage = stage.Resolve
		}
		return k, nil
	}
	k.Results = []stage.Result{
		{Stage: stage.Handshake, Status: stage.Pass, Facts: &stage.TLSFacts{Verified: true}},
		{Stage: stage.Greeting, Status: stage.Pass},
		{Stage: stage.Capabilities, Status: stage.Pass},
	}
	return k, nil
}

// firms are entries, each with a server of its own for receiving and one for sending.
func firms(names ...string) (out []survey.Entry) {
	for _, n := range names {
		host := "mail." + n + ".example"
		out = append(out, survey.Entry{Domain: n + ".example", Profile: n, File: n + ".xml", Line: 1, Servers: []survey.Server{
			{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: 993, Security: stage.TLS}},
			{Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: host, Port: 465, Security: stage.TLS}},
		}})
	}
	return out
}

// of returns an internet in which the entries hold.
func of(entries []survey.Entry) *internet {
	n := &internet{names: map[string]stage.Fault{"com": "", "example": ""}, mx: map[string]string{}, servers: map[string]stage.Fault{}, published: map[string][]stage.Endpoint{}}
	for _, e := range entries {
		n.names[e.Domain] = ""
		n.mx[e.Domain] = "mx." + e.Domain + "."
	}
	return n
}

// look looks at entries, and returns what is to be said of each, by domain.
func look(t *testing.T, n *internet, entries []survey.Entry, opt walk.Options, others ...Other) (map[string]string, *survey.Seen) {
	t.Helper()
	table := profiles.NewCatalogue()
	s := Surveyor{
		Names: n, Others: others, Examine: n.examine, Walk: opt, Nonce: "xq7",
		Asker: &discover.Asker{Names: n, Web: n, Catalogue: table, Sources: OwnSources, Private: true, Nonce: "xq7"},
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	n.stop = stop
	seen, err := s.See(ctx, entries)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, e := range entries {
		f := survey.Judge(e, seen, table)
		var said []string
		for _, v := range f.Verdicts {
			said = append(said, string(v))
		}
		for _, r := range f.Reasons {
			said = append(said, string(r.ID))
		}
		out[e.Domain] = strings.Join(said, " ")
	}
	return out, seen
}

// TestEachServerOnce: however many domains share a server, it is visited once, and once
// more at the end only where another one isn't as it should be.
func TestEachServerOnce(t *testing.T) {
	entries := firms("a", "b", "c", "d", "e")
	shared := slices.Clone(entries)
	for i := range 40 {
		e := entries[0]
		e.Domain = fmt.Sprintf("x%d.example", i)
		shared = append(shared, e)
	}
	n := of(shared)
	got, seen := look(t, n, shared, walk.Options{Parallel: 4})
	slices.Sort(n.visited)
	if len(n.visited) != 10 || len(slices.Compact(n.visited)) != 10 || len(seen.Visits) != 10 {
		t.Errorf("visited %q", n.visited)
	}
	if got["x7.example"] != "holds" || seen.Domains["a.example"].Exchangers[0] != "mx.a.example" {
		t.Errorf("%v, %v", got, seen.Domains["a.example"])
	}
	n = of(shared)
	n.servers["mail.e.example:993"] = stage.Refused
	if got, _ := look(t, n, shared, walk.Options{Parallel: 4}); len(n.visited) != 12 || got["e.example"] != "differs server-differs" {
		t.Errorf("visited %q; %s", n.visited, got["e.example"])
	}
}

// TestNetworkThatFails: what goes wrong after the network here has failed is nobody's
// fault, and neither is what went wrong before a walk was interrupted.
func TestNetworkThatFails(t *testing.T) {
	entries := firms("a", "b", "c", "d", "e", "f")
	for name, change := range map[string]func(*internet){
		"closed halfway": func(n *internet) { n.closeAt = 8 },
		"interrupted": func(n *internet) {
			n.servers["mail.d.example:993"] = stage.Refused
			n.stopAt = 10
		},
		"closed": func(n *internet) { n.closeAt = 1 },
		"no name servers": func(n *internet) {
			for name := range n.names {
				n.names[name] = stage.DNSTimeout
			}
		},
	} {
		n := of(entries)
		change(n)
		got, _ := look(t, n, entries, walk.Options{Parallel: 1})
		blamed := 0
		for domain, said := range got {
			if strings.Contains(said, "dead") || strings.Contains(said, "differs") {
				t.Errorf("%s: %s: %s", name, domain, said)
			}
			if said != "holds" {
				blamed++
			}
		}
		if blamed == 0 {
			t.Errorf("%s: %v", name, got)
		}
		if name == "closed" && (len(n.visited) != 6 || got["f.example"] != "not-from-here no-network") {
			t.Errorf("%s: visited %q; %s", name, n.visited, got["f.example"])
		}
		if name == "no name servers" && (len(n.visited) != 0 || got["f.example"] != "not-from-here no-names") {
			t.Errorf("%s: visited %q; %s", name, n.visited, got["f.example"])
		}
	}
}

// TestGone: a name that is gone was asked for twice, and others were asked as well, who
// are named; one of them may know it.
func TestGone(t *testing.T) {
	entries := firms("a", "b")
	for _, c := range []struct {
		name   string
		other  map[string]stage.Fault
		want   string
		others int
	}{
		{"nobody else is asked", nil, "dead name-gone", 0},
		{"another one says the same", map[string]stage.Fault{"example": ""}, "dead name-gone", 1},
		{"another one knows it", map[string]stage.Fault{"example": "", "b.example": ""}, "not-from-here name-disputed", 1},
		{"another one is silent", map[string]stage.Fault{"example": stage.DNSTimeout, "b.example": stage.DNSTimeout}, "dead name-gone", 1},
	} {
		n := of(entries)
		delete(n.names, "b.example")
		var others []Other
		if c.other != nil {
			others = append(others, Other{Server: "192.0.2.53:53", Names: &internet{names: c.other}})
		}
		got, seen := look(t, n, entries, walk.Options{Parallel: 1}, others...)
		asked := 0
		for _, name := range n.asked {
			if name == "b.example" {
				asked++
			}
		}
		if got["b.example"] != c.want || len(seen.Again.Asked) != c.others || asked != 6 {
			t.Errorf("%s: %s, want %s; asked %d times, others: %v", c.name, got["b.example"], c.want, asked, seen.Again.Asked)
		}
	}
	n := of(entries)
	if _, seen := look(t, n, entries, walk.Options{}, Other{Server: "192.0.2.53:53", Names: &internet{}}); len(seen.Again.Asked) != 0 {
		t.Errorf("%v was asked for nothing", seen.Again.Asked)
	}
}

// TestPublishedElsewhere: what a domain publishes counts if it answers, at whatever port.
func TestPublishedElsewhere(t *testing.T) {
	entries := firms("a", "b")
	n := of(entries)
	n.names["autoconfig.a.example"] = ""
	n.published["a.example"] = []stage.Endpoint{
		{Protocol: stage.IMAP, Host: "new.a.example", Port: 1993, Security: stage.TLS}, {Protocol: stage.SMTP, Host: "new.a.example", Port: 1465, Security: stage.TLS},
	}
	if got, _ := look(t, n, entries, walk.Options{}); got["a.example"] != "self-published holds published" || !slices.Contains(n.visited, "new.a.example:1993") {
		t.Errorf("%v, visited %v", got, n.visited)
	}
	n.servers["new.a.example:1465"] = stage.Refused
	if got, _ := look(t, n, entries, walk.Options{}); got["a.example"] != "holds" {
		t.Errorf("%v", got)
	}
}

// TestGoOn: from a journal, what was in order is known, and what wasn't is looked at
// again. The first visits are made anew, since they say what the network is like now.
func TestGoOn(t *testing.T) {
	entries := firms("a", "b", "c", "d", "e")
	name := filepath.Join(t.TempDir(), "journal")
	open := func() *walk.Journal {
		j, err := walk.Open(name, walk.Origin{Kind: "test", Digest: "1"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		return j
	}
	n := of(entries)
	n.servers["mail.e.example:993"] = stage.ConnectTimeout
	delete(n.names, "d.example")
	look(t, n, entries, walk.Options{Journal: open()})
	n.visited, n.asked = nil, nil
	delete(n.servers, "mail.e.example:993")
	n.names["d.example"] = ""
	got, seen := look(t, n, entries, walk.Options{Journal: open()})
	asked := 0 // once at the beginning, to see whether names are known at all
	for _, name := range n.asked {
		if name == "a.example" {
			asked++
		}
	}
	if got["e.example"] != "holds" || got["d.example"] != "holds" || asked != 1 || slices.Contains(n.visited, "mail.e.example:465") || len(n.visited) != 7 {
		t.Errorf("%v; visited %v, asked %v", got, n.visited, n.asked)
	}
	if v := seen.Visits["smtp mail.e.example:465 tls"]; v.At.After(seen.Since) || !v.Passed() {
		t.Errorf("%+v", v)
	}
}

// TestVisitsSurviveJSON: a journal keeps all that a verdict depends on.
func TestVisitsSurviveJSON(t *testing.T) {
	v := survey.Visit{
		At: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), First: true, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "a.example", Port: 993, Security: stage.TLS},
		Stage: stage.Handshake, Fault: stage.BadCertificate, TLS: &stage.TLSFacts{Faults: []stage.CertFault{{ID: stage.CertExpired}}}, Encrypted: true, Greeted: true,
	}
	text, err := json.Marshal(result{Visit: &v})
	if err != nil {
		t.Fatal(err)
	}
	var back result
	if err := json.Unmarshal(text, &back); err != nil || fmt.Sprintf("%+v %+v", *back.Visit.TLS, back.Visit.Endpoint) != fmt.Sprintf("%+v %+v", *v.TLS, v.Endpoint) || back.Visit.Fault != v.Fault || !back.Visit.First || !back.Visit.Greeted || !back.Visit.Encrypted || !back.Visit.At.Equal(v.At) {
		t.Errorf("%v\n%s\n%+v", err, text, back.Visit)
	}
}

// TestInterruptedAtOnce: who is interrupted before anything was reached knows nothing of
// the network.
func TestInterruptedAtOnce(t *testing.T) {
	entries := firms("a", "b", "c", "d", "e")
	n := of(entries)
	n.stopAt = 1
	if got, _ := look(t, n, entries, walk.Options{}); got["a.example"] != "not-from-here unvisited" {
		t.Errorf("%v", got)
	}
}

// TestExistence: only two lookups that say so make a name one that is gone.
func TestExistence(t *testing.T) {
	fault := func(f stage.Fault) error { return stage.Errorf(f, "x") }
	for _, c := range []struct {
		mx      error
		address stage.Fault // of the name
		want    survey.Existence
	}{
		{nil, stage.NameNotFound, survey.There},
		{fault(stage.NoAddress), stage.NameNotFound, survey.There},
		{fault(stage.NameNotFound), stage.NameNotFound, survey.Gone},
		{fault(stage.NameNotFound), stage.NoAddress, survey.There},
		{fault(stage.NameNotFound), stage.DNSTimeout, survey.Unclear},
		{fault(stage.ServFail), stage.NameNotFound, survey.Unclear},
		{fault(stage.ServFail), "", survey.There},
	} {
		got, _ := existence(t.Context(), &internet{names: map[string]stage.Fault{"a.example": c.address}}, "a.example", c.mx)
		if got != c.want {
			t.Errorf("%v, %s: %s, want %s", c.mx, c.address, got, c.want)
		}
	}
}
