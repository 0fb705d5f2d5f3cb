package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// says is an attempt that a machine rejects by an ICMP message; an empty address
// means the host itself.
func says(by string, why stage.RejectReason, took time.Duration) step {
	return func(c *stage.CheckRecord) {
		fault, outcome := stage.HostUnreachable, stage.DialHostUnreachable
		if why == stage.RejectPort {
			fault, outcome = stage.Refused, stage.DialRefused
		}
		after(took, fault, outcome)(c)
		f := stage.FactsOf[*stage.ConnectFacts](c)
		if f == nil {
			return // a lookup connects to nobody
		}
		a := &f.Attempts[0]
		a.Rejection = &stage.Rejection{By: by, Why: why}
		if by == "" {
			a.Rejection.By = addressOf(c.Check.Endpoint.Host)
		}
	}
}

func TestWhoSaysThatAPortIsShut(t *testing.T) {
	const router, stranger, soon = "192.168.1.1", "other-imap.stranger.test-993", time.Millisecond
	type word = map[string]step
	port, forbidden := stage.RejectPort, stage.RejectProhibited
	filtered, blocked, banned, listening, here := cause.PortFiltered, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer, cause.ServiceNotListening, cause.LocalFirewallOrAppPermission
	one := func(s step) *run { return newRun().controlled().add(imap, s) }
	two := func(s step) *run { return newRun().controlled().add(smtp587).add(imap, s) }
	no := dialled(stage.Refused, stage.DialRefused)
	checkCases(t, []ruleCase{
		{"a router refuses", two(says(router, port, soon)), filtered, sure{filtered: likely}, []cause.ID{listening, here, banned}},
		{"a router forbids", two(says(router, forbidden, soon)), filtered, sure{filtered: likely}, []cause.ID{here, banned}},
		{"nobody is named", two(no), listening, sure{listening: likely}, []cause.ID{filtered}},
		{"a router found nobody", two(says(router, stage.RejectHost, 3*time.Second)), "", sure{filtered: possible, cause.ServerUnreachable: likely}, nil},
		{"a router found nobody, and others answer", one(says(router, stage.RejectHost, 3*time.Second)).asked(t, word{"": says(router, stage.RejectHost, 3*time.Second), stranger: fine}), cause.ServerUnreachable, sure{cause.ServerUnreachable: likely, banned: possible}, []cause.ID{here, filtered}},
		{"a router says so at once, of every port", one(says(router, stage.RejectHost, soon)).asked(t, word{"": says(router, stage.RejectHost, soon), stranger: fine}), cause.ServerUnreachable, sure{cause.ServerUnreachable: likely}, []cause.ID{here, filtered}},
		{"a router forbids every port", one(says(router, forbidden, soon)).asked(t, word{"": says(router, forbidden, soon), stranger: fine}), filtered, sure{filtered: likely}, []cause.ID{here, banned}},
		{"this machine found nobody", two(says("192.168.1.23", stage.RejectHost, 300*time.Millisecond)), cause.ServerUnreachable, sure{filtered: possible, cause.ServerUnreachable: likely}, nil},
		{"the host's firewall, at one port", one(says("", port, soon)).asked(t, word{"": timeout(), "port-143": fine}), filtered, sure{filtered: likely, listening: possible}, []cause.ID{blocked}},
		{"the host's firewall, at all ports of mail", one(says("", port, soon)).asked(t, word{"": says("", port, soon), "web": fine, stranger: fine}), banned, sure{banned: likely, filtered: possible}, []cause.ID{blocked}},
		{"the host's firewall, at all ports", one(says("", port, soon)).asked(t, word{"": says("", port, soon), stranger: fine}), banned, sure{banned: likely}, nil},
		{"a router, at all ports of mail", one(says(router, port, soon)).asked(t, word{"": says(router, port, soon), "web": fine}), blocked, sure{blocked: likely, filtered: possible}, []cause.ID{listening, banned}},
		{"a router, at all ports of this host", one(says(router, port, soon)).asked(t, word{"": says(router, port, soon), "web": fine, stranger: fine}), filtered, sure{filtered: likely}, []cause.ID{banned, blocked}},
		{"a router, at every port of this host", one(says(router, port, soon)).asked(t, word{"": says(router, port, soon), stranger: fine}), filtered, sure{filtered: likely}, []cause.ID{banned, blocked, listening}},
		{"a router, at this port, and silence elsewhere", one(timeout()).asked(t, word{"": timeout(), "port-143": says(router, port, soon), stranger: fine}), cause.ServerUnreachable, sure{banned: likely}, []cause.ID{filtered}},
	})
	checkWords(t, "by a router", two(says(router, port, soon)), filtered, router, "on the server")
	checkWords(t, "by the host", one(says("", port, soon)).asked(t, word{"": timeout(), "port-143": fine}), filtered, "firewall on the server", "Something on the way")
}

func TestWebSitesAndExchangers(t *testing.T) {
	const others = "other-imap.stranger.test-993"
	type word = map[string]step
	wrong, blocked, listening := cause.MXOrWebHostUsedAsServer, cause.MailPortsBlockedOnThisNetwork, cause.ServiceNotListening
	no, unknown := dialled(stage.Refused, stage.DialRefused), fail(stage.Resolve, stage.NameNotFound)
	at := func(host string, s step) *run { return newRun().controlled().add("imap-993 "+host+" tls", s) }
	named := func(s step) *run {
		r := at("www.example.net", s)
		r.profile().Endpoints = []stage.Endpoint{{Protocol: stage.IMAP, Host: "www.example.net", Port: 993}}
		return r
	}
	mail := pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Lines: []string{"* OK ready"}}})
	checkCases(t, []ruleCase{
		{"a web site refuses", at("example.net", no).asked(t, word{"": no, "web": fine, others: unknown}), wrong, sure{wrong: likely}, nil},
		{"a web site is silent", at("www.example.net", timeout()).asked(t, word{"": timeout(), "web": fine, others: fine}), wrong, sure{wrong: likely}, nil},
		{"a web site, and mail is shut everywhere", at("example.net", timeout()).asked(t, word{"": timeout(), "web": fine}), blocked, sure{blocked: likely, wrong: possible}, nil},
		{"and yet there is a server of a usual name", at("example.net", timeout()).asked(t, word{"": timeout(), "web": fine, "near-imap.example.net": mail}), wrong, sure{wrong: likely}, nil},
		{"a web site that takes mail at another port", at("example.net", no).asked(t, word{"": no, "web": fine, "port-143": fine}), listening, sure{wrong: possible}, nil},
		{"a web site that the provider names", named(no).asked(t, word{"": no, "web": fine, others: unknown}), listening, sure{wrong: possible}, nil},
		{"no web site", at("imap.example.net", no).asked(t, word{"": no, "web": fine, others: unknown}), listening, nil, []cause.ID{wrong}},
		{"an MX", at("mx2.example.net", no).asked(t, word{"": no, "port-25": fine, others: unknown}), wrong, sure{wrong: likely}, nil},
		{"an MX by its name alone", at("mx2.example.net", no).asked(t, word{"": no, others: unknown}), listening, sure{wrong: possible}, nil},
		{"an MX of another name", at("mail.example.net", no).asked(t, word{"": no, "port-25": fine, others: unknown}), listening, sure{wrong: possible}, nil},
	})
	r := at("example.net", no).asked(t, word{"": no, "web": fine, "near-imap.example.net": mail, others: unknown})
	checkWords(t, "the right name", r, wrong, "try imap.example.net instead of example.net", "may be the domain")
}

// If packets get lost, a failed lookup is not the name server's fault, as long as it
// answers anything.
func TestLostLookup(t *testing.T) {
	lost := 4
	loses := pass(stage.Connect, &stage.ConnectFacts{Retransmits: &lost})
	half := looked(stage.DNSTimeout, "A timeout 192.0.2.53:53", "AAAA no-data 192.0.2.53:53")
	checkCases(t, []ruleCase{
		{"packets get lost", newRun().add(smtp587, loses).add(imap, half), cause.SlowPath, sure{cause.SlowPath: likely}, nil},
		{"none does", newRun().add(smtp587).add(imap, half), cause.DNSResolverBroken, nil, []cause.ID{cause.SlowPath}},
		{"the name server never answers", newRun().add(smtp587, loses).add(imap, looked(stage.DNSTimeout, "A timeout 192.0.2.53:53")), cause.DNSResolverBroken, nil, nil},
	})
}

// A missing answer on a connection that loses packets says nothing about the server,
// if another connection that loses packets works.
func TestLostAnswer(t *testing.T) {
	lost, few := 4, 1
	loses := pass(stage.Connect, &stage.ConnectFacts{Retransmits: &lost})
	mute := func(again *int) step {
		return join(pass(stage.Connect, &stage.ConnectFacts{Retransmits: again}), fail(stage.Mailbox, stage.Silent))
	}
	slow, behind := cause.SlowPath, cause.MailboxBackendUnavailable
	checkCases(t, []ruleCase{
		{"packets get lost", newRun().add(smtp587, loses).add(imap, mute(&few)), slow, sure{slow: likely}, nil},
		{"none of this connection", newRun().add(smtp587, loses).add(imap, mute(new(0))), behind, sure{behind: possible}, nil},
		{"of this connection alone", newRun().add(smtp587).add(imap, mute(&lost)), behind, sure{behind: possible}, nil},
	})
	checkWords(t, "lost", newRun().add(smtp587, loses).add(imap, mute(&few)), slow, "did not come in time", "but slowly")
}

// No machine bans itself.
func TestThisComputerBansNobody(t *testing.T) {
	const stranger = "other-imap.stranger.test-993"
	for _, ip := range []string{"127.0.0.1", "192.168.1.23"} {
		no := func(c *stage.CheckRecord) {
			fail(stage.Connect, stage.Refused, &stage.ConnectFacts{Attempts: []stage.Attempt{{Address: ip + ":993", Outcome: stage.DialRefused}}})(c)
		}
		r := newRun().controlled().add(imap, no).asked(t, map[string]step{"": no, stranger: fine})
		checkCases(t, []ruleCase{{ip, r, "", nil, []cause.ID{cause.ClientIPBannedByServer}}})
	}
	no := dialled(stage.Refused, stage.DialRefused)
	r := newRun().controlled().add(imap, no).asked(t, map[string]step{"": no, stranger: fine})
	checkCases(t, []ruleCase{{"another computer", r, "", sure{cause.ClientIPBannedByServer: possible}, nil}})
}
