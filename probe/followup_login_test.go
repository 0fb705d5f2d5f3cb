package probe_test

import (
	"encoding/base64"
	"net"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A refused login is tried once more in another form if there is reason to, and never
// twice.
func TestRefusedLoginIsTriedInAnotherForm(t *testing.T) {
	submits := func(c probetest.Config) probetest.Config {
		c.Protocol, c.Security = probetest.SMTP, probetest.ImplicitTLS
		return c
	}
	stored := func(p string) probetest.Config {
		c := imapTLS
		c.Users = map[string]string{user: p}
		return c
	}
	for _, tt := range []struct {
		name, typed string
		servers     []probetest.Config
		cause       cause.ID
		sure        cause.Confidence
		logins      int
	}{
		{"copied", "\u200bTr0ub4dor&3\u00a0", []probetest.Config{stored("Tr0ub4dor&3")}, cause.PasswordEncodingOrWhitespace, cause.Proven, 2},
		{"an app password as shown", "abcd efgh ijkl mnop", []probetest.Config{stored("abcdefghijklmnop")}, cause.PasswordEncodingOrWhitespace, cause.Proven, 2},
		{"in Latin-1", "p\u00e4ssw\u00f6rd", []probetest.Config{stored("p\xe4ssw\xf6rd")}, cause.PasswordEncodingOrWhitespace, cause.Proven, 2},
		{"copied, and wrong", " wrong ", []probetest.Config{stored("Tr0ub4dor&3")}, cause.WrongPassword, cause.Likely, 2},
		{"wrong", "wrong", []probetest.Config{stored("Tr0ub4dor&3")}, cause.WrongPassword, cause.Likely, 1},
		{
			"wrong at the second server too", "wrong ",
			[]probetest.Config{stored("x"), submits(probetest.Config{Mechanisms: []string{"PLAIN", "LOGIN"}, Users: map[string]string{user: "x"}})},
			cause.WrongPassword, cause.Likely, 3,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, tt.servers, func(t *testing.T, h *healthy) {
				opt := h.options()
				opt.Credentials = withPassword(tt.typed)
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				if got, sure := leading(rec); got != tt.cause || sure != tt.sure {
					t.Errorf("leads with %q (%s), want %q (%s): %s", got, sure, tt.cause, tt.sure, outcome(&rec.Checks[0]))
				}
				sent := 0
				for i := range rec.Checks {
					if f := stage.FactsOf[*stage.LoginFacts](&rec.Checks[i]); f != nil && f.Sent {
						sent++
					}
				}
				if sent != tt.logins {
					t.Errorf("%d logins, want %d", sent, tt.logins)
				}
			})
		})
	}
}

// The server refuses PLAIN for any credential, and accepts LOGIN.
func TestLoginWherePlainIsRefused(t *testing.T) {
	inBubble(t, []probetest.Config{{Protocol: probetest.SMTP, Security: probetest.ImplicitTLS, Mechanisms: []string{"PLAIN", "LOGIN"}}}, func(t *testing.T, h *healthy) {
		name := base64.StdEncoding.EncodeToString([]byte(user))
		secret := base64.StdEncoding.EncodeToString([]byte(password))
		e := h.endpoints[0]
		tls := h.authority.config(t, probetest.Leaf{Names: []string{e.Host}})
		script := strings.Join([]string{
			"S: 220 mx", "C: EHLO*", "S: 250-mx", "S: 250 AUTH PLAIN LOGIN", "%s", "C: QUIT", "S: 221 bye", "hang",
		}, "\n")
		plain := strings.ReplaceAll(script, "%s", "C: AUTH PLAIN*\nS: 535 5.7.3 Authentication unsuccessful")
		login := strings.ReplaceAll(script, "%s", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: "+name+"\nS: 334 UGFzc3dvcmQ6\nC: "+secret+"\nS: 235 ok")
		served := 0
		h.network.Handle(net.JoinHostPort(h.names[e.Host][0], "587"), func(c net.Conn) {
			c.SetDeadline(time.Now().Add(time.Minute))
			served++
			if served == 1 {
				probetest.PlayTLS(c, "starttls\n"+plain, tls)
			} else {
				probetest.PlayTLS(c, "starttls\n"+login, tls)
			}
		})
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
		if got, sure := leading(rec); got != cause.SASLDialectIncompatible || sure != cause.Proven {
			t.Errorf("leads with %q (%s): %s", got, sure, outcome(&rec.Checks[0]))
		}
	})
}
