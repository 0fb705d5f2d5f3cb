package probe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// publishing is what a domain publishes, and how often it was asked.
type publishing struct {
	asked  atomic.Int32
	took   time.Duration // until it answers, or its time is up
	server stage.Named
}

func (p *publishing) discover(ctx context.Context, s stage.Subject) probe.Found {
	p.asked.Add(1)
	if p.took > 0 {
		select {
		case <-time.After(p.took):
		case <-ctx.Done():
			return probe.Found{Sources: []stage.Source{{ID: stage.SourceAutoconfig, Domain: s.Domain, Outcome: stage.SourceFailed}}}
		}
	}
	return probe.Found{
		Sources: []stage.Source{{
			ID: stage.SourceAutoconfig, Domain: s.Domain, Outcome: stage.SourceFound, Settings: []stage.Setting{{Endpoint: p.server.Endpoint, User: s.User}},
			Contacts: []stage.Contact{{Host: "autoconfig." + s.Domain, Address: "203.0.113.80:443", Why: "settings"}},
		}},
		Servers: []stage.Named{p.server},
	}
}

// TestSearch: where a known server fails, what is published is asked and tried, once and
// in the same round; where all works, nobody is asked.
func TestSearch(t *testing.T) {
	const gone, silent = "old.example.test", "silent.example.test"
	for _, tt := range []struct {
		name    string
		host    string // of the profile; empty: the server that works
		server  func(*stage.Named)
		set     func(*probe.Options)
		took    time.Duration
		asked   int32
		login   string // how the login at the published server ended; empty: it wasn't tried
		leading cause.ID
	}{
		{name: "the known server works"},
		{name: "it is gone", host: gone, asked: 1, login: "pass", leading: cause.ProfileOutOfDate},
		{name: "it is silent", host: silent, asked: 1, login: "pass", leading: cause.ProfileOutOfDate},
		{name: "no follow-ups", host: gone, set: func(o *probe.Options) { o.NoFollowUps = true }, leading: cause.HostnameTypoNXDomain},
		{name: "nobody to ask", host: gone, set: func(o *probe.Options) { o.Discover = nil }, leading: cause.HostnameTypoNXDomain},
		{
			name: "anybody could have forged it", host: gone, server: func(n *stage.Named) { n.Forgeable = true },
			asked: 1, login: "skip(settings-not-verified)", leading: cause.HostnameTypoNXDomain,
		},
		{
			name: "wrong password", host: gone, set: func(o *probe.Options) { o.Credentials = withPassword("wrong") },
			asked: 1, login: "fail(rejected)", leading: cause.HostnameTypoNXDomain,
		},
		{name: "the sources are slow", host: silent, took: time.Minute, asked: 1, leading: cause.ServerUnreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
				e := h.endpoints[0]
				p := &publishing{took: tt.took, server: stage.Named{Endpoint: e, User: user, Sources: []stage.SourceID{stage.SourceAutoconfig}}}
				if tt.server != nil {
					tt.server(&p.server)
				}
				h.names[silent] = []string{"198.51.100.1"}
				h.network.Fail("198.51.100.1", probetest.Drop)
				if tt.host != "" {
					e.Host = tt.host
				}
				opt := h.options()
				opt.System, opt.Discover = stage.System{LinkUp: true}, p.discover
				if tt.set != nil {
					tt.set(&opt)
				}
				start := time.Now()
				s, err := probe.Run(t.Context(), probe.NewPlan(account(e), nil), opt)
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > 21*time.Second {
					t.Errorf("took %v, want two connect timeouts at most", took)
				}
				rec := stage.Fold(s)
				if n := p.asked.Load(); n != tt.asked {
					t.Errorf("asked %d times, want %d", n, tt.asked)
				}
				searches := func(c stage.CheckRecord) bool { return c.Check.Kind == stage.KindSearch }
				if slices.ContainsFunc(rec.Checks, searches) != (tt.asked > 0) {
					t.Error("a search was ordered that was not made, or the reverse")
				}
				if got := loginThere(rec, p.server.Endpoint); got != tt.login {
					t.Errorf("login at the published server: %q, want %q", got, tt.login)
				}
				if got, _ := leading(rec); got != tt.leading {
					t.Errorf("leading: %q, want %q", got, tt.leading)
				}
				replayed(t, s)
				if tt.asked > 0 && tt.took == 0 {
					kept(t, rec)
				}
			})
		})
	}
}

// loginThere returns how the login of a follow-up to a published server ended.
func loginThere(rec *stage.Record, e stage.Endpoint) string {
	for _, c := range rec.Checks {
		if c.Check.Question != stage.AskPublished || c.Check.Endpoint != e {
			continue
		}
		r := c.Result(stage.Login)
		why := string(r.Fault) + string(r.Reason)
		if why != "" {
			why = "(" + why + ")"
		}
		return string(r.Status) + why
	}
	return ""
}

// kept checks that the stream has the sources, who asked them, and who was contacted.
func kept(t *testing.T, rec *stage.Record) {
	t.Helper()
	if len(rec.Sources) != 1 || rec.Sources[0].Check != "imap-993/sources" {
		t.Errorf("sources: %+v, want one, of the follow-up", rec.Sources)
	}
	if !slices.ContainsFunc(rec.Contacts, func(c stage.Contact) bool { return c.Host == "autoconfig.example.test" && c.Why == "settings" }) {
		t.Errorf("contacts: %+v, want the host of the settings", rec.Contacts)
	}
	for _, c := range rec.Checks {
		if q := c.Check.Question; (q == stage.AskSources || q == stage.AskPublished) && c.Check.Round != 1 {
			t.Errorf("%s is of round %d", c.Check.ID, c.Check.Round)
		}
	}
}

// replayed checks that a saved run gives the same conclusions without any network, and
// leaves no question open that was answered.
func replayed(t *testing.T, s *stage.Stream) {
	t.Helper()
	var b bytes.Buffer
	if err := s.Copy(stage.NewStreamWriter(&b)); err != nil {
		t.Fatal(err)
	}
	again, err := stage.ReadStream(&b)
	if err != nil {
		t.Fatal(err)
	}
	before, after := diagnose.Diagnose(stage.Fold(s)), diagnose.Diagnose(stage.Fold(again))
	x, _ := json.Marshal(before)
	y, _ := json.Marshal(after)
	if !bytes.Equal(x, y) {
		t.Errorf("replayed:\n%s\nwant\n%s", y, x)
	}
	for _, q := range after.Questions {
		if q.Check.Question == stage.AskSources && s.Header.Options.FollowUps {
			t.Errorf("open: %+v", q.Check)
		}
	}
}

// A search that the user interrupts is not one that found nothing.
func TestSearchInterrupted(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		p := &publishing{took: time.Minute, server: stage.Named{Endpoint: e}}
		e.Host = "old.example.test"
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(probe.ErrInterrupted) })
		opt := h.options()
		opt.System, opt.Discover = stage.System{LinkUp: true}, p.discover
		rec := examine(t, ctx, probe.NewPlan(account(e), nil), opt)
		c := rec.Check("imap-993/sources")
		if c == nil || outcome(c) != "search=skip(interrupted)" || rec.End.State != stage.WasInterrupted {
			t.Errorf("%+v, ended %s; want the search skipped", c, rec.End.State)
		}
	})
}

// Each of two accounts of a domain has its own user name, so each is searched for.
func TestSearchForEachAccount(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		p := &publishing{server: stage.Named{Endpoint: e, Sources: []stage.SourceID{stage.SourceSRV}}}
		e.Host = "old.example.test"
		both := append(account(e), account(e)...)
		both[1].Subject.Address, both[1].Subject.User = "joe@example.test", "joe@example.test"
		opt := h.options()
		opt.System, opt.Discover = stage.System{LinkUp: true}, p.discover
		rec := examine(t, t.Context(), probe.NewPlan(both, nil), opt)
		if n := p.asked.Load(); n != 2 || len(rec.Sources) != 2 || rec.Sources[0].Subject == rec.Sources[1].Subject {
			t.Errorf("asked %d times, sources %+v; want one for each account", n, rec.Sources)
		}
	})
}
