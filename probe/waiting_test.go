package probe_test

import (
	"fmt"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A session that waits for a password lends its seat: those who have no use for one are
// through before it comes.
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

// Many servers of one account, of which each has to wait for the login before it, come
// to their turn whatever the number of seats, and keep no other account from theirs.
func TestWaitForATurnTakesNoSeat(t *testing.T) {
	inBubble(t, []probetest.Config{{Protocol: imap, Security: implicit, Mechanisms: []string{"PLAIN"}, Faults: f(probetest.DelayedDialog), Delay: time.Second}}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		var all []stage.Endpoint
		for i := range 8 {
			o := e
			o.Port = uint16(1993 + i)
			h.network.Handle(fmt.Sprintf("192.0.2.1:%d", o.Port), h.servers[0].ServeConn)
			all = append(all, o)
		}
		ts := append(account(all...), h.urls(1)...)
		h.on(greet("* OK hello", "* CAPABILITY IMAP4rev1\r\na1 OK"), h.addressOf(ts[1]))
		opt := h.options()
		opt.Parallel = 2
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		for i := range rec.Checks[:8] {
			if got := outcome(&rec.Checks[i]); rec.Checks[i].Result(stage.Login).Status != stage.Pass {
				t.Errorf("%s: %s", rec.Checks[i].Check.ID, got)
			}
		}
		if rec.End.State != stage.Complete || len(g.at) != 2 || g.at[0] > 4*time.Second || g.at[1] < 8*time.Second {
			t.Errorf("%s, groups ended after %v: %v", rec.End.State, g.at, g.groups)
		}
	})
}
