package diagnose_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

func TestNothingWrongFindsNothing(t *testing.T) {
	d := newRun().add(imap).add("pop3-995 pop.example.net tls").add("smtp-587 smtp.example.net starttls").diagnose(t)
	if len(d.Findings) != 0 || len(d.Questions) != 0 || d.Leading() != nil {
		t.Errorf("a healthy run comes to %+v", d)
	}
}

func TestOneCauseIsOneFinding(t *testing.T) {
	d := newRun().
		add("pop3-995 pop.example.net tls", refusedWith("PLAIN", stage.Reply{Status: "-ERR", ResponseCode: "AUTH", Lines: []string{"-ERR [AUTH] no"}})).
		add(imap, refusedWith("PLAIN", authFailed), optional).
		add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))).
		diagnose(t)
	f := d.Leading()
	if f == nil || f.Cause != cause.WrongPassword {
		t.Fatalf("leading is %+v", f)
	}
	if want := []string{"pop3-995", "imap-993", "smtp-465"}; !slices.Equal(f.Checks, want) {
		t.Errorf("checks %v, want %v", f.Checks, want)
	}
	if len(f.Evidence) != 3 || !strings.Contains(f.Evidence[1].Text(prose.English()), "AUTHENTICATIONFAILED") {
		t.Errorf("evidence %+v", f.Evidence)
	}
	p, _ := cause.PageOf(f.Cause)
	want := "Example's servers refuse this user name and password. The network, server names and encryption are in order."
	if got := p.Sentence(prose.English(), f.Args); got != want {
		t.Errorf("sentence %q, want %q", got, want)
	}
	if n := strings.Count(fmt.Sprint(d.Findings), "{wrong-password"); n != 1 {
		t.Errorf("%d findings of one cause", n)
	}
}

func TestWhatIsProvenForOneIsNotProvenForAnother(t *testing.T) {
	other := certFacts(false, stage.CertUnknownAuthority)
	other.Chain[0].Issuers = []string{"http://ca.example/r2.der"}
	r := newRun().add(imap, certificate(stage.CertUnknownAuthority)).add(smtp465, fail(stage.Handshake, stage.BadCertificate, other))
	r.followUp(t, "imap-993/issuer", pass(stage.Fetch, &stage.FetchFacts{Found: new(leaf()), Issued: true, Completes: true}))
	got := map[cause.Confidence][]string{}
	for _, f := range r.diagnose(t).Findings {
		if f.Cause == cause.CertMissingIntermediate {
			got[f.Confidence] = f.Checks
		}
	}
	want := map[cause.Confidence][]string{proven: {"imap-993"}, possible: {"smtp-465"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOfflineIsOneLeadingFinding(t *testing.T) {
	d := newRun().with(func(r *stage.Record) { r.Header.System.LinkUp = false }).
		add(imap, looked(stage.DNSUnreached)).
		add("smtp-587 smtp.example.net starttls", looked(stage.DNSTimeout, "A timeout 192.0.2.53:53")).
		add("pop3-995 198.51.100.9 tls", unreached()).diagnose(t)
	if len(d.Findings) < 2 || d.Findings[0].Cause != cause.NoNetworkRoute || len(d.Findings[0].Checks) != 3 {
		t.Fatalf("findings %+v", d.Findings)
	}
	for _, f := range d.Findings[1:] {
		if f.SuppressedBy != cause.NoNetworkRoute {
			t.Errorf("%s stands beside it, suppressed by %q", f.Cause, f.SuppressedBy)
		}
	}
}

func TestUnsupportedIMAPExplainsItsFailure(t *testing.T) {
	d := newRun().note(stage.NoteIMAPUnsupported, "No IMAP.").
		add("pop3-995 pop.example.net tls").
		add(imap, dialled(stage.Refused, stage.DialRefused), optional).
		add("smtp-465 smtp.example.net tls", dialled(stage.Refused, stage.DialRefused)).diagnose(t)
	var by []string
	for _, f := range d.Findings {
		by = append(by, fmt.Sprintf("%s %s by %q %v", f.Severity, f.Cause, f.SuppressedBy, f.Checks))
	}
	want := []string{
		`fail service-not-listening by "" [smtp-465]`,
		`warn protocol-not-provided by "" [imap-993]`,
		`warn service-not-listening by "protocol-not-provided" [imap-993]`,
	}
	if diff := cmp.Diff(want, by); diff != "" {
		t.Error(diff)
	}
}

func TestRequiredBeforeOptionalAndSurerFirst(t *testing.T) {
	d := newRun().
		add(imap, certificate(stage.CertExpired), optional).
		add("smtp-587 smtp.example.net starttls", fail(stage.Upgrade, stage.NotOffered)).
		add("smtp-465 smtp.example.net tls", certificate(stage.CertWeakKey)).diagnose(t)
	var order []cause.ID
	for _, f := range d.Findings {
		order = append(order, f.Cause)
	}
	want := []cause.ID{
		cause.CertWeakOrLegacyFormat, cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer,
		cause.CertExpired, cause.ClientClockWrong,
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
}

// faulty returns a run with much that is wrong.
func faulty() *run {
	return newRun().builtin().note(stage.NoteSeparateAccountLogin, "It is another login.").
		add("pop3-995 pop.example.net tls", refusedWith("PLAIN", authFailed)).
		add("imap-993 imap.example.net tls", certificate(stage.CertExpired, stage.CertNameMismatch, stage.CertUnknownAuthority), optional).
		add("imap-143 imap.example.net starttls", fail(stage.Greeting, stage.Silent)).
		add("smtp-587 smtp.example.net starttls", refusedWith("SCRAM-SHA-256", smtpReply(535, "5.7.8", "535 5.7.8 no"))).
		add("smtp-465 smtp.example.net tls", timeout()).
		add("smtp-25 smtp.example.net starttls-if-offered", warn(stage.Upgrade, stage.NotOffered), skip(stage.Handshake, stage.NotApplicable), skip(stage.Login, stage.CleartextNotAllowed))
}

func TestSameDiagnosisHoweverEventsCame(t *testing.T) {
	want := faulty().diagnose(t)
	b, err := json.Marshal(faulty().rec)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		var rec stage.Record
		if err := json.Unmarshal(b, &rec); err != nil {
			t.Fatal(err)
		}
		s := &stage.Stream{Header: rec.Header, End: &rec.End}
		for _, c := range rec.Checks {
			for i, r := range c.Results {
				s.Events = append(s.Events, stage.Event{Type: stage.EventResult, Check: c.Check.ID, Seq: i, Result: &r})
			}
			s.Events = append(s.Events, stage.Event{Type: stage.EventDone, Check: c.Check.ID, Seq: 99})
		}
		rand.Shuffle(len(s.Events), func(i, j int) { s.Events[i], s.Events[j] = s.Events[j], s.Events[i] })
		if diff := cmp.Diff(want, diagnose.Diagnose(stage.Fold(s))); diff != "" {
			t.Fatal(diff)
		}
	}
}

// produced are the faults with which each stage can end.
func produced() map[stage.Stage][]stage.Fault {
	dialogue := []stage.Fault{
		stage.Silent, stage.Stalled, stage.Closed, stage.Reset, stage.WrongProtocol, stage.Malformed, stage.TooLong, stage.Rejected,
		stage.TemporarilyOut, stage.Bye, stage.WriteFailed, stage.InternalProblem,
	}
	return map[stage.Stage][]stage.Fault{
		stage.Resolve: {
			stage.NameNotFound, stage.NoAddress, stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSLoop, stage.DNSUnreached,
			stage.LookupFailed, stage.BadAddress, stage.AddressFamily, stage.InternalProblem,
		},
		stage.Connect: {
			stage.Refused, stage.ConnectTimeout, stage.NetworkUnreachable, stage.HostUnreachable, stage.Prohibited, stage.ConnectFailed, stage.InternalProblem,
		},
		stage.Handshake: {
			stage.PlaintextAnswer, stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset, stage.TLSAlert, stage.TLSVersion,
			stage.TLSProtocol, stage.ClientCertAsked, stage.BadCertificate, stage.WriteFailed, stage.TooLong, stage.InternalProblem,
		},
		stage.Greeting:     append(dialogue, stage.PreAuth),
		stage.Upgrade:      append(dialogue, stage.NotOffered, stage.PreAuth, stage.EarlyData),
		stage.Capabilities: append(dialogue, stage.Unparsed),
		stage.Login:        append(dialogue, stage.NoMechanism, stage.ServerProof, stage.TooManyRounds, stage.BadCredential, stage.Unparsed),
		stage.Mailbox:      append(dialogue, stage.Unparsed),
		stage.Submit:       append(dialogue, stage.Unparsed),
	}
}

func TestNeverSilence(t *testing.T) {
	for _, spec := range []string{imap, "imap-143 imap.example.net starttls", "pop3-110 pop.example.net none", smtp465, "smtp-587 smtp.example.net starttls"} {
		for s, faults := range produced() {
			for _, f := range append(faults, "a-fault-of-later-days") {
				for _, bare := range []bool{false, true} {
					step := fail(s, f)
					if bare {
						step = fail(s, f, nil)
					}
					r := newRun().builtin().add(spec, step)
					if r.rec.Checks[0].Failed() == nil {
						continue // this endpoint has no such stage
					}
					if d := r.diagnose(t); d.Leading() == nil || d.Leading().Severity != cause.Fail {
						t.Errorf("%s: %s failed with %s, and the diagnosis is %+v", spec, s, f, d.Findings)
					}
				}
			}
		}
	}
	odd := newRun().add(imap)
	odd.rec.Checks[0].Results = append(odd.rec.Checks[0].Results, stage.Result{Stage: "dance", Status: stage.Fail, Fault: "fell"})
	if d := odd.diagnose(t); d.Leading() == nil {
		t.Error("a stage of later days failed in silence")
	}
}

func TestInterruptedIsNoCause(t *testing.T) {
	d := newRun().add(imap, skip(stage.Connect, stage.Interrupted), skip(stage.Login, stage.OutOfTime)).diagnose(t)
	if len(d.Findings) != 0 {
		t.Errorf("an interrupted run comes to %+v", d.Findings)
	}
}

func TestQuestions(t *testing.T) {
	scram := refusedWith("SCRAM-SHA-256", authFailed)
	clear := refusedWith("SCRAM-SHA-256", authFailed)
	for _, c := range []struct {
		name string
		run  *run
		want []string
	}{
		{"silent in clear", newRun().add("imap-143 imap.example.net none", fail(stage.Greeting, stage.Silent)), []string{"imap-143/tls endpoint tls 143 [imap-143] 1"}},
		{"silent under TLS", newRun().add(imap, fail(stage.Greeting, stage.Silent)), nil},
		{"unknown authority, twice the same", newRun().add(imap, certificate(stage.CertUnknownAuthority)).add(smtp465, certificate(stage.CertUnknownAuthority)), []string{"imap-993/issuer fetch http://ca.example/r1.der 0 [imap-993 smtp-465] 1"}},
		{"unknown authority, private", newRun().with(func(r *stage.Record) { r.Header.Options.Private = true }).add(imap, certificate(stage.CertUnknownAuthority)), nil},
		{"expired alone", newRun().add(imap, certificate(stage.CertExpired)), nil},
		{"SCRAM refused, twice", newRun().add(imap, scram).add(smtp465, clear), []string{"imap-993/plain login PLAIN 993 [imap-993] 1"}},
		{"SCRAM forced", newRun().with(func(r *stage.Record) { r.Header.Options.Mechanism = "SCRAM-SHA-256" }).add(imap, scram), nil},
		{"PLAIN refused", newRun().add(imap, refusedWith("PLAIN", authFailed)), nil},
		{"no follow-ups: still open", newRun().with(func(r *stage.Record) { r.Header.Options.FollowUps = false }).add(imap, scram), []string{"imap-993/plain login PLAIN 993 [imap-993] 1"}},
		{"answered", newRun().add(imap, scram).add(smtp465, clear).followUp(t, "imap-993/plain", refusedWith("PLAIN", authFailed)), nil},
	} {
		var got []string
		for _, q := range c.run.diagnose(t).Questions {
			k := q.Check
			if !slices.Contains([]stage.QuestionID{stage.AskPortSpeaksTLS, stage.AskIssuer, stage.AskPlainLogin}, k.Question) {
				continue // each topic has a test of its own
			}
			what := k.Manner.Mechanism + k.URL
			if k.URL == "" && k.Kind != stage.KindLogin {
				what = string(k.Endpoint.Security)
			}
			got = append(got, fmt.Sprintf("%s %s %s %d %v %d", k.ID, k.Kind, what, k.Endpoint.Port, k.Parents, k.Round))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestAnswers(t *testing.T) {
	issuer := func() *run { return newRun().add(imap, certificate(stage.CertUnknownAuthority)) }
	fetched := func(issued, completes bool) step {
		return pass(stage.Fetch, &stage.FetchFacts{URL: "http://ca.example/r1.der", Found: new(leaf()), Issued: issued, Completes: completes})
	}
	silent := func() *run {
		return newRun().add("imap-143 imap.example.net starttls", fail(stage.Greeting, stage.Silent))
	}
	scram := func() *run { return newRun().add(imap, refusedWith("SCRAM-SHA-256", authFailed)) }
	for _, c := range []struct {
		run  *run
		want string
	}{
		{silent().followUp(t, "imap-143/tls"), "Yes, it answers when TLS begins at once."},
		{silent().followUp(t, "imap-143/tls", fail(stage.Handshake, stage.HandshakeTimeout)), "No, it does not answer TLS either."},
		{silent().followUp(t, "imap-143/tls", fail(stage.Connect, stage.Refused, nil)), "Not answered: connection refused."},
		{issuer().followUp(t, "imap-993/issuer", fetched(true, true)), "Yes, the one at http://ca.example/r1.der: it completes the chain."},
		{issuer().followUp(t, "imap-993/issuer", fetched(true, false)), "No: the certificate at http://ca.example/r1.der is the issuer's, but leads to no trusted root either."},
		{issuer().followUp(t, "imap-993/issuer", fetched(false, false)), "No: the certificate at http://ca.example/r1.der is not the issuer's."},
		{issuer().followUp(t, "imap-993/issuer", fail(stage.Fetch, stage.FetchFailed, &stage.FetchFacts{URL: "http://ca.example/r1.der", Status: 404, Error: "404"})), "Not answered: no certificate came from http://ca.example/r1.der (HTTP 404)."},
		{issuer().followUp(t, "imap-993/issuer", fail(stage.Fetch, stage.FetchFailed, &stage.FetchFacts{URL: "http://ca.example/r1.der", Error: "dial tcp: i/o timeout"})), "Not answered: nothing came from http://ca.example/r1.der."},
		{silent().followUp(t, "imap-143/tls", fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: `HTTP/1.1 400 Bad Request\x0d\x0aServer: x`})), "No, it answers in clear text: HTTP/1.1 400 Bad Request."},
		{scram().followUp(t, "imap-993/plain"), "Yes: PLAIN was accepted, so the password is right."},
		{scram().followUp(t, "imap-993/plain", refusedWith("PLAIN", authFailed)), "No: PLAIN was refused as well."},
		{scram().followUp(t, "imap-993/plain", skip(stage.Login, stage.LoginBudget)), "Not answered: one more refused login might lock the account."},
		{silent().followUp(t, "imap-143/tls", func(k *stage.CheckRecord) {
			for i := range k.Results {
				k.Results[i] = stage.Result{Stage: k.Results[i].Stage, Status: stage.Skip, Reason: stage.OutOfTime}
			}
		}), "Not answered: the run's time was up."},
	} {
		last := c.run.rec.Checks[len(c.run.rec.Checks)-1]
		if got := answerOf(t, last); got != c.want {
			t.Errorf("%s: %q, want %q", last.Check.ID, got, c.want)
		}
		if q := asks(last.Check); !strings.HasSuffix(q, "?") {
			t.Errorf("%s: the question is %q", last.Check.ID, q)
		}
	}
	c := newRun().add(imap).rec.Checks[0]
	if a := question.AnswerOf(c); a.Answered || !a.Said.Empty() || !question.Ask(c.Check).Empty() {
		t.Error("a check of the plan is no answer")
	}
}

// TestNothingIsAskedTwice: two causes that leave the same question open, each in its
// own words, ask it once. What only one of them leaves open is asked as well.
func TestNothingIsAskedTwice(t *testing.T) {
	two := func(a, b cause.ID) []string {
		return diagnose.NotKnown(prose.English(), diagnose.Diagnosis{Findings: []diagnose.Finding{
			{Cause: a, Severity: cause.Fail, Confidence: cause.Likely}, {Cause: b, Severity: cause.Fail, Confidence: cause.Likely},
		}})
	}
	for _, c := range []struct {
		a, b cause.ID
		want int
	}{
		{cause.CertSelfSigned, cause.MITMUnknownIssuer, 1},
		{cause.PortFiltered, cause.ServiceNotListening, 1},
		{cause.CertExpired, cause.CertNotYetValid, 1},
		{cause.PortFiltered, cause.CertExpired, 2},
		{cause.AccountSuspended, cause.MailboxFull, 2},
	} {
		if got := two(c.a, c.b); len(got) != c.want {
			t.Errorf("%s and %s: %q, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNotKnown(t *testing.T) {
	d := newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(imap).diagnose(t)
	want := []string{"who blocks the connection: this computer's firewall, this network, the internet provider or the server; runs on another device here and on a phone hotspot would tell"}
	if diff := cmp.Diff(want, diagnose.NotKnown(prose.English(), d)); diff != "" {
		t.Error(diff)
	}
	if n := diagnose.NotKnown(prose.English(), newRun().add(imap, certificate(stage.CertWeakKey)).diagnose(t)); n != nil {
		t.Errorf("a proven cause leaves open %q", n)
	}
}

func BenchmarkDiagnose(b *testing.B) {
	rec := &faulty().rec
	b.ReportAllocs()
	for b.Loop() {
		diagnose.Diagnose(rec)
	}
}

func BenchmarkDiagnoseThousand(b *testing.B) {
	r := newRun()
	for i := range 1000 {
		r.add(fmt.Sprintf("imap-993-%d h%d.example.net tls", i, i), timeout())
	}
	b.ReportAllocs()
	for b.Loop() {
		diagnose.Diagnose(&r.rec)
	}
}

func BenchmarkClassify(b *testing.B) {
	r := smtpReply(550, "5.5.0", "550 5.5.0 a refusal that no row of the table knows, with some more words in it")
	for b.Loop() {
		reply.Classify(stage.Login, stage.SMTP, r)
	}
}
