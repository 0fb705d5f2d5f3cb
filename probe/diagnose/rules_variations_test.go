package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// tried adds the follow-ups to the first check, in short: "again- small+ segs-
// old=TLS 1.0". Those that are not named were not made.
type tried map[string]step

var (
	refusedAgain = fail(stage.Handshake, stage.HandshakeReset)
	silentAgain  = fail(stage.Handshake, stage.HandshakeTimeout)
	wentWell     = func(*stage.CheckRecord) {}
	impossible   = func(c *stage.CheckRecord) {
		for i := range c.Results {
			c.Results[i] = stage.Result{Stage: c.Results[i].Stage, Status: stage.Skip, Reason: stage.NotPossible}
		}
	}
)

// chose is the result of an old ClientHello.
func chose(version, suite string, bits int, group string) step {
	return pass(stage.Handshake, &stage.TLSFacts{Version: version, CipherSuite: suite, DHBits: bits, Group: group})
}

// inClear is what a port for TLS does in clear text.
func inClear(f stage.Fault, after time.Duration, first string) step {
	return func(c *stage.CheckRecord) {
		facts := &stage.GreetingFacts{FirstBytes: first}
		if f == "" {
			pass(stage.Greeting, facts)(c)
		} else {
			fail(stage.Greeting, f, facts)(c)
		}
		c.Result(stage.Greeting).Time = stage.Ms(after)
	}
}

// varied is a failed check with the follow-ups that were tried after it.
func varied(t *testing.T, spec string, failure step, more tried) *run {
	t.Helper()
	r := newRun().add(spec, failure)
	id, _, _ := strings.Cut(spec, " ")
	for _, word := range []string{"again", "small-hello", "small-segments", "old-tls", "clear", "insist", "http", "tls"} {
		if s, ok := more[word]; ok {
			r.followUp(t, id+"/"+word, s)
		}
	}
	return r
}

// resent is what the kernel counted by the end of the connection.
func resent(n int) step {
	return func(c *stage.CheckRecord) { stage.FactsOf[*stage.ConnectFacts](c).Retransmits = &n }
}

// after15 is a handshake that stalled for a while.
func after15(c *stage.CheckRecord) { c.Result(stage.Handshake).Time = stage.Ms(15 * time.Second) }

func TestVariations(t *testing.T) {
	const submission = "smtp-587 smtp.example.net starttls"
	silent, reset, closed := fail(stage.Handshake, stage.HandshakeTimeout), fail(stage.Handshake, stage.HandshakeReset), fail(stage.Handshake, stage.HandshakeClosed)
	alert := fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "handshake_failure (40)"})
	version := fail(stage.Handshake, stage.TLSVersion, &stage.TLSFacts{Alert: "protocol_version (70)"})
	waits, cut := inClear(stage.Silent, 4*time.Second, ""), inClear(stage.Closed, 20*time.Millisecond, "")
	mtu, pq, mute := cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant, cause.AcceptNoGreeting
	cutOff, dropped := cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped
	old, cipher, weak := cause.TLSServerTooOld, cause.TLSCipherMismatch, cause.TLSWeakDH
	modern := chose("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0, "X25519")
	type ids = []cause.ID
	checkCases(t, []ruleCase{
		{"small segments alone cure", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": silentAgain, "small-segments": wentWell}), mtu, sure{mtu: proven}, ids{pq, mute}},
		{"small segments cure, and nobody tried it again as it was", varied(t, imap, silent, tried{"small-hello": silentAgain, "small-segments": wentWell}), mtu, sure{mtu: likely}, ids{pq, mute}},
		{"both cure", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": wentWell, "small-segments": wentWell}), mtu, sure{mtu: proven}, ids{pq, mute}},
		{"a small hello alone cures", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": wentWell, "small-segments": silentAgain}), pq, sure{pq: proven}, ids{mtu, mute}},
		{"a small hello alone cures a reset", varied(t, imap, reset, tried{"again": refusedAgain, "small-hello": wentWell, "small-segments": refusedAgain}), pq, sure{pq: proven}, ids{mtu, cutOff}},
		{"a small hello cures an end", varied(t, submission, closed, tried{"again": refusedAgain, "small-hello": wentWell, "small-segments": refusedAgain}), pq, sure{pq: proven}, ids{dropped}},
		{"a small hello cures, small segments cannot be had", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": wentWell, "small-segments": impossible}), "", sure{mtu: likely, pq: likely}, ids{mute}},
		{"with a bad certificate all the same", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": certificate(stage.CertExpired), "small-segments": silentAgain}), pq, sure{pq: proven}, nil},
		{"nothing cures silence", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": silentAgain, "small-segments": silentAgain, "clear": waits}), mute, sure{mute: proven}, ids{mtu, pq}},
		{"nothing cures silence, segments cannot be had", varied(t, imap, silent, tried{"again": silentAgain, "small-hello": silentAgain, "small-segments": impossible, "clear": waits}), mute, sure{mute: likely, mtu: possible}, ids{pq}},
		{"nothing cures a reset", varied(t, imap, reset, tried{"again": refusedAgain, "small-hello": refusedAgain, "small-segments": refusedAgain, "clear": waits}), cutOff, sure{cutOff: proven}, ids{mtu, pq, mute}},
		{"nothing cures an end after STARTTLS", varied(t, submission, closed, tried{"again": refusedAgain, "small-hello": refusedAgain, "small-segments": refusedAgain}), dropped, sure{dropped: proven}, ids{pq, cutOff}},
		{"the same goes well now", varied(t, imap, join(nodes("198.51.100.1:993"), reset), tried{"again": wentWell, "small-hello": wentWell, "small-segments": refusedAgain}), cause.LBNodeInconsistent, sure{cause.LBNodeInconsistent: likely}, nil},
		{"nobody acknowledged, and now it goes well", varied(t, imap, join(nodes("198.51.100.1:993"), resent(3), silent), tried{"again": wentWell, "small-hello": wentWell, "small-segments": wentWell}), mtu, sure{mtu: likely}, ids{cause.LBNodeInconsistent, pq}},
		{"the same, and the server gave up first", varied(t, imap, join(nodes("198.51.100.1:993"), resent(3), reset, after15), tried{"again": wentWell, "small-hello": wentWell, "small-segments": wentWell}), mtu, sure{mtu: likely}, ids{cause.LBNodeInconsistent, pq}},
		{"all was acknowledged, and now it goes well", varied(t, imap, join(nodes("198.51.100.1:993"), resent(0), silent), tried{"again": wentWell}), "", sure{mtu: possible, cause.LBNodeInconsistent: possible}, nil},
		{"in clear it ends as well", varied(t, imap, closed, tried{"again": refusedAgain, "clear": cut}), cause.ConnectionResetAfterAccept, sure{cause.ConnectionResetAfterAccept: proven}, ids{cutOff}},
		{"in clear it ends after a while", varied(t, imap, closed, tried{"again": refusedAgain, "clear": inClear(stage.Closed, 10*time.Second, "")}), cutOff, nil, ids{cause.ConnectionResetAfterAccept}},
		{"in clear it greets", varied(t, imap, reset, tried{"clear": inClear("", 0, "* OK ready")}), cause.TLSSpokenToPlaintextPort, sure{cause.TLSSpokenToPlaintextPort: proven}, ids{cutOff}},
		{"in clear another greets", varied(t, imap, reset, tried{"clear": inClear(stage.WrongProtocol, 0, "SSH-2.0-x")}), cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: proven}, ids{cutOff, cause.TLSSpokenToPlaintextPort}},

		{"TLS 1.0", varied(t, imap, version, tried{"old-tls": chose("TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA", 0, "")}), old, sure{old: proven}, ids{cipher, pq}},
		{"TLS 1.0, by an end", varied(t, imap, closed, tried{"again": refusedAgain, "small-hello": refusedAgain, "small-segments": refusedAgain, "old-tls": chose("TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA", 0, "")}), old, sure{old: proven}, ids{cutOff, pq}},
		{"TLS 1.0 after STARTTLS", varied(t, submission, reset, tried{"old-tls": chose("TLS 1.1", "TLS_RSA_WITH_AES_128_CBC_SHA", 0, "")}), old, sure{old: proven}, ids{dropped}},
		{"minds TLS 1.3", varied(t, imap, version, tried{"old-tls": modern}), pq, sure{pq: likely, old: possible}, nil},
		{"minds TLS 1.3, by an end", varied(t, imap, reset, tried{"again": refusedAgain, "small-hello": refusedAgain, "small-segments": refusedAgain, "old-tls": modern}), pq, sure{pq: likely}, ids{cutOff}},
		{"RSA key exchange", varied(t, imap, alert, tried{"old-tls": chose("TLS 1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", 0, "")}), cipher, sure{cipher: proven}, ids{old, weak}},
		{"a curve of its own", varied(t, imap, alert, tried{"old-tls": chose("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0, "secp256k1")}), cipher, sure{cipher: proven}, nil},
		{"a large field", varied(t, imap, alert, tried{"old-tls": chose("TLS 1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 2048, "")}), cipher, sure{cipher: proven}, ids{weak}},
		{"a field of 1024 bits", varied(t, imap, alert, tried{"old-tls": chose("TLS 1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 1024, "")}), weak, sure{weak: likely}, ids{cipher}},
		{"a field of 512 bits", varied(t, imap, alert, tried{"old-tls": chose("TLS 1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 512, "")}), weak, sure{weak: proven}, ids{cipher}},
		{"old, and its field is small", varied(t, imap, alert, tried{"old-tls": chose("TLS 1.0", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 512, "")}), old, sure{old: proven}, nil},
		{"refuses old ones too", varied(t, imap, alert, tried{"old-tls": alert}), cipher, sure{cipher: likely}, nil},
		{"no key under STARTTLS", varied(t, submission, fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "internal_error (80)"}), tried{"old-tls": fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "internal_error (80)"})}), cause.StartTLSBrokenOnServer, sure{cause.StartTLSBrokenOnServer: likely}, nil},
	})
}

func TestInsisting(t *testing.T) {
	const submission = "smtp-587 smtp.example.net starttls"
	missing := fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{Capabilities: []string{"SIZE 1"}})
	refuses := fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{Insisted: true, Reply: &stage.Reply{Code: 502, Lines: []string{"502 5.5.1 no"}}})
	stripped, absent := cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer
	checkCases(t, []ruleCase{
		{"agrees", varied(t, submission, missing, tried{"insist": wentWell}), stripped, sure{stripped: proven}, []cause.ID{absent}},
		{"agrees, with another's certificate", varied(t, submission, missing, tried{"insist": certificate(stage.CertUnknownAuthority)}), stripped, sure{stripped: likely}, []cause.ID{absent}},
		{"refuses", varied(t, submission, missing, tried{"insist": refuses}), absent, sure{absent: likely, stripped: possible}, nil},
		{"says nothing", varied(t, submission, missing, tried{"insist": fail(stage.Upgrade, stage.Silent)}), "", sure{absent: possible, stripped: possible}, nil},
		{"if offered", newRun().add("smtp-25 smtp.example.net starttls-if-offered", warn(stage.Upgrade, stage.NotOffered), skip(stage.Handshake, stage.NotApplicable)).followUp(t, "smtp-25/insist", wentWell), stripped, sure{stripped: proven}, nil},
	})
}

// STARTTLS is not advised if it was tried and is missing.
func TestAdviceFitsWhatWasTried(t *testing.T) {
	begin := func(s step) *run {
		return newRun().add("imap-143 imap.example.net tls", fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "* OK x"})).followUp(t, "imap-143/starttls", s)
	}
	for want, r := range map[string]*run{
		"change the encryption for port 143 of imap.example.net to STARTTLS": begin(wentWell),
		"keep SSL/TLS and change to port 993":                                begin(fail(stage.Upgrade, stage.NotOffered)),
	} {
		if got := leading(t, r).Actions[0].Text(prose.English()); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// nodes is a host with these addresses, all of which accept connections. The first
// is used for the dialogue.
func nodes(addresses ...string) step {
	return func(c *stage.CheckRecord) {
		f := &stage.ConnectFacts{Address: addresses[0]}
		for i, a := range addresses {
			f.Attempts = append(f.Attempts, stage.Attempt{Index: i, Address: a, Outcome: stage.DialConnected})
		}
		c.Result(stage.Connect).Facts = f
	}
}

func TestNodes(t *testing.T) {
	four := nodes("198.51.100.1:993", "198.51.100.2:993", "198.51.100.3:993")
	both := nodes("[2001:db8::1]:993", "198.51.100.2:993")
	at := func(r *run, ip string, s step) *run { return r.followUp(t, "imap-993/at-"+ip, s) }
	again := func(r *run, s step) *run { return r.followUp(t, "imap-993/again", s) }
	expired, silent := certificate(stage.CertExpired), fail(stage.Handshake, stage.HandshakeTimeout)
	node, path, mtu := cause.LBNodeInconsistent, cause.IPv6BrokenPath, cause.MTUBlackhole
	type ids = []cause.ID
	begin := func(a step, failure step) *run { return newRun().add(imap, a, failure) }
	checkCases(t, []ruleCase{
		{"one of three expired", at(at(again(begin(four, expired), expired), "198.51.100.2", wentWell), "198.51.100.3", wentWell), node, sure{node: proven}, nil},
		{"two of three expired", at(at(again(begin(four, expired), expired), "198.51.100.2", expired), "198.51.100.3", wentWell), node, sure{node: proven}, nil},
		{"all expired", at(at(again(begin(four, expired), expired), "198.51.100.2", expired), "198.51.100.3", expired), cause.CertExpired, nil, ids{node}},
		{"two certificates at one address", again(begin(nodes("198.51.100.1:993"), expired), wentWell), node, sure{node: proven}, nil},
		{"the others were not reached", at(again(begin(four, expired), expired), "198.51.100.2", fail(stage.Connect, stage.Refused)), cause.CertExpired, nil, ids{node}},
		{"another certificate over IPv6", at(again(begin(both, expired), expired), "198.51.100.2", wentWell), node, sure{node: proven}, ids{path}},
		{"silence over IPv6", at(varied(t, imap, join(both, silent), tried{"again": silent, "small-hello": silent, "small-segments": silent}), "198.51.100.2", wentWell), path, sure{path: likely}, ids{node, mtu}},
		{"large packets over IPv6", at(varied(t, imap, join(both, silent), tried{"again": silent, "small-hello": silent, "small-segments": wentWell}), "198.51.100.2", wentWell), mtu, sure{mtu: proven}, ids{node, path}},
		{"silence over IPv6, segments cannot be had", at(varied(t, imap, join(both, silent), tried{"again": silent, "small-segments": impossible}), "198.51.100.2", wentWell), mtu, sure{mtu: likely}, ids{node, path}},
		{"silence over both", at(varied(t, imap, join(both, silent), tried{"again": silent}), "198.51.100.2", silent), "", nil, ids{node, path}},
		{"a greeting that comes the second time", again(newRun().add(imap, four, fail(stage.Greeting, stage.Closed)), wentWell), cause.ConnectionResetAfterAccept, sure{node: possible}, nil},
		{"one refuses by policy", at(newRun().add(imap, four, fail(stage.Greeting, stage.Bye, &stage.GreetingFacts{Reply: stage.Reply{Status: "BYE", Lines: []string{"* BYE not you"}}})), "198.51.100.2", wentWell), node, sure{node: likely}, nil},
	})
	r := at(again(begin(four, expired), expired), "198.51.100.2", wentWell)
	if got := sentence(t, r); !strings.Contains(got, "198.51.100.1 fails where the others work") {
		t.Error(got)
	}
	for _, f := range r.diagnose(t).Findings[1:] {
		if f.SuppressedBy != node {
			t.Errorf("%s stands beside it", f.Cause)
		}
	}
}

// join combines several steps.
func join(steps ...step) step {
	return func(c *stage.CheckRecord) {
		for _, s := range steps {
			s(c)
		}
	}
}

// At most four other addresses are tried, and at least one of each family.
func TestAddressesTried(t *testing.T) {
	r := newRun().add(imap, nodes("198.51.100.1:993", "198.51.100.2:993", "198.51.100.3:993", "198.51.100.4:993", "198.51.100.5:993", "198.51.100.6:993", "[2001:db8::1]:993"), certificate(stage.CertExpired))
	var got []string
	for _, q := range r.diagnose(t).Questions {
		if q.Check.Question == stage.AskOtherAddress {
			got = append(got, q.Check.Manner.Address)
		}
	}
	if want := "198.51.100.2 2001:db8::1 198.51.100.3 198.51.100.4"; strings.Join(got, " ") != want {
		t.Errorf("tried %v, want %s", got, want)
	}
}

func TestAnswersToVariations(t *testing.T) {
	silent := fail(stage.Handshake, stage.HandshakeTimeout)
	alert := fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "handshake_failure (40)"})
	begin := func() *run { return newRun().add(imap, nodes("198.51.100.1:993", "198.51.100.2:993"), silent) }
	for _, c := range []struct {
		run  *run
		want string
	}{
		{begin().followUp(t, "imap-993/small-hello"), "Yes: the server answers a first message that fits into one packet."},
		{begin().followUp(t, "imap-993/small-hello", silent), "No: no answer at the start of encryption, that way too."},
		{begin().followUp(t, "imap-993/small-segments"), "Yes: in segments of 536 bytes, everything gets through."},
		{begin().followUp(t, "imap-993/small-segments", impossible), "Not answered: this system cannot do it."},
		{begin().followUp(t, "imap-993/old-tls", chose("TLS 1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 512, "")), "It chooses TLS 1.2 with TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, with a Diffie-Hellman group of 512 bits."},
		{begin().followUp(t, "imap-993/old-tls", alert), "None: the server refused the encryption: alert handshake_failure (40)."},
		{begin().followUp(t, "imap-993/clear", inClear(stage.Silent, time.Second, "")), "It waits, as a TLS port does."},
		{begin().followUp(t, "imap-993/clear", inClear(stage.Closed, 20*time.Millisecond, "")), "It closes the connection after 20 ms."},
		{begin().followUp(t, "imap-993/clear", inClear("", 0, `* OK ready\x0d\x0a`)), "It speaks in clear text: * OK ready."},
		{begin().followUp(t, "imap-993/again"), "No: a second try succeeded."},
		{begin().followUp(t, "imap-993/again", silent), "Yes: no answer at the start of encryption."},
		{begin().followUp(t, "imap-993/at-198.51.100.2"), "No: at 198.51.100.2 it succeeds."},
		{newRun().add("imap-143 imap.example.net starttls", fail(stage.Greeting, stage.Silent)).followUp(t, "imap-143/http", pass(stage.Fetch, &stage.FetchFacts{Status: 302, Location: "http://portal.example/"})), "Yes: HTTP status 302, redirecting to http://portal.example/."},
		{newRun().add("imap-143 imap.example.net starttls", fail(stage.Greeting, stage.Silent)).followUp(t, "imap-143/http", fail(stage.Fetch, stage.FetchFailed)), "No, it sends no web page."},
		{newRun().add("imap-143 imap.example.net tls", fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "* OK x"})).followUp(t, "imap-143/starttls"), "Yes, encryption begins with STARTTLS."},
		{newRun().add("smtp-587 smtp.example.net starttls", fail(stage.Upgrade, stage.NotOffered)).followUp(t, "smtp-587/insist"), "Yes: it agrees, and its certificate is valid."},
		{newRun().add("smtp-587 smtp.example.net starttls", fail(stage.Upgrade, stage.NotOffered)).followUp(t, "smtp-587/insist", fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{Insisted: true, Reply: &stage.Reply{Code: 502, Lines: []string{"502 5.5.1 no"}}})), "No, it refuses: 502 5.5.1 no."},
	} {
		last := c.run.rec.Checks[len(c.run.rec.Checks)-1]
		if got := answerOf(t, last); got != c.want {
			t.Errorf("%s: %q, want %q", last.Check.ID, got, c.want)
		}
		if q := asks(last.Check); !strings.HasSuffix(q, "?") || !strings.Contains(q, "port ") {
			t.Errorf("%s: the question is %q", last.Check.ID, q)
		}
	}
}
