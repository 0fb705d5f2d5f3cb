package probe_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// url returns a target for a server that is in no profile.
func url(p stage.Protocol, host string, port uint16, s stage.Security) probe.Target {
	return probe.Target{
		Subject:   stage.Subject{Argument: host, Kind: stage.SubjectURL},
		Endpoints: []probe.PlannedEndpoint{{Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: port, Security: s}}},
	}
}

// urls returns n IMAP servers: imap0.test at 10.0.0.1, and so on.
func (h *healthy) urls(n int) []probe.Target {
	var all []probe.Target
	for i := range n {
		host := fmt.Sprintf("imap%d.test", i)
		h.names[host] = []string{fmt.Sprintf("10.0.%d.%d", i/250, 1+i%250)}
		all = append(all, url(stage.IMAP, host, 143, stage.None))
	}
	return all
}

// addressOf returns the address and port of a URL's host.
func (h *healthy) addressOf(t probe.Target) string {
	e := t.Endpoints[0]
	return net.JoinHostPort(h.names[e.Host][0], fmt.Sprint(e.Port))
}

// told is a GroupSink.
type told struct {
	mu     sync.Mutex
	lines  bytes.Buffer
	writer *stage.StreamWriter
	groups []string // "imap0.test connect-refused", in order
	at     []time.Duration
	start  time.Time
	rounds []int // of its follow-ups
	lost   bool  // a transcript was present
}

func (g *told) Header(h stage.Header) error {
	g.writer, g.start = stage.NewStreamWriter(&g.lines), time.Now()
	return g.writer.Header(h)
}
func (g *told) Event(e stage.Event) error { return g.writer.Event(e) }
func (g *told) End(e stage.End) error     { return g.writer.End(e) }

func (g *told) Group(rec *stage.Record, d diagnose.Diagnosis) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	text, round := rec.Checks[0].Check.ID, 0
	if f := d.Leading(); f != nil {
		text += " " + string(f.Cause)
	}
	for i := range rec.Checks {
		round = max(round, rec.Checks[i].Check.Round)
		g.lost = g.lost || len(rec.Checks[i].Transcript) > 0
	}
	g.groups, g.at, g.rounds = append(g.groups, text), append(g.at, time.Since(g.start)), append(g.rounds, round)
	return nil
}

// saved reads the stream that the sink has written.
func (g *told) saved(t *testing.T) *stage.Stream {
	t.Helper()
	s, err := stage.ReadStream(bytes.NewReader(g.lines.Bytes()))
	if err != nil || s.Unknown+s.Broken > 0 {
		t.Fatalf("%d unknown events, %d broken lines, %v", s.Unknown, s.Broken, err)
	}
	return s
}

// examined carries out a plan and checks that the saved stream leads to the same record
// and conclusions.
func examined(t *testing.T, ctx context.Context, plan stage.Plan, opt probe.Options) (*stage.Record, *told) {
	t.Helper()
	g := new(told)
	opt.Sinks = append(opt.Sinks, g)
	rec, err := probe.Examine(ctx, plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	again := stage.Fold(g.saved(t))
	if d := cmp.Diff(diagnose.Diagnose(rec), diagnose.Diagnose(again)); d != "" {
		t.Errorf("concluded otherwise from the saved run:\n%s", d)
	}
	if !opt.Transcripts {
		for i := range again.Checks {
			again.Checks[i].Transcript = nil
		}
	}
	if d := cmp.Diff(rec, again, cmpopts.IgnoreUnexported(stage.Record{})); d != "" {
		t.Errorf("the saved run is another one:\n%s", d)
	}
	return rec, g
}

// A group is diagnosed and reported as soon as it has ended, without waiting for
// others.
func TestGroupsGoTheirWay(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(3)
		h.network.Fail(h.names["imap0.test"][0], probetest.Drop)
		h.network.Fail(h.names["imap1.test"][0], probetest.Refuse)
		h.on(greet("* OK hello", "* CAPABILITY IMAP4rev1\r\na1 OK"), h.addressOf(ts[2]))
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), h.options())
		want := []string{"imap-143@imap1.test service-not-listening", "imap-143@imap2.test", "imap-143@imap0.test"}
		for i := range want {
			if i >= len(g.groups) || !strings.HasPrefix(g.groups[i], want[i]) {
				t.Fatalf("groups ended as %v, want %v; %s", g.groups, want, outcome(&rec.Checks[2]))
			}
		}
		if g.at[1] > time.Second || g.at[2] < probe.DefaultConnectTimeout {
			t.Errorf("they ended after %v", g.at)
		}
		if !slices.Equal(g.rounds, []int{1, 0, 1}) {
			t.Errorf("the follow-ups made were of rounds %v", g.rounds)
		}
		if g.lost {
			t.Error("a transcript was kept that nobody wants to be shown")
		}
	})
}

// A group has its own time limit, which counts from its start.
func TestTimeOfAGroup(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(6)
		for _, target := range ts[:5] {
			h.on(takes, h.addressOf(target))
		}
		h.on(func(c net.Conn) { // silent forever, and never closed
			for {
				if _, err := io.WriteString(c, "* OK"); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}, h.addressOf(ts[5]))
		opt := h.options()
		opt.NoFollowUps, opt.Parallel, opt.StageTimeout, opt.RunTimeout = true, 1, 4*time.Second, 5*time.Second
		start := time.Now()
		rec, _ := examined(t, t.Context(), probe.NewPlan(ts[:5], nil), opt)
		if took := time.Since(start); took < 5*4*time.Second || rec.End.State != stage.Complete {
			t.Errorf("five times four seconds took %v, and ended %s", took, rec.End.State)
		}
		for i := range rec.Checks {
			if got := outcome(&rec.Checks[i]); !strings.Contains(got, "greeting=fail(silent)") {
				t.Errorf("%s: %s", rec.Checks[i].Check.ID, got)
			}
		}
		opt.StageTimeout = time.Minute
		rec, _ = examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		if rec.End.State != stage.RanOutOfTime {
			t.Errorf("ended %s, want out of time", rec.End.State)
		}
		for i := range rec.Checks {
			if got := outcome(&rec.Checks[i]); !strings.Contains(got, "connect=pass greeting=skip(out-of-time)") {
				t.Errorf("%s: %s", rec.Checks[i].Check.ID, got)
			}
		}
	})
}

// No time limit runs for a check that waits for its turn at an address.
func TestTimeBegunAnew(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(16)
		for _, target := range ts {
			h.names[target.Endpoints[0].Host] = []string{"10.0.0.1"}
		}
		h.on(takes, h.addressOf(ts[0]))
		opt := h.options()
		opt.NoFollowUps, opt.StageTimeout, opt.RunTimeout = true, 4*time.Second, 5*time.Second
		start := time.Now()
		rec, _ := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		if took := time.Since(start); took < 16*time.Second || rec.End.State != stage.Complete {
			t.Errorf("16 checks of 4 seconds, four at a time, took %v and ended %s", took, rec.End.State)
		}
	})
}

// A control that several groups need is contacted once. The answer counts for all of
// them, in the record and in the stream.
func TestControlsAreAskedOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(5)
		for i, target := range ts {
			h.network.Fail(h.addressOf(target), probetest.Refuse)
			if i > 2 {
				h.network.Fail(h.addressOf(target), probetest.Drop)
			}
		}
		opt := h.options()
		opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
		opt.Controls = h.controls()
		h.on(takes, stranger+":143", stranger+":993")
		h.on(answers("204 No Content"), "203.0.113.80:80")
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		asked := make(map[stage.QuestionID]int)
		for i := range rec.Checks {
			c := &rec.Checks[i].Check
			switch c.Question {
			case stage.AskPortal, stage.AskOtherProvider:
				asked[c.Question]++
				if len(c.Parents) != len(ts) {
					t.Errorf("%s serves %v, want all five", c.ID, c.Parents)
				}
			}
		}
		if asked[stage.AskPortal] != 1 || asked[stage.AskOtherProvider] != 2 {
			t.Errorf("asked %v, want the page once and the other provider at two ports", asked)
		}
		for i, round := range g.rounds {
			if round != 1 {
				t.Errorf("%s was concluded without follow-ups", g.groups[i])
			}
		}
		if q := diagnose.Diagnose(rec).Questions; len(q) > 0 {
			t.Errorf("still open: %+v", q)
		}
	})
}

// Groups whose hosts turn out to share an address become one. Its follow-ups are made
// when both parts of the plan have ended.
func TestSharedAddressMakesOneGroup(t *testing.T) {
	for _, late := range []bool{false, true} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			ts := h.urls(3)
			h.names["imap1.test"] = h.names["imap0.test"]
			h.network.Fail(h.names["imap0.test"][0], probetest.Refuse)
			h.network.Fail(h.names["imap2.test"][0], probetest.Refuse)
			opt := h.options()
			opt.Resolver = slow{h.names, "imap1.test", map[bool]time.Duration{true: 5 * time.Second}[late]}
			rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
			want := 2
			if late {
				want = 3 // the other one had ended
			}
			if len(g.groups) != want || len(rec.Parts()) != want {
				t.Errorf("groups ended: %v, and the record has %d; want %d", g.groups, len(rec.Parts()), want)
			}
			if q := diagnose.Diagnose(rec).Questions; len(q) > 0 {
				t.Errorf("still open: %+v", q)
			}
			for _, p := range rec.Parts() {
				part := p.Record()
				if len(part.Checks) == 0 || part.Checks[len(part.Checks)-1].Check.Round == 0 {
					t.Errorf("no follow-up of %s was made", part.Checks[0].Check.ID)
				}
			}
		})
	}
}

// slow resolves one host later than the others.
type slow struct {
	names
	host string
	by   time.Duration
}

func (s slow) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	if host == s.host {
		time.Sleep(s.by)
	}
	return s.names.Lookup(ctx, host, seen)
}

// The one additional login of a run is made by one group, and the others don't make it.
func TestOneLoginMoreInARun(t *testing.T) {
	scram := imapTLS
	scram.Mechanisms = []string{"SCRAM-SHA-256", "PLAIN"}
	scram.Faults = []probetest.Fault{probetest.WrongPassword}
	inBubble(t, []probetest.Config{scram}, func(t *testing.T, h *healthy) {
		var ts []probe.Target
		opt := h.options()
		for i, domain := range []string{"one.test", "two.test", "three.test"} {
			host := "imap." + domain
			h.names[host] = []string{fmt.Sprintf("10.0.0.%d", 1+i)}
			h.serve(scram, host, h.names[host][0]+":993")
			target := url(stage.IMAP, host, 993, stage.TLS)
			target.Subject.User = user
			ts = append(ts, target)
			opt.Credentials[i] = opt.Credentials[0]
		}
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		var more []string
		for i := range rec.Checks {
			if c := &rec.Checks[i].Check; c.Kind == stage.KindLogin {
				more = append(more, c.ID)
			}
		}
		if len(g.groups) != 3 || len(more) != 1 || rec.Logins.Tried != 4 {
			t.Errorf("groups %v; further logins %v; in all %d", g.groups, more, rec.Logins.Tried)
		}
		for _, q := range diagnose.Diagnose(rec).Questions {
			if q.Check.Kind == stage.KindLogin {
				t.Errorf("still open: %s", q.Check.ID)
			}
		}
	})
}

// The number of follow-ups per round is limited, however many groups fail.
func TestFollowUpsOfARunAreBounded(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(200)
		for _, target := range ts {
			h.network.Fail(h.names[target.Endpoints[0].Host][0], probetest.Refuse)
		}
		opt := h.options()
		opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
		rec, _ := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		if made, most := len(rec.Checks)-len(ts), diagnose.Room(len(ts)); made != most {
			t.Errorf("%d follow-ups of a run of %d checks, want %d", made, len(ts), most)
		}
		if q := diagnose.Diagnose(rec).Questions; len(q) > 0 {
			t.Errorf("%d are still open, the first %+v", len(q), q[0])
		}
	})
}

// An interruption by the user ends a run at once, whatever waits in the queue.
func TestInterruptionOfAQueue(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(300)
		for _, target := range ts {
			h.on(takes, h.addressOf(target))
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		time.AfterFunc(time.Second, func() { cancel(probe.ErrInterrupted) })
		opt := h.options()
		opt.Parallel = 8
		start := time.Now()
		rec, g := examined(t, ctx, probe.NewPlan(ts, nil), opt)
		if took := time.Since(start); took != time.Second || rec.End.State != stage.WasInterrupted {
			t.Errorf("ended %s after %v", rec.End.State, took)
		}
		begun := 0
		for i := range rec.Checks {
			if rec.Checks[i].Result(stage.Connect).Status == stage.Pass {
				begun++
			}
			if r := rec.Checks[i].Result(stage.Greeting); r.Reason != stage.Interrupted {
				t.Fatalf("%s: %s", rec.Checks[i].Check.ID, outcome(&rec.Checks[i]))
			}
		}
		told := make(map[string]bool)
		for _, e := range g.saved(t).Events {
			told[e.Check] = true
		}
		if begun != 8 || len(told) != 8 {
			t.Errorf("%d checks had begun, and the stream tells of %d; want 8", begun, len(told))
		}
	})
}

// throng is a server that counts concurrent dialogues.
type throng struct {
	mu        sync.Mutex
	now, most map[string]int // by address; "" is all
}

func (c *throng) serve(address string) func(net.Conn) {
	count := func(n int) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, key := range []string{address, ""} {
			c.now[key] += n
			c.most[key] = max(c.most[key], c.now[key])
		}
	}
	return func(conn net.Conn) {
		io.WriteString(conn, "* OK hello\r\n")
		var b [512]byte
		if _, err := conn.Read(b[:]); err != nil {
			return
		}
		count(1) // there is a dialogue, and not only a connection
		time.Sleep(time.Second)
		count(-1)
		io.WriteString(conn, "* CAPABILITY IMAP4rev1\r\na1 OK\r\n")
		io.Copy(io.Discard, conn)
	}
}

// The number of concurrent checks is limited by the option, and to four per address,
// whatever the host names.
func TestParallel(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		hosts, addresses, par int
		all, each             int
		away                  time.Duration
	}{
		{"many hosts", 60, 60, 10, 10, 1, 0},
		{"the default", 200, 200, 0, probe.DefaultParallel, 1, 0},
		{"one address", 30, 1, 10, 4, 4, 0},
		{"two addresses", 30, 2, 10, 8, 4, 0},
		{"three addresses", 30, 3, 10, 10, 4, 0},
		{"many hosts far away", 60, 60, 10, 10, 1, time.Second},
		{"one address far away", 30, 1, 10, 4, 4, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				h.network.Delay = tt.away
				c := &throng{now: make(map[string]int), most: make(map[string]int)}
				ts := h.urls(tt.hosts)
				for i, target := range ts {
					host := target.Endpoints[0].Host
					h.names[host] = h.names[fmt.Sprintf("imap%d.test", i%tt.addresses)]
					h.on(c.serve(h.names[host][0]), h.addressOf(target))
				}
				opt := h.options()
				opt.Parallel = tt.par
				rec, _ := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
				for i := range rec.Checks {
					if got := outcome(&rec.Checks[i]); !strings.Contains(got, "capabilities=pass") {
						t.Errorf("%s: %s", rec.Checks[i].Check.ID, got)
					}
				}
				for key, n := range c.most {
					switch want := map[bool]int{true: tt.all, false: tt.each}[key == ""]; {
					case n > want, key == "" && n < want:
						t.Errorf("%q: %d at a time, want %d", key, n, want)
					}
				}
			})
		})
	}
}

// Failing sinks don't end a run, and their errors are returned.
func TestGroupSinkFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHealthy(t, 0)
		defer h.close()
		opt := h.options()
		opt.Sinks = []probe.Sink{failing{}}
		ts := h.urls(1)
		h.network.Fail(h.addressOf(ts[0]), probetest.Refuse)
		rec, err := probe.Examine(t.Context(), probe.NewPlan(ts, nil), opt)
		if rec == nil || !errors.Is(err, errSink) {
			t.Errorf("%v, %v", rec, err)
		}
	})
}

var errSink = errors.New("full")

type failing struct{}

func (failing) Header(stage.Header) error                     { return nil }
func (failing) Event(stage.Event) error                       { return nil }
func (failing) End(stage.End) error                           { return nil }
func (failing) Group(*stage.Record, diagnose.Diagnosis) error { return errSink }
