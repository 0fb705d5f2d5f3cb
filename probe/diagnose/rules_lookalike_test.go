package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// endedAfter fails the greeting: the peer ends a silent connection after this time.
func endedAfter(d time.Duration, f stage.Fault) step {
	return func(c *stage.CheckRecord) {
		fail(stage.Greeting, f, &stage.GreetingFacts{})(c)
		c.Result(stage.Greeting).Time = stage.Ms(d)
	}
}

// TestSilenceUnderTLS: a web server waits for the client, also under TLS. So does a
// mail server that hangs.
func TestSilenceUnderTLS(t *testing.T) {
	const wrong, silent, cut, portal = cause.WrongProtocolOnPort, cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept, cause.CaptivePortal
	page := pass(stage.Fetch, &stage.FetchFacts{URL: "https://imap.example.net:993/", Status: 404})
	none := fail(stage.Fetch, stage.FetchFailed, &stage.FetchFacts{})
	mute := func() *run { return newRun().add(imap, endedAfter(30*time.Second, stage.Silent)) }
	ended := func(d time.Duration) *run { return newRun().add(imap, endedAfter(d, stage.Closed)) }
	checkCases(t, []ruleCase{
		{"a web server", mute().followUp(t, "imap-993/http", page), wrong, sure{wrong: proven}, []cause.ID{portal}},
		{"none", mute().followUp(t, "imap-993/http", none), silent, sure{silent: likely}, []cause.ID{wrong}},
		{"a web server that waits for a while", ended(20*time.Second).followUp(t, "imap-993/http", page), wrong, sure{wrong: proven}, nil},
		{"ended after a while", ended(20*time.Second).followUp(t, "imap-993/http", none), cut, sure{cut: likely}, []cause.ID{wrong}},
		{"ended at once", ended(time.Second), cut, sure{cut: proven}, []cause.ID{wrong}},
	})
	for _, q := range ended(time.Second).diagnose(t).Questions {
		if q.Check.Question == stage.AskHTTP {
			t.Error("a port that hangs up at once is asked for a web page")
		}
	}
	p, _ := cause.PageOf(cut)
	for d, want := range map[time.Duration]string{20 * time.Second: "say nothing for 20 s", time.Second: "before saying a word"} {
		got := p.Sentence(prose.English(), find(ended(d).diagnose(t), cut).Args)
		if got = strings.ReplaceAll(got, "says", "say"); !strings.Contains(got, want) {
			t.Errorf("after %s: %q", d, got)
		}
	}
}

// TestForgedBehindTheGreeting: something answers for an unassigned address. With a
// certificate made for the requested name, it intercepts the encryption.
func TestForgedBehindTheGreeting(t *testing.T) {
	const proxy, gateway, private = cause.TransparentSMTPProxy, cause.CorporateTLSInspection, cause.CertPrivateCA
	greeting := func(line string) step {
		return pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Code: 220, Lines: []string{line}}})
	}
	shown := func(issuer string, ids ...stage.CertFaultID) step {
		f := certFacts(false, ids...)
		f.Chain[0].Issuer, f.Chain[0].Issuers = "CN="+issuer, nil
		return fail(stage.Handshake, stage.BadCertificate, f)
	}
	of := func(theirs string, certificate step) *run {
		return newRun().controlled().add(smtp587, greeting("220 mail.example.net ESMTP"), certificate).
			asked(t, map[string]step{"": timeout(), "nobody": greeting(theirs)})
	}
	const same = "220 mail.example.net ESMTP"
	checkCases(t, []ruleCase{
		{"a gateway", of(same, shown("FortiGate CA", stage.CertUnknownAuthority)), gateway, sure{gateway: proven}, []cause.ID{proxy, private}},
		{"no name that is known", of(same, shown("Mallory", stage.CertUnknownAuthority)), cause.MITMUnknownIssuer, sure{cause.MITMUnknownIssuer: proven}, []cause.ID{proxy, private}},
		{"other words", of("220 box ESMTP", shown("FortiGate CA", stage.CertUnknownAuthority)), gateway, sure{gateway: likely}, []cause.ID{proxy}},
		{"its own name", of(same, shown("FortiGate CA", stage.CertUnknownAuthority, stage.CertNameMismatch)), proxy, sure{proxy: proven}, nil},
	})
}

// TestNoise: meaningless bytes in answer to TLS are not another protocol if an
// unassigned address sends such bytes as well.
func TestNoise(t *testing.T) {
	const broken, wrong = cause.AntivirusConnectionProxyBroken, cause.WrongProtocolOnPort
	answers := func(first string) step {
		return fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: first})
	}
	of := func(first, theirs string) *run {
		return newRun().controlled().add(imap, answers(first)).asked(t, map[string]step{"": timeout(), "nobody": answers(theirs)})
	}
	checkCases(t, []ruleCase{
		{"twice", of(`\xc4n\xed`, `\xa7\xf7Z`), broken, sure{broken: proven}, nil},
		{"from the server alone", newRun().controlled().add(imap, answers(`\xc4n\xed`)).asked(t, map[string]step{"": timeout()}), wrong, sure{wrong: possible}, []cause.ID{broken}},
		{"words for nobody", of(`\xc4n\xed`, "hello"), wrong, nil, []cause.ID{broken}},
	})
	for _, q := range newRun().controlled().add(imap, answers("SSH-2.0")).diagnose(t).Questions {
		if q.Check.Question == stage.AskNobody {
			t.Error("nobody is asked about a protocol that is known")
		}
	}
}

// TestWhoseCertificateRanOut: an intermediate has to be renewed, a root is left out.
func TestWhoseCertificateRanOut(t *testing.T) {
	const expired, above = cause.CertExpired, cause.CertExpiredRootInChain
	of := func(subject, issuer string, depth int, ids ...stage.CertFaultID) *run {
		f := certFacts(false)
		for len(f.Chain) < depth {
			f.Chain = append(f.Chain, stage.Certificate{Subject: "CN=Between", Issuer: "CN=" + subject})
		}
		f.Chain = append(f.Chain, stage.Certificate{Subject: "CN=" + subject, Issuer: "CN=" + issuer, SelfSigned: subject == issuer, NotAfter: now.AddDate(0, 0, -4)})
		for _, id := range ids {
			f.Faults = append(f.Faults, stage.CertFault{ID: id, Depth: depth, Warning: id == stage.CertExpiredExtra})
		}
		if ids[0] == stage.CertExpiredExtra {
			f.Verified = true
			return newRun().add(imap, warn(stage.Handshake, "", f))
		}
		return newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, f))
	}
	checkCases(t, []ruleCase{
		{"the one that issued", of("Server CA 3", "Trade Root", 1, stage.CertIssuerExpired), expired, sure{expired: proven}, []cause.ID{above}},
		{"a root", of("Trade Root", "Trade Root", 1, stage.CertIssuerExpired), above, sure{above: proven}, []cause.ID{expired}},
		{"a root that another one vouches for", of("Newer Root", "Trade Root", 1, stage.CertIssuerExpired), above, sure{above: proven}, []cause.ID{expired}},
		{"further up", of("Newer Trust", "Older Trust", 2, stage.CertIssuerExpired), above, sure{above: proven}, []cause.ID{expired}},
		{"not needed", of("Older Trust", "Older Trust", 2, stage.CertExpiredExtra), above, sure{above: proven}, []cause.ID{expired}},
	})
	p, _ := cause.PageOf(above)
	for want, r := range map[string]*run{
		"No other chain": of("Trade Root", "Trade Root", 1, stage.CertIssuerExpired), "found another chain": of("Older Trust", "Older Trust", 2, stage.CertExpiredExtra),
	} {
		if got := p.Sentence(prose.English(), find(r.diagnose(t), above).Args); !strings.Contains(got, want) {
			t.Errorf("want %q: %q", want, got)
		}
	}
}

// TestStartTLSOfStrangers: a large provider is known to offer STARTTLS. If it seems
// not to, something in between removes it.
func TestStartTLSOfStrangers(t *testing.T) {
	const stripped, missing = cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer
	lacks := fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{})
	refuses := fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{Insisted: true, Reply: &stage.Reply{Code: 502, Lines: []string{"502 5.5.1 no"}}})
	of := func(theirs step) *run {
		hosts := func(r *stage.Record) {
			r.Header.Options.Controls.Hosts = []string{"imap.large.example", "smtp.large.example"}
		}
		return newRun().with(hosts).add(smtp587, lacks).followUp(t, "smtp-587/insist", refuses).followUp(t, "smtp-587/stranger-starttls", theirs)
	}
	checkCases(t, []ruleCase{
		{"missing there as well", of(lacks), stripped, sure{stripped: likely, missing: possible}, nil},
		{"offered there", of(pass(stage.Upgrade, &stage.StartTLSFacts{Offered: true, Accepted: true})), missing, sure{stripped: possible, missing: likely}, nil},
		{"nobody answers there", of(timeout()), missing, sure{stripped: possible, missing: likely}, nil},
	})
	for _, q := range newRun().add(smtp587, lacks).diagnose(t).Questions {
		if q.Check.Question == stage.AskStrangerStartTLS {
			t.Error("a stranger is asked where none may be")
		}
	}
}

// TestWhatRepliesCannotMean: earlier stages rule out some meanings of a reply.
func TestWhatRepliesCannotMean(t *testing.T) {
	const auth, backend, broken, missing = cause.AuthBackendTemporaryFailure, cause.MailboxBackendUnavailable, cause.StartTLSBrokenOnServer, cause.StartTLSNotOfferedByServer
	internal := imapNo("SERVERBUG", "[SERVERBUG] Internal error occurred. Refer to server log for more information.")
	off := stage.Reply{Status: "-ERR", ResponseCode: "AUTH", Lines: []string{"-ERR [AUTH] Plaintext authentication disabled"}}
	insecure := stage.Reply{Status: "-ERR", Lines: []string{"-ERR Plaintext authentication disallowed on non-secure (SSL/TLS) connections."}}
	unknown := stage.Reply{Code: 502, Enhanced: "5.5.2", Command: "STARTTLS", Lines: []string{"502 5.5.2 Error: command not recognized"}}
	bye := stage.Reply{Status: "BAD", Command: "LOGIN", Lines: []string{"a BAD Goodbye"}}
	at := func(s stage.Stage, f stage.Fault, facts stage.Facts) *run {
		return newRun().add(imap, fail(s, f, facts))
	}
	pop := "pop3-995 pop.example.net tls"
	checkCases(t, []ruleCase{
		{"the login was checked", at(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: &internal}), backend, nil, []cause.ID{auth}},
		{"passwords are off under TLS", newRun().add(pop, refusedWith("USER/PASS", off)), cause.AuthMechNotOffered, sure{cause.AuthMechNotOffered: possible}, []cause.ID{broken}},
		{"TLS is taken for clear text", newRun().add(pop, refusedWith("USER/PASS", insecure)), broken, sure{broken: possible}, nil},
		{"offered, and unknown", newRun().add(smtp587, fail(stage.Upgrade, stage.Rejected, &stage.StartTLSFacts{Offered: true, Reply: &unknown})), broken, sure{broken: likely}, []cause.ID{missing}},
		{"had enough", at(stage.Login, stage.Rejected, &stage.LoginFacts{Mechanism: "IMAP LOGIN", Reply: &bye, Encrypted: true}), "", sure{cause.RateLimitedLogin: possible}, []cause.ID{cause.PasswordEncodingOrWhitespace, cause.SASLDialectIncompatible}},
		{"a certificate is wanted", newRun().add(imap, refusedWith("PLAIN", imapNo("ALERT", "[ALERT] Client didn't present valid SSL certificate"))), cause.TLSClientCertRequired, sure{cause.TLSClientCertRequired: proven}, []cause.ID{cause.WrongUsernameFormat}},
		{"no name, for now", newRun().add(smtp587, fail(stage.Greeting, stage.TemporarilyOut, &stage.GreetingFacts{Reply: stage.Reply{Code: 450, Lines: []string{"450 4.7.1 Client host rejected: cannot find your hostname"}}})), cause.GreetingRefusedByPolicy, nil, []cause.ID{cause.ServerBusyGreeting}},
		{"busy, under a code of policy", newRun().add(smtp587, fail(stage.Greeting, stage.TemporarilyOut, &stage.GreetingFacts{Reply: stage.Reply{Code: 421, Lines: []string{"421 4.7.0 Too many connections"}}})), cause.ServerBusyGreeting, nil, []cause.ID{cause.GreetingRefusedByPolicy}},
	})
}

// TestLoginKeptBack: the settings use no encryption, so the login isn't tried. If it
// would not have been accepted either, the report says that.
func TestLoginKeptBack(t *testing.T) {
	const first, clear = cause.MustIssueStartTLSFirst, cause.PasswordInClear
	keptBack := skip(stage.Login, stage.CleartextNotAllowed)
	caps := func(f stage.CapabilityFacts) step { return pass(stage.Capabilities, &f) }
	checkCases(t, []ruleCase{
		{"IMAP says so", newRun().add("imap-143 imap.example.net none", caps(stage.CapabilityFacts{LoginDisabled: true, StartTLS: true}), keptBack), first, sure{first: proven}, []cause.ID{clear}},
		{"no AUTH", newRun().add("smtp-587 smtp.example.net none", caps(stage.CapabilityFacts{StartTLS: true}), keptBack), "", sure{first: likely}, nil},
		{"AUTH as well", newRun().add("smtp-587 smtp.example.net none", caps(stage.CapabilityFacts{StartTLS: true, Mechanisms: []string{"PLAIN"}}), keptBack), clear, nil, []cause.ID{first}},
		{"login in clear", newRun().add("imap-143 imap.example.net none", caps(stage.CapabilityFacts{StartTLS: true, Mechanisms: []string{"PLAIN"}}), keptBack), clear, nil, []cause.ID{first}},
	})
	if f := find(newRun().add("imap-143 imap.example.net none", caps(stage.CapabilityFacts{LoginDisabled: true}), keptBack).diagnose(t), first); f == nil || f.Severity != cause.Warn {
		t.Errorf("a login that was kept back is a failure: %+v", f)
	}
}
