package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// unasked is a lookup for which no name server could be asked, for this reason.
func unasked(why string) step {
	return fail(stage.Resolve, stage.DNSUnreached, &stage.ResolveFacts{Host: "imap.example.net", Lookups: []stage.Lookup{
		{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupUnreachable, Error: why},
		{Server: "192.0.2.53:53", Type: "AAAA", Outcome: stage.LookupUnreachable, Error: why},
	}})
}

func TestNoWayOutAndWhatLooksLikeIt(t *testing.T) {
	const noRoute, refused = "dial udp 192.0.2.53:53: connect: network is unreachable", "read udp 192.168.1.23:4->192.0.2.53:53: read: connection refused"
	const smtp = "smtp-587 smtp.example.net starttls"
	checkCases(t, []ruleCase{
		{"no route to any name server", newRun().add(imap, unasked(noRoute)).add(smtp, unasked(noRoute)), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"nor to a known address", newRun().add(imap, unasked(noRoute)).add(smtp, unreached()), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"the name server refuses", newRun().add(imap, unasked(refused)).add(smtp, unasked(refused)), cause.DNSResolverBroken, nil, []cause.ID{cause.NoNetworkRoute}},
		{"one was reached", newRun().add(imap, unasked(noRoute)).add(smtp, timeout()), "", nil, []cause.ID{cause.NoNetworkRoute}},
	})
	d := newRun().add(imap, unasked(noRoute)).add(smtp, unasked(noRoute)).diagnose(t)
	for _, f := range d.Findings[1:] {
		if f.SuppressedBy == "" {
			t.Errorf("%s stands beside no-network-route", f.Cause)
		}
	}
}

func TestAfterTheHandshake(t *testing.T) {
	asked := pass(stage.Handshake, &stage.TLSFacts{Version: "TLS 1.3", Verified: true, ClientAuth: true})
	const upgraded = "smtp-587 smtp.example.net starttls"
	reset := dialled(stage.Reset, stage.DialReset)
	checkCases(t, []ruleCase{
		{"TLS 1.3 wants a certificate", newRun().add(imap, asked, fail(stage.Greeting, stage.ClientCertAsked)), cause.TLSClientCertRequired, sure{cause.TLSClientCertRequired: proven}, []cause.ID{cause.AcceptNoGreeting}},
		{"after STARTTLS", newRun().add(upgraded, asked, fail(stage.Capabilities, stage.ClientCertAsked)), cause.TLSClientCertRequired, sure{cause.TLSClientCertRequired: proven}, nil},
		{"an alert after it asked", newRun().add(imap, asked, fail(stage.Greeting, stage.TLSAlert)), cause.TLSClientCertRequired, sure{cause.TLSClientCertRequired: likely}, nil},
		{"an alert, and it asked for nothing", newRun().add(imap, fail(stage.Greeting, stage.TLSAlert)), "", nil, []cause.ID{cause.TLSClientCertRequired}},
		{"closed after STARTTLS, and it asked for nothing", newRun().add(upgraded, fail(stage.Capabilities, stage.Closed)), cause.ConnectionResetAfterAccept, nil, []cause.ID{cause.TLSClientCertRequired}},

		{"reset at once", newRun().add(imap, reset), cause.ConnectionResetAfterAccept, sure{cause.ConnectionResetAfterAccept: likely}, []cause.ID{cause.ServerUnreachable}},
		{"refused at once", newRun().add(imap, dialled(stage.Refused, stage.DialRefused)), cause.ServiceNotListening, nil, []cause.ID{cause.ConnectionResetAfterAccept}},

		{"no answer to TLS", newRun().add(imap, fail(stage.Handshake, stage.HandshakeTimeout)), cause.AcceptNoGreeting, sure{cause.AcceptNoGreeting: possible, cause.MTUBlackhole: possible}, nil},
		{"no answer to TLS after STARTTLS", newRun().add(upgraded, fail(stage.Handshake, stage.HandshakeTimeout)), cause.MTUBlackhole, nil, []cause.ID{cause.AcceptNoGreeting}},
		{"a list that is none", newRun().add("imap-143 imap.example.net none", fail(stage.Capabilities, stage.Malformed)), cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: possible}, []cause.ID{cause.ServerBusyGreeting}},
	})
	p, _ := cause.PageOf(cause.MTUBlackhole)
	for spec, small := range map[string]bool{imap: false, upgraded: true} {
		f := find(newRun().add(spec, fail(stage.Handshake, stage.HandshakeTimeout)).diagnose(t), p.ID)
		if got := strings.Contains(p.Sentence(prose.English(), f.Args), "Small messages reach"); got != small {
			t.Errorf("%s: %q", spec, p.Sentence(prose.English(), f.Args))
		}
	}
}

func TestWebPagesInThePlaceOfMail(t *testing.T) {
	const page = `HTTP/1.1 302 Found\x0d\x0aLocation: http://login.example/`
	const submission = "smtp-587 smtp.example.net starttls"
	clear := fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: page})
	late := fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "220 smtp.example.net"})
	quiet := func(r *run) *run { return r.add(submission, fail(stage.Greeting, stage.Silent)) }
	one := quiet(newRun()).followUp(t, "smtp-587/tls", clear)
	many := quiet(newRun().add(imap, clear)).followUp(t, "smtp-587/tls", clear)
	checkCases(t, []ruleCase{
		{"one port", one, cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: likely, cause.CaptivePortal: possible}, nil},
		{"several ports", many, cause.CaptivePortal, sure{cause.CaptivePortal: likely}, nil},
		{"its own protocol, late", quiet(newRun()).followUp(t, "smtp-587/tls", late), cause.AcceptNoGreeting, sure{cause.AcceptNoGreeting: possible}, []cause.ID{cause.WrongProtocolOnPort, cause.CaptivePortal}},
		{"nothing at all", quiet(newRun()).followUp(t, "smtp-587/tls", fail(stage.Handshake, stage.HandshakeTimeout)), cause.AcceptNoGreeting, sure{cause.AcceptNoGreeting: proven}, []cause.ID{cause.WrongProtocolOnPort, cause.CaptivePortal}},
	})
	for name, r := range map[string]*run{"one": one, "many": many} {
		d := r.diagnose(t)
		if f := find(d, cause.AcceptNoGreeting); f == nil || f.SuppressedBy == "" {
			t.Errorf("%s: accept-no-greeting is %+v, want it explained", name, f)
		}
		for _, f := range d.Findings {
			for _, e := range f.Evidence {
				if strings.Contains(e.Text(prose.English()), "x0d") || strings.Contains(e.Text(prose.English()), "no answer either") {
					t.Errorf("%s: %s says %q", name, f.Cause, e.Text(prose.English()))
				}
			}
		}
	}
}

func TestWhoRejects(t *testing.T) {
	const submission = "smtp-587 smtp.example.net starttls"
	rejected := after(18*time.Millisecond, stage.HostUnreachable, stage.DialHostUnreachable)
	lookedFor := after(3*time.Second, stage.HostUnreachable, stage.DialHostUnreachable)
	shared := func(c *stage.CheckRecord) {
		stage.FactsOf[*stage.ConnectFacts](c).Attempts[0].Address = addressOf("smtp.example.net") + ":993"
	}
	local := []cause.ID{cause.LocalFirewallOrAppPermission}
	checkCases(t, []ruleCase{
		{"rejected, a sibling connects", newRun().add(submission, rejected).add(smtp465), cause.PortFiltered, sure{cause.PortFiltered: likely}, nil},
		{"rejected, the same address connects", newRun().add(submission, rejected).add(imap, shared), cause.PortFiltered, sure{cause.PortFiltered: likely}, nil},
		{"rejected, others connect", newRun().add(submission, rejected).add(imap), cause.PortFiltered, sure{cause.PortFiltered: possible, cause.ServerUnreachable: possible}, nil},
		{"looked for in vain", newRun().add(submission, lookedFor).add(imap), cause.ServerUnreachable, sure{cause.ServerUnreachable: likely}, nil},
		{"dropped, others connect", newRun().add(submission, timeout()).add(imap), cause.PortFiltered, sure{cause.LocalFirewallOrAppPermission: possible}, nil},
		{"dropped, nothing connects", newRun().add(submission, timeout()), "", nil, local},
	})
	p, _ := cause.PageOf(cause.PortFiltered)
	d := newRun().add(submission, rejected).add(smtp465).diagnose(t)
	if got := p.Sentence(prose.English(), d.Leading().Args); !strings.Contains(got, "rejects connections to port 587 of smtp.example.net, 18 ms after they begin") || strings.Contains(got, "no answer") {
		t.Error(got)
	}
}

func TestHelloRefused(t *testing.T) {
	const submission = "smtp-587 smtp.example.net starttls"
	hello := func(code int, text string) *stage.Reply {
		return &stage.Reply{Command: "EHLO", Code: code, Lines: []string{text}}
	}
	missing := func(r *stage.Reply) step {
		return fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{Reply: r})
	}
	noAuth := fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})
	checkCases(t, []ruleCase{
		{"invalid HELO", newRun().add(submission, missing(hello(550, "550 5.7.1 invalid HELO"))), cause.SMTPHELORejected, sure{cause.SMTPHELORejected: likely}, nil},
		{"the list lacks STARTTLS", newRun().add(submission, missing(nil)), cause.StartTLSStrippedByMiddlebox, nil, []cause.ID{cause.SMTPHELORejected}},
		{"a server without EHLO", newRun().add(submission, missing(hello(502, "502 unknown command"))), cause.SMTPHELORejected, sure{cause.SMTPHELORejected: likely}, nil},
		{"EHLO put off", newRun().add(submission, missing(hello(421, "421 closing"))), cause.StartTLSStrippedByMiddlebox, nil, []cause.ID{cause.SMTPHELORejected}},
		{"no AUTH after HELO", newRun().add(smtp465, pass(stage.Capabilities, &stage.CapabilityFacts{HelloRefused: hello(550, "550 invalid HELO")}), noAuth), cause.SMTPHELORejected, nil, nil},
		{"no AUTH after EHLO", newRun().add(smtp465, pass(stage.Capabilities, &stage.CapabilityFacts{}), noAuth), cause.AuthNotOfferedOnPort, nil, []cause.ID{cause.SMTPHELORejected}},
	})
}

// Whether the name in EHLO was refused, or EHLO itself, is not the same.
func TestHelloWords(t *testing.T) {
	for code, want := range map[int]string{502: "does not know the introduction EHLO", 550: "refuses the name"} {
		refused := &stage.StartTLSFacts{Reply: &stage.Reply{Command: "EHLO", Code: code, Lines: []string{"no"}}}
		r := newRun().add("smtp-587 smtp.example.net starttls", fail(stage.Upgrade, stage.NotOffered, refused))
		if got := sentence(t, r); !strings.Contains(got, want) {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
	}
}

// A port that was tried must not be advised.
func TestAdviceLeavesOutWhatWasTried(t *testing.T) {
	noAuth := []step{pass(stage.Capabilities, &stage.CapabilityFacts{}), fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})}
	const submission = "smtp-587 smtp.example.net starttls"
	for _, c := range []struct {
		run       *run
		want, not string
	}{
		{newRun().add(submission, noAuth...), "port 465 with SSL/TLS", "587"},
		{newRun().add(smtp465, noAuth...), "port 587 with STARTTLS", "465"},
		{newRun().add(smtp465, noAuth...).add(submission, noAuth...), "your provider's page", "465"},
		{newRun().add("smtp-25 smtp.example.net starttls", noAuth...).add(smtp465, timeout()), "port 587 with STARTTLS", "465"},
		{newRun().add("smtp-25 smtp.example.net starttls", noAuth...), "port 465 with SSL/TLS, or 587 with STARTTLS", "25"},
	} {
		if a := leading(t, c.run).Actions[0].Text(prose.English()); !strings.Contains(a, c.want) || strings.Contains(a, c.not) {
			t.Errorf("%q, want %q and not %q", a, c.want, c.not)
		}
	}
}

func TestWhoseAuthority(t *testing.T) {
	bad := func(urls ...string) step {
		f := certFacts(false, stage.CertUnknownAuthority, stage.CertMissingLink)
		f.Chain[0].Issuers = urls
		return fail(stage.Handshake, stage.BadCertificate, f)
	}
	both := sure{cause.CertPrivateCA: possible, cause.CertMissingIntermediate: possible}
	const url = "http://ca.example/r1.der"
	gone := fail(stage.Fetch, stage.FetchFailed, &stage.FetchFacts{URL: url})
	checkCases(t, []ruleCase{
		{"no address of the issuer", newRun().add(imap, bad()), cause.CertPrivateCA, both, nil},
		{"an address", newRun().add(imap, bad(url)), cause.CertMissingIntermediate, both, nil},
		{
			"an address where nothing is", newRun().add(imap, bad(url)).followUp(t, "imap-993/issuer", gone), cause.CertMissingIntermediate,
			sure{cause.CertMissingIntermediate: likely, cause.CertPrivateCA: possible},
			nil,
		},
		{"an address of an inner network where nothing is", newRun().add(imap, bad("http://pki.example.lan/r1.der")).followUp(t, "imap-993/issuer", gone), cause.CertPrivateCA, both, nil},
		{"an address of the server's own", newRun().add(imap, bad("http://ca.example.net/r1.der")).followUp(t, "imap-993/issuer", gone), cause.CertPrivateCA, both, nil},
	})
}

// Advice to enter no password comes too late if one was sent.
func TestAPasswordThatWasSent(t *testing.T) {
	local := certFacts(true, stage.CertLocalRoot)
	local.Verified = true
	for sent, want := range map[bool]string{true: "the password was sent to port 993 of imap.example.net", false: "enter no password"} {
		r := newRun().add(imap, warn(stage.Handshake, "", local), pass(stage.Login, &stage.LoginFacts{Mechanism: "PLAIN", Encrypted: true, Sent: sent}))
		for _, id := range []cause.ID{cause.CertPrivateCA, cause.AntivirusTLSInterception} {
			f := find(r.diagnose(t), id)
			if f == nil {
				t.Fatalf("no %s", id)
			}
			all := ""
			for _, a := range f.Actions {
				all += a.Text(prose.English()) + "\n"
			}
			if !strings.Contains(all, want) || sent && strings.Contains(all, "enter no password") {
				t.Errorf("%s, sent %v: %s", id, sent, all)
			}
		}
		gateway := certFacts(true, stage.CertLocalRoot)
		gateway.Verified, gateway.Root = true, &stage.Certificate{Subject: "CN=Zscaler Root CA"}
		r = newRun().add(imap, warn(stage.Handshake, "", gateway), pass(stage.Login, &stage.LoginFacts{Mechanism: "PLAIN", Encrypted: true, Sent: sent}))
		if said := strings.Contains(words(t, r, cause.CorporateTLSInspection), "The password was sent to port 993 of imap.example.net over this connection, and"); said != sent {
			t.Errorf("a gateway, sent %v: said %v", sent, said)
		}
	}
}
