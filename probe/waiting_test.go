package probe_test

import (
	"fmt"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A session that waits for a password lends its seat: checks that need no password are
// done before it arrives.
func TestWaitForAPasswordTakesNoSeat(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		ts := append(account(h.endpoints...), h.urls(3)...)
		for _, target := range ts[1:] {
			h.on(greet("* OK hello", "* CAPABILITY IMAP4rev1\r\na1 OK"), h.addressOf(target))
		}
		opt := h.options()
		opt.Parallel = 1
		opt.Credentials = (&asking{secret: password, takes: 20 * time.Second}).credentials()
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		if len(g.at) != 4 || g.at[2] > 5*time.Second || g.at[3] < 20*time.Second {
			t.Errorf("groups ended after %v", g.at)
		}
		if got := outcome(&rec.Checks[0]); rec.Checks[0].Result(stage.Login).Status != stage.Pass {
			t.Errorf("%s", got)
		}
	})
}

// A check that waits for another login of its account doesn't keep others from a seat.
func TestWaitForATurnTakesNoSeat(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		hosts := []string{"one.example.test", "two.example.test"}
		server, err := probetest.New(probetest.Config{
			Protocol: imap, Security: implicit, Mechanisms: []string{"PLAIN"}, Faults: f(probetest.DelayedDialog), Delay: time.Second,
			Users: map[string]string{user: password}, TLS: h.authority.config(t, probetest.Leaf{Names: hosts}),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		var all []stage.Endpoint
		for i := range 2 {
			e := stage.Endpoint{Protocol: stage.IMAP, Host: hosts[i], Port: uint16(1993 + i), Security: stage.TLS}
			h.names[e.Host] = []string{"192.0.2.1"}
			h.network.Handle(fmt.Sprintf("192.0.2.1:%d", e.Port), server.ServeConn)
			all = append(all, e)
		}
		ts := append(account(all...), h.urls(1)...)
		h.on(greet("* OK hello", "* CAPABILITY IMAP4rev1\r\na1 OK"), h.addressOf(ts[1]))
		opt := h.options()
		opt.Parallel = 2
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		for i := range rec.Checks[:2] {
			if got := outcome(&rec.Checks[i]); rec.Checks[i].Result(stage.Login).Status != stage.Pass {
				t.Errorf("%s: %s", rec.Checks[i].Check.ID, got)
			}
		}
		if rec.End.State != stage.Complete || len(g.at) != 2 || g.at[0] > 4*time.Second || g.at[1] < 10*time.Second {
			t.Errorf("%s, groups ended after %v: %v", rec.End.State, g.at, g.groups)
		}
	})
}
