package probe_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

var imapTLS = probetest.Config{Protocol: probetest.IMAP, Security: probetest.ImplicitTLS, Mechanisms: []string{"PLAIN"}}

// inBubble runs f in a synctest bubble, with a provider that has the given servers, 10
// ms away.
func inBubble(t *testing.T, configs []probetest.Config, f func(t *testing.T, h *healthy)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHealthy(t, 10*time.Millisecond, configs...)
		defer h.close()
		f(t, h)
	})
}

func attempts(t *testing.T, c *stage.CheckRecord) string {
	t.Helper()
	f := stage.FactsOf[*stage.ConnectFacts](c)
	if f == nil {
		t.Fatalf("no facts of the connect stage: %s", outcome(c))
	}
	var out []string
	for _, a := range f.Attempts {
		out = append(out, a.Address+" "+string(a.Outcome))
	}
	return strings.Join(out, ", ")
}

// Ports and addresses that drop packets cost one connect timeout in all.
func TestDroppedPortsCostOneTimeout(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		var dead []stage.Endpoint
		for _, host := range []string{"a", "b", "c"} {
			h.names[host] = []string{"2001:db8::" + host, "198.51.100.1", "198.51.100.2"}
			for _, a := range h.names[host] {
				h.network.Fail(a, probetest.Drop)
			}
			dead = append(dead, stage.Endpoint{Protocol: stage.SMTP, Host: host, Port: 587, Security: stage.StartTLS})
		}
		start := time.Now()
		opt := h.options()
		opt.NoFollowUps = true
		rec := examine(t, t.Context(), probe.NewPlan(account(append(dead, h.endpoints...)...), nil), opt)
		if took := time.Since(start); took != probe.DefaultConnectTimeout {
			t.Errorf("took %v, want one connect timeout (%v)", took, probe.DefaultConnectTimeout)
		}
		if got, want := outcome(&rec.Checks[0]), "resolve=pass connect=fail(connect-timeout) greeting=skip(blocked)"; !strings.HasPrefix(got, want) {
			t.Errorf("%s; want %s", got, want)
		}
		if got, want := attempts(t, &rec.Checks[0]), "[2001:db8::a]:587 timed-out, 198.51.100.1:587 timed-out, 198.51.100.2:587 timed-out"; got != want {
			t.Errorf("attempts: %s; want %s", got, want)
		}
		if got := rec.Checks[3].Result(stage.Mailbox).Status; got != stage.Pass {
			t.Errorf("the healthy endpoint: %s", outcome(&rec.Checks[3]))
		}
	})
}

// A dead IPv6 address is seen while the dialogue goes on over IPv4 250 ms later.
func TestDeadIPv6IsSeen(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		host := h.endpoints[0].Host
		h.names[host] = []string{"2001:db8::1", h.names[host][0]}
		h.network.Fail("2001:db8::1", probetest.Drop)
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
		c := &rec.Checks[0]
		if got := c.Result(stage.Connect).Time.Duration(); got != 270*time.Millisecond {
			t.Errorf("connect took %v, want a round trip and 250 ms", got)
		}
		if c.Result(stage.Mailbox).Status != stage.Pass {
			t.Errorf("%s", outcome(c))
		}
		if got, want := attempts(t, c), "[2001:db8::1]:993 timed-out, 192.0.2.1:993 connected"; got != want {
			t.Errorf("attempts: %s; want %s", got, want)
		}
	})
}

// IPv6 is used if it connects a little after IPv4. The other connection, whose outcome
// is known, is not waited for.
func TestIPv6ALittleLater(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		four, six := h.names[e.Host][0], "2001:db8::1"
		h.network.Handle(net.JoinHostPort(six, "993"), h.servers[0].ServeConn)
		h.names[e.Host] = []string{six, four}
		opt := h.options()
		dial := opt.Dial
		opt.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "[") {
				time.Sleep(10 * time.Millisecond)
			}
			return dial(ctx, network, address)
		}
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
		c := &rec.Checks[0]
		if f := stage.FactsOf[*stage.ConnectFacts](c); !strings.HasPrefix(f.Address, "[2001:db8::1]") || c.Result(stage.Mailbox).Status != stage.Pass {
			t.Errorf("%s by %s", outcome(c), f.Address)
		}
	})
}

// If IPv6 fails at once, there is no waiting.
func TestRefusedIPv6IsNotWaitedFor(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		host := h.endpoints[0].Host
		h.names[host] = []string{"2001:db8::1", h.names[host][0]}
		h.network.Fail("2001:db8::1", probetest.Refuse)
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
		if got := rec.Checks[0].Result(stage.Connect).Time.Duration(); got != 20*time.Millisecond {
			t.Errorf("connect took %v, want one round trip", got)
		}
	})
}

// Two sessions of one account and protocol take turns, from credential to LOGOUT. A
// successful login returns the ticket.
func TestSessionsOfAnAccountTakeTurns(t *testing.T) {
	pop := probetest.Config{Protocol: probetest.POP3, Security: probetest.ImplicitTLS, Mechanisms: []string{"PLAIN"}}
	inBubble(t, []probetest.Config{pop}, func(t *testing.T, h *healthy) {
		start := time.Now()
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints[0], h.endpoints[0]), nil), h.options())
		for i := range rec.Checks {
			if rec.Checks[i].Result(stage.Mailbox).Status != stage.Pass {
				t.Errorf("%s", outcome(&rec.Checks[i]))
			}
		}
		// Six round trips for the first; the second one's login and mailbox follow.
		if took, want := time.Since(start), 8*20*time.Millisecond; took != want {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}

// A stage cut short by the end of the run is interrupted, never timed out.
func TestInterruption(t *testing.T) {
	silent := imapTLS
	silent.Faults = []probetest.Fault{probetest.Silent}
	silent.Protocol, silent.Security = probetest.SMTP, probetest.StartTLS
	for _, tt := range []struct {
		name   string
		end    func(context.Context) (context.Context, context.CancelFunc)
		state  stage.EndState
		reason stage.Reason
		after  time.Duration
	}{
		{"by the user", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(time.Second, func() { cancel(probe.ErrInterrupted) })
			return ctx, func() { cancel(nil) }
		}, stage.WasInterrupted, stage.Interrupted, time.Second},
		{"by its limit", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return ctx, func() {}
		}, stage.RanOutOfTime, stage.OutOfTime, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS, silent}, func(t *testing.T, h *healthy) {
				dead := stage.Endpoint{Protocol: stage.POP3, Host: "dead", Port: 995, Security: stage.TLS}
				h.names["dead"] = []string{"198.51.100.9"}
				h.network.Fail("198.51.100.9", probetest.Drop)
				ctx, cancel := tt.end(t.Context())
				defer cancel()
				opt := h.options()
				opt.RunTimeout = 5 * time.Second
				start := time.Now()
				rec := examine(t, ctx, probe.NewPlan(account(append(h.endpoints, dead)...), nil), opt)
				if took := time.Since(start); took != tt.after {
					t.Errorf("ended after %v, want %v", took, tt.after)
				}
				if rec.End.State != tt.state {
					t.Errorf("end: %s, want %s", rec.End.State, tt.state)
				}
				if rec.Checks[0].Result(stage.Mailbox).Status != stage.Pass {
					t.Errorf("what had been done is lost: %s", outcome(&rec.Checks[0]))
				}
				for _, c := range rec.Checks[1:] {
					for _, r := range c.Results {
						if r.Status != stage.Pass && (r.Status != stage.Skip || r.Reason != tt.reason) {
							t.Errorf("%s: %s; want %s", c.Check.ID, outcome(&c), tt.reason)
							break
						}
					}
				}
			})
		})
	}
}

// Where no password may be sent, none is, and the reason is recorded.
func TestLoginSkipped(t *testing.T) {
	smtp := probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Mechanisms: []string{"PLAIN"}}
	bare := smtp
	bare.Faults = []probetest.Fault{probetest.StartTLSNotOffered}
	clear := probetest.Config{Protocol: probetest.SMTP, Security: probetest.Cleartext, Mechanisms: []string{"PLAIN"}}
	for _, tt := range []struct {
		name     string
		server   probetest.Config
		security stage.Security
		change   func(*probe.Options, []probe.Target)
		want     string
	}{
		{"no password", smtp, stage.StartTLS, func(o *probe.Options, _ []probe.Target) { o.Credentials = nil }, "capabilities=pass login=skip(no-password) submit=skip(no-password)"},
		{"no user", smtp, stage.StartTLS, func(_ *probe.Options, ts []probe.Target) { ts[0].Subject.User = "" }, "login=skip(no-user)"},
		{"not asked", smtp, stage.StartTLS, func(o *probe.Options, _ []probe.Target) { o.NoLogin = true }, "login=skip(not-asked)"},
		{"TLS if offered, and not offered", bare, stage.StartTLSIfOffered, nil, "starttls=warn(not-offered) tls=skip(not-applicable) capabilities=pass login=skip(cleartext-not-allowed)"},
		{"the same, allowed for cleartext endpoints alone", bare, stage.StartTLSIfOffered, func(o *probe.Options, _ []probe.Target) { o.CleartextLogin = true }, "login=skip(cleartext-not-allowed)"},
		{"required, and not offered", bare, stage.StartTLS, nil, "starttls=fail(not-offered) tls=skip(blocked)"},
		{"none", clear, stage.None, nil, "capabilities=pass login=skip(cleartext-not-allowed)"},
		{"none, and allowed", clear, stage.None, func(o *probe.Options, _ []probe.Target) { o.CleartextLogin = true }, "login=pass submit=pass"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{tt.server}, func(t *testing.T, h *healthy) {
				h.endpoints[0].Security = tt.security
				targets, opt := account(h.endpoints...), h.options()
				if tt.change != nil {
					tt.change(&opt, targets)
				}
				rec := examine(t, t.Context(), probe.NewPlan(targets, nil), opt)
				if got := outcome(&rec.Checks[0]); !strings.Contains(got, tt.want) {
					t.Errorf("%s; want %s", got, tt.want)
				}
				if got, want := len(h.servers[0].Logins()) > 0, strings.Contains(tt.want, "login=pass"); got != want {
					t.Errorf("the server saw a login: %v, want %v", got, want)
				}
			})
		})
	}
}

// No password is sent if the certificate is invalid.
func TestNoPasswordOnBadCertificates(t *testing.T) {
	for _, leaf := range []probetest.Leaf{
		{Names: []string{"other.example.test"}},
		{Names: []string{"imap.example.test"}, SelfSigned: true},
		{Names: []string{"imap.example.test"}, NotAfter: time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC), NotBefore: time.Date(1999, 11, 1, 0, 0, 0, 0, time.UTC)},
	} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			c := imapTLS
			c.TLS = h.authority.config(t, leaf)
			c.Users = map[string]string{user: password}
			server, err := probetest.New(c)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			h.names["imap.example.test"] = []string{"192.0.2.1"}
			h.network.Host("imap.example.test", "192.0.2.1")
			h.network.Handle("192.0.2.1:993", server.ServeConn)
			e := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.test", Port: 993, Security: stage.TLS}
			rec := examine(t, t.Context(), probe.NewPlan(account(e), nil), h.options())
			if got := outcome(&rec.Checks[0]); !strings.Contains(got, "tls=fail(bad-certificate) greeting=skip(blocked)") {
				t.Errorf("%+v: %s", leaf, got)
			}
			if n := len(server.Logins()); n > 0 {
				t.Errorf("%+v: %d logins", leaf, n)
			}
		})
	}
}

// A port that stays silent in cleartext is tried with TLS without asking the user.
func TestFollowUpTLS(t *testing.T) {
	smtp := probetest.Config{Protocol: probetest.SMTP, Security: probetest.ImplicitTLS}
	for _, off := range []bool{false, true} {
		inBubble(t, []probetest.Config{smtp}, func(t *testing.T, h *healthy) {
			h.endpoints[0].Security = stage.StartTLS
			opt := h.options()
			opt.NoFollowUps = off
			rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
			if got := outcome(&rec.Checks[0]); !strings.Contains(got, "greeting=fail(silent)") {
				t.Errorf("%s; want silence", got)
			}
			follow := rec.Check("smtp-587/tls")
			switch {
			case off != (follow == nil):
				t.Errorf("follow-ups off: %v; the follow-up is %v", off, follow)
			case follow != nil && outcome(follow) != "resolve=pass connect=pass tls=pass greeting=pass capabilities=pass login=pass submit=pass":
				t.Errorf("follow-up: %s", outcome(follow))
			}
		})
	}
}

// After a refused SCRAM the additional login may use PLAIN: servers that store hashes
// refuse correct passwords that way.
func TestFollowUpPlain(t *testing.T) {
	scram := imapTLS
	scram.Mechanisms = []string{"SCRAM-SHA-256", "PLAIN"}
	scram.Faults = []probetest.Fault{probetest.WrongPassword}
	inBubble(t, []probetest.Config{scram}, func(t *testing.T, h *healthy) {
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
		follow := rec.Check("imap-993/plain")
		if follow == nil {
			t.Fatalf("no follow-up; %s", outcome(&rec.Checks[0]))
		}
		if got := stage.FactsOf[*stage.LoginFacts](follow).Mechanism; got != "PLAIN" {
			t.Errorf("follow-up by %s, want PLAIN", got)
		}
		if rec.Logins != (stage.Logins{Tried: 2, Failed: 2}) {
			t.Errorf("logins %+v, want 2 tried and refused", rec.Logins)
		}
	})
}

// A port that never sends anything costs the greeting's limit and a little more for the
// follow-ups made meanwhile.
func TestSilentPortCost(t *testing.T) {
	silent := probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.Silent}}
	inBubble(t, []probetest.Config{silent}, func(t *testing.T, h *healthy) {
		start := time.Now()
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
		want := probe.DefaultStageTimeout + 20*time.Millisecond + 250*time.Millisecond
		if took := time.Since(start); took != want {
			t.Errorf("took %v, want %v", took, want)
		}
		follow := rec.Check("smtp-587/tls")
		if follow == nil || !strings.Contains(outcome(follow), "tls=fail(handshake-timeout)") {
			t.Errorf("follow-up: %v", follow)
		}
	})
}

// A TLS 1.3 server that requires a client certificate says so only after the handshake,
// in the next stage that reads.
func TestClientCertificateWanted(t *testing.T) {
	for _, tt := range []struct {
		security probetest.Security
		another  bool // the server refuses with a differently named alert
		want     string
	}{
		{probetest.ImplicitTLS, false, "tls=pass greeting=fail(client-certificate-required)"},
		{probetest.StartTLS, false, "tls=pass capabilities=fail(client-certificate-required)"},
		{probetest.ImplicitTLS, true, "tls=pass greeting=fail(client-certificate-required)"},
	} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			config := h.authority.config(t, probetest.Leaf{Names: []string{"imap.example.test"}})
			config.ClientAuth = tls.RequireAnyClientCert
			if tt.another {
				config.ClientAuth = tls.RequestClientCert
				config.VerifyConnection = func(tls.ConnectionState) error { return errors.New("none that we know") }
			}
			server, err := probetest.New(probetest.Config{Protocol: probetest.IMAP, Security: tt.security, TLS: config})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			e := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.test", Port: 993, Security: stage.TLS}
			if tt.security == probetest.StartTLS {
				e.Security = stage.StartTLS
			}
			h.names[e.Host] = []string{"192.0.2.1"}
			h.network.Host(e.Host, "192.0.2.1")
			h.network.Handle("192.0.2.1:993", server.ServeConn)
			rec := examine(t, t.Context(), probe.NewPlan(account(e), nil), h.options())
			if got := outcome(&rec.Checks[0]); !strings.Contains(got, tt.want) {
				t.Errorf("%s; want %s", got, tt.want)
			}
			if got, _ := leading(rec); got != cause.TLSClientCertRequired {
				t.Errorf("leads with %s", got)
			}
		})
	}
}
