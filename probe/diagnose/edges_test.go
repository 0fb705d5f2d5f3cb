package diagnose_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// second adds another account, of another provider, and a check of it.
func (r *run) second(spec stage.Endpoint, steps ...step) *run {
	r.rec.Header.Plan.Subjects = append(r.rec.Header.Plan.Subjects, stage.Subject{Domain: "example.org", User: "joe@example.org"})
	return r.check(stage.Check{ID: "second", Kind: stage.KindEndpoint, Subject: 1, Endpoint: spec}, steps...)
}

func TestWhatAnotherAccountTellsNothing(t *testing.T) {
	smtp := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.org", Port: 465, Security: stage.TLS}
	pop := stage.Endpoint{Protocol: stage.POP3, Host: "pop.example.org", Port: 995, Security: stage.TLS}
	checkCases(t, []ruleCase{
		{"another account's SMTP takes its password", newRun().add(imap, refusedWith("PLAIN", authFailed)).second(smtp), cause.WrongPassword, sure{cause.WrongPassword: likely}, []cause.ID{cause.SMTPAndIMAPCredentialsDiffer}},
		{"another account's POP works", newRun().note(stage.NoteIMAPUnsupported, "No.").add(imap, timeout(), optional).second(pop), "", nil, []cause.ID{cause.ProtocolNotProvided}},
	})
}

func TestEdgesOfRules(t *testing.T) {
	byNote := func(k *stage.CheckRecord) { k.Check.Optional, k.Check.Note = true, stage.NoteIMAPUnsupported }
	blocked := fail(stage.Resolve, stage.NameNotFound, &stage.ResolveFacts{Lookups: []stage.Lookup{
		{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupNXDomain, Extended: "17 Filtered: list"},
	}})
	rooted := certFacts(false, stage.CertUnknownAuthority, stage.CertMissingLink)
	rooted.Chain = append(rooted.Chain, stage.Certificate{Subject: "CN=Home Root", SelfSigned: true})
	unrelated := pass(stage.Fetch, &stage.FetchFacts{Found: new(leaf()), Completes: true})
	quota := func(n int64) step { return pass(stage.Mailbox, &stage.MailboxFacts{QuotaLimit: &n}) }
	said := &stage.GreetingFacts{ServerDate: now.Add(5 * time.Minute).Format(time.RFC3339)}
	first := fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "220 x"})
	ftp := fail(stage.Greeting, stage.WrongProtocol, &stage.GreetingFacts{FirstBytes: "220 FTP server ready"})
	checkCases(t, []ruleCase{
		{"the check's own note", newRun().add(imap, timeout(), byNote).add("pop3-995 pop.example.net tls"), cause.ProtocolNotProvided, nil, nil},
		{"noted, and required all the same", newRun().note(stage.NoteIMAPUnsupported, "No.").add(imap, timeout()).add("pop3-995 pop.example.net tls"), "", nil, []cause.ID{cause.ProtocolNotProvided}},
		{"a resolver that admits to filtering", newRun().add(imap, blocked), "", sure{cause.HostnameTypoNXDomain: possible}, nil},
		{"a root was sent", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, rooted)), "", nil, []cause.ID{cause.CertMissingIntermediate}},
		{"the fetched certificate issued nothing", newRun().add(imap, certificate(stage.CertUnknownAuthority)).followUp(t, "imap-993/issuer", unrelated), "", nil, []cause.ID{cause.CertMissingIntermediate}},
		{"PLAIN went silent", newRun().add(imap, refusedWith("SCRAM-SHA-256", authFailed)).followUp(t, "imap-993/plain", fail(stage.Login, stage.Silent)), "", sure{cause.WrongPassword: possible, cause.SASLDialectIncompatible: possible}, nil},
		{"a tenth less", newRun().add(imap, quota(640_000_000)), "", sure{cause.LimitDiffersFromProfile: proven}, nil},
		{"a gigabyte of ten to the ninth", newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].Profile.MailboxBytes = 1 << 30 }).add(imap, quota(976562<<10)), "", nil, []cause.ID{cause.LimitDiffersFromProfile}},
		{"five per cent more", newRun().add(imap, quota(734_003_200)), "", nil, []cause.ID{cause.LimitDiffersFromProfile}},
		{"a clock off by minutes", newRun().add(imap, certificate(stage.CertExpired)).add("smtp-587 smtp.example.net starttls", pass(stage.Greeting, said)), cause.CertExpired, sure{cause.ClientClockWrong: possible}, nil},
		{"a greeting again, after STARTTLS", newRun().add("smtp-587 smtp.example.net starttls", first), cause.StartTLSAcceptedThenDropped, nil, []cause.ID{cause.TLSSpokenToPlaintextPort}},
		{"FTP begins like SMTP", newRun().add("smtp-587 smtp.example.net starttls", ftp), cause.WrongProtocolOnPort, sure{cause.WrongProtocolOnPort: proven}, nil},
		{"a server that alerts with its key", newRun().add("smtp-587 smtp.example.net starttls", fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "internal_error (80)"})), "", sure{cause.StartTLSBrokenOnServer: possible}, nil},
		{"all silent but port 25 noted, one refused", newRun().note(stage.NotePort25Filtered, "Yes.").add("smtp-25 smtp.example.net starttls", dialled(stage.Refused, stage.DialRefused)), cause.ISPPort25Filtered, sure{cause.ISPPort25Filtered: likely}, nil},
	})
}

func TestAWarningBesideAFailureStaysOne(t *testing.T) {
	f := certFacts(false, stage.CertNameMismatch)
	f.Faults = append(f.Faults, stage.CertFault{ID: stage.CertExpiredExtra, Warning: true})
	d := newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, f)).diagnose(t)
	if x := find(d, cause.CertExpiredRootInChain); x == nil || x.Severity != cause.Warn {
		t.Errorf("an expired extra is %+v, want a warning", x)
	}
}

func TestEarlierStagesAndThePlanDecideTies(t *testing.T) {
	d := newRun().
		add("pop3-995 pop.example.net tls", refusedWith("PLAIN", authFailed)).
		add("smtp-25 smtp.example.net starttls", timeout()).
		add(imap, fail(stage.Handshake, stage.HandshakeReset)).diagnose(t)
	if want := cause.ISPPort25Filtered; d.Leading().Cause != want {
		t.Errorf("leading is %s, want %s: a connection comes before a login", d.Leading().Cause, want)
	}
	d = newRun().add(imap, certificate(stage.CertNameMismatch)).add(smtp465, certificate(stage.CertExpired)).diagnose(t)
	if want := cause.CertNameMismatchHosting; d.Leading().Cause != want {
		t.Errorf("leading is %s, want %s: it comes first in the plan", d.Leading().Cause, want)
	}
}

func TestPlainIsAskedForOnlyUnderTLSAndWhereOffered(t *testing.T) {
	for name, change := range map[string]func(*stage.LoginFacts){
		"in clear":    func(f *stage.LoginFacts) { f.Encrypted = false },
		"not offered": func(f *stage.LoginFacts) { f.Offered = []string{"SCRAM-SHA-256"} },
	} {
		r := newRun().add(imap, refusedWith("SCRAM-SHA-256", authFailed), pass(stage.Capabilities, &stage.CapabilityFacts{}))
		change(stage.FactsOf[*stage.LoginFacts](&r.rec.Checks[0]))
		if q := r.diagnose(t).Questions; q != nil {
			t.Errorf("%s: asked %+v", name, q)
		}
	}
}

func TestPossibleIsSaidAsSuch(t *testing.T) {
	p, _ := cause.PageOf(cause.ImplicitTLSPortSpokenPlain)
	r := newRun().add("imap-143 imap.example.net none", fail(stage.Greeting, stage.Silent))
	maybe := p.Sentence(prose.English(), find(r.diagnose(t), p.ID).Args)
	r.followUp(t, "imap-143/tls")
	sure := p.Sentence(prose.English(), find(r.diagnose(t), p.ID).Args)
	want := []string{
		"The settings for port 143 of imap.example.net begin without encryption. The server stays silent, and may be waiting for encryption from the start.",
		"The settings for port 143 of imap.example.net begin without encryption, but the server waits for encryption from the start.",
	}
	if diff := cmp.Diff(want, []string{maybe, sure}); diff != "" {
		t.Error(diff)
	}
}

func TestSuppressedFindingsLeaveNothingOpen(t *testing.T) {
	d := offlineRun(stage.DNSTimeout).diagnose(t)
	d.Findings = slices.DeleteFunc(d.Findings, func(f diagnose.Finding) bool { return f.SuppressedBy == "" })
	for i := range d.Findings {
		d.Findings[i].Confidence = possible
	}
	if n := diagnose.NotKnown(prose.English(), d); len(d.Findings) == 0 || n != nil {
		t.Errorf("suppressed findings leave %q open", n)
	}
}

func TestServerTextIsMadeVisible(t *testing.T) {
	r := newRun().add("imap-143 imap.example.net tls", fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "* OK \x1b[2J"}))
	r.rec.Checks[0].Check.Endpoint.Host = "imap\x1b.example.net"
	for _, f := range r.diagnose(t).Findings {
		for name, v := range f.Args {
			if v := prose.English().Text(v); v != stage.Visible(v) {
				t.Errorf("%s: %s is %q", f.Cause, name, v)
			}
		}
		for _, e := range f.Evidence {
			if e.Text(prose.English()) != stage.Visible(e.Text(prose.English())) {
				t.Errorf("%s: evidence %q", f.Cause, e.Text(prose.English()))
			}
		}
	}
}
