package probe_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/budget"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// provider is one server per protocol.
var provider = []probetest.Config{
	imapTLS,
	{Protocol: probetest.POP3, Security: probetest.ImplicitTLS, Mechanisms: []string{"PLAIN"}},
	{Protocol: probetest.SMTP, Security: probetest.StartTLS, Mechanisms: []string{"PLAIN"}},
}

// asking is a credential whose source takes some time, and then returns the secret or
// an error.
type asking struct {
	takes  time.Duration
	secret string
	err    error
	asked  atomic.Int32

	stopped atomic.Bool
}

func (a *asking) credentials() map[int]probe.Credential {
	return map[int]probe.Credential{0: {Source: auth.NewSource(func(ctx context.Context) (auth.Secret, error) {
		a.asked.Add(1)
		select {
		case <-time.After(a.takes):
		case <-ctx.Done():
			a.stopped.Store(true)
			return auth.Secret{}, context.Cause(ctx)
		}
		return auth.NewSecret(a.secret), a.err
	})}}
}

// A source is asked once for all logins of a run. If it fails or takes too long, login
// is skipped for that reason, and no server is blamed.
func TestSourceOfPasswords(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		name   string
		source *asking
		want   string // outcome of each check; empty: it logs in
		says   string // expected text in the facts
		took   time.Duration
	}{
		{"at once", &asking{secret: password}, "", "", 160 * time.Millisecond},
		{"after a while", &asking{secret: password, takes: 20 * time.Second}, "", "", 20*time.Second + 101*time.Millisecond},
		{"wrong", &asking{secret: "wrong"}, "login=fail(rejected)", "", 0},
		{"fails", &asking{err: errors.New("no agent\x1b[2J")}, "login=skip(password-unavailable)", `no agent\x1b[2J`, 0},
		{"fails with many words", &asking{err: errors.New(long)}, "login=skip(password-unavailable)", long[:200] + "...", 0},
		{"empty", &asking{}, "login=skip(password-unavailable)", "it is empty", 0},
		{"never", &asking{takes: time.Hour}, "login=skip(password-unavailable)", "it had not come when the run's time was up", 90 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, provider, func(t *testing.T, h *healthy) {
				opt := h.options()
				opt.Credentials, opt.NoFollowUps = tt.source.credentials(), true
				start := time.Now()
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				if took := time.Since(start); tt.took != 0 && took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				synctest.Wait()
				if tt.source.stopped.Load() != (tt.source.takes == time.Hour) {
					t.Errorf("told to stop: %v", tt.source.stopped.Load())
				}
				if n := tt.source.asked.Load(); n != 1 {
					t.Errorf("asked %d times, want once", n)
				}
				for i := range rec.Checks {
					c := &rec.Checks[i]
					got := outcome(c)
					if tt.want == "" && strings.Count(got, "=pass") != len(c.Results) || !strings.Contains(got, tt.want) || strings.Contains(got, "silent") {
						t.Errorf("%s; want %s", got, tt.want)
					}
					f := stage.FactsOf[*stage.LoginFacts](c)
					if f == nil || f.PasswordError != tt.says {
						t.Errorf("%s: %+v, want %q", c.Check.ID, f, tt.says)
					}
				}
				if want := strings.Contains(tt.want, "skip"); (rec.Logins.Tried == 0) != want {
					t.Errorf("%d logins were tried", rec.Logins.Tried)
				}
			})
		})
	}
}

// A source is not asked in a run that doesn't reach a login.
func TestSourceIsNotAskedForNothing(t *testing.T) {
	other := newAuthority(t)
	for _, tt := range []struct {
		name   string
		change func(*probe.Options)
	}{
		{"untrusted servers", func(o *probe.Options) { o.Roots = other.roots }},
		{"no login", func(o *probe.Options) { o.NoLogin = true }},
	} {
		inBubble(t, provider, func(t *testing.T, h *healthy) {
			a := &asking{secret: password}
			opt := h.options()
			opt.Credentials = a.credentials()
			tt.change(&opt)
			rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
			if n := a.asked.Load(); n != 0 {
				t.Errorf("%s: asked %d times: %s", tt.name, n, outcome(&rec.Checks[0]))
			}
		})
	}
}

// A source is not asked if the budget allows no login with any password.
func TestSourceIsNotAskedWithoutATicket(t *testing.T) {
	silent := imapTLS
	silent.Faults = []probetest.Fault{probetest.LoginSilent}
	inBubble(t, []probetest.Config{silent}, func(t *testing.T, h *healthy) {
		a := &asking{secret: password}
		b := budget.New()
		for range 2 {
			opt := h.options()
			opt.Credentials, opt.Budget = a.credentials(), b
			rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
			if n := a.asked.Load(); n != 1 {
				t.Errorf("asked %d times: %s", n, outcome(&rec.Checks[0]))
			}
		}
	})
}

// A source is not asked again after the server has refused its secret.
func TestSourceAfterARefusal(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		c := newCrowd(t, h, names8("n%d.example.test"), oneAddress)
		a := &asking{secret: "wrong "}
		opt := c.options("")
		for i := range c.targets {
			opt.Credentials[i] = a.credentials()[0]
		}
		one := opt.Credentials[0]
		for i := range c.targets {
			opt.Credentials[i] = one
		}
		rec := examine(t, t.Context(), probe.NewPlan(c.targets, nil), opt)
		if n := a.asked.Load(); n != 1 || rec.Logins.Tried != 4 {
			t.Errorf("asked %d times for %d logins, want once for 4", n, rec.Logins.Tried)
		}
	})
}

// A server that doesn't wait as long as the source takes has not failed.
func TestServerThatDoesNotWait(t *testing.T) {
	for _, parting := range []string{"S: * BYE Disconnected for inactivity.", ""} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			e := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.test", Port: 993, Security: stage.TLS}
			h.names[e.Host] = []string{"192.0.2.1"}
			h.network.Host(e.Host, "192.0.2.1")
			config := h.authority.config(t, probetest.Leaf{Names: []string{e.Host}})
			h.network.Handle("192.0.2.1:993", func(c net.Conn) {
				probetest.PlayTLS(c, "starttls\nS: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\nwait 10s\n"+parting+"\nclose", config)
			})
			opt := h.options()
			opt.Credentials = (&asking{secret: password, takes: 12 * time.Second}).credentials()
			rec := examine(t, t.Context(), probe.NewPlan(account(e), nil), opt)
			f := stage.FactsOf[*stage.LoginFacts](&rec.Checks[0])
			if got := outcome(&rec.Checks[0]); !strings.HasSuffix(got, "login=skip(password-unavailable) mailbox=skip(password-unavailable)") ||
				f.PasswordError != "it came after 12 s, and the server had not waited so long" {
				t.Errorf("%s: %+v", got, f)
			}
			if rec.Logins.Tried != 0 {
				t.Errorf("%d logins were tried", rec.Logins.Tried)
			}
		})
	}
}

// Interrupting the wait for a password is reported as an interruption.
func TestInterruptedSource(t *testing.T) {
	inBubble(t, provider, func(t *testing.T, h *healthy) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(7*time.Second, func() { cancel(probe.ErrInterrupted) })
		opt := h.options()
		opt.Credentials = (&asking{takes: time.Hour}).credentials()
		rec := examine(t, ctx, probe.NewPlan(account(h.endpoints...), nil), opt)
		if rec.End.State != stage.WasInterrupted || rec.End.Time.Duration() != 7*time.Second {
			t.Errorf("ended %s after %v", rec.End.State, rec.End.Time)
		}
		for i := range rec.Checks {
			if got := outcome(&rec.Checks[i]); !strings.Contains(got, "login=skip(interrupted)") {
				t.Error(got)
			}
		}
	})
}

// A password is withheld from the moment it is known, on every connection of the
// account: a server may receive it on one connection and repeat it on another.
func TestPasswordSaidOnAnotherConnection(t *testing.T) {
	const secret = "Tr0ub4dor&3"
	for name, credentials := range map[string]func() map[int]probe.Credential{
		"fixed": func() map[int]probe.Credential { return withPassword(secret) },
		"asked": func() map[int]probe.Credential { return (&asking{secret: secret}).credentials() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
				e := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.test", Port: 465, Security: stage.TLS}
				h.names[e.Host] = []string{"192.0.2.9"}
				h.network.Host(e.Host, "192.0.2.9")
				config := h.authority.config(t, probetest.Leaf{Names: []string{e.Host}})
				h.network.Handle("192.0.2.9:465", func(c net.Conn) {
					probetest.PlayTLS(c, "starttls\nwait 1s\nS: 220 mx "+secret+"\nC: EHLO *\nS: 250-mx "+secret+"\nS: 250 SIZE\nclose", config)
				})
				opt := h.options()
				opt.Credentials, opt.NoFollowUps = credentials(), true
				var saved bytes.Buffer
				opt.Sinks = []probe.Sink{stage.NewStreamWriter(&saved)}
				rec := examine(t, t.Context(), probe.NewPlan(account(append(h.endpoints, e)...), nil), opt)
				if rec.Logins.Tried != 1 {
					t.Fatalf("%d logins, want the one by IMAP", rec.Logins.Tried)
				}
				if text := saved.String(); strings.Contains(text, "Tr0ub4dor") || !strings.Contains(text, "220 (withheld") {
					t.Errorf("in the stream:\n%s", text)
				}
			})
		})
	}
}
