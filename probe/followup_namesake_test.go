package probe_test

import (
	"net"
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

// A hoster's server, and names in its certificate: of the customer's own domain, of
// another domain, and of an internal network.
const (
	ownName     = "server7.example.test"
	hosterName  = "server7.hosting.test"
	insideName  = "router.hosting.test"
	insideThere = "192.168.1.1"
)

// namesakeCases are certificates for other names than the one typed, and what is done
// with those names.
var namesakeCases = []struct {
	name   string
	world  func(*bench)
	made   string    // the follow-up and its outcome; empty: none
	way    chart.Way // its way round, the relevant members
	logins int       // number of logins that reached the server
}{
	{
		"a name of the address's own domain",
		func(b *bench) { b.shown(ownName) },
		"named-" + ownName + " resolve=pass connect=pass tls=pass greeting=pass capabilities=pass login=pass mailbox=pass",
		chart.Way{Endpoint: stage.Endpoint{Host: ownName}, Certificate: true, Works: true, LoggedIn: true},
		1,
	},
	{
		"a stranger's name: whoever sits in between can show it",
		func(b *bench) { b.shown(hosterName) },
		"named-" + hosterName + " resolve=pass connect=pass tls=pass greeting=pass capabilities=pass login=skip(unvouched-host) mailbox=skip(unvouched-host)",
		chart.Way{Endpoint: stage.Endpoint{Host: hosterName}, Certificate: true, Unvouched: true},
		0,
	},
	{
		"a server of the catalogue",
		func(b *bench) {
			b.shown(hosterName)
			b.opt.Catalogue = func(host string) bool { return host == hosterName }
		},
		"named-" + hosterName + " resolve=pass connect=pass tls=pass greeting=pass capabilities=pass login=pass mailbox=pass",
		chart.Way{Endpoint: stage.Endpoint{Host: hosterName}, Certificate: true, Works: true, LoggedIn: true},
		1,
	},
	{
		"all hosts of a domain: the one that usually is there",
		func(b *bench) {
			b.shown("*.hosting.test")
			b.names["imap.hosting.test"] = []string{mailAddress}
		},
		"named-imap.hosting.test resolve=pass connect=pass tls=pass greeting=pass capabilities=pass login=skip(unvouched-host) mailbox=skip(unvouched-host)",
		chart.Way{Endpoint: stage.Endpoint{Host: "imap.hosting.test"}, Certificate: true, Unvouched: true},
		0,
	},
	{
		"a name that leads nowhere",
		func(b *bench) { b.shown("server9.hosting.test") },
		"named-server9.hosting.test resolve=fail(name-not-found) connect=skip(blocked) tls=skip(blocked) greeting=skip(blocked) capabilities=skip(blocked) login=skip(blocked) mailbox=skip(blocked)",
		chart.Way{},
		0,
	},
	{
		"another wrong certificate is there",
		func(b *bench) {
			b.shown(ownName)
			b.names[ownName] = []string{otherAddress}
			b.mail(otherAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{"third.example.test"}}))
		},
		"named-" + ownName + " resolve=pass connect=pass tls=fail(bad-certificate) greeting=skip(blocked) capabilities=skip(blocked) login=skip(blocked) mailbox=skip(blocked)",
		chart.Way{},
		0,
	},
	{
		"a name that leads to the router: nobody is sent there",
		func(b *bench) {
			b.shown(insideName)
			b.names[insideName] = []string{insideThere}
			b.serve(insideThere+":993", func(net.Conn) { b.t.Error("the router was dialled") })
		},
		"named-" + insideName + " resolve=pass connect=skip(unvouched-host) tls=skip(unvouched-host) greeting=skip(unvouched-host) capabilities=skip(unvouched-host) login=skip(unvouched-host) mailbox=skip(unvouched-host)",
		chart.Way{},
		0,
	},
	{
		"an authority that nobody knows",
		func(b *bench) {
			b.mail(mailAddress+":993", b.issue(b.mallory("Mallory Root"), probetest.Leaf{Names: []string{ownName}}))
		},
		"",
		chart.Way{},
		0,
	},
}

// shown adds a mail server with a certificate for a name that also resolves to it.
func (b *bench) shown(name string) {
	b.names[ownName], b.names[hosterName] = []string{mailAddress}, []string{mailAddress}
	b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{name}}))
}

func TestNameInTheCertificate(t *testing.T) {
	for _, tt := range namesakeCases {
		t.Run(tt.name, func(t *testing.T) {
			rec, told := examineNamesake(t, tt.world, false)
			made := slices.DeleteFunc(madeOf(rec), func(m string) bool { return !strings.HasPrefix(m, "named-") })
			if len(made) > 0 && made[0] != tt.made || len(made) == 0 && tt.made != "" {
				t.Errorf("made %q, want %s", made, tt.made)
			}
			if told != tt.logins {
				t.Errorf("%d logins were tried, want %d", told, tt.logins)
			}
			d := diagnose.Diagnose(rec)
			var way chart.Way
			if len(d.Ways) > 0 {
				w := d.Ways[0]
				way = chart.Way{Endpoint: stage.Endpoint{Host: w.Endpoint.Host}, Certificate: w.Certificate, Works: w.Works, LoggedIn: w.LoggedIn, Unvouched: w.Unvouched}
			}
			if way != tt.way {
				t.Errorf("the way is %+v, want %+v", way, tt.way)
			}
		})
	}
}

// examineNamesake checks the mailbox of the customer's address in a world, and returns
// the number of logins at all its servers.
func examineNamesake(t *testing.T, world func(*bench), private bool) (rec *stage.Record, told int) {
	t.Helper()
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		b := &bench{healthy: h, t: t, opt: h.options()}
		h.names[mailHost] = []string{mailAddress}
		for _, a := range []string{mailAddress, otherAddress} {
			h.network.Fail(a, probetest.Refuse)
		}
		b.opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
		b.opt.Private = private
		world(b)
		targets := account(stage.Endpoint{Protocol: stage.IMAP, Host: mailHost, Port: 993, Security: stage.TLS})
		targets[0].Subject.Profile, targets[0].Endpoints[0].Public = nil, false
		rec = examine(t, t.Context(), probe.NewPlan(targets, nil), b.opt)
		for _, s := range b.servers {
			told += len(s.Logins())
			for _, c := range s.Commands() {
				if told == 0 && strings.HasPrefix(c, "AUTH") {
					t.Errorf("%s was sent", c)
				}
			}
		}
	})
	return rec, told
}

// A password refused under the name in the certificate is refused only once in a run,
// and the finding says so.
func TestRefusedUnderTheNameInTheCertificate(t *testing.T) {
	rec, told := examineNamesake(t, func(b *bench) {
		b.names[ownName] = []string{mailAddress}
		cert := b.issue(b.authority.CA, probetest.Leaf{Names: []string{ownName, hosterName}})
		b.names[hosterName] = []string{otherAddress}
		b.opt.Catalogue = func(host string) bool { return host == hosterName }
		for _, a := range []string{mailAddress, otherAddress} {
			b.mail(a+":993", cert)
		}
		b.opt.Credentials = withPassword("wrong")
	}, false)
	if told != 1 {
		t.Errorf("%d logins were tried, want 1: it is one account; %q", told, madeOf(rec))
	}
	d := diagnose.Diagnose(rec)
	if f := d.Leading(); f == nil || f.Cause != cause.CertNameMismatchHosting || f.Args["refuses_as"].Empty() {
		t.Errorf("leads with %+v", f)
	}
	if slices.ContainsFunc(d.Ways, func(w chart.Way) bool { return w.Works }) {
		t.Error("what refuses the login is offered as a way that works")
	}
}

// In a private run a name in another domain is not looked up; a name in the address's
// own domain belongs to the provider.
func TestNameInTheCertificateInPrivate(t *testing.T) {
	for name, asked := range map[string]bool{ownName: true, hosterName: false} {
		rec, _ := examineNamesake(t, func(b *bench) { b.shown(name) }, true)
		if got := strings.Contains(strings.Join(madeOf(rec), "\n"), "named-"); got != asked {
			t.Errorf("%s: asked is %v, want %v: %q", name, got, asked, madeOf(rec))
		}
	}
}

// After STARTTLS, the greeting says which of a domain's hosts the server is.
func TestNameInTheGreeting(t *testing.T) {
	const name = "mx11.hosting.test"
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		b := &bench{healthy: h, t: t, opt: h.options()}
		h.names["smtp.example.test"], h.names[name] = []string{mailAddress}, []string{mailAddress}
		h.network.Fail(mailAddress, probetest.Refuse)
		server, err := probetest.New(probetest.Config{
			Protocol: smtp, Security: probetest.StartTLS, Hello: name, Mechanisms: []string{"PLAIN"},
			TLS: probetest.TLS(b.issue(b.authority.CA, probetest.Leaf{Names: []string{"*.hosting.test"}})),
		})
		if err != nil {
			t.Fatal(err)
		}
		b.serve(mailAddress+":587", server.ServeConn)
		defer server.Close()
		targets := account(stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.test", Port: 587, Security: stage.StartTLS})
		rec := examine(t, t.Context(), probe.NewPlan(targets, nil), b.opt)
		c := rec.Check("smtp-587/named-" + name)
		if c == nil || c.Result(stage.Login).Reason != stage.UnvouchedHost {
			t.Errorf("made %q", madeOf(rec))
		}
		if n := len(server.Logins()); n > 0 {
			t.Errorf("%d logins", n)
		}
	})
}
