package probe_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// With a given recipient, sending is tried at a server without login, up to RCPT and no
// further.
func TestNamedRecipient(t *testing.T) {
	for _, tt := range []struct {
		name, rcpt string
		change     func(*probe.Options)
		want       string // outcome of login and submit
		said       string // what we sent
		cause      cause.ID
	}{
		{"taken", "250 2.1.5 Ok", nil, "login=skip(not-applicable) submit=pass", "RCPT TO:<bob@example.test>", ""},
		{"taken, without a password", "250 2.1.5 Ok", func(o *probe.Options) { o.Credentials = nil }, "login=skip(not-applicable) submit=pass", "RCPT TO:<bob@example.test>", ""},
		{"relay denied", "554 5.7.1 <bob@example.test>: Relay access denied", nil, "login=skip(not-applicable) submit=fail(rejected)", "RCPT TO:<bob@example.test>", cause.SMTPAuthNotConfiguredInClient},
		{"unknown there", "550 5.1.1 <bob@example.test>: User unknown", nil, "login=skip(not-applicable) submit=fail(rejected)", "RCPT TO:<bob@example.test>", cause.RecipientUnknown},
		{"none named", "250 2.1.5 Ok", func(o *probe.Options) { o.Recipient = "" }, "login=fail(no-mechanism) submit=skip(blocked)", "", cause.AuthNotOfferedOnPort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				e := stage.Endpoint{Protocol: stage.SMTP, Host: "mx.example.test", Port: 25, Security: stage.StartTLS}
				h.names[e.Host] = []string{"192.0.2.1"}
				config := h.authority.config(t, probetest.Leaf{Names: []string{e.Host}})
				h.network.Handle("192.0.2.1:25", func(c net.Conn) {
					c.SetDeadline(time.Now().Add(time.Minute))
					probetest.PlayTLS(c, "S: 220 mx.example.test ESMTP\nC: EHLO*\nS: 250-mx.example.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nstarttls\n"+
						"C: EHLO*\nS: 250-mx.example.test\nS: 250 PIPELINING\nC: MAIL*\nC: RCPT*\nC: RSET\nC: QUIT\nS: 250 ok\nS: "+tt.rcpt+"\nS: 250 ok\nS: 221 bye\nclose", config)
				})
				opt := h.options()
				opt.Recipient, opt.NoFollowUps, opt.Transcripts = "bob@example.test", true, true
				if tt.change != nil {
					tt.change(&opt)
				}
				rec, _ := examined(t, t.Context(), probe.NewPlan(account(e), nil), opt)
				if got := outcome(&rec.Checks[0]); !strings.HasSuffix(got, tt.want) {
					t.Errorf("%s, want %s", got, tt.want)
				}
				if got, _ := leading(rec); got != tt.cause {
					t.Errorf("leads with %q, want %q", got, tt.cause)
				}
				var said []string
				for _, l := range rec.Checks[0].Transcript {
					if l.From == stage.Client {
						said = append(said, l.Text)
					}
				}
				if tt.said != "" && !slices.Contains(said, tt.said) || slices.Contains(said, "DATA") || tt.said != "" && !slices.Contains(said, "RSET") {
					t.Errorf("we said %q", said)
				}
				if rec.Logins.Tried != 0 {
					t.Errorf("%d logins", rec.Logins.Tried)
				}
			})
		})
	}
}

// After a login, the given recipient replaces the sender's own address.
func TestNamedRecipientBehindALogin(t *testing.T) {
	inBubble(t, []probetest.Config{{Protocol: smtp, Security: implicit, Mechanisms: []string{"PLAIN"}}}, func(t *testing.T, h *healthy) {
		for noLogin, want := range map[bool]string{false: "login=pass submit=pass", true: "login=skip(not-asked) submit=pass"} {
			opt := h.options()
			opt.Recipient, opt.NoLogin = "bob@elsewhere.test", noLogin
			rec, _ := examined(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
			f := stage.FactsOf[*stage.SubmitFacts](&rec.Checks[0])
			if got := outcome(&rec.Checks[0]); !noLogin && (!strings.HasSuffix(got, want) || f.Sender != user || f.Recipient != opt.Recipient) || noLogin && !strings.Contains(got, "login=skip(not-asked) submit=fail") {
				t.Errorf("%s: %+v", got, f)
			}
		}
	})
}

// A server for incoming mail has no other ports for customers, and none is tried; at a
// submission server they are.
func TestPortsBesideAnExchanger(t *testing.T) {
	for host, want := range map[string]string{
		"mx2.example.test":  "[192.0.2.1:25]",
		"smtp.example.test": "[192.0.2.1:25 192.0.2.1:465 192.0.2.1:587]",
	} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			server, err := probetest.New(probetest.Config{
				Protocol: smtp, Security: upgrade, Faults: f(probetest.AuthNotOffered), TLS: h.authority.config(t, probetest.Leaf{Names: []string{host}}),
			})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			h.names[host] = []string{"192.0.2.1"}
			h.network.Handle("192.0.2.1:25", server.ServeConn)
			e := stage.Endpoint{Protocol: stage.SMTP, Host: host, Port: 25, Security: stage.StartTLS}
			rec, _ := examined(t, t.Context(), probe.NewPlan(account(e), nil), h.options())
			dials := h.network.Dials()
			slices.Sort(dials)
			if got := fmt.Sprint(dials); got != want {
				t.Errorf("%s: dialled %s, want %s; %s", host, got, want, outcome(&rec.Checks[0]))
			}
		})
	}
}
