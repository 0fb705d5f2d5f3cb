package probe_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// If the settings say "TLS if available" and TLS isn't, no password is sent. As with
// required STARTTLS, another port of the same server is tried up to the login, and
// working settings are suggested. The follow-up is made even if login isn't offered
// without TLS either.
func TestWithoutEncryptionOnOffer(t *testing.T) {
	bare := []probetest.Fault{probetest.StartTLSNotOffered}
	noAuth := append(slices.Clone(bare), probetest.AuthNotOffered)
	for _, tt := range []struct {
		name     string
		protocol probetest.Protocol
		port     uint16 // the port that works
		settings stage.Security
		faults   []probetest.Fault
		cause    cause.ID
	}{
		{"required", smtp, 465, stage.StartTLS, bare, cause.StartTLSNotOfferedByServer},
		{"if offered", smtp, 465, stage.StartTLSIfOffered, bare, cause.StartTLSNotOfferedByServer},
		{"if offered, and no login either", smtp, 465, stage.StartTLSIfOffered, noAuth, cause.StartTLSNotOfferedByServer},
		{"none, and no login either", smtp, 465, stage.None, noAuth, cause.AuthNotOfferedOnPort},
		{"IMAP with LOGINDISABLED, if offered", imap, 993, stage.StartTLSIfOffered, bare, cause.MustIssueStartTLSFirst},
		{"POP3, if offered", pop, 995, stage.StartTLSIfOffered, bare, cause.StartTLSNotOfferedByServer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plain := probetest.Config{Protocol: tt.protocol, Security: upgrade, Mechanisms: []string{"PLAIN"}, Faults: tt.faults}
			good := probetest.Config{Protocol: tt.protocol, Security: implicit, Mechanisms: []string{"PLAIN"}}
			inBubble(t, []probetest.Config{plain, good}, func(t *testing.T, h *healthy) {
				e := h.endpoints[0]
				e.Port, e.Security = map[probetest.Protocol]uint16{smtp: 587, imap: 143, pop: 110}[tt.protocol], tt.settings
				h.names[e.Host] = []string{"198.51.100.7"}
				other := stage.Endpoint{Protocol: e.Protocol, Host: e.Host, Port: tt.port, Security: stage.TLS}
				h.network.Handle(stage.Endpoint{Host: "198.51.100.7", Port: e.Port}.Address(), h.servers[0].ServeConn)
				h.network.Handle(stage.Endpoint{Host: "198.51.100.7", Port: tt.port}.Address(), h.servers[1].ServeConn)
				rec, _ := examined(t, t.Context(), probe.NewPlan(account(e), nil), h.options())
				d := diagnose.Diagnose(rec)
				if got, _ := leading(rec); got != tt.cause {
					t.Errorf("leads with %s, want %s", got, tt.cause)
				}
				for _, f := range d.Findings {
					if f.Cause == cause.MustIssueStartTLSFirst && tt.protocol == smtp {
						t.Errorf("%s is found, and nothing was said of STARTTLS", f.Cause)
					}
				}
				if len(d.Ways) != 1 || d.Ways[0].Kind != chart.OtherEndpoint || d.Ways[0].Endpoint != other || !d.Ways[0].Works || !d.Ways[0].LoggedIn {
					t.Errorf("ways round: %+v", d.Ways)
				}
				if n := len(h.servers[0].Logins()); n > 0 || rec.Logins != (stage.Logins{Tried: 1}) {
					t.Errorf("%d logins in clear, %+v in all", n, rec.Logins)
				}
				for _, l := range rec.Checks[0].Transcript {
					if l.From == stage.Client && strings.HasPrefix(strings.ToUpper(l.Text), "AUTH") {
						t.Errorf("said in clear: %s", l.Text)
					}
				}
			})
		})
	}
}

// A login refused at the other port counts for the account, and no second one is made.
func TestOneLoginWithoutEncryptionOnOffer(t *testing.T) {
	plain := probetest.Config{Protocol: smtp, Security: upgrade, Mechanisms: []string{"PLAIN"}, Faults: f(probetest.StartTLSNotOffered)}
	wrong := probetest.Config{Protocol: smtp, Security: implicit, Mechanisms: []string{"PLAIN"}, Faults: f(probetest.WrongPassword)}
	inBubble(t, []probetest.Config{plain, wrong}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		e.Security = stage.StartTLSIfOffered
		h.names[e.Host] = []string{"192.0.2.1"}
		h.network.Handle("192.0.2.1:465", h.servers[1].ServeConn)
		second := e
		second.Port = 2587
		h.network.Handle("192.0.2.1:2587", h.servers[0].ServeConn)
		rec, _ := examined(t, t.Context(), probe.NewPlan(account(e, second), nil), h.options())
		if rec.Logins != (stage.Logins{Tried: 1, Failed: 1}) || len(h.servers[1].Logins()) != 1 {
			t.Errorf("logins %+v, the server saw %d", rec.Logins, len(h.servers[1].Logins()))
		}
		if d := diagnose.Diagnose(rec); len(d.Ways) > 0 && d.Ways[0].Works {
			t.Errorf("a way that took no login is offered: %+v", d.Ways)
		}
	})
}
