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

// TestWhoseRow: two people at one provider have the same servers, and each row says
// whose it is. For one person the rows don't.
func TestWhoseRow(t *testing.T) {
	rec := sample.Get("healthy").Record()
	second := rec.Header.Plan.Subjects[0]
	second.Argument = "joe@q.com"
	rec.Header.Plan.Subjects = append(rec.Header.Plan.Subjects, second)
	for _, c := range slices.Clone(rec.Checks) {
		c.Check.ID, c.Check.Subject = c.Check.ID+"-2", 1
		c.Results = slices.Clone(c.Results)
		rec.Checks = append(rec.Checks, c)
		rec.Header.Plan.Checks = append(rec.Header.Plan.Checks, c.Check)
	}
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	for i, row := range r.Rows {
		want := "for " + rec.Header.Plan.Subjects[0].Argument
		if i >= len(r.Rows)/2 {
			want = "for joe@q.com"
		}
		if len(r.NotesOf(row)) == 0 || r.NotesOf(row)[0] != want {
			t.Errorf("%s: notes %q, want %q first", row.Check, r.NotesOf(row), want)
		}
	}
	labels := make(map[string]bool)
	for _, e := range r.Transcripts {
		labels[e.Label] = true
	}
	if len(labels) != len(r.Transcripts) {
		t.Errorf("labels %v", labels)
	}
	*rec.Check("pop3-995-2").Result(stage.Login) = stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.Rejected}
	if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).SummaryText(); !strings.Contains(got, "Not in order: pop.centurylink.net:995 for joe@q.com.") {
		t.Errorf("summary %q", got)
	}
	for _, row := range of("healthy").Rows {
		if strings.HasPrefix(strings.Join(r.NotesOf(row), "\n"), "for ") {
			t.Errorf("%s: notes %q for one person alone", row.Check, r.NotesOf(row))
		}
	}
}

// TestOutOfTime: a user whose run ran out of time is told how to get more.
func TestOutOfTime(t *testing.T) {
	rec := sample.Get("interrupted").Record()
	rec.End.State, rec.Header.Options.RunTimeout = stage.RanOutOfTime, stage.Ms(4e9)
	rec.Header.Options.Flags = []stage.Flag{{Name: "--run-timeout", Value: "4s"}, {Name: "--ipv4"}, {Name: "--ca-file", Path: "my ca.pem"}}
	const want = "more time: maildoctor check jane@q.com --ipv4 --ca-file \"my ca.pem\" --run-timeout 8s" // a run on Windows
	if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).NoAction.Whole(); !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestListsAreBounded: a run of hundreds of endpoints has a readable summary.
func TestListsAreBounded(t *testing.T) {
	rec := sample.Get("several").Record()
	for _, c := range slices.Clone(rec.Checks) {
		if c.Check.FollowUp() || c.Failed() == nil {
			continue
		}
		for i := range 249 {
			c.Check.Endpoint.Port = uint16(10000 + i)
			c.Check.ID = c.Check.Endpoint.Address()
			rec.Checks = append(rec.Checks, c)
		}
	}
	got := report.New(prose.English(), rec, diagnose.Diagnosis{}).SummaryText()
	if !strings.Contains(got, "Not in order: smtp2.example.com:2465, smtp2.example.com:10000, smtp2.example.com:10001, smtp2.example.com:10002 and 246 more.") {
		t.Errorf("got %q", got)
	}
}

// TestPreAuthWords: a skipped login forbids encryption only before TLS.
func TestPreAuthWords(t *testing.T) {
	for s, late := range map[stage.Stage]bool{stage.Upgrade: true, stage.Login: false} {
		check := map[bool]string{true: "smtp-587", false: "imap-993"}[late]
		rec := recordWith(change{check, s, failed(stage.PreAuth)})
		r := report.New(prose.English(), rec, diagnose.Diagnosis{})
		i := slices.IndexFunc(r.Rows, func(row report.Row) bool { return row.Check == check })
		if got := strings.Join(r.NotesOf(r.Rows[i]), "\n"); strings.Contains(got, "can no longer begin") != late || !strings.Contains(got, "skips the login") {
			t.Errorf("%s: %q", s, got)
		}
	}
}
