package report_test

import (
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// change changes the results of one stage of one check.
type change struct {
	check string
	stage stage.Stage
	to    stage.Result
}

func failed(f stage.Fault) stage.Result { return stage.Result{Status: stage.Fail, Fault: f} }
func warned() stage.Result              { return stage.Result{Status: stage.Warn} }
func skipped(r stage.Reason) stage.Result {
	return stage.Result{Status: stage.Skip, Reason: r}
}

// recordWith returns the healthy run with changes; stages after a failed or
// unfinished one are not reached.
func recordWith(changes ...change) *stage.Record {
	rec := sample.Get("healthy").Record()
	for _, c := range changes {
		c.apply(rec.Check(c.check).Results)
	}
	return rec
}

// apply changes the stage among results.
func (c change) apply(results []stage.Result) {
	behind := false
	for i := range results {
		switch {
		case behind:
			results[i] = stage.Result{Stage: results[i].Stage, Status: stage.Skip, Reason: stage.Blocked, BlockedBy: c.stage}
			if c.to.Status == stage.Skip {
				results[i] = stage.Result{Stage: results[i].Stage, Status: stage.Skip, Reason: c.to.Reason}
			}
		case results[i].Stage == c.stage:
			facts := results[i].Facts
			results[i] = c.to
			results[i].Stage = c.stage
			if c.to.Status != stage.Skip {
				results[i].Facts = facts
			}
			behind = c.to.Status == stage.Fail || c.to.Status == stage.Skip
		}
	}
}

// TestVerdict covers the rules by which results are weighed.
func TestVerdict(t *testing.T) {
	const (
		pop, imap, smtp = "pop3-995", "imap-993", "smtp-587"
		works, warn     = report.Works, report.WorksWithWarnings
		not, unknown    = report.DoesNotWork, report.Unknown
	)
	allOf := func(s stage.Stage, to stage.Result) []change {
		return []change{{pop, s, to}, {imap, s, to}, {smtp, s, to}}
	}
	noNetwork := diagnose.Diagnosis{Findings: []diagnose.Finding{{
		Cause: "no-network-route", Severity: cause.Fail, Confidence: cause.Proven, Checks: []string{pop, imap, smtp},
	}}}
	finding := func(s cause.Severity, by cause.ID) diagnose.Diagnosis {
		return diagnose.Diagnosis{Findings: []diagnose.Finding{{Cause: "slow-path", Severity: s, SuppressedBy: by, Checks: []string{smtp}}}}
	}
	for _, tc := range []struct {
		name          string
		changes       []change
		d             diagnose.Diagnosis
		in, out, both report.Verdict
		code, strict  int
	}{
		{name: "healthy", in: works, out: works, both: works},
		{name: "required fails", changes: []change{{smtp, stage.Connect, failed(stage.ConnectTimeout)}}, in: works, out: not, both: not, code: 1, strict: 1},
		{name: "optional fails", changes: []change{{imap, stage.Connect, failed(stage.Refused)}}, in: warn, out: works, both: warn, strict: 1},
		{name: "required fails, optional works", changes: []change{{pop, stage.Login, failed(stage.Rejected)}}, in: not, out: works, both: not, code: 1, strict: 1},
		{name: "a stage warns", changes: []change{{smtp, stage.Handshake, warned()}}, in: works, out: warn, both: warn, strict: 1},
		{name: "a finding warns", d: finding(cause.Warn, ""), in: works, out: warn, both: warn, strict: 1},
		{name: "a suppressed finding does not", d: finding(cause.Warn, "no-network-route"), in: works, out: works, both: works},
		{name: "information does not", d: finding(cause.Info, ""), in: works, out: works, both: works},
		{name: "password could not be tried", changes: []change{{pop, stage.Login, skipped(stage.CleartextNotAllowed)}}, in: unknown, out: works, both: unknown, code: 1, strict: 1},
		{name: "login budget", changes: []change{{smtp, stage.Login, skipped(stage.LoginBudget)}}, in: works, out: unknown, both: unknown, code: 1, strict: 1},
		{name: "interrupted", changes: []change{{smtp, stage.Connect, skipped(stage.Interrupted)}}, in: works, out: unknown, both: unknown, code: 1, strict: 1},
		{name: "out of time", changes: []change{{pop, stage.Greeting, skipped(stage.OutOfTime)}}, in: unknown, out: works, both: unknown, code: 1, strict: 1},
		{name: "optional interrupted", changes: []change{{imap, stage.Login, skipped(stage.Interrupted)}}, in: warn, out: works, both: warn, strict: 1},
		{name: "failure outweighs not knowing", changes: []change{{pop, stage.Login, skipped(stage.LoginBudget)}, {smtp, stage.Connect, failed(stage.Refused)}}, in: unknown, out: not, both: not, code: 1, strict: 1},
		{name: "our own fault", changes: []change{{smtp, stage.Login, failed(stage.InternalProblem)}}, in: works, out: unknown, both: unknown, code: 1, strict: 1},
		{name: "no network", changes: allOf(stage.Resolve, failed(stage.DNSUnreached)), d: noNetwork, in: unknown, out: unknown, both: unknown, code: 1, strict: 1},
		{name: "all fail, no cause", changes: allOf(stage.Resolve, failed(stage.DNSUnreached)), in: not, out: not, both: not, code: 1, strict: 1},
		{name: "not a part of the connection", changes: []change{{smtp, stage.Submit, skipped(stage.NotApplicable)}}, in: works, out: works, both: works},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := report.New(prose.English(), recordWith(tc.changes...), tc.d)
			if r.Receiving != tc.in || r.Sending != tc.out || r.Verdict != tc.both {
				t.Errorf("receiving %s, sending %s, together %s; want %s, %s, %s", r.Receiving, r.Sending, r.Verdict, tc.in, tc.out, tc.both)
			}
			if code := r.ExitCode(false); code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			if code := r.ExitCode(true); code != tc.strict {
				t.Errorf("strict exit code %d, want %d", code, tc.strict)
			}
		})
	}
}

// TestOnlyOptional: if every endpoint of a direction is optional, one of them has to
// work.
func TestOnlyOptional(t *testing.T) {
	only := func(rec *stage.Record) *stage.Record {
		rec.Checks = rec.Checks[1:2]
		return rec
	}
	r := report.New(prose.English(), only(recordWith(change{"imap-993", stage.Connect, failed(stage.Refused)})), diagnose.Diagnosis{})
	if r.Receiving != report.DoesNotWork || r.Sending != "" {
		t.Errorf("receiving %q, sending %q; want does-not-work and nothing", r.Receiving, r.Sending)
	}
	if r := report.New(prose.English(), only(recordWith()), diagnose.Diagnosis{}); r.Receiving != report.Works {
		t.Errorf("receiving %q, want works", r.Receiving)
	}
}

// TestSubjectsApart: what one person receives doesn't make up for another's failure,
// and the verdict is the worst one.
func TestSubjectsApart(t *testing.T) {
	rec := recordWith()
	rec.Header.Plan.Subjects = append(rec.Header.Plan.Subjects, stage.Subject{Argument: "joe@q.com", User: "joe@q.com"})
	c := *rec.Check("pop3-995")
	c.Check.ID, c.Check.Subject, c.Check.Optional = "pop3-995-joe", 1, true
	c.Results = []stage.Result{{Stage: stage.Resolve, Status: stage.Fail, Fault: stage.NameNotFound}}
	rec.Checks = append(rec.Checks, c)
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	if r.Receiving != report.DoesNotWork {
		t.Errorf("receiving %s, want does-not-work: the second subject has nothing that works", r.Receiving)
	}
	if want := "4 endpoints of jane@q.com and joe@q.com"; r.Title != want {
		t.Errorf("title %q, want %q", r.Title, want)
	}
}

func TestTestedUpTo(t *testing.T) {
	for _, tc := range []struct {
		name string
		edit func(*stage.Record)
		want stage.Stage
		part bool
	}{
		{"all", func(*stage.Record) {}, stage.Submit, false},
		{"receiving alone", func(r *stage.Record) { r.Checks = r.Checks[:2] }, stage.Mailbox, false},
		{"no password", func(r *stage.Record) { r.Header.Options.Password = false }, stage.Capabilities, true},
		{"no user", func(r *stage.Record) { r.Header.Plan.Subjects[0].User = "" }, stage.Capabilities, true},
		{"login left out", func(r *stage.Record) { r.Header.Options.Login = false }, stage.Capabilities, true},
	} {
		rec := recordWith()
		tc.edit(rec)
		r := report.New(prose.English(), rec, diagnose.Diagnosis{})
		if r.TestedUpTo != tc.want || r.AsFarAsTested != tc.part {
			t.Errorf("%s: up to %s, partly %v; want %s, %v", tc.name, r.TestedUpTo, r.AsFarAsTested, tc.want, tc.part)
		}
	}
}

// TestNothingExamined: the result of a run without a check is unknown, and there is
// no panic.
func TestNothingExamined(t *testing.T) {
	r := report.New(prose.English(), &stage.Record{}, diagnose.Diagnosis{})
	if r.Verdict != report.Unknown || r.ExitCode(false) != 1 {
		t.Errorf("verdict %s, exit code %d; want unknown, 1", r.Verdict, r.ExitCode(false))
	}
}
