package report_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// TestSummaries: the cause follows a colon if it explains every failure, and is a
// sentence of its own if it doesn't.
func TestSummaries(t *testing.T) {
	both := sample.Get("port-blocked").Record()
	*both.Check("pop3-995").Result(stage.Login) = stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.Rejected}
	for name, tc := range map[string]struct {
		rec  *stage.Record
		want string
	}{
		"one port":         {sample.Get("port-blocked").Record(), "Receiving works. Sending does not: port 587 of smtp.centurylink.net gives no answer from here."},
		"all servers":      {sample.Get("wrong-password").Record(), "Neither receiving nor sending works: CenturyLink's servers refuse this user name and password. "},
		"only an optional": {sample.Get("optional-imap").Record(), "Receiving with POP and sending work. IMAP at mail.centurylink.net does not work"},
		"our own rule":     {sample.Get("cleartext").Record(), "Sending works. Receiving was tested only up to the login stage: with these settings (port 110 of pop.qwestoffice.net, no encryption)"},
		"two troubles":     {both, " do not. "},
		"two people":       {sample.Get("two-people").Record(), "Not in order: pop.qwestoffice.net:110. With these"},
	} {
		if got := report.New(prose.English(), tc.rec, diagnose.Diagnose(tc.rec)).SummaryText(); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q in it", name, got, tc.want)
		}
	}
}

// TestRefusedInItsPlace: a login that was spared because of a refusal elsewhere
// counts as refused.
func TestRefusedInItsPlace(t *testing.T) {
	rec := sample.Get("healthy").Record()
	smtp := *rec.Check("smtp-587")
	smtp.Check.ID, smtp.Check.Endpoint.Port, smtp.Check.Optional = "smtp-2587", 2587, true
	smtp.Results = slices.Clone(smtp.Results)
	rec.Checks = append(rec.Checks, smtp)
	*rec.Check("smtp-2587").Result(stage.Login) = stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.Rejected, Facts: &stage.LoginFacts{
		Mechanism: "PLAIN", Sent: true, Encrypted: true,
		Reply: &stage.Reply{Code: 535, Enhanced: "5.7.8", Lines: []string{"535 5.7.8 Error: authentication failed"}},
	}}
	*rec.Check("smtp-587").Result(stage.Login) = stage.Result{Stage: stage.Login, Status: stage.Skip, Reason: stage.LoginBudget}
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	if want := "Receiving works. Sending does not: "; r.Verdict != report.DoesNotWork || !strings.HasPrefix(r.SummaryText(), want) {
		t.Errorf("%s: %q, want it to begin with %q", r.Verdict, r.SummaryText(), want)
	}
	for _, row := range r.Rows {
		if row.Check == "smtp-587" && !slices.Contains(r.NotesOf(row), "login not tried: one more refusal might lock the account; port 2587 refused the same name and password") {
			t.Errorf("%q", r.NotesOf(row))
		}
	}
}

// TestTwoServersAtOnePort: servers that differ in nothing else are distinguished by
// name.
func TestTwoServersAtOnePort(t *testing.T) {
	rec := sample.Get("healthy").Record()
	old := *rec.Check("pop3-995")
	old.Check.ID, old.Check.Endpoint.Host = "pop3-995-2", "old.example.net"
	old.Results = slices.Clone(old.Results)
	rec.Checks = append(rec.Checks, old)
	*rec.Check("pop3-995-2").Result(stage.Login) = stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.Silent}
	if got := report.New(prose.English(), rec, diagnose.Diagnose(rec)).SummaryText(); !strings.Contains(got, "on port 995 of old.example.net does not") {
		t.Errorf("%q", got)
	}
}

// TestNoLimit: a quota of 0 means no limit (only the used space is shown), and a
// name keeps its lower case.
func TestNoLimit(t *testing.T) {
	rec := sample.Get("healthy").Record()
	for i := range rec.Checks {
		if f := stage.FactsOf[*stage.MailboxFacts](&rec.Checks[i]); f != nil && f.QuotaLimit != nil {
			*f.QuotaLimit = 0
		}
	}
	rec.Check("imap-993").Check.Note = ""
	told := false
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	for _, row := range r.Rows {
		for _, n := range r.NotesOf(row) {
			told = told || strings.Contains(n, "214 messages, 38 MB")
			if strings.Contains(n, " of 0") {
				t.Errorf("%s: %q", row.Check, n)
			}
		}
	}
	if !told {
		t.Error("no row tells what is used")
	}
}

// TestNoLoginAsked: a user who left the login out is told how to add it.
func TestNoLoginAsked(t *testing.T) {
	rec := sample.Get("no-password").Record()
	rec.Header.Options.Login = false
	if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).NoAction.Whole(); !strings.HasSuffix(got, "leave out --no-login.") {
		t.Errorf("got %q", got)
	}
}

// TestAllAlike: rows that would all say the same are replaced by one sentence.
func TestAllAlike(t *testing.T) {
	rec := sample.Get("offline").Record()
	rec.Checks = rec.Checks[:2]
	got := report.New(prose.English(), rec, diagnose.Diagnose(rec)).AllAlike
	if want := "Both endpoints stop at the name stage: no network interface has a usable address"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRefusedList: the words with which a server refuses to list its capabilities
// are below the row.
func TestRefusedList(t *testing.T) {
	rec := sample.Get("healthy").Record()
	*rec.Check("imap-993").Result(stage.Capabilities) = stage.Result{
		Stage: stage.Capabilities, Status: stage.Fail, Fault: stage.Rejected,
		Facts: &stage.CapabilityFacts{Reply: &stage.Reply{Command: "CAPABILITY", Status: "NO", Lines: []string{"a1 NO not now"}}},
	}
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	for _, row := range r.Rows {
		if row.Check == "imap-993" && (len(r.NotesOf(row)) == 0 || r.NotesOf(row)[0] != "optional. capabilities refused: NO not now") {
			t.Errorf("notes %q", r.NotesOf(row))
		}
	}
}
