package probe_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// fickle serves an address so that the first connections end at once, and the others
// reach the server.
func (h *healthy) fickle(server, failing int) {
	var mu sync.Mutex
	n := 0
	h.network.Handle(h.address(server), func(c net.Conn) {
		mu.Lock()
		n++
		fails := n <= failing
		mu.Unlock()
		if !fails {
			h.servers[server].ServeConn(c)
		}
	})
}

func (h *healthy) address(server int) string {
	e := h.endpoints[server]
	return stage.Endpoint{Host: h.names[e.Host][0], Port: e.Port}.Address()
}

// shown returns the tries of a check, "1: outcome; 2: outcome".
func shown(c *stage.CheckRecord) string {
	var all []string
	for i := range c.Tries {
		r := c.Tries[i].Failed()
		word := "works"
		if r != nil {
			word = string(r.Stage) + " " + string(r.Fault)
		}
		if c.Tries[i].Check.Crowd > 1 {
			word += " alone"
		}
		all = append(all, word)
	}
	return strings.Join(all, ", ")
}

// A check that fails is tried again after a wait, until it works or the number is
// reached. The try that got farthest counts, and nothing is asked about a fault that
// went away.
func TestRetries(t *testing.T) {
	for _, tt := range []struct {
		name    string
		failing int
		want    string
		took    time.Duration
		asks    bool
	}{
		{"at once", 0, "", 0, false},
		{"the second time", 1, "tls handshake-closed, works", 3 * time.Second, false},
		{"the third time", 2, "tls handshake-closed, tls handshake-closed, works", 6 * time.Second, false},
		{"never", 99, "tls handshake-closed, tls handshake-closed, tls handshake-closed", 6 * time.Second, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
				h.fickle(0, tt.failing)
				opt := h.options()
				opt.Retries, opt.RetryWait = 2, 3*time.Second
				start := time.Now()
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				c := &rec.Checks[0]
				if got := shown(c); got != tt.want {
					t.Errorf("tries %q, want %q", got, tt.want)
				}
				if works := c.Failed() == nil && c.Result(stage.Login).Status == stage.Pass; works == tt.asks || c.Check.Repeats() {
					t.Errorf("%s: %s", c.Check.ID, outcome(c))
				}
				if took := time.Since(start); took < tt.took || took > tt.took+2*time.Second && !tt.asks {
					t.Errorf("took %s, want the waits (%s)", took, tt.took)
				}
				if asked := len(rec.Checks) > 1; asked != tt.asks {
					t.Errorf("%d follow-ups", len(rec.Checks)-1)
				}
				if rec.Logins.Tried != map[bool]int{false: 1}[tt.asks] {
					t.Errorf("%+v", rec.Logins)
				}
			})
		})
	}
}

// What took too long for its file is tried again; what the file expects otherwise is
// not noise.
func TestRetriesOfWhatWasLate(t *testing.T) {
	for _, tt := range []struct {
		expects stage.Expectation
		tries   int
	}{
		{stage.Expectation{ID: stage.ExpectReady, Want: []string{"1"}, Severity: stage.ExpectFail}, 3},
		{stage.Expectation{ID: stage.ExpectReady, Want: []string{"1"}, Severity: stage.ExpectWarn}, 3},
		{stage.Expectation{ID: stage.ExpectReady, Want: []string{"9999"}, Severity: stage.ExpectFail}, 0},
		{stage.Expectation{ID: stage.ExpectCapabilities, Want: []string{"NOTIFY"}, Severity: stage.ExpectFail}, 0},
	} {
		inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
			plan := probe.NewPlan(account(h.endpoints...), nil)
			plan.Checks[0].Expects = []stage.Expectation{tt.expects}
			opt := h.options()
			opt.Retries = 2
			rec := examine(t, t.Context(), plan, opt)
			if got := len(rec.Checks[0].Tries); got != tt.tries {
				t.Errorf("%v: %d tries, want %d", tt.expects, got, tt.tries)
			}
		})
	}
}

// A refused password is not sent again, however many tries are asked for; nor is one
// that the server said nothing about.
func TestNoRetryOfALogin(t *testing.T) {
	for _, fault := range []probetest.Fault{"", probetest.TooManySessions, probetest.DropAtLogin} {
		c := imapTLS
		if fault != "" {
			c.Faults = []probetest.Fault{fault}
		}
		inBubble(t, []probetest.Config{c}, func(t *testing.T, h *healthy) {
			opt := h.options()
			opt.Retries, opt.NoFollowUps, opt.Credentials = 5, true, withPassword("wrong")
			rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
			if c := &rec.Checks[0]; len(c.Tries) > 0 || rec.Logins.Tried != 1 || c.Failed() == nil {
				t.Errorf("%q: %d logins, tries %s", fault, rec.Logins.Tried, shown(c))
			}
		})
	}
}

// A try that could not begin before the group's time is up is not ordered.
func TestRetriesWithinTheTime(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		h.fickle(0, 99)
		opt := h.options()
		opt.Retries, opt.RetryWait, opt.RunTimeout, opt.NoFollowUps = 5, 10*time.Second, 40*time.Second, true
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
		if c := &rec.Checks[0]; len(c.Tries) != 3 || rec.End.State != stage.Complete {
			t.Errorf("%s; %s", shown(c), rec.End.State)
		}
	})
}

// narrow serves an address with at most so many connections at a time. It refuses the
// others as Postfix does.
func (h *healthy) narrow(server, most int) (refused func() int) {
	var mu sync.Mutex
	now, denied := 0, 0
	h.network.Handle(h.address(server), func(c net.Conn) {
		mu.Lock()
		now++
		over := now > most
		if over {
			denied++
		}
		mu.Unlock()
		if over {
			io.WriteString(c, "421 4.7.0 mail.example.test Error: too many connections from 192.168.1.23\r\n")
			time.Sleep(10 * time.Millisecond)
		} else {
			h.servers[server].ServeConn(c)
		}
		mu.Lock()
		now--
		mu.Unlock()
	})
	return func() int { mu.Lock(); defer mu.Unlock(); return denied }
}

// A server that takes two connections at a time gets them one at a time once it has
// refused, and all endpoints work. One that refuses a connection that is alone fails.
func TestTooManyConnections(t *testing.T) {
	smtp := probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Mechanisms: []string{"PLAIN"}}
	for most, want := range map[int]bool{0: false, 1: true, 2: true, 4: true} {
		inBubble(t, []probetest.Config{smtp}, func(t *testing.T, h *healthy) {
			refused := h.narrow(0, most)
			var endpoints []stage.Endpoint
			for i := range 12 {
				host := fmt.Sprintf("mx%d.example.test", i)
				h.names[host] = h.names[h.endpoints[0].Host]
				e := h.endpoints[0]
				e.Host = host
				endpoints = append(endpoints, e)
			}
			opt := h.options()
			opt.NoFollowUps = true
			rec := examine(t, t.Context(), probe.NewPlan(account(endpoints...), nil), opt)
			alone := 0
			for i := range rec.Checks {
				c := &rec.Checks[i]
				f := c.Failed()
				if works := f == nil || f.Stage == stage.Handshake; works != want {
					t.Errorf("%d at a time: %s: %s, tries %s", most, c.Check.ID, outcome(c), shown(c))
				}
				if len(c.Tries) > 0 {
					alone++
				}
			}
			if n := refused(); most == 4 && n > 0 || most == 2 && (n > 4 || alone == 0) {
				t.Errorf("%d at a time: refused %d times, %d checks tried again", most, n, alone)
			}
			if most == 0 && refused() > 12*4 {
				t.Errorf("dialled %d times", refused())
			}
		})
	}
}

// Connections to one address follow each other with the pause asked for, and no more
// are open at a time than asked for.
func TestPoliteness(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		var mu sync.Mutex
		var begun []time.Time
		now, most := 0, 0
		h.network.Handle(h.address(0), func(c net.Conn) {
			mu.Lock()
			begun = append(begun, time.Now())
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(5 * time.Second)
			mu.Lock()
			now--
			mu.Unlock()
		})
		var endpoints []stage.Endpoint
		for i := range 6 {
			e := h.endpoints[0]
			e.Host = fmt.Sprintf("h%d.example.test", i)
			h.names[e.Host] = h.names[h.endpoints[0].Host]
			endpoints = append(endpoints, e)
		}
		opt := h.options()
		opt.PerAddress, opt.Spacing, opt.NoFollowUps = 2, 3*time.Second, true
		examine(t, t.Context(), probe.NewPlan(account(endpoints...), nil), opt)
		for i := 1; i < len(begun); i++ {
			if gap := begun[i].Sub(begun[i-1]); gap < 3*time.Second {
				t.Errorf("connection %d came %s after the one before", i+1, gap)
			}
		}
		if len(begun) != 6 || most != 2 {
			t.Errorf("%d connections, %d at a time", len(begun), most)
		}
	})
}
