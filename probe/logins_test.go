package probe_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/budget"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// There is one refused login per protocol of an account, and no more.
func TestLoginBudget(t *testing.T) {
	wrong := imapTLS
	wrong.Faults = []probetest.Fault{probetest.WrongPassword}
	inBubble(t, []probetest.Config{wrong}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		second := e
		second.Host = "imap2.example.test"
		rec := examine(t, t.Context(), probe.NewPlan(account(e, e, second), nil), func() probe.Options {
			o := h.options()
			h.names[second.Host] = h.names[e.Host]
			return o
		}())
		tried := 0
		for i := range rec.Checks {
			r := rec.Checks[i].Result(stage.Login)
			switch {
			case rec.Checks[i].Check.FollowUp():
			case r.Status == stage.Fail && r.Fault == stage.Rejected:
				tried++
			case r.Reason == stage.LoginBudget, r.Reason == stage.Blocked:
			default:
				t.Errorf("%s", outcome(&rec.Checks[i]))
			}
		}
		if tried != 1 || rec.Logins != (stage.Logins{Tried: 1, Failed: 1}) || len(h.servers[0].Logins()) != 1 {
			t.Errorf("%d refused logins, counted %+v, the server saw %d; want 1", tried, rec.Logins, len(h.servers[0].Logins()))
		}
	})
}

// crowd is one server under many names, for all three protocols.
type crowd struct {
	*healthy
	targets []probe.Target
}

// newCrowd returns URLs for a user at these hosts, which all resolve to one server with
// these faults.
func newCrowd(t *testing.T, h *healthy, hosts []string, at func(i int) string, faults ...probetest.Fault) crowd {
	t.Helper()
	c := crowd{healthy: h}
	config := h.authority.config(t, probetest.Leaf{Names: hosts})
	ports := map[probetest.Protocol]uint16{probetest.IMAP: 993, probetest.POP3: 995, probetest.SMTP: 465}
	for _, p := range []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP} {
		server, err := probetest.New(probetest.Config{
			Protocol: p, Security: probetest.ImplicitTLS, TLS: config, Mechanisms: []string{"PLAIN", "LOGIN"},
			Users: map[string]string{user: password}, Faults: faults,
		})
		if err != nil {
			t.Fatal(err)
		}
		h.servers = append(h.servers, server)
		for i, host := range hosts {
			address := at(i)
			h.names[host] = []string{address}
			h.network.Host(host, address)
			h.network.Handle(net.JoinHostPort(address, fmt.Sprint(ports[p])), server.ServeConn)
			e := stage.Endpoint{Protocol: stage.Protocol(p), Host: host, Port: ports[p], Security: stage.TLS}
			c.targets = append(c.targets, probe.Target{
				Subject:   stage.Subject{Argument: string(p) + "s://" + host, Kind: stage.SubjectURL, User: user},
				Endpoints: []probe.PlannedEndpoint{{Endpoint: e}},
			})
		}
	}
	return c
}

// options returns options that log in every target with the same password.
func (c crowd) options(secret string) probe.Options {
	opt := c.healthy.options()
	opt.Credentials = make(map[int]probe.Credential)
	for i := range c.targets {
		opt.Credentials[i] = withPassword(secret)[0]
	}
	return opt
}

// seen counts the logins that the servers have seen so far.
func (c crowd) seen() (n int) {
	for _, s := range c.servers {
		n += len(s.Logins())
	}
	return n
}

// names8 returns eight names for one server.
func names8(form string) []string {
	var all []string
	for i := range 8 {
		all = append(all, fmt.Sprintf(form, i))
	}
	return all
}

var (
	oneAddress  = func(int) string { return "192.0.2.1" }
	manyAddress = func(i int) string { return fmt.Sprintf("192.0.2.%d", i+1) }
)

// One server has eight names, which share a registered domain or an address. They are
// one account: one refused login per protocol, and one additional login. Each skipped
// login says which earlier one is the reason.
func TestEightNamesOfOneServer(t *testing.T) {
	for _, tt := range []struct {
		name, form string
		at         func(int) string
		want       int
	}{
		{"one domain, one address", "n%d.mail.example.co.uk", oneAddress, 4},
		{"one domain, an address each", "n%d.mail.example.co.uk", manyAddress, 4},
		{"a domain each, one address", "mail.example%d.co.uk", oneAddress, 4},
		{"a domain and an address each", "mail.example%d.co.uk", manyAddress, 25},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				c := newCrowd(t, h, names8(tt.form), tt.at)
				rec := examine(t, t.Context(), probe.NewPlan(c.targets, nil), c.options("wrong "))
				if got := c.seen(); got != tt.want || rec.Logins != (stage.Logins{Tried: got, Failed: got}) {
					t.Errorf("the servers saw %d logins, and %+v were counted; want %d", got, rec.Logins, tt.want)
				}
				leftOut := 0
				for i := range rec.Checks {
					k := &rec.Checks[i]
					if k.Check.FollowUp() || k.Result(stage.Login).Reason != stage.LoginBudget {
						continue
					}
					leftOut++
					o := chart.RefusedFor(rec, k)
					if o == nil || o.Check.Endpoint.Protocol != k.Check.Endpoint.Protocol || o.Result(stage.Login).Fault != stage.Rejected {
						t.Errorf("%s: left out for %+v", k.Check.ID, o)
					}
				}
				if want := 25 - tt.want; leftOut != want {
					t.Errorf("%d logins left out, want %d", leftOut, want)
				}
			})
		})
	}
}

// Skipped logins don't wait for one another's QUIT or LOGOUT.
func TestLeftOutLoginsTakeNoTime(t *testing.T) {
	for _, tt := range []struct {
		name string
		cred func(secret string) map[int]probe.Credential
	}{
		{"refused", withPassword},
		{"no password", func(string) map[int]probe.Credential { return (&asking{}).credentials() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				c := newCrowd(t, h, names8("n%d.example.test"), manyAddress) // an address has at most four dialogues at a time
				opt := c.options("")
				one := tt.cred("wrong")[0]
				for i := range c.targets {
					opt.Credentials[i] = one
				}
				opt.NoFollowUps = true
				rec := examine(t, t.Context(), probe.NewPlan(c.targets[:8], nil), opt)
				// Connection, handshake, greeting, login and LOGOUT, and another
				// LOGOUT.
				if took := rec.End.Time.Duration(); took > 6*20*time.Millisecond {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// A URL and an address are one account if the URL's server belongs to the address's
// provider by the profile, by domain or by IP address.
func TestLoginBudgetOfAURL(t *testing.T) {
	for _, tt := range []struct {
		name, host, address, domain string
		want                        int
	}{
		{"by the profile", "mail.elsewhere.test", "192.0.2.9", "elsewhere.test", 3},
		{"by the domain", "second.example.test", "192.0.2.9", "", 3},
		{"by the address", "mail.elsewhere.test", "192.0.2.1", "", 3},
		{"not at all", "mail.elsewhere.test", "192.0.2.9", "", 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				at := []string{"192.0.2.1", tt.address}
				c := newCrowd(t, h, []string{"mail.example.test", tt.host}, func(i int) string { return at[i] })
				for i := range c.targets {
					if e := c.targets[i].Endpoints[0].Endpoint; e.Host != tt.host {
						c.targets[i].Subject.Profile = &stage.Profile{ID: "test", Name: "Test", Domains: []string{tt.domain}}
					}
				}
				opt := c.options("wrong")
				opt.NoFollowUps = true
				rec := examine(t, t.Context(), probe.NewPlan(c.targets, nil), opt)
				if got := c.seen(); got != tt.want || rec.Logins.Failed != got {
					t.Errorf("the servers saw %d logins, and %d were counted; want %d", got, rec.Logins.Failed, tt.want)
				}
			})
		})
	}
}

// A shared budget outlives the run: a refused login is not tried again until the
// password or the settings change, or the user asks for it.
func TestBudgetOutlivesARun(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		c := newCrowd(t, h, []string{"mail.example.test"}, oneAddress)
		b := budget.New()
		before := 0
		run := func(what, secret string, want int) *stage.Record {
			t.Helper()
			opt := c.options(secret)
			opt.Budget, opt.NoFollowUps = b, true
			rec := examine(t, t.Context(), probe.NewPlan(c.targets, nil), opt)
			if got := c.seen() - before; got != want {
				t.Errorf("%s: the servers saw %d logins, want %d", what, got, want)
			}
			before = c.seen()
			return rec
		}
		run("first", "wrong", 3)
		rec := run("again", "wrong", 0)
		for i := range rec.Checks {
			r := rec.Checks[i].Result(stage.Login)
			f, _ := r.Facts.(*stage.LoginFacts)
			if r.Reason != stage.LoginBudget || f == nil || f.Spared == nil || !f.Spared.Refused || f.Spared.At.IsZero() || f.Spared.Host != "mail.example.test" {
				t.Errorf("%s: %+v", outcome(&rec.Checks[i]), f)
			}
		}
		run("another password", "also wrong", 3)
		run("the first one again", "wrong", 0)
		c.targets[0].Endpoints[0].Optional = true
		run("a change that is none of the login's", "wrong", 0)
		c.targets[0].Endpoints[0].Port = 994
		h.network.Handle("192.0.2.1:994", h.servers[0].ServeConn)
		run("another port for IMAP", "wrong", 1)
		run("and again", "wrong", 0)
		if n := b.Forget(strings.ToUpper(user), "imap.example.test"); n != 1 {
			t.Errorf("%d accounts forgotten, want 1", n)
		}
		run("somebody has asked", "wrong", 3)
		run("and no more", "wrong", 0)
		run("the right one", password, 3)
		run("and again", password, 3)
	})
}

// Eight consecutive runs with different names of one server are one account too.
func TestBudgetOfManyRuns(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		c := newCrowd(t, h, names8("n%d.example.test"), manyAddress)
		b := budget.New()
		for range 3 {
			for i := range c.targets {
				opt := h.options()
				opt.Budget, opt.Credentials = b, withPassword("wrong")
				examine(t, t.Context(), probe.NewPlan(c.targets[i:i+1], nil), opt)
				time.Sleep(time.Hour)
			}
		}
		if got := c.seen(); got != 4 {
			t.Errorf("the servers saw %d logins, want one for each protocol and one more", got)
		}
	})
}

// Two concurrent runs share the budget and take turns.
func TestBudgetOfRunsAtOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		c := newCrowd(t, h, names8("n%d.example.test"), manyAddress)
		b := budget.New()
		done := make(chan *stage.Record)
		for range 2 {
			go func() {
				opt := c.options("wrong")
				opt.Budget, opt.NoFollowUps = b, true
				done <- examine(t, t.Context(), probe.NewPlan(c.targets, nil), opt)
			}()
		}
		tried := 0
		for range 2 {
			tried += (<-done).Logins.Tried
		}
		if got := c.seen(); got != 3 || tried != 3 {
			t.Errorf("the servers saw %d logins, and %d were counted; want 3", got, tried)
		}
	})
}

// A login without an answer is tried again in a later run, after a growing pause.
func TestBudgetAfterSilence(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		c := newCrowd(t, h, []string{"mail.example.test"}, oneAddress, probetest.LoginSilent)
		c.targets = c.targets[:1]
		b := budget.New()
		start := time.Now()
		var at []time.Duration
		for time.Since(start) < 3*time.Hour {
			before, now := c.seen(), time.Since(start)
			opt := c.options("wrong")
			opt.Budget = b
			examine(t, t.Context(), probe.NewPlan(c.targets, nil), opt)
			if c.seen() > before {
				at = append(at, now.Truncate(time.Minute))
			}
			time.Sleep(time.Minute)
		}
		if got, want := fmt.Sprint(at), "[0s 5m0s 16m0s 36m0s 1h17m0s 2h37m0s]"; got != want {
			t.Errorf("tried after %s, want %s", got, want)
		}
	})
}
