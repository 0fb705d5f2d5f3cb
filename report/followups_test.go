package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// TestFollowUpLine: the kinds of questions are listed, and follow-ups that were not
// carried out are not counted.
func TestFollowUpLine(t *testing.T) {
	rec := sample.Get("all-dropped").Record()
	if got, want := of("all-dropped").Made, "12 made: "; !strings.HasPrefix(got, want) || len(got) > 120 {
		t.Errorf("got %q", got)
	}
	for i := range rec.Checks {
		if rec.Checks[i].Check.FollowUp() && rec.Checks[i].Check.Question != stage.AskWeb {
			for k := range rec.Checks[i].Results {
				rec.Checks[i].Results[k] = stage.Result{Stage: rec.Checks[i].Results[k].Stage, Status: stage.Skip, Reason: stage.Interrupted}
			}
		}
	}
	if got := report.New(prose.English(), rec, diagnose.Diagnosis{}).Made; got != "3 made: the server's web port" {
		t.Errorf("got %q", got)
	}
	if got := of("healthy").Made; got != "" {
		t.Errorf("a healthy run made follow-ups: %q", got)
	}
}

// TestFollowUpReasons: each follow-up has its reason, and those that found something
// come first.
func TestFollowUpReasons(t *testing.T) {
	rec := recordWith(change{"smtp-587", stage.Connect, failed(stage.ConnectTimeout)}, change{"imap-993", stage.Connect, failed(stage.Refused)})
	followUp(rec, stage.KindEndpoint, "first", 465, stage.TLS, change{"", stage.Connect, failed(stage.Refused)})
	told := followUp(rec, stage.KindTLS, "tls", 587, stage.TLS)
	told.Check.Question, told.Check.Parents = stage.AskPortSpeaksTLS, []string{"smtp-587", "imap-993", "pop3-995", "gone"}
	got := report.New(prose.English(), rec, diagnose.Diagnosis{}).FollowUps
	if len(got) != 2 || got[0].Check != "smtp-587/tls" || !got[0].Answered || got[1].Fault != stage.Refused {
		t.Fatalf("got %+v", got)
	}
	want := []string{"SMTP 587, connect: no answer in 10 s", "IMAP 993, connect: connection refused", "POP3 995"}
	if d := cmp.Diff(want, got[0].Why); d != "" {
		t.Errorf("why (-want +got):\n%s", d)
	}
}

// TestOpen: questions that were not asked are listed in one line, each kind once.
func TestOpen(t *testing.T) {
	rec := blocked()
	rec.Header.Options.FollowUps = false
	var d diagnose.Diagnosis
	for _, id := range []stage.QuestionID{stage.AskSibling, stage.AskSibling, stage.AskWeb, stage.AskPortSpeaksTLS} {
		d.Questions = append(d.Questions, stage.Question{Check: stage.Check{Question: id, Endpoint: stage.Endpoint{Port: 587}}})
	}
	r := report.New(prose.English(), rec, d)
	const kinds = "other ports of the server, the server's web port and SSL/TLS on the same port"
	if want := "not asked (--no-follow-up): " + kinds; r.OpenWords != want {
		t.Errorf("got %q, want %q", r.OpenWords, want)
	}
	rec.Header.Options.FollowUps = true // a run of an older version, or one that was cut off
	if got, want := report.New(prose.English(), rec, d).OpenWords, "not asked: "+kinds; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(r.Open); n < 2 || n > 3 {
		t.Errorf("open questions: %v", r.Open)
	}
	if got := report.New(prose.English(), rec, diagnose.Diagnosis{}); got.OpenWords != "" || got.Open != nil {
		t.Errorf("open: %q, %q", got.OpenWords, got.Open)
	}
}

// TestNobodyElse: with --private the report says that no third party was asked, if
// one would have been.
func TestNobodyElse(t *testing.T) {
	for name, tc := range map[string]struct {
		rec     *stage.Record
		private bool
		want    bool
	}{
		"in trouble":        {blocked(), true, true},
		"healthy":           {recordWith(), true, false},
		"not asked for":     {blocked(), false, false},
		"somebody was":      {sample.Get("all-dropped").Record(), true, false},
		"a warning's worth": {recordWith(change{"imap-993", stage.Connect, failed(stage.Refused)}), true, true},
	} {
		tc.rec.Header.Options.Private = tc.private
		if got := report.New(prose.English(), tc.rec, diagnose.Diagnosis{}).NobodyElse; (got != "") != tc.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestStrangersByPurpose: third parties that were asked for the same reason are
// named together.
func TestStrangersByPurpose(t *testing.T) {
	rec := recordWith()
	rec.Contacts = append(rec.Contacts, []stage.Contact{
		{Host: "a.example", Address: "203.0.113.1:993", Why: "control"},
		{Address: "203.0.113.53:53", Why: "other resolver"},
		{Host: "time.example", Address: "203.0.113.3:123", Why: "time"},
		{Address: "203.0.113.54:53", Why: "other resolver"},
		{Address: "192.0.2.1:993", Why: "control"},
		{Host: "a.example", Address: "203.0.113.2:993", Why: "control"},
		{Host: "x.example", Address: "203.0.113.9:1", Why: "reasons to come"},
	}...)
	want := []string{
		"203.0.113.53 and 203.0.113.54 (name server, for comparison)", "a.example and 192.0.2.1 (for comparison)",
		"time.example (the time)", "x.example (reasons to come)",
	}
	if d := cmp.Diff(want, report.New(prose.English(), rec, diagnose.Diagnosis{}).ThirdParty); d != "" {
		t.Errorf("third parties (-want +got):\n%s", d)
	}
}

// TestEvidenceOfFollowUps: follow-ups that saw something other than their parents
// have a column, the others none.
func TestEvidenceOfFollowUps(t *testing.T) {
	for name, want := range map[string]string{
		"clock": "pop3-995/time pop3-995/web", "sibling": "smtp-587/port-465", "all-dropped": "", "several": "smtp-2465/tls",
	} {
		var got []string
		for _, e := range of(name).Columns() {
			if strings.Contains(e.Check, "/") {
				got = append(got, e.Check)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: columns for %q, want %q", name, s, want)
		}
	}
}
