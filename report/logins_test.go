package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// The report says why a login was not tried: a refusal in this run or an earlier
// one, a login without an answer, or a password that could not be read.
func TestLoginsThatWereNotTried(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 5, 0, 0, time.UTC)
	leftOut := func(reason stage.Reason, f stage.LoginFacts) change {
		return change{"smtp-587", stage.Login, stage.Result{Status: stage.Skip, Reason: reason, Facts: &f}}
	}
	spared := func(s stage.Spared) change {
		return leftOut(stage.LoginBudget, stage.LoginFacts{Spared: &s})
	}
	silent := change{"pop3-995", stage.Login, failed(stage.Silent)}
	for _, tt := range []struct {
		name                  string
		changes               []change
		note, summary, action string
		verdict               report.Verdict
	}{
		{
			"refused beside it",
			[]change{{"pop3-995", stage.Login, failed(stage.Rejected)}, spared(stage.Spared{Check: "pop3-995", Refused: true})},
			"login not tried: one more refusal might lock the account; port 995 of pop.centurylink.net refused the same name and password",
			"", "", report.DoesNotWork,
		},
		{
			"no answer beside it",
			[]change{silent, spared(stage.Spared{Check: "pop3-995"})},
			"login not tried: one more refusal might lock the account; port 995 of pop.centurylink.net gave no clear answer to the same name and password",
			"", "", report.Unknown,
		},
		{
			"refused in an earlier run",
			[]change{spared(stage.Spared{Refused: true, Host: "mail.q.com", At: at})},
			"login not tried: mail.q.com refused this name and password on 2026-11-22 02:05 -07:00, and nothing has changed since",
			"Login was left out: mail.q.com refused this name and password on 2026-11-22 02:05 -07:00, and nothing has changed since.",
			"Correct the user name or the password", report.Unknown,
		},
		{
			"no answer in an earlier run",
			[]change{spared(stage.Spared{Host: "mail.q.com", At: at, Again: at.Add(5 * time.Minute)})},
			"login not tried: mail.q.com gave no clear answer to a login on 2026-11-22 02:05 -07:00; the next try is after 2026-11-22 02:10 -07:00",
			"", "", report.Unknown,
		},
		{
			"nobody says for what",
			[]change{spared(stage.Spared{})},
			"login not tried: one more refusal might lock the account", "", "", report.Unknown,
		},
		{
			"no password",
			[]change{leftOut(stage.PasswordUnavailable, stage.LoginFacts{PasswordError: "the command failed."})},
			"login not tried: could not get the password: the command failed",
			"Login was not tried, because maildoctor could not get the password: the command failed.",
			"Make sure that the source of the password works", report.Unknown,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := recordWith(tt.changes...)
			rec.Header.System.Zone = "-07:00"
			r := report.New(prose.English(), rec, diagnose.Diagnosis{})
			row := r.Rows[slices.IndexFunc(r.Rows, func(row report.Row) bool { return row.Check == "smtp-587" })]
			if !slices.Contains(r.NotesOf(row), tt.note) {
				t.Errorf("notes %q, want %q", r.NotesOf(row), tt.note)
			}
			if r.Sending != tt.verdict {
				t.Errorf("sending %s, want %s", r.Sending, tt.verdict)
			}
			about := ""
			for _, sentence := range r.Summary {
				if strings.HasPrefix(sentence, "Login was") {
					about = sentence
				}
			}
			if about != tt.summary {
				t.Errorf("summary %q, want %q", r.Summary, tt.summary)
			}
			if want := "Sending was tested only up to the login stage."; tt.verdict == report.Unknown && !slices.Contains(r.Summary, want) {
				t.Errorf("summary %q, want %q", r.Summary, want)
			}
			if tt.action != "" && !strings.HasPrefix(r.NoAction.Text, tt.action) {
				t.Errorf("action %q, want %q", r.NoAction, tt.action)
			}
		})
	}
}
