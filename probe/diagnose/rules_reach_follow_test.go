package diagnose_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// controlled lets a run ask one third party, a page and an unassigned address.
func (r *run) controlled() *run {
	return r.with(func(rec *stage.Record) {
		rec.Header.Options.Controls = stage.Controls{Hosts: []string{"imap.stranger.test"}, Portal: "http://page.test/empty", Nobody: "192.0.2.1"}
	})
}

// asked adds all follow-ups that the run raises, with the case whose key ends the
// id, or else the case "".
func (r *run) asked(t *testing.T, cases map[string]step) *run {
	t.Helper()
	for _, q := range diagnose.Diagnose(&r.rec).Questions {
		end := q.Check.ID[strings.LastIndex(q.Check.ID, "/")+1:]
		s, ok := cases[end]
		if !ok {
			s = cases[""]
		}
		if q.Check.Kind == stage.KindFetch && !ok {
			s = fail(stage.Fetch, stage.FetchFailed)
		}
		r.check(q.Check, s)
	}
	return r
}

func fine(*stage.CheckRecord) {}

// far connects after this time.
func far(d time.Duration) step {
	return func(c *stage.CheckRecord) {
		pass(stage.Connect, &stage.ConnectFacts{Attempts: []stage.Attempt{{
			Address: addressOf(c.Check.Endpoint.Host) + ":443", Outcome: stage.DialConnected, Time: stage.Ms(d),
		}}})(c)
	}
}

func refusedAfter(d time.Duration) step { return after(d, stage.Refused, stage.DialRefused) }

func rejected() step {
	return after(2*time.Millisecond, stage.HostUnreachable, stage.DialHostUnreachable)
}

func TestWhatOtherPortsTell(t *testing.T) {
	const stranger = "other-imap.stranger.test-993"
	gone := func() *run { return newRun().controlled().add(imap, timeout()) }
	no := dialled(stage.Refused, stage.DialRefused)
	refuses := func(d time.Duration) *run { return newRun().controlled().add(imap, refusedAfter(d)) }
	unresolved := fail(stage.Resolve, stage.NameNotFound)
	type word = map[string]step
	checkCases(t, []ruleCase{
		{"another port works", gone().asked(t, word{"": timeout(), "port-143": fine}), cause.PortFiltered, sure{cause.PortFiltered: likely}, []cause.ID{cause.ServerUnreachable, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork}},
		{"another port refuses", gone().asked(t, word{"": timeout(), "port-143": no}), cause.PortFiltered, sure{cause.PortFiltered: likely}, []cause.ID{cause.ServerUnreachable, cause.MailPortsBlockedOnThisNetwork}},
		{"no port answers, others do", gone().asked(t, word{"": timeout(), stranger: fine}), cause.ServerUnreachable, sure{cause.ServerUnreachable: likely, cause.ClientIPBannedByServer: likely}, []cause.ID{cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork}},
		{"no port answers, of nobody", gone().asked(t, word{"": timeout()}), cause.ServerUnreachable, sure{cause.ServerUnreachable: possible, cause.MailPortsBlockedOnThisNetwork: possible}, []cause.ID{cause.PortFiltered}},
		{"the web answers, mail nowhere", gone().asked(t, word{"": timeout(), "web": fine}), cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely}, []cause.ID{cause.ServerUnreachable}},
		{"the spare port refuses, mail nowhere", newRun().controlled().add(smtp587, timeout()).asked(t, word{"": timeout(), "spare-2525": no}), "", sure{cause.MailPortsBlockedOnThisNetwork: likely}, []cause.ID{cause.ServerUnreachable}},
		{"the web answers, others are not known", gone().asked(t, word{"": timeout(), "web": fine, stranger: unresolved}), cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely}, nil},
		{"the web answers, and mail elsewhere", gone().asked(t, word{"": timeout(), "web": fine, stranger: fine}), cause.ClientIPBannedByServer, sure{cause.ClientIPBannedByServer: likely, cause.PortFiltered: possible}, []cause.ID{cause.MailPortsBlockedOnThisNetwork, cause.ServerUnreachable}},
		{"all mail is rejected", newRun().controlled().add(imap, rejected()).asked(t, word{"": rejected(), "web": fine}), cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely}, nil},

		{"refused, others take connections", refuses(time.Millisecond).asked(t, word{"": no, "web": fine, stranger: fine}), cause.ServiceNotListening, sure{cause.ServiceNotListening: likely}, []cause.ID{cause.MailPortsBlockedOnThisNetwork}},
		{"refused, and others refuse", refuses(time.Millisecond).asked(t, word{"": no, "web": fine}), cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely}, nil},
		{"refused sooner than the host can", refuses(time.Millisecond).asked(t, word{"": refusedAfter(time.Millisecond), "web": far(30 * time.Millisecond), stranger: unresolved}), cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely}, nil},
		{"refused as far away as the host is", refuses(28*time.Millisecond).asked(t, word{"": refusedAfter(28 * time.Millisecond), "web": far(30 * time.Millisecond), stranger: unresolved}), cause.ServiceNotListening, sure{cause.MailPortsBlockedOnThisNetwork: possible}, nil},
		{"refused at every port, the web's too", refuses(time.Millisecond).asked(t, word{"": no, stranger: fine}), cause.ServiceNotListening, sure{cause.ServiceNotListening: likely, cause.ClientIPBannedByServer: possible}, nil},
		{"a sibling of a refused port works", refuses(time.Millisecond).asked(t, word{"": no, "port-143": fine}), cause.ServiceNotListening, sure{cause.ServiceNotListening: likely}, []cause.ID{cause.MailPortsBlockedOnThisNetwork}},
		{"two hosts refuse and serve the web", newRun().controlled().add(imap, no).add(smtp587, no).asked(t, word{"": no, "web": fine, stranger: unresolved, "other-imap.stranger.test-587": unresolved}), cause.MailPortsBlockedOnThisNetwork, sure{cause.MailPortsBlockedOnThisNetwork: likely}, nil},

		{"one name for all", gone().asked(t, word{"": timeout(), stranger: func(c *stage.CheckRecord) {
			pass(stage.Connect, &stage.ConnectFacts{Attempts: []stage.Attempt{{Address: addressOf("imap.example.net") + ":993", Outcome: stage.DialConnected}}})(c)
		}}), "", sure{cause.ServerUnreachable: possible, cause.ClientIPBannedByServer: possible}, nil},
	})
}

func TestWhatOtherPortsTellOfSending(t *testing.T) {
	type word = map[string]step
	const others = "other-imap.stranger.test-587"
	sending := func() *run { return newRun().controlled().add(imap).add(smtp587, timeout()) }
	unknown := fail(stage.Resolve, stage.NameNotFound)
	at25 := func() *run { return newRun().controlled().add(imap).add(smtp25, timeout()) }
	checkCases(t, []ruleCase{
		{"nobody's port for sending answers", sending().asked(t, word{"": timeout()}), "", sure{cause.CloudEgressSMTPBlocked: likely}, nil},
		{"the spare port answers", sending().asked(t, word{"": timeout(), "spare-2525": fine}), cause.CloudEgressSMTPBlocked, sure{cause.CloudEgressSMTPBlocked: likely}, nil},
		{"the spare port refuses", sending().asked(t, word{"": timeout(), "spare-2525": dialled(stage.Refused, stage.DialRefused)}), cause.CloudEgressSMTPBlocked, sure{cause.CloudEgressSMTPBlocked: likely}, nil},
		{"the spare port answers, others are not known", sending().asked(t, word{"": timeout(), "spare-2525": fine, others: unknown}), cause.CloudEgressSMTPBlocked, sure{cause.CloudEgressSMTPBlocked: likely}, nil},
		{"the spare port refuses, others are not known", sending().asked(t, word{"": timeout(), "spare-2525": dialled(stage.Refused, stage.DialRefused), others: unknown}), cause.CloudEgressSMTPBlocked, sure{cause.CloudEgressSMTPBlocked: likely}, nil},
		{"the spare port is silent, others are not known", sending().asked(t, word{"": timeout(), others: unknown}), cause.ServerUnreachable, sure{cause.CloudEgressSMTPBlocked: possible}, nil},
		{"465 answers", sending().asked(t, word{"": timeout(), "port-465": fine}), cause.PortFiltered, sure{cause.PortFiltered: likely}, []cause.ID{cause.CloudEgressSMTPBlocked}},
		{"others' do", sending().asked(t, word{"": timeout(), others: fine}), cause.ServerUnreachable, nil, []cause.ID{cause.CloudEgressSMTPBlocked}},
		{"25 alone", at25().asked(t, word{"": timeout(), "port-587": fine}), cause.ISPPort25Filtered, sure{cause.ISPPort25Filtered: likely}, []cause.ID{cause.CloudEgressSMTPBlocked}},
		{"25 of others answers", at25().asked(t, word{"": timeout(), "port-587": fine, "other-imap.stranger.test-25": fine}), cause.PortFiltered, sure{cause.ISPPort25Filtered: possible}, nil},
		{"25 and the whole host", at25().asked(t, word{"": timeout(), "other-imap.stranger.test-25": fail(stage.Resolve, stage.NameNotFound)}), cause.ServerUnreachable, sure{cause.ISPPort25Filtered: possible}, nil},
	})
}

func TestWhoStandsBetween(t *testing.T) {
	type word = map[string]step
	page := func(status, bytes int, to string) step {
		return pass(stage.Fetch, &stage.FetchFacts{URL: "http://page.test/empty", Status: status, Bytes: bytes, Location: to})
	}
	astray := ledTo("203.0.113.9")
	ledAstray := func(status int, to string) *run {
		found := pass(stage.Fetch, &stage.FetchFacts{URL: "http://page.test/empty", Address: "203.0.113.9:80", Status: status, Bytes: 15, Location: to})
		return newRun().controlled().add(imap, astray, dialled(stage.Refused, stage.DialRefused)).
			asked(t, word{"made-up-name": astray, "made-up-sibling": astray, "portal": found, "": timeout()})
	}
	proxy := func(status int) step { return pass(stage.Fetch, &stage.FetchFacts{Status: status}) }
	behind := func() *run {
		return newRun().controlled().with(func(r *stage.Record) { r.Header.System.Proxies = []string{"10.0.0.1:3128"} }).add(imap, timeout())
	}
	unnamed := func() *run {
		return newRun().with(func(r *stage.Record) { r.Header.System.Proxies = []string{"10.0.0.1:3128"} }).add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53"))
	}
	gone := func() *run { return newRun().controlled().add(imap, timeout()) }
	http := fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "HTTP/"})
	gate := "220 gate.isp.example ESMTP"
	stripped := func() *run {
		return newRun().controlled().add(smtp587, greets(gate, "198.51.100.1"), fail(stage.Upgrade, stage.NotOffered))
	}
	hello := func(line string) step {
		return pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Code: 220, Lines: []string{line}}})
	}
	lost := func() *run {
		return newRun().controlled().add(imap, fail(stage.Handshake, stage.HandshakeReset, &stage.TLSFacts{}))
	}
	checkCases(t, []ruleCase{
		{"a page leads elsewhere", gone().asked(t, word{"": timeout(), "portal": page(302, 0, "http://login.test/")}), cause.CaptivePortal, sure{cause.CaptivePortal: proven}, nil},
		{"a page from where made-up names lead", ledAstray(200, ""), cause.DNSNXDomainHijack, sure{cause.DNSNXDomainHijack: proven, cause.CaptivePortal: possible}, nil},
		{"a page from there leads elsewhere", ledAstray(302, "http://login.test/"), cause.CaptivePortal, sure{cause.CaptivePortal: proven}, nil},
		{"network authentication is wanted there", ledAstray(511, ""), cause.CaptivePortal, sure{cause.CaptivePortal: proven}, nil},
		{"another page", gone().asked(t, word{"": timeout(), "portal": page(200, 900, "")}), cause.CaptivePortal, sure{cause.CaptivePortal: likely}, nil},
		{"the page is empty", gone().asked(t, word{"": timeout(), "portal": page(204, 0, "")}), "", nil, []cause.ID{cause.CaptivePortal}},
		{"web pages for mail, and the page is empty", newRun().controlled().add(imap, http).add("pop3-995 pop.example.net tls", http).asked(t, word{"": timeout(), "portal": page(204, 0, "")}), cause.WrongProtocolOnPort, nil, []cause.ID{cause.CaptivePortal}},
		{"a page leads elsewhere, and a server is reached", newRun().controlled().add("pop3-995 pop.example.net tls").add(imap, certificate(stage.CertNameMismatch)).asked(t, word{"": timeout(), "portal": page(302, 0, "http://login.test/")}), cause.CertNameMismatchHosting, nil, []cause.ID{cause.CaptivePortal}},

		{"the proxy connects", behind().asked(t, word{"": timeout(), "proxy": proxy(200)}), cause.VPNOrProxyEgressOnly, sure{cause.VPNOrProxyEgressOnly: proven}, nil},
		{"the proxy refuses", behind().asked(t, word{"": timeout(), "proxy": proxy(403)}), cause.VPNOrProxyEgressOnly, sure{cause.VPNOrProxyEgressOnly: likely}, nil},
		{"the proxy finds no way", behind().asked(t, word{"": timeout(), "proxy": proxy(502)}), cause.ServerUnreachable, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"the proxy refuses, the web is open", behind().asked(t, word{"": timeout(), "proxy": proxy(403), "web": fine}), cause.MailPortsBlockedOnThisNetwork, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"the proxy connects, the web is open", behind().asked(t, word{"": timeout(), "proxy": proxy(200), "web": fine}), cause.MailPortsBlockedOnThisNetwork, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"the proxy connects, others do without", behind().asked(t, word{"": timeout(), "proxy": proxy(200), "other-imap.stranger.test-993": fine}), cause.ServerUnreachable, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"some connect", newRun().add(imap).add(smtp587, timeout()).add("smtp-465 send.example.net tls", timeout()), "", nil, []cause.ID{cause.VPNOrProxyEgressOnly}},
		{"the proxy knows the name", unnamed().asked(t, word{"": timeout(), "proxy": proxy(200)}), cause.VPNOrProxyEgressOnly, sure{cause.VPNOrProxyEgressOnly: proven}, nil},
		{"the proxy doesn't know it either", unnamed().asked(t, word{"": timeout(), "proxy": proxy(403)}), cause.HostnameTypoNXDomain, nil, []cause.ID{cause.VPNOrProxyEgressOnly}},

		{"somebody greets for nobody", stripped().asked(t, word{"": timeout(), "nobody": hello(gate)}), cause.TransparentSMTPProxy, sure{cause.TransparentSMTPProxy: proven}, nil},
		{"otherwise than the server", stripped().asked(t, word{"": timeout(), "nobody": hello("220 box ESMTP")}), cause.TransparentSMTPProxy, sure{cause.TransparentSMTPProxy: likely}, nil},
		{"nobody there", stripped().asked(t, word{"": timeout()}), "", nil, []cause.ID{cause.TransparentSMTPProxy}},
		{"another name under TLS", stripped().asked(t, word{"": timeout(), "port-465": hello("220 smtp.example.net ESMTP")}), cause.TransparentSMTPProxy, sure{cause.TransparentSMTPProxy: likely}, nil},
		{"the same name under TLS", stripped().asked(t, word{"": timeout(), "port-465": hello("220 mx2.isp.example ESMTP")}), "", nil, []cause.ID{cause.TransparentSMTPProxy}},

		{"taken for nobody, and lost alike", lost().asked(t, word{"": timeout(), "nobody": fail(stage.Handshake, stage.HandshakeClosed, &stage.TLSFacts{})}), cause.AntivirusConnectionProxyBroken, sure{cause.AntivirusConnectionProxyBroken: proven}, nil},
		{"taken for nobody, and reset before the system had said so", lost().asked(t, word{"": timeout(), "nobody": dialled(stage.Reset, stage.DialReset)}), cause.AntivirusConnectionProxyBroken, sure{cause.AntivirusConnectionProxyBroken: proven}, nil},
		{"reset before the system had said so, and taken for nobody", newRun().controlled().add(imap, dialled(stage.Reset, stage.DialReset)).asked(t, word{"": timeout(), "nobody": fail(stage.Handshake, stage.HandshakeReset, &stage.TLSFacts{})}), cause.AntivirusConnectionProxyBroken, sure{cause.AntivirusConnectionProxyBroken: proven}, nil},
		{"taken for nobody, and silent", lost().asked(t, word{"": timeout(), "nobody": fail(stage.Handshake, stage.HandshakeTimeout, &stage.TLSFacts{})}), cause.AntivirusConnectionProxyBroken, sure{cause.AntivirusConnectionProxyBroken: likely}, nil},
		{"taken by nobody", lost().asked(t, word{"": timeout()}), cause.TLSHandshakeInterrupted, nil, []cause.ID{cause.AntivirusConnectionProxyBroken}},
		{"refused for nobody", lost().asked(t, word{"": dialled(stage.Refused, stage.DialRefused)}), cause.TLSHandshakeInterrupted, nil, []cause.ID{cause.AntivirusConnectionProxyBroken}},
	})
}

func TestWhereOthersAreReachedToo(t *testing.T) {
	type word = map[string]step
	const stranger = "other-imap.stranger.test-993"
	inside := func() *run { return newRun().controlled().add(imap, leads(stage.ConnectTimeout, "10.0.0.8")) }
	web := func() *run { return newRun().controlled().add(imap, leads(stage.ConnectTimeout, "104.18.3.4")) }
	cut := func() *run { return newRun().controlled().add(imap, rejected()).add(smtp587, rejected()) }
	checkCases(t, []ruleCase{
		{"inside, and the world is there", inside().asked(t, word{"": timeout(), stranger: fine}), cause.SplitHorizonPrivateAddress, sure{cause.SplitHorizonPrivateAddress: likely}, nil},
		{"inside, next door", inside().with(func(r *stage.Record) { r.Header.System.Addresses = []string{"10.0.0.77"} }).asked(t, word{"": timeout(), stranger: fine}), cause.ServerUnreachable, sure{cause.SplitHorizonPrivateAddress: possible}, nil},
		{"inside, and the host answers", inside().asked(t, word{"": timeout(), "web": fine, stranger: fine}), cause.PortFiltered, nil, []cause.ID{cause.SplitHorizonPrivateAddress}},
		{"a web network", web().asked(t, word{"": timeout(), "web": fine, stranger: fine}), cause.CDNProxiedMailHost, sure{cause.CDNProxiedMailHost: proven}, nil},
		{"a web network, and mail is shut everywhere", web().asked(t, word{"": timeout(), "web": fine}), cause.CDNProxiedMailHost, sure{cause.CDNProxiedMailHost: likely}, nil},
		{"a web network that passes mail on", web().asked(t, word{"": timeout(), "port-143": fine}), cause.PortFiltered, nil, []cause.ID{cause.CDNProxiedMailHost}},
		{"all rejected, and nobody answers", cut().asked(t, word{"": rejected()}), cause.NoNetworkRoute, sure{cause.NoNetworkRoute: likely}, nil},
		{"all rejected, and a stranger answers", cut().asked(t, word{"": rejected(), stranger: fine}), "", nil, []cause.ID{cause.NoNetworkRoute}},
		{"no route, and a stranger answers", newRun().controlled().add(imap, unreached()).asked(t, word{"": unreached(), stranger: fine}), "", sure{cause.NoNetworkRoute: possible}, nil},
	})
}

// The way round is the first usual port that works.
func TestTheWayRoundIsNamed(t *testing.T) {
	for _, c := range []struct {
		name  string
		cases map[string]step
		want  []stage.Endpoint
	}{
		{"with SSL/TLS", map[string]step{"": timeout(), "port-465": fine, "spare-2525": fine}, []stage.Endpoint{{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 465, Security: stage.TLS}}},
		{"with STARTTLS", map[string]step{"": timeout(), "spare-2525": fine}, []stage.Endpoint{{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 2525, Security: stage.StartTLS}}},
		{"that refuses the login", map[string]step{"": timeout(), "port-465": refusedWith("PLAIN", authFailed)}, nil},
	} {
		d := newRun().add(imap).add(smtp587, timeout()).asked(t, c.cases).diagnose(t)
		var got []stage.Endpoint
		for _, w := range d.Ways {
			got = append(got, w.Endpoint)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestReachQuestions(t *testing.T) {
	private := func(r *stage.Record) { r.Header.Options.Private = true }
	proxied := func(r *stage.Record) { r.Header.System.Proxies = []string{"10.0.0.1:3128"} }
	topics := []stage.QuestionID{stage.AskSibling, stage.AskWeb, stage.AskOtherProvider, stage.AskPortal, stage.AskProxy, stage.AskNobody}
	all := []string{"web", "port-143", "port-25", "port-995", "port-110", "port-465", "port-587"}
	for _, c := range []struct {
		name string
		run  *run
		want []string // the ends of their ids
	}{
		{"healthy", newRun().controlled().with(proxied).add(imap).add(smtp587), nil},
		{"a refused login", newRun().controlled().add(imap, refusedWith("PLAIN", authFailed)), nil},
		{"a name that does not exist", newRun().controlled().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), nil},
		{"nothing connects", newRun().controlled().add(imap, timeout()), []string{"web", "other-imap.stranger.test-993", "port-143", "port-25", "port-995", "port-110", "port-465", "port-587", "portal"}},
		{"nobody may be asked", newRun().with(private).with(proxied).add(imap, timeout()), all},
		{"a proxy", newRun().with(proxied).add(imap, timeout()), append(slices.Clone(all), "proxy")},
		{"others of the run connect", newRun().controlled().with(proxied).add("pop3-995 pop.example.net tls").add(imap, timeout()), []string{"web", "port-143", "port-25"}},
		{"nothing for sending connects", newRun().controlled().add(imap).add(smtp587, timeout()), []string{"web", "other-imap.stranger.test-587", "port-465", "spare-2525", "port-25"}},
		{"the sibling is planned", newRun().controlled().add(imap, fail(stage.Greeting, stage.Silent)).add("imap-143 imap.example.net starttls"), nil},
		{"no encryption", newRun().controlled().add(smtp587, warn(stage.Upgrade, stage.NotOffered)), []string{"port-465", "nobody"}},
		{"a certificate of another name", newRun().controlled().add(imap, certificate(stage.CertNameMismatch)), []string{"port-143", "portal", "nobody"}},
		{"an expired certificate", newRun().controlled().add(imap, certificate(stage.CertExpired)), []string{"port-143"}},
		{"somebody has that address", newRun().controlled().with(func(r *stage.Record) { r.Header.System.Addresses = []string{"192.0.2.77"} }).add(imap, fail(stage.Handshake, stage.HandshakeReset)), []string{"port-143"}},
		{"no way at all", newRun().controlled().add(imap, unreached()), []string{"web", "other-imap.stranger.test-993", "portal"}},
	} {
		var got []string
		for _, q := range c.run.diagnose(t).Questions {
			if slices.Contains(topics, q.Check.Question) {
				got = append(got, q.Check.ID[strings.LastIndex(q.Check.ID, "/")+1:])
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		// The questions don't depend on their own answers.
		before := diagnose.Diagnose(&c.run.rec).Questions
		answered := diagnose.Diagnose(&c.run.asked(t, map[string]step{"": fine}).rec).Questions
		for _, q := range answered {
			if slices.Contains(topics, q.Check.Question) && !slices.ContainsFunc(before, func(b stage.Question) bool { return b.Check.ID == q.Check.ID }) {
				t.Errorf("%s: %s is asked only once others are answered", c.name, q.Check.ID)
			}
		}
	}
}
