package report_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// remarked returns the notes of the rows of a run that was diagnosed.
func remarked(rec *stage.Record) string {
	var all []string
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	for _, row := range r.Rows {
		all = append(all, r.NotesOf(row)...)
	}
	return strings.Join(all, "\n")
}

// TestRowsSpeakPlainly: error texts of libraries, with local ports in them, are not
// shown, and neither is what follows a server's first line.
func TestRowsSpeakPlainly(t *testing.T) {
	const raw = "read tcp 192.168.1.23:47848->198.51.100.1:993: read: connection reset by peer"
	tls := func(f stage.Fault, facts stage.TLSFacts) *stage.Record {
		rec := recordWith(change{"imap-993", stage.Handshake, failed(f)})
		rec.Check("imap-993").Result(stage.Handshake).Facts = &facts
		return rec
	}
	dial := func(f stage.Fault, o stage.DialOutcome) *stage.Record {
		rec := recordWith(change{"imap-993", stage.Connect, failed(f)})
		rec.Check("imap-993").Result(stage.Connect).Facts = &stage.ConnectFacts{Attempts: []stage.Attempt{
			{Address: "198.51.100.1:993", Outcome: o, Error: raw},
		}}
		return rec
	}
	says := func(by string, why stage.RejectReason) *stage.Record {
		rec := dial(stage.Refused, stage.DialRefused)
		rec.Check("imap-993").Result(stage.Connect).Facts.(*stage.ConnectFacts).Attempts[0].Rejection = &stage.Rejection{By: by, Why: why}
		return rec
	}
	lookup := recordWith(change{"imap-993", stage.Resolve, failed(stage.LookupFailed)})
	lookup.Check("imap-993").Result(stage.Resolve).Facts = &stage.ResolveFacts{Error: "lookup imap.example.net: " + raw}
	fetch := tls(stage.BadCertificate, stage.TLSFacts{})
	fetch.Checks = append(fetch.Checks, stage.CheckRecord{
		Check:   stage.Check{ID: "imap-993/plain", Kind: stage.KindLogin, Round: 1, Parents: []string{"imap-993"}, Question: stage.AskPlainLogin},
		Results: []stage.Result{{Stage: stage.Handshake, Status: stage.Fail, Fault: stage.HandshakeReset, Facts: &stage.TLSFacts{Error: raw}}},
	})
	for _, c := range []struct {
		name string
		rec  *stage.Record
		want string
	}{
		{"reset in the handshake", tls(stage.HandshakeReset, stage.TLSFacts{Error: raw}), "tls: the connection was cut at the start of encryption"},
		{"an alert", tls(stage.TLSAlert, stage.TLSFacts{Alert: "handshake_failure (40)", Error: raw}), "refused the encryption: handshake_failure (40)"},
		{"HTTP", tls(stage.PlaintextAnswer, stage.TLSFacts{FirstBytes: `HTTP/1.1 400 Bad Request\x0d\x0aServer: x`}), "without encryption: HTTP/1.1 400 Bad Request"},
		{"a lookup", lookup, "name: this computer could not look up the name"},
		{"a follow-up", fetch, "Not answered: the connection was cut at the start of encryption."},
		{"reset at once", dial(stage.Reset, stage.DialReset), "connect: the connection was reset by 198.51.100.1"},
		{"rejected by a router", says("192.168.1.1", stage.RejectPort), "connect: 192.168.1.1 rejects connections to 198.51.100.1"},
		{"rejected by the host", says("198.51.100.1", stage.RejectPort), "connect: refused by 198.51.100.1"},
		{"nobody found", says("192.168.1.1", stage.RejectHost), "connect: refused by 198.51.100.1"},
		{"anything else", dial(stage.ConnectFailed, stage.DialOther), "connect: the connection to 198.51.100.1 could not be made"},
		{"a weak key", tls(stage.BadCertificate, stage.TLSFacts{Faults: []stage.CertFault{{ID: stage.CertWeakKey}}}), "tls: certificate made with a key that is too weak"},
	} {
		got := remarked(c.rec)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, got)
		}
		for _, not := range []string{"->", "read tcp", `\x0d`, "Server: x"} {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q in\n%s", c.name, not, got)
			}
		}
	}
}

// TestOurRuleWhereItHelps: the flag has no effect if the settings use encryption if
// offered, and no further effect if it is set.
func TestOurRuleWhereItHelps(t *testing.T) {
	flagged := func(change func(*stage.Record)) bool {
		rec := sample.Get("cleartext").Record()
		change(rec)
		return strings.Contains(strings.Join(texts(report.New(prose.English(), rec, diagnose.Diagnosis{})), "\n"), "--allow-cleartext-login")
	}
	if !flagged(func(*stage.Record) {}) {
		t.Error("without encryption: the flag is not named")
	}
	if flagged(func(r *stage.Record) {
		for i := range r.Checks {
			r.Checks[i].Check.Endpoint.Security = stage.StartTLSIfOffered
		}
	}) {
		t.Error("encryption if offered: the flag is named")
	}
	if flagged(func(r *stage.Record) { r.Header.Options.CleartextLogin = true }) {
		t.Error("the flag is named although it was given")
	}
	// What to do instead comes first.
	rec := recordWith(change{"smtp-587", stage.Upgrade, warned()}, change{"smtp-587", stage.Login, skipped(stage.CleartextNotAllowed)})
	c := rec.Check("smtp-587")
	c.Check.Endpoint.Security = stage.StartTLSIfOffered
	c.Result(stage.Upgrade).Fault, c.Result(stage.Upgrade).Facts = stage.NotOffered, &stage.StartTLSFacts{}
	c.Result(stage.Handshake).Status, c.Result(stage.Handshake).Reason = stage.Skip, stage.NotApplicable
	if got := texts(report.New(prose.English(), rec, diagnose.Diagnose(rec))); !strings.HasPrefix(got[0], "enter no password on this network. Use SSL/TLS on port 465") {
		t.Errorf("actions %q", got)
	}
}

// TestCountsOfEndpoints: what was not tried did not fail, and two are "both".
func TestCountsOfEndpoints(t *testing.T) {
	two := func(rec *stage.Record) *stage.Record {
		rec.Header.Plan.Subjects = append(rec.Header.Plan.Subjects, stage.Subject{Argument: "imaps://imap.example.com", Kind: stage.SubjectURL})
		return rec
	}
	pair := func(rec *stage.Record) *stage.Record {
		rec.Checks = rec.Checks[:2]
		return two(rec)
	}
	one := func(rec *stage.Record) *stage.Record {
		rec.Checks = rec.Checks[:1]
		return two(rec)
	}
	pop, imap, smtp := "pop3-995", "imap-993", "smtp-587"
	refused := func(id string) change { return change{id, stage.Login, failed(stage.Rejected)} }
	budget := func(id string) change { return change{id, stage.Login, skipped(stage.LoginBudget)} }
	for _, c := range []struct {
		name string
		rec  *stage.Record
		want string
	}{
		{"all fail", two(recordWith(refused(pop), refused(imap), refused(smtp))), "None of the three endpoints works."},
		{"one was not tried", two(recordWith(refused(pop), refused(imap), budget(smtp))), "2 of 3 endpoints do not work; 1 was not tested to the end."},
		{"two were not tried", two(recordWith(refused(pop), budget(imap), budget(smtp))), "1 of 3 endpoints does not work; 2 were not tested to the end."},
		{"none was tried", two(recordWith(budget(pop), budget(imap), budget(smtp))), "The three endpoints were not tested to the end."},
		{"one works", two(recordWith(refused(pop), budget(smtp))), "1 of 3 endpoints works. Not in order: pop.centurylink.net:995 and smtp.centurylink.net:587."},
		{"the one works", one(recordWith()), "The one endpoint works."},
		{"the one fails", one(recordWith(refused(pop))), "The one endpoint does not work."},
		{"the one was not tried", one(recordWith(budget(pop))), "The one endpoint was not tested to the end."},
		{"all work", two(recordWith()), "All three endpoints work."},
		{"both work", pair(recordWith()), "Both endpoints work."},
		{"neither works", pair(recordWith(refused(pop), refused(imap), refused(smtp))), "Neither endpoint works."},
	} {
		if got := report.New(prose.English(), c.rec, diagnose.Diagnosis{}).Summary[0]; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestNothingToRepeat: the command that was just typed is not advised.
func TestNothingToRepeat(t *testing.T) {
	rec := sample.Get("no-password").Record()
	rec.Header.Options.Login = true
	for kind, want := range map[stage.SubjectKind]string{
		stage.SubjectAddress: "type it when asked, or pass it with --password-stdin.",
		stage.SubjectDomain:  "maildoctor check YOU@q.com",
	} {
		rec.Header.Plan.Subjects[0].Kind = kind
		if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).NoAction.Whole(); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q, want it to end in %q", kind, got, want)
		}
	}
}

// TestFiguresAgree: a size reads the same in a row as in the words of a cause.
func TestFiguresAgree(t *testing.T) {
	rec := recordWith()
	rec.Header.Plan.Subjects[0].Profile.MailboxBytes = 734_003_200 // 700 * 2^20
	used := int64(734_003_201)
	rec.Check("pop3-995").Result(stage.Mailbox).Facts = &stage.MailboxFacts{Bytes: &used}
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	if text := r.SummaryText() + remarked(rec); !strings.Contains(text, "700 MB") || strings.Contains(text, "734") {
		t.Error(text)
	}
}

// TestSentenceAfterAColon: the sentence of the only cause follows what fails, in
// lower case unless it begins with a name.
func TestSentenceAfterAColon(t *testing.T) {
	checked := 0
	for _, p := range cause.Pages() {
		rec := recordWith(change{"smtp-587", stage.Connect, failed(stage.ConnectTimeout)})
		r := report.New(prose.English(), rec, diagnose.Diagnosis{Findings: []diagnose.Finding{{
			Cause: p.ID, Severity: cause.Fail, Confidence: cause.Proven, Checks: []string{"smtp-587"}, Args: prose.Args{"host": prose.Data("smtp.example.net"), "provider": prose.Data("Example"), "protocol": prose.Data("SMTP")},
		}}})
		_, after, ok := strings.Cut(r.SummaryText(), "Sending does not: ")
		if !ok {
			continue
		}
		checked++
		word, _, _ := strings.Cut(after, " ")
		if first := word[:1]; first != strings.ToLower(first) && word != "Example" && word != "Example's" && word != "SMTP" && word != "IMAP" {
			t.Errorf("%s: %q follows a colon", p.ID, after)
		}
	}
	if checked < 50 {
		t.Errorf("%d sentences were looked at", checked)
	}
}
