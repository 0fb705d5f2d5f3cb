package probe_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// programCases are servers, and the outcome for other programs. Kinds that are not
// listed connect.
var programCases = []struct {
	name     string
	security probetest.Security
	config   func(*testing.T, *healthy, *tls.Config)
	want     []string
}{
	{"TLS 1.3 alone", implicit, func(_ *testing.T, _ *healthy, c *tls.Config) { c.MinVersion = tls.VersionTLS13 }, []string{
		"tls-1.0-rsa fails version", "tls-1.0 fails version", "tls-1.1 fails version", "rsa-key-exchange fails version", "tls-1.2 fails version",
	}},
	{"curves alone", upgrade, func(_ *testing.T, _ *healthy, c *tls.Config) {
		c.MinVersion = tls.VersionTLS10
		c.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
	}, []string{"tls-1.0-rsa fails cipher-suites", "rsa-key-exchange fails cipher-suites"}},
	{"all that there is", implicit, everything, nil},
	{"all that there is, with STARTTLS", upgrade, everything, nil},
	{"TLS 1.1 at most", implicit, func(_ *testing.T, _ *healthy, c *tls.Config) {
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	}, []string{
		"tls-1.0-rsa fails cipher-suites", "rsa-key-exchange fails cipher-suites", "tls-1.2 fails version", "no-sni fails version",
		"strict-x509 not-known no-tls",
	}},
	{"another certificate without a name", implicit, func(t *testing.T, h *healthy, c *tls.Config) {
		own := c.Certificates
		c.Certificates = h.authority.config(t, probetest.Leaf{Names: []string{"www.example.test"}, Key: probetest.RSA2048}).Certificates
		c.GetConfigForClient = func(i *tls.ClientHelloInfo) (*tls.Config, error) {
			if i.ServerName == "" {
				return nil, nil
			}
			named := c.Clone()
			named.Certificates, named.GetConfigForClient = own, nil
			return named, nil
		}
		everything(t, h, c)
	}, []string{"no-sni fails name"}},
	{"nobody without a name", implicit, func(t *testing.T, h *healthy, c *tls.Config) {
		everything(t, h, c)
		c.GetConfigForClient = func(i *tls.ClientHelloInfo) (*tls.Config, error) {
			if i.ServerName == "" {
				return nil, fmt.Errorf("which server?")
			}
			return nil, nil
		}
	}, []string{"no-sni fails refused"}},
	{"a certificate that ran out", implicit, func(t *testing.T, h *healthy, c *tls.Config) {
		c.Certificates = h.authority.config(t, probetest.Leaf{Names: []string{mailHost}, NotAfter: daysOn(-2), Key: probetest.RSA2048}).Certificates
		everything(t, h, c)
	}, []string{
		"tls-1.0-rsa fails certificate", "tls-1.0 fails certificate", "tls-1.1 fails certificate", "rsa-key-exchange fails certificate",
		"tls-1.2 fails certificate", "no-sni fails certificate", "strict-x509 fails certificate",
	}},
	{"without a key's identifier", implicit, func(t *testing.T, h *healthy, c *tls.Config) {
		c.Certificates = h.authority.config(t, probetest.Leaf{Names: []string{mailHost}, NoKeyID: true, Key: probetest.RSA2048}).Certificates
		everything(t, h, c)
	}, []string{"strict-x509 fails certificate"}},
	{"a certificate wanted", implicit, func(t *testing.T, h *healthy, c *tls.Config) {
		everything(t, h, c)
		c.MaxVersion, c.ClientAuth = tls.VersionTLS12, tls.RequireAnyClientCert
	}, []string{"no-sni fails client-certificate"}},
}

// everything makes a server accept all that crypto/tls supports.
func everything(_ *testing.T, _ *healthy, c *tls.Config) {
	c.MinVersion = tls.VersionTLS10
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		c.CipherSuites = append(c.CipherSuites, s.ID)
	}
}

// judged returns the kinds of programs that would not connect, or for which that isn't
// known. The CA of these tests is in no program's root store.
func judged(rec *stage.Record) (out []string) {
	for _, row := range programs.Judge(rec) {
		for _, j := range row.Judgements {
			if j.Verdict != programs.Connects && row.ID != programs.OldRootList {
				out = append(out, strings.Join([]string{string(row.ID), string(j.Verdict), string(j.Reason)}, " "))
			}
		}
	}
	return out
}

func TestOtherPrograms(t *testing.T) {
	for _, tt := range programCases {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				config := h.authority.config(t, probetest.Leaf{Names: []string{mailHost}, Key: probetest.RSA2048})
				tt.config(t, h, config)
				server, err := probetest.New(probetest.Config{
					Protocol: probetest.IMAP, Security: tt.security, TLS: config, Users: map[string]string{user: password}, Mechanisms: []string{"PLAIN"},
				})
				if err != nil {
					t.Fatal(err)
				}
				h.servers = append(h.servers, server)
				h.names[mailHost] = []string{mailAddress}
				e := stage.Endpoint{Protocol: stage.IMAP, Host: mailHost, Port: 993, Security: stage.Security(tt.security)}
				h.network.Handle(mailAddress+":993", server.ServeConn)
				opt := h.options()
				opt.Programs, opt.Private = true, true
				s, err := probe.Run(t.Context(), probe.NewPlan(account(e), nil), opt)
				if err != nil {
					t.Fatal(err)
				}
				rec := stage.Fold(s)
				if got := judged(rec); !slices.Equal(got, tt.want) {
					t.Errorf("got  %q\nwant %q", got, tt.want)
					for i := range rec.Programs {
						t.Log(rec.Programs[i].Check.ID, outcome(&rec.Programs[i]))
					}
				}
				if n := len(rec.Programs); n != programs.Connections() {
					t.Errorf("%d handshakes, want %d", n, programs.Connections())
				}
				if n := rec.Logins.Tried; n > 1 {
					t.Errorf("%d logins", n)
				}
			})
		})
	}
}

// Devices without IPv6 are judged by the outcomes of the run's own attempts.
func TestProgramsWithoutIPv6(t *testing.T) {
	for _, tt := range []struct {
		name      string
		addresses []string
		fail      map[string]probetest.Outcome
		want      []string
	}{
		{"IPv6 alone", []string{"2001:db8::1"}, nil, []string{"ipv4 fails no-ipv4"}},
		{"IPv4 is dead", []string{"2001:db8::1", "192.0.2.99"}, map[string]probetest.Outcome{"192.0.2.99": probetest.Refuse}, []string{"ipv4 fails unreachable"}},
		{"IPv4 drops", []string{"2001:db8::1", "192.0.2.99"}, map[string]probetest.Outcome{"192.0.2.99": probetest.Drop}, []string{"ipv4 fails unreachable"}},
		{"both", []string{"2001:db8::1", "192.0.2.1"}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
				h.names[h.endpoints[0].Host] = tt.addresses
				h.network.Handle("[2001:db8::1]:993", h.servers[0].ServeConn)
				for a, how := range tt.fail {
					h.network.Fail(a, how)
				}
				opt := h.options()
				opt.Programs, opt.Private = true, true
				var got []string
				for _, j := range judged(examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)) {
					if strings.HasPrefix(j, "ipv4") {
						got = append(got, j)
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// Handshakes as other programs use exactly the announced number of connections, only to
// servers of the plan, and no conclusion about the run is drawn from them. Without the
// option there are none.
func TestProgramsAreAskedForAlone(t *testing.T) {
	configs := []probetest.Config{imapTLS, {Protocol: smtp, Security: upgrade, Mechanisms: []string{"PLAIN"}}}
	dials := make(map[bool]int)
	found := make(map[bool]string)
	for _, asked := range []bool{false, true} {
		inBubble(t, configs, func(t *testing.T, h *healthy) {
			opt := h.options()
			opt.Programs = asked
			opt.Controls = h.controls()
			s, err := probe.Run(t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
			if err != nil {
				t.Fatal(err)
			}
			rec := stage.Fold(s)
			dials[asked] = len(h.network.Dials())
			d := diagnose.Diagnose(rec)
			found[asked] = fmt.Sprint(d.Findings, d.Questions, len(rec.Checks))
			if rec.Logins.Failed > 0 || rec.Logins.Tried != 2 {
				t.Errorf("logins %+v", rec.Logins)
			}
			if judged := programs.Judge(rec); (judged != nil) != asked {
				t.Errorf("asked %v: %v", asked, judged)
			}
		})
	}
	if more := dials[true] - dials[false]; more != 2*programs.Connections() {
		t.Errorf("%d connections more, want %d", more, 2*programs.Connections())
	}
	if found[true] != found[false] {
		t.Errorf("findings\n%s\nwithout\n%s", found[true], found[false])
	}
}

// An interrupted run doesn't say of any program that it would connect.
func TestProgramsOfAnInterruptedRun(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		ctx, cancel := context.WithCancelCause(t.Context())
		opt := h.options()
		opt.Programs = true
		opt.Sinks = []probe.Sink{onEvent(func(e stage.Event) {
			if e.Type == stage.EventCheck && e.Ordered.Kind == stage.KindProgram {
				cancel(probe.ErrInterrupted)
			}
		})}
		rec := examine(t, ctx, probe.NewPlan(account(h.endpoints...), nil), opt)
		if rec.End.State != stage.WasInterrupted {
			t.Fatalf("%+v", rec.End)
		}
		for _, row := range programs.Judge(rec) {
			for _, j := range row.Judgements {
				if row.ID != programs.IPv4Only && row.ID != programs.Strict && row.ID != programs.OldRootList && j.Reason != programs.BecauseNotTried {
					t.Errorf("%s: %+v", row.ID, j)
				}
			}
		}
	})
}

// onEvent is a sink that calls a function for each event.
type onEvent func(stage.Event)

func (onEvent) Header(stage.Header) error { return nil }

func (f onEvent) Event(e stage.Event) error {
	f(e)
	return nil
}

func (onEvent) End(stage.End) error { return nil }
