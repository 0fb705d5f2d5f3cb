package probe_test

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// silentWorlds are servers that take connections and say nothing.
var silentWorlds = []struct {
	name   string
	ports  []uint16 // of the plan
	silent []uint16 // of these; the others, and those that are not of the plan, refuse or do what web says
	web    bool     // a web server is at all others
	cause  cause.ID
	most   time.Duration // instead of the limit of a stage
}{
	{name: "before a greeting in clear", ports: []uint16{587}, silent: []uint16{587}, cause: cause.AcceptNoGreeting},
	{name: "in the handshake", ports: []uint16{993}, silent: []uint16{993}, cause: cause.AcceptNoGreeting},
	{name: "one of two", ports: []uint16{993, 587}, silent: []uint16{587}, cause: cause.AcceptNoGreeting},
	{
		name: "every port of the plan", ports: []uint16{993, 995, 465, 587, 143, 110}, silent: []uint16{993, 995, 465, 587, 143, 110}, cause: cause.AcceptNoGreeting,
		most: probe.DefaultStageTimeout + 6*time.Second,
	},
	{name: "every port of the plan for reading", ports: []uint16{993, 995, 143, 110}, silent: []uint16{993, 995, 143, 110}, cause: cause.AcceptNoGreeting},
	{name: "every port that there is", ports: []uint16{993, 587}, silent: []uint16{993, 995, 465, 587, 143, 110, 25, 2525, 443, 80}, cause: cause.AcceptNoGreeting},
	{name: "a web server everywhere", ports: []uint16{993, 995, 587}, web: true, cause: cause.CaptivePortal, most: 16 * time.Second},
	{name: "a web server everywhere, settings in clear", ports: []uint16{143, 110, 587}, web: true, cause: cause.CaptivePortal, most: 21 * time.Second},
}

var usual = map[uint16]stage.Endpoint{
	993: {Protocol: stage.IMAP, Security: stage.TLS}, 995: {Protocol: stage.POP3, Security: stage.TLS},
	465: {Protocol: stage.SMTP, Security: stage.TLS}, 587: {Protocol: stage.SMTP, Security: stage.StartTLS},
	143: {Protocol: stage.IMAP, Security: stage.StartTLS}, 110: {Protocol: stage.POP3, Security: stage.StartTLS},
}

// A server that takes connections and says nothing costs the limit of a stage, and a
// moment: what can be found out otherwise is asked beside the waiting.
func TestSilenceCostsOneStage(t *testing.T) {
	for _, tt := range silentWorlds {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				const host, address = "mail.example.test", "192.0.2.1"
				h.names[host] = []string{address}
				h.network.Fail(address, probetest.Refuse)
				var all []stage.Endpoint
				for _, p := range tt.ports {
					e := usual[p]
					e.Host, e.Port = host, p
					all = append(all, e)
				}
				for _, p := range []uint16{993, 995, 465, 587, 143, 110, 25, 2525, 443, 80} {
					at := stage.Endpoint{Host: address, Port: p}.Address()
					switch {
					case slices.Contains(tt.silent, p):
						h.on(takes, at)
					case tt.web:
						h.on(webPage, at)
					}
				}
				start := time.Now()
				rec, _ := examined(t, t.Context(), probe.NewPlan(account(all...), nil), h.options())
				took := time.Since(start)
				for i := range rec.Checks {
					t.Logf("%s: %s", rec.Checks[i].Check.ID, outcome(&rec.Checks[i]))
				}
				t.Logf("%v, %d connections", took, len(h.network.Dials()))
				if most := cmp.Or(tt.most, probe.DefaultStageTimeout+500*time.Millisecond); took > most {
					t.Errorf("took %v, want at most %v", took, most)
				}
				if got, _ := leading(rec); got != tt.cause {
					t.Errorf("leads with %s, want %s", got, tt.cause)
				}
				if q := diagnose.Diagnose(rec).Questions; len(q) > 0 {
					t.Errorf("still open: %+v", q)
				}
			})
		})
	}
}

// webPage is a web server: it waits for a request.
func webPage(c net.Conn) {
	var b [1024]byte
	n, _ := c.Read(b[:])
	if strings.HasPrefix(string(b[:n]), "GET ") {
		c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"))
		return
	}
	if n > 0 {
		c.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
	}
}

// A server that is well and slow to greet, or to answer, is dialled once, and costs what
// it is slow.
func TestSlowServersAreDialledOnce(t *testing.T) {
	plain := []string{"PLAIN"}
	for _, fault := range []probetest.Fault{probetest.SlowGreeting, probetest.DelayedDialog} {
		for _, by := range []time.Duration{5 * time.Second, 6 * time.Second, 12 * time.Second, 19 * time.Second} {
			if fault == probetest.DelayedDialog && by > 6*time.Second {
				continue // the stages themselves would end
			}
			slow := func(p probetest.Protocol, s probetest.Security) probetest.Config {
				return probetest.Config{Protocol: p, Security: s, Mechanisms: plain, Faults: f(fault), Delay: by}
			}
			for _, configs := range [][]probetest.Config{
				{slow(smtp, upgrade)},
				{slow(imap, implicit)},
				{slow(pop, implicit), slow(imap, implicit), slow(smtp, upgrade)},
				{{Protocol: imap, Security: implicit, Mechanisms: plain}, slow(smtp, upgrade)},
			} {
				inBubble(t, configs, func(t *testing.T, h *healthy) {
					opt := h.options()
					opt.RunTimeout = time.Hour
					rec, _ := examined(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
					for i := range rec.Checks {
						if got := outcome(&rec.Checks[i]); strings.Count(got, "=pass") != len(rec.Checks[i].Results) {
							t.Errorf("%s by %v: %s: %s", fault, by, rec.Checks[i].Check.ID, got)
						}
					}
					if got := h.network.Dials(); len(got) != len(configs) {
						t.Errorf("%s by %v: dialled %v", fault, by, got)
					}
				})
			}
		}
	}
}

// Where something else has failed, who is slow to greet is asked about, and what came of
// it is in the stream. When the greeting comes the check goes its way, and nobody else
// has logged in meanwhile.
func TestSlowGreetingBesideFailure(t *testing.T) {
	slow := probetest.Config{Protocol: smtp, Security: upgrade, Mechanisms: []string{"PLAIN"}, Faults: f(probetest.SlowGreeting), Delay: 9 * time.Second}
	spare := probetest.Config{Protocol: smtp, Security: implicit, Mechanisms: []string{"PLAIN"}}
	inBubble(t, []probetest.Config{slow, spare}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		h.names[e.Host] = []string{"192.0.2.1"}
		h.network.Handle("192.0.2.1:465", h.servers[1].ServeConn)
		dead := stage.Endpoint{Protocol: stage.IMAP, Host: e.Host, Port: 993, Security: stage.TLS}
		rec, _ := examined(t, t.Context(), probe.NewPlan(account(dead, e), nil), h.options())
		if got := outcome(rec.Check("smtp-587")); strings.Count(got, "=pass") != 8 {
			t.Errorf("smtp-587: %s", got)
		}
		beside := rec.Check("smtp-587/port-465")
		if beside == nil {
			t.Fatal("nothing was asked beside the waiting")
		}
		if got := outcome(beside); !strings.HasPrefix(got, "resolve=pass connect=pass tls=") || !strings.HasSuffix(got, "login=skip(not-applicable) submit=skip(not-applicable)") && !strings.Contains(got, "blocked") {
			t.Errorf("smtp-587/port-465: %s", got)
		}
		if n := rec.Logins.Tried; n != 1 {
			t.Errorf("%d logins", n)
		}
		if got, _ := leading(rec); got != cause.ServiceNotListening {
			t.Errorf("leads with %s", got)
		}
		for _, f := range diagnose.Diagnose(rec).Findings {
			t.Log(f.Cause, f.Confidence, f.Severity, f.Checks)
		}
	})
}

// A server that serves one client after the other comes to the question that settles the
// matter when the first connection has ended.
func TestOneClientAfterTheOther(t *testing.T) {
	inBubble(t, []probetest.Config{{Protocol: smtp, Security: implicit, Mechanisms: []string{"PLAIN"}}}, func(t *testing.T, h *healthy) {
		one := make(chan bool, 1)
		h.on(func(c net.Conn) {
			one <- true
			defer func() { <-one }()
			h.servers[0].ServeConn(c)
		}, "192.0.2.1:587")
		h.endpoints[0].Security = stage.StartTLS
		start := time.Now()
		rec, _ := examined(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
		if got, sure := leading(rec); got != cause.ImplicitTLSPortSpokenPlain || sure != cause.Proven {
			t.Errorf("leads with %s, %s; %s", got, sure, outcome(rec.Check("smtp-587/tls")))
		}
		if took := time.Since(start); took > 33*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// A run that is interrupted while questions are asked beside the waiting ends at once,
// and says so of both.
func TestInterruptedBesideTheWaiting(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(1)
		ts[0].Endpoints[0].Port, ts[0].Endpoints[0].Security = 993, stage.TLS
		h.on(takes, h.addressOf(ts[0]))
		for _, after := range []time.Duration{4 * time.Second, 5*time.Second + 20*time.Millisecond, 5*time.Second + 50*time.Millisecond, 12 * time.Second} {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(after, func() { cancel(probe.ErrInterrupted) })
			start := time.Now()
			rec, _ := examined(t, ctx, probe.NewPlan(ts, nil), h.options())
			if took := time.Since(start); took > after+100*time.Millisecond || rec.End.State != stage.WasInterrupted {
				t.Errorf("interrupted after %v: took %v, %s", after, took, rec.End.State)
			}
			for i := range rec.Checks {
				if got := outcome(&rec.Checks[i]); strings.Contains(got, "fail(handshake") {
					t.Errorf("interrupted after %v: %s: %s", after, rec.Checks[i].Check.ID, got)
				}
			}
		}
	})
}

// With one seat, who is silent lends it to those who ask beside the waiting.
func TestSilenceAtOneSeat(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(3)
		for i := range ts {
			ts[i].Endpoints[0].Port, ts[i].Endpoints[0].Security = 993, stage.TLS
			h.on(takes, h.addressOf(ts[i]))
		}
		opt := h.options()
		opt.Parallel = 1
		start := time.Now()
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		if took := time.Since(start); took > 50*time.Second || len(g.groups) != 3 || rec.End.State != stage.Complete {
			t.Errorf("took %v, ended %s", took, rec.End.State)
		}
	})
}

// Groups that turn out to be one while something is asked beside the waiting go on as
// one: what was asked serves both, and nothing is asked twice.
func TestGroupsMeetBesideTheWaiting(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		ts := h.urls(2)
		h.names["imap1.test"] = h.names["imap0.test"]
		for i := range ts {
			ts[i].Endpoints[0].Port, ts[i].Endpoints[0].Security = 993, stage.TLS
		}
		ts[1].Endpoints[0].Protocol, ts[1].Endpoints[0].Port = stage.POP3, 995
		h.on(takes, h.addressOf(ts[0]), h.addressOf(ts[1]))
		opt := h.options()
		opt.Resolver = slow{h.names, "imap1.test", 9 * time.Second}
		start := time.Now()
		rec, g := examined(t, t.Context(), probe.NewPlan(ts, nil), opt)
		if took := time.Since(start); took > 40*time.Second || len(g.groups) != 1 || len(rec.Parts()) != 1 {
			t.Errorf("took %v, %d groups ended, and the record has %d", took, len(g.groups), len(rec.Parts()))
		}
		made := make(map[string]int)
		for i := range rec.Checks {
			made[diagnose.Alike(rec.Checks[i].Check)]++
			if made[diagnose.Alike(rec.Checks[i].Check)] > 1 {
				t.Errorf("%s was asked before", rec.Checks[i].Check.ID)
			}
		}
		if q := diagnose.Diagnose(rec).Questions; len(q) > 0 || len(rec.Checks) < 10 {
			t.Errorf("%d checks, still open: %+v", len(rec.Checks), q)
		}
	})
}
