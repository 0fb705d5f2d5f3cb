package report_test

import (
	"bytes"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// smokeReport is the report of a sample run of a smoke file, with a change to its plan.
func smokeReport(name string, change func(*stage.Stream)) *report.Report {
	c := sample.Get(name)
	if change != nil {
		change(c.Stream)
	}
	rec := c.Record()
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}

// eachExpectation changes all expectations of a run.
func eachExpectation(change func(*stage.Expectation)) func(*stage.Stream) {
	return func(s *stage.Stream) {
		for i := range s.Header.Plan.Checks {
			for k := range s.Header.Plan.Checks[i].Expects {
				change(&s.Header.Plan.Checks[i].Expects[k])
			}
		}
	}
}

// onlyWarn makes every expectation a mere warning.
func onlyWarn(e *stage.Expectation) { e.Severity = stage.ExpectWarn }

// beyond expects what no healthy endpoint of the sample has.
func beyond(severity stage.ExpectationSeverity) func(*stage.Stream) {
	return eachExpectation(func(e *stage.Expectation) {
		if e.ID == stage.ExpectCertificateDays {
			e.Want = []string{"1000"}
		}
		e.Severity = severity
	})
}

// failedAt makes a stage of one endpoint fail.
func failedAt(check string, at stage.Stage, fault stage.Fault) func(*stage.Stream) {
	return func(s *stage.Stream) {
		for i := range s.Events {
			if r := s.Events[i].Result; r != nil && s.Events[i].Check == check && r.Stage == at {
				r.Status, r.Fault, r.Facts = stage.Fail, fault, nil
			}
		}
	}
}

// What expectations do to the verdict, the exit code and line one.
func TestVerdictOfExpectations(t *testing.T) {
	for _, tt := range []struct {
		name         string
		run          string
		change       func(*stage.Stream)
		verdict      report.Verdict
		exit, strict int
		title        string
	}{
		{"all met", "smoke", nil, report.Works, 0, 0, "smoke.toml: 6 endpoints, 24 of 24 expectations met"},
		{"an unmet one fails", "smoke-runs-out", nil, report.WorksWithWarnings, 1, 1, "smoke.toml: 6 endpoints, 1 of 24 expectations not met"},
		{"a mere warning", "smoke-runs-out", eachExpectation(onlyWarn), report.WorksWithWarnings, 0, 1, "smoke.toml: 6 endpoints, 1 of 24 expectations not met"},
		{"unmet, with nothing wrong", "smoke", beyond(stage.ExpectFail), report.WorksWithWarnings, 1, 1, "smoke.toml: 6 endpoints, 6 of 24 expectations not met"},
		{"a warning, with nothing wrong", "smoke", beyond(stage.ExpectWarn), report.WorksWithWarnings, 0, 1, "smoke.toml: 6 endpoints, 6 of 24 expectations not met"},
		{"not judged", "smoke-unjudged", eachExpectation(func(e *stage.Expectation) {
			if e.ID == stage.ExpectGreeting {
				e.Want = []string{"2000"}
			}
		}), report.Works, 0, 1, "smoke.toml: 6 endpoints, 18 of 30 expectations met, 12 not judged"},
		{"blocked by what is reported itself", "smoke", failedAt("pop3-995", stage.Connect, stage.Refused), report.DoesNotWork, 1, 1, "smoke.toml: 6 endpoints, 20 of 24 expectations met, 4 not judged"},
		{"no expectations", "smoke", func(s *stage.Stream) {
			for i := range s.Header.Plan.Checks {
				s.Header.Plan.Checks[i].Expects = nil
			}
		}, report.Works, 0, 0, "smoke.toml: 6 endpoints"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := smokeReport(tt.run, tt.change)
			if r.Verdict != tt.verdict || r.ExitCode(false) != tt.exit || r.ExitCode(true) != tt.strict {
				t.Errorf("%s, exit %d, strictly %d; want %s, %d, %d", r.Verdict, r.ExitCode(false), r.ExitCode(true), tt.verdict, tt.exit, tt.strict)
			}
			if r.Title != tt.title {
				t.Errorf("title %q, want %q", r.Title, tt.title)
			}
			for _, o := range r.Outcomes {
				if tt.verdict == report.WorksWithWarnings && o.Verdict == report.DoesNotWork {
					t.Errorf("%s doesn't work because of an expectation", o.Check)
				}
			}
			if n := r.Counted(report.ExpectationMet) + r.Counted(report.ExpectationUnmet) + r.Counted(report.ExpectationNotJudged); n != len(r.Expectations) {
				t.Errorf("%d of %d are counted", n, len(r.Expectations))
			}
		})
	}
}

// Nothing is said to be fine where an expectation is unmet.
func TestNoAllClearBesideUnmet(t *testing.T) {
	known := func(s *stage.Stream) { s.Header.Plan.Subjects[0].Profile = sample.CenturyLink() }
	if r := smokeReport("smoke", known); r.NoAction.Empty() {
		t.Error("nothing is said where there is nothing to do")
	}
	r := smokeReport("smoke", func(s *stage.Stream) {
		known(s)
		beyond(stage.ExpectFail)(s)
	})
	if !r.NoAction.Empty() {
		t.Errorf("nothing to do: %q", r.NoAction.Whole())
	}
}

// An unmet expectation says where it is written, what explains it, and at which endpoint.
func TestWordsOfExpectations(t *testing.T) {
	r := smokeReport("smoke-runs-out", nil)
	for i := range r.Expectations {
		e := &r.Expectations[i]
		if e.Outcome != report.ExpectationUnmet {
			continue
		}
		got := strings.Join([]string{string(e.ID), e.Check, e.Place, r.SeenText(e), r.AskedText(e), string(e.Cause)}, " | ")
		want := "certificate-days | smtp-465@smtp2.example.com | smtps://smtp2.example.com:465 | at least 14, seen 5 | asked for in smoke.toml:3, endpoint in smoke.toml:31 | cert-expires-soon"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// What a trial said is in the report, and the login that it made is counted apart.
func TestTrialsAreShown(t *testing.T) {
	rec := sample.Get("smoke").Record()
	rec.Trials = []stage.CheckRecord{{
		Check:      stage.Check{ID: "imap-993/wrong-password", Kind: stage.KindWrongPassword, Round: 1, Parents: []string{"imap-993"}},
		Transcript: []stage.Line{{From: stage.Client, Text: "a1 LOGOUT"}},
	}}
	rec.Logins.Wrong = 1
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	if last := r.Transcripts[len(r.Transcripts)-1]; last.Label != "imap-993/wrong-password" || len(last.Lines) != 1 {
		t.Errorf("the last transcript is %+v", last)
	}
	if want := "6 tried, 0 refused; 1 more login with a wrong password on purpose"; r.LoginWords != want {
		t.Errorf("logins: %q, want %q", r.LoginWords, want)
	}
}

// A saved run says of every expectation what the run itself said.
func TestExpectationsAreReplayed(t *testing.T) {
	for _, name := range []string{"smoke", "smoke-runs-out", "smoke-unjudged"} {
		live := smokeReport(name, nil)
		var b bytes.Buffer
		if err := sample.Get(name).Stream.Copy(stage.NewStreamWriter(&b)); err != nil {
			t.Fatal(err)
		}
		s, err := stage.ReadStream(&b)
		if err != nil {
			t.Fatal(err)
		}
		rec := stage.Fold(s)
		then := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		if len(then.Expectations) != len(live.Expectations) || then.Title != live.Title || *then.File != *live.File {
			t.Fatalf("%s: %q, was %q", name, then.Title, live.Title)
		}
		for i, e := range then.Expectations {
			if o := live.Expectations[i]; e.Outcome != o.Outcome || e.Seen != o.Seen || e.Why != o.Why || e.Cause != o.Cause {
				t.Errorf("%s: %+v, was %+v", name, e, o)
			}
		}
	}
}
