package probe_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// fleet is a provider with many servers, each at an address of its own. Every third
// drops packets, and every fourth asks for follow-ups.
type fleet struct {
	*healthy
	plan stage.Plan
}

func newFleet(t *testing.T, h *healthy, n int) *fleet {
	f := &fleet{healthy: h}
	var targets []probe.Target
	for i := range n {
		e := h.endpoints[0]
		e.Host = fmt.Sprintf("s%d.example.test", i)
		address := fmt.Sprintf("198.51.100.%d", i+1)
		h.names[e.Host] = []string{address}
		h.network.Host(e.Host, address)
		at := stage.Endpoint{Host: address, Port: e.Port}.Address()
		switch {
		case i%3 == 2:
			h.network.Fail(at, probetest.Drop)
		case i%4 == 3:
			h.network.Handle(at, func(net.Conn) {}) // closes at once
		default:
			server, err := probetest.New(probetest.Config{
				Protocol: probetest.IMAP, Users: map[string]string{user: password}, TLS: h.authority.config(t, probetest.Leaf{Names: []string{e.Host}}),
			})
			if err != nil {
				t.Fatal(err)
			}
			h.servers = append(h.servers, server)
			h.network.Handle(at, server.ServeConn)
		}
		targets = append(targets, probe.Target{
			Subject:   stage.Subject{Argument: "imaps://" + e.Host, Kind: stage.SubjectURL, User: fmt.Sprintf("user%d@s%d.example.test", i, i)},
			Endpoints: []probe.PlannedEndpoint{{Endpoint: e}},
		})
	}
	f.plan = probe.NewPlan(targets, nil)
	return f
}

// reads returns what is taken over from a saved stream.
func reads(t *testing.T, saved []byte) *stage.Taken {
	t.Helper()
	var taken *stage.Taken
	_, err := stage.ScanStream(bytes.NewReader(saved), func(h stage.Header) error {
		taken = stage.NewTaken(h)
		return nil
	}, func(e stage.Event) error { taken.See(&e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	taken.Settle()
	taken.Events = func(take func(stage.Event) error) error {
		_, err := stage.ScanStream(bytes.NewReader(saved), func(stage.Header) error { return nil }, func(e stage.Event) error {
			if kept, ok := taken.Keep(e); ok {
				return take(kept)
			}
			return nil
		})
		return err
	}
	return taken
}

// grouped counts the groups that are passed to sinks, and their checks.
type grouped struct {
	*stage.StreamWriter
	checks []string
}

func (g *grouped) Group(rec *stage.Record, _ diagnose.Diagnosis) error {
	for i := range rec.Checks {
		if c := rec.Checks[i].Check; !c.FollowUp() {
			g.checks = append(g.checks, c.ID)
		}
	}
	return nil
}

// outcomes are the checks of a run with what came of them, sorted. Which of several
// groups makes a follow-up that all of them need is a matter of chance.
func outcomes(rec *stage.Record) []string {
	var out []string
	for i := range rec.Checks {
		c := &rec.Checks[i]
		id, parents := c.Check.ID, slices.Sorted(slices.Values(c.Check.Parents))
		if len(parents) > 1 {
			_, id, _ = strings.Cut(id, "/")
		}
		out = append(out, id+" "+strings.Join(parents, ",")+" "+outcome(c))
	}
	slices.Sort(out)
	return out
}

// apart returns the lines that only one of two lists has.
func apart(got, want []string) string {
	var out []string
	for _, l := range got {
		if !slices.Contains(want, l) {
			out = append(out, "+ "+l)
		}
	}
	for _, l := range want {
		if !slices.Contains(got, l) {
			out = append(out, "- "+l)
		}
	}
	return strings.Join(out, "\n")
}

// A run that was interrupted and gone on with, twice, comes to the same as one that was
// not, dials no server again whose group had ended, and its stream says so.
func TestResume(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		f := newFleet(t, h, 24)
		opt := h.options()
		opt.Parallel, opt.Credentials = 3, nil
		whole := examine(t, t.Context(), f.plan, opt)

		var saved bytes.Buffer
		var started time.Time
		for n, limit := range []time.Duration{time.Second, 5 * time.Second, time.Hour} {
			opt.Earlier = nil
			before := len(h.network.Dials())
			if n > 0 {
				opt.Earlier = reads(t, saved.Bytes())
				if took := len(opt.Earlier.Checks); took == 0 || took == len(f.plan.Checks) {
					t.Fatalf("%d checks are taken over: the interruption came too early or too late", took)
				}
			}
			ctx, cancel := context.WithTimeoutCause(t.Context(), limit, probe.ErrInterrupted)
			saved = bytes.Buffer{}
			sink := &grouped{StreamWriter: stage.NewStreamWriter(&saved)}
			opt.Sinks = []probe.Sink{sink}
			rec, err := probe.Examine(ctx, f.plan, opt)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			stream, err := stage.ReadStream(bytes.NewReader(saved.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := outcomes(stage.Fold(stream)), outcomes(rec); !slices.Equal(got, want) {
				t.Errorf("the saved run differs:\n%s", apart(got, want))
			}
			if n == 0 {
				started = rec.Header.Started
				continue
			}
			for _, a := range h.network.Dials()[before:] {
				for _, c := range f.plan.Checks {
					if opt.Earlier.Checks[c.ID] && a == (stage.Endpoint{Host: h.names[c.Endpoint.Host][0], Port: c.Endpoint.Port}).Address() {
						t.Errorf("%s was taken over, and dialled", c.ID)
					}
				}
			}
			if h := rec.Header; !h.Started.Equal(started) || len(h.Resumed) != n || h.Resumed[n-1].Taken != len(opt.Earlier.Checks) {
				t.Errorf("header %s, %+v", h.Started, h.Resumed)
			}
			if n < 2 {
				continue
			}
			if got, want := outcomes(rec), outcomes(whole); rec.End.State != stage.Complete || !slices.Equal(got, want) {
				t.Errorf("%s:\n%s", rec.End.State, apart(got, want))
			}
			slices.Sort(sink.checks)
			if len(slices.Compact(sink.checks)) != len(f.plan.Checks) {
				t.Errorf("groups of %d checks", len(sink.checks))
			}
		}
		if again := reads(t, saved.Bytes()); len(again.Checks) != len(f.plan.Checks) {
			t.Errorf("of the complete run, %d checks would be taken over", len(again.Checks))
		}
	})
}

// A wrong password that was tried before the interruption is not tried again.
func TestResumeTriesNoSecondWrongPassword(t *testing.T) {
	inBubble(t, []probetest.Config{imapServer}, func(t *testing.T, h *healthy) {
		plan := probe.NewPlan(account(h.endpoints...), nil)
		plan.Checks[0].Expects = []stage.Expectation{wants(stage.ExpectWrongPassword, "true")}
		opt := h.options()
		stream, err := probe.Run(t.Context(), plan, opt)
		if err != nil {
			t.Fatal(err)
		}
		var saved bytes.Buffer
		stream.Events = slices.DeleteFunc(stream.Events, func(e stage.Event) bool { return e.Type == stage.EventConcluded })
		if err := stream.Copy(stage.NewStreamWriter(&saved)); err != nil {
			t.Fatal(err)
		}
		opt.Earlier = reads(t, saved.Bytes())
		rec := examine(t, t.Context(), plan, opt)
		wrong := 0
		for _, l := range h.servers[0].Logins() {
			if !l.OK {
				wrong++
			}
		}
		if got := judgement(rec, plan.Checks[0].ID); wrong != 1 || !strings.HasPrefix(got, "not-judged") || len(opt.Earlier.Checks) != 0 {
			t.Errorf("%d wrong passwords; %s", wrong, got)
		}
	})
}

// A question that an earlier run has answered for a group that had ended is not asked
// again for one that hadn't: the answer serves both.
func TestResumeSharesAnswers(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		f := newFleet(t, h, 6)
		opt := h.options()
		opt.Credentials = nil
		stream, err := probe.Run(t.Context(), f.plan, opt)
		if err != nil {
			t.Fatal(err)
		}
		whole := outcomes(stage.Fold(stream))
		at := slices.IndexFunc(stream.Events, func(e stage.Event) bool {
			return e.Type == stage.EventConcluded && e.Check == f.plan.Checks[2].ID
		})
		if at < 0 {
			t.Fatal("the group of a server that drops packets did not end")
		}
		stream.Events = slices.Delete(stream.Events, at, at+1)
		var saved bytes.Buffer
		if err := stream.Copy(stage.NewStreamWriter(&saved)); err != nil {
			t.Fatal(err)
		}
		opt.Earlier = reads(t, saved.Bytes())
		if n := len(opt.Earlier.Checks); n != 5 {
			t.Fatalf("%d checks are taken over", n)
		}
		rec := examine(t, t.Context(), f.plan, opt)
		if got := outcomes(rec); !slices.Equal(got, whole) {
			t.Errorf("%s", apart(got, whole))
		}
	})
}
