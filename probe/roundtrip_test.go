package probe_test

import (
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// healthy is a provider in memory, with a one-way network delay.
type healthy struct {
	network   probetest.Network
	names     names
	endpoints []stage.Endpoint
	authority authority
	servers   []*probetest.Server
}

// close stops the servers. In a synctest bubble it must be called inside it.
func (h *healthy) close() {
	h.network.Close()
	for _, s := range h.servers {
		s.Close()
	}
}

func newHealthy(t testing.TB, delay time.Duration, configs ...probetest.Config) *healthy {
	h := &healthy{names: names{}, authority: newAuthority(t)}
	h.network.Delay = delay
	for i, c := range configs {
		host := string(c.Protocol) + ".example.test"
		address := "192.0.2." + string(rune('1'+i))
		port := map[probetest.Protocol]uint16{probetest.IMAP: 993, probetest.POP3: 995, probetest.SMTP: 587}[c.Protocol]
		e := stage.Endpoint{Protocol: stage.Protocol(c.Protocol), Host: host, Port: port, Security: stage.TLS}
		if c.Security == probetest.StartTLS {
			e.Security = stage.StartTLS
		}
		c.TLS = h.authority.config(t, probetest.Leaf{Names: []string{host}})
		if c.Users == nil {
			c.Users = map[string]string{user: password}
		}
		server, err := probetest.New(c)
		if err != nil {
			t.Fatal(err)
		}
		h.servers = append(h.servers, server)
		h.names[host] = []string{address}
		h.network.Host(host, address)
		h.network.Handle(stage.Endpoint{Host: address, Port: port}.Address(), server.ServeConn)
		h.endpoints = append(h.endpoints, e)
	}
	return h
}

func (h *healthy) options() probe.Options {
	return probe.Options{Resolver: h.names, Dial: h.network.Dial, Roots: h.authority.roots, Credentials: withPassword(password)}
}

// A healthy run takes exactly the round trips of its longest dialogue: connect,
// greeting, EHLO, STARTTLS, handshake, EHLO, login, and MAIL, RCPT, RSET and QUIT
// together.
func TestRoundTrips(t *testing.T) {
	plain := []string{"PLAIN"}
	pop := probetest.Config{Protocol: probetest.POP3, Security: probetest.ImplicitTLS, Mechanisms: plain}
	imap := probetest.Config{Protocol: probetest.IMAP, Security: probetest.ImplicitTLS, Mechanisms: plain}
	smtp := probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Mechanisms: plain}
	for _, tt := range []struct {
		name    string
		servers []probetest.Config
		want    int
	}{
		{"the whole profile", []probetest.Config{pop, imap, smtp}, 8},
		{"SMTP alone", []probetest.Config{smtp}, 8},
		{"IMAP alone", []probetest.Config{imap}, 5},
		{"POP3 alone", []probetest.Config{pop}, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const oneWay = 100 * time.Millisecond
				h := newHealthy(t, oneWay, tt.servers...)
				defer h.close()
				start := time.Now()
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
				took := time.Since(start)
				for i := range rec.Checks {
					c := &rec.Checks[i]
					for _, r := range c.Results {
						if r.Status != stage.Pass {
							t.Errorf("%s: %s", c.Check.ID, outcome(c))
							break
						}
						t.Logf("%s %s: %v round trips", c.Check.ID, r.Stage, float64(r.Time.Duration())/float64(2*oneWay))
					}
				}
				if want := time.Duration(tt.want) * 2 * oneWay; took != want {
					t.Errorf("took %v, %v round trips; want %d", took, float64(took)/float64(2*oneWay), tt.want)
				}
			})
		})
	}
}
