package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

func of(name string) *report.Report {
	return report.New(prose.English(), sample.Get(name).Record(), diagnose.Diagnosis{})
}

// TestSummary checks the report's own sentences; those of causes are on their pages.
func TestSummary(t *testing.T) {
	pop, imap, smtp := "pop3-995", "imap-993", "smtp-587"
	for _, tc := range []struct {
		name string
		rec  *stage.Record
		want string
	}{
		{"healthy", recordWith(), "Receiving and sending work from this computer with the settings below, as far as can be seen without sending a message."},
		{"sending fails", recordWith(change{smtp, stage.Connect, failed(stage.ConnectTimeout)}), "Receiving works. Sending does not."},
		{"without a login", relayed(), "Receiving and sending work from this computer with the settings below, as far as can be seen without sending a message. The server takes mail for bob@example.net without a login, which says nothing of other recipients."},
		{"no sender", recordWith(change{smtp, stage.Submit, skipped(stage.NoSender)}), "Receiving and the login for sending work from this computer with the settings below. The sender address was not tested: the user name is not an e-mail address, and --from ADDRESS gives one."},
		{"no sender, and receiving fails", recordWith(change{smtp, stage.Submit, skipped(stage.NoSender)}, change{pop, stage.Login, failed(stage.Rejected)}, change{imap, stage.Login, failed(stage.Rejected)}), "The login for sending works. Receiving does not. The sender address was not tested: the user name is not an e-mail address, and --from ADDRESS gives one."},
		{"receiving fails", recordWith(change{pop, stage.Login, failed(stage.Rejected)}, change{imap, stage.Login, failed(stage.Rejected)}), "Sending works. Receiving does not."},
		{"one of two ways", recordWith(change{pop, stage.Handshake, failed(stage.BadCertificate)}), "Receiving with IMAP and sending work. Receiving with POP does not."},
		{"optional fails", recordWith(change{imap, stage.Connect, failed(stage.Refused)}), "Receiving with POP and sending work. IMAP does not."},
		{"all fail", sample.Get("wrong-password").Record(), "Neither receiving nor sending works."},
		{"cleartext", sample.Get("cleartext").Record(), "Sending works. Receiving was tested only up to the login stage."},
		{"no login", sample.Get("no-password").Record(), "All three servers answer from here, each with a valid certificate. Login was not tested: no user name and no password were given."},
		{"interrupted", sample.Get("interrupted").Record(), "Receiving with POP works. IMAP and sending were not tested to the end."},
		{"several", sample.Get("several").Record(), "1 of 2 endpoints works. Not in order: smtp2.example.com:2465."},
		{"nothing", &stage.Record{}, "No endpoint was examined."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := report.New(prose.English(), tc.rec, diagnose.Diagnosis{}).SummaryText(); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	noNetwork := diagnose.Diagnosis{Findings: []diagnose.Finding{{Cause: "no-network-route", Severity: cause.Fail}}}
	refused := diagnose.Diagnosis{Findings: []diagnose.Finding{{Cause: "wrong-password", Severity: cause.Fail}}}
	for _, tc := range []struct {
		name string
		rec  *stage.Record
		d    diagnose.Diagnosis
		want []string // port, state
		line string
		tail string // of Source
	}{
		{name: "healthy", rec: recordWith(), want: []string{"pop3 995 confirmed", "smtp 587 confirmed"}},
		{name: "failed ones are left out", rec: recordWith(change{"smtp-587", stage.Connect, failed(stage.Refused)}), want: []string{"pop3 995 confirmed", "smtp missing"}},
		{name: "an optional one in the place of a failed one", rec: recordWith(change{"pop3-995", stage.Connect, failed(stage.Refused)}), want: []string{"imap 993 confirmed optional", "pop3 missing", "smtp 587 confirmed"}},
		{name: "not tested to the end", rec: sample.Get("cleartext").Record(), want: []string{"pop3 110 unconfirmed", "smtp 465 confirmed"}},
		{name: "offline", rec: sample.Get("offline").Record(), d: noNetwork, want: []string{"pop3 995 unconfirmed", "smtp 587 unconfirmed"}, tail: "None of it could be tested now."},
		{name: "wrong password", rec: sample.Get("wrong-password").Record(), d: refused, line: "No change except the password. The full list: maildoctor settings jane@q.com"},
		{name: "nothing works", rec: sample.Get("wrong-password").Record(), line: "No change. Tested as on CenturyLink's page of 2026-11-22. The full list: maildoctor settings jane@q.com"},
		{name: "nothing works, as in a database", rec: compiled(sample.Get("wrong-password").Record()), line: "No change. Tested as in A database, read 2026-11-22. The full list: maildoctor settings jane@q.com"},
		{name: "a domain", rec: sample.Get("no-password").Record(), want: []string{"pop3 995 confirmed", "smtp 587 confirmed"}, tail: "maildoctor profiles show q.com"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := report.New(prose.English(), tc.rec, tc.d)
			if len(r.Settings) != 1 {
				t.Fatalf("%d settings, want 1", len(r.Settings))
			}
			s := r.Settings[0]
			var got []string
			for _, v := range s.Servers {
				got = append(got, describe(v))
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("servers (-want +got):\n%s", d)
			}
			if s.OneLine.Whole() != tc.line {
				t.Errorf("line %q, want %q", s.OneLine, tc.line)
			}
			if !strings.HasSuffix(s.Source.Whole(), tc.tail) || tc.tail == "" && s.Source.Text != "" {
				t.Errorf("source %q, want one that ends in %q", s.Source, tc.tail)
			}
		})
	}
	if n := len(of("several").Settings); n != 0 {
		t.Errorf("%d settings for URLs, want none", n)
	}
}

// compiled makes the profile of a record one that somebody else compiled.
func compiled(rec *stage.Record) *stage.Record {
	rec.Header.Plan.Subjects[0].Profile.By = "A database"
	return rec
}

// relayed is a run with a recipient and without a login for sending.
func relayed() *stage.Record {
	passed := stage.Result{Status: stage.Pass, Facts: &stage.SubmitFacts{Sender: "jane@q.com", Recipient: "bob@example.net", Accepted: true}}
	rec := recordWith(change{"smtp-587", stage.Submit, passed})
	*rec.Check("smtp-587").Result(stage.Login) = stage.Result{Stage: stage.Login, Status: stage.Skip, Reason: stage.NotApplicable}
	rec.Check("smtp-587").Result(stage.Submit).Facts = passed.Facts
	return rec
}

func describe(v report.Server) string {
	out := string(v.Protocol)
	if v.Answers != nil {
		return out + " missing, " + v.Answers.Address() + " answers"
	}
	if v.Missing {
		return out + " missing"
	}
	_, port, _ := strings.Cut(v.Address(), ":")
	out += " " + port + map[bool]string{true: " confirmed", false: " unconfirmed"}[v.Confirmed]
	if v.Optional {
		out += " optional"
	}
	if v.Instead != nil {
		out += " instead of " + v.Instead.Address() + " " + string(v.Instead.Security)
	}
	return out
}

func TestRows(t *testing.T) {
	unnoted := recordWith()
	unnoted.Check("imap-993").Check.Note = ""
	signs := map[report.Sign]string{
		report.SignPass: "+", report.SignWarn: "!", report.SignFail: "x", report.SignNotReached: "-", report.SignNotPart: ".",
	}
	for _, tc := range []struct {
		name, check string
		rec         *stage.Record
		cells       string
		note        string
	}{
		{"implicit TLS", "pop3-995", recordWith(), "++++.+++", "214 messages, 38 of 700 MB"},
		{"STARTTLS", "smtp-587", recordWith(), "++.+++++", "login and sender address accepted; messages up to 10 MB"},
		{"clear", "pop3-110", sample.Get("cleartext").Record(), "++.+.+--", "login not tried: it would send the password unencrypted"},
		{"unsupported", "imap-993", recordWith(), "++++.+++", "optional: it works now, but CenturyLink's page calls IMAP unsupported"},
		{"quota", "imap-993", unnoted, "++++.+++", "optional. 214 messages, 38 of 700 MB"},
		{"two families", "smtp-587", sample.Get("port-blocked").Record(), "+x.-----", "connect: no answer in 10 s from 198.51.100.25 or 2001:db8::25"},
		{"certificate", "pop3-995", sample.Get("expired-certificate").Record(), "++x-.---", "tls: certificate expired on 2026-11-19 21:02 UTC; password not sent"},
		{"STARTTLS refused", "smtp-587", recordWith(change{"smtp-587", stage.Upgrade, failed(stage.NotOffered)}), "++.+x---", "starttls: the server offers no encryption here"},
		{"TLS after STARTTLS fails", "smtp-587", recordWith(change{"smtp-587", stage.Handshake, failed(stage.HandshakeReset)}), "++.+x---", "tls: the connection was cut at the start of encryption; password not sent"},
		{"silent", "smtp-587", recordWith(change{"smtp-587", stage.Greeting, failed(stage.Silent)}), "++.x----", "greeting: no answer in 30 s: 220 smtp.centurylink.net ESMTP"},
		{"settled early", "smtp-587", recordWith(change{"smtp-587", stage.Greeting, stage.Result{Status: stage.Fail, Fault: stage.Silent, Time: stage.Ms(5200 * time.Millisecond)}}), "++.x----", "greeting: no answer in 5.2 s: 220 smtp.centurylink.net ESMTP"},
		{"optional", "imap-993", sample.Get("optional-imap").Record(), "+x--.---", "optional. connect: refused by 198.51.100.12"},
		{"refused", "imap-993", sample.Get("wrong-password").Record(), "++++.+x-", "optional. login refused: NO [AUTHENTICATIONFAILED] Authentication failed."},
		{"interrupted", "smtp-587", sample.Get("interrupted").Record(), "+-.-----", "connect not finished after 2.8 s: the run was interrupted"},
		{"follow-up", "smtp-2465/tls", sample.Get("several").Record(), "++++....", "follow-up with SSL/TLS: does port 2465 speak TLS from the first byte? Yes, it answers when TLS begins at once."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := report.New(prose.English(), tc.rec, ways(tc.rec))
			i := slices.IndexFunc(r.Rows, func(x report.Row) bool { return x.Check == tc.check })
			if i < 0 {
				t.Fatal("no such row")
			}
			got := ""
			for _, c := range r.Rows[i].Cells {
				got += signs[c]
			}
			if got != tc.cells {
				t.Errorf("cells %s, want %s", got, tc.cells)
			}
			if !slices.Contains(r.NotesOf(r.Rows[i]), tc.note) {
				t.Errorf("notes %q, want one of them %q", r.NotesOf(r.Rows[i]), tc.note)
			}
		})
	}
}

// TestNothingBehindFailure: no other outcome follows a failed cell in any row of any
// run.
func TestNothingBehindFailure(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, row := range of(c.Name).Rows {
			i := slices.Index(row.Cells[:], report.SignFail)
			if i < 0 {
				continue
			}
			for _, sign := range row.Cells[i+1:] {
				if sign != report.SignNotReached && sign != report.SignNotPart {
					t.Errorf("%s, %s: %v", c.Name, row.Check, row.Cells)
				}
			}
		}
	}
}

// TestEveryFaultHasWords: every failed stage has a line that says how it failed.
func TestEveryFaultHasWords(t *testing.T) {
	for _, f := range []stage.Fault{stage.Malformed, stage.NoMechanism, stage.EarlyData, stage.Fault("from-the-future")} {
		r := report.New(prose.English(), recordWith(change{"smtp-587", stage.Capabilities, failed(f)}), diagnose.Diagnosis{})
		if n := r.NotesOf(r.Rows[2]); len(n) != 1 || !strings.HasPrefix(n[0], "capabilities: ") || len(n[0]) < 25 {
			t.Errorf("%s: notes %q", f, n)
		}
	}
}

func TestNotices(t *testing.T) {
	rec := sample.Get("interrupted").Record()
	rec.Unknown, rec.Broken, rec.Header.Options.Demo = 2, 1, "healthy"
	got := report.New(prose.English(), rec, diagnose.Diagnosis{}).Notices
	for i, want := range []string{"Demo (healthy)", "interrupted after 3.2 s", "Still waited for by then: SMTP smtp.centurylink.net:587 (connect, 2.8 s).", "2 events", "1 line of this file"} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Errorf("notice %d of %q, want one with %q", i, got, want)
		}
	}
	rec.End = stage.End{State: stage.RanOutOfTime, Time: stage.Ms(90 * time.Second)}
	if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).Notices[1]; !strings.Contains(got, "time limit of 90 s") {
		t.Errorf("notice %q, want the limit in it", got)
	}
}

func TestLoginWords(t *testing.T) {
	readable := recordWith()
	for i := range readable.Checks {
		if f := stage.FactsOf[*stage.LoginFacts](&readable.Checks[i]); f != nil {
			f.Encrypted = false
		}
	}
	for _, tc := range []struct {
		rec  *stage.Record
		want string
	}{
		{recordWith(), "3 tried, 0 refused"},
		{sample.Get("wrong-password").Record(), "3 tried, 3 refused; the password was sent over verified encryption only"},
		{sample.Get("offline").Record(), "none tried; no password was asked for"},
		{sample.Get("no-password").Record(), "none tried"},
		{readable, "3 tried, 0 refused; the password was sent unencrypted, as allowed"},
	} {
		if got := report.New(prose.English(), tc.rec, diagnose.Diagnosis{}).LoginWords; got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// TestThirdParties: whoever is neither the provider nor the system's resolver is
// always named.
func TestThirdParties(t *testing.T) {
	rec := recordWith()
	if r := report.New(prose.English(), rec, diagnose.Diagnosis{}); len(r.ThirdParty) > 0 {
		t.Error("a third party was seen where there was none")
	}
	rec.Contacts = append(rec.Contacts, stage.Contact{Host: "crt.example", Address: "203.0.113.9:80", Why: "issuer"})
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	want := []string{"resolver 192.168.1.1", "pop.centurylink.net", "mail.centurylink.net", "smtp.centurylink.net", "crt.example (issuer)"}
	if d := cmp.Diff(want, r.Asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"crt.example (issuer)"}, r.ThirdParty); d != "" {
		t.Errorf("third parties (-want +got):\n%s", d)
	}
	own := recordWith()
	own.Header.Options.Resolver = "192.168.1.1"
	if r := report.New(prose.English(), own, diagnose.Diagnosis{}); !slices.Equal(r.ThirdParty, want[:1]) {
		t.Errorf("a resolver that is not the system's, and nobody else, is to be named: %q", r.ThirdParty)
	}
	for i := range own.Contacts {
		if own.Contacts[i].Why == "resolver" {
			own.Contacts[i].Address = "127.0.0.1:5353"
		}
	}
	if r := report.New(prose.English(), own, diagnose.Diagnosis{}); len(r.ThirdParty) > 0 {
		t.Errorf("a resolver on this computer is no third party: %q", r.ThirdParty)
	}
}

// TestRunLine: the hour is that of the machine that made the run, wherever the
// report is made.
func TestRunLine(t *testing.T) {
	rec := recordWith()
	want := "2026-11-22 14:02 -07:00, 742 ms, profile centurylink (2026-11-22)"
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 3600)} {
		rec.Header.Started = rec.Header.Started.In(zone)
		if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).Run; got != want {
			t.Errorf("in %v: got %q, want %q", zone, got, want)
		}
	}
}

// TestEvidenceIsAligned: every column has the same facts in the same order.
func TestEvidenceIsAligned(t *testing.T) {
	for _, c := range sample.Cases() {
		columns := of(c.Name).Columns()
		for _, e := range columns {
			for i, f := range e.Facts {
				if f.Name != columns[0].Facts[i].Name {
					t.Errorf("%s, %s: fact %d is %q, want %q", c.Name, e.Label, i, f.Name, columns[0].Facts[i].Name)
				}
			}
		}
	}
}
