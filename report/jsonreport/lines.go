package jsonreport

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// LinesVersion is the version of the format of one object a line.
const LinesVersion = 1

// LineType says which object a line holds.
type LineType string

const (
	LineCheck LineType = "check" // a [CheckLine]
	LineRun   LineType = "run"   // a [RunLine]: the last line
)

// CheckLine is an endpoint, written as soon as the group of checks that it belongs to
// has ended. Where the whole run leads to another conclusion, the line of the run says
// so ([RunLine.Revised]).
type CheckLine struct {
	Type    LineType `json:"type"`
	Version int      `json:"version"`
	CheckObject
	Sentence     string         `json:"sentence,omitempty"` // the cause, in one or two sentences; absent if nothing is wrong
	Action       string         `json:"action,omitempty"`   // the first thing to do about it
	Expectations []JudgedObject `json:"expectations,omitempty"`
}

// RunLine is the whole run, after its endpoints.
type RunLine struct {
	Type       LineType         `json:"type"`
	Version    int              `json:"version"`
	MailDoctor string           `json:"maildoctor"`
	Commit     string           `json:"commit,omitempty"`
	Started    time.Time        `json:"started"`
	Time       stage.Millis     `json:"ms"`
	Complete   bool             `json:"complete"`
	Targets    []Target         `json:"targets"`
	Verdict    report.Verdict   `json:"verdict"`
	Receiving  report.Verdict   `json:"receiving,omitempty"`
	Sending    report.Verdict   `json:"sending,omitempty"`
	TestedUpTo stage.Stage      `json:"tested_up_to"`
	Summary    string           `json:"summary"`
	Notices    []string         `json:"notices,omitempty"`
	Actions    []ActionObject   `json:"actions"`
	Counts     CountsObject     `json:"counts"`
	Revised    []Revised        `json:"revised,omitempty"`
	Logins     stage.Logins     `json:"logins"`
	File       *stage.SmokeFile `json:"file,omitempty"` // the smoke file
	Against    *Against         `json:"against,omitempty"`
}

// CountsObject are the numbers of connections by their verdict, and of expectations by
// what came of them.
type CountsObject struct {
	Works        int                 `json:"works"`
	Warnings     int                 `json:"works_with_warnings"`
	Fails        int                 `json:"does_not_work"`
	Unknown      int                 `json:"unknown"`
	Expectations *ExpectationsObject `json:"expectations,omitempty"` // absent without a smoke file
}

// ExpectationsObject are the numbers of expectations by what came of them.
type ExpectationsObject struct {
	Met       int `json:"met"`
	Unmet     int `json:"unmet"`
	NotJudged int `json:"not_judged"`
}

// Revised is the conclusion on a check in the whole run, where it isn't that of its line.
type Revised struct {
	ID      string         `json:"id"`
	Verdict report.Verdict `json:"verdict"`
	Cause   cause.ID       `json:"cause,omitempty"` // absent if nothing is wrong
}

// JudgedObject is what came of one thing that a smoke file expects of an endpoint.
type JudgedObject struct {
	ID       stage.ExpectationID       `json:"id"`
	Outcome  report.ExpectationOutcome `json:"outcome"`
	Severity stage.ExpectationSeverity `json:"severity"`
	Want     []string                  `json:"want"` // the values, in one form
	Expected string                    `json:"expected"`
	Seen     string                    `json:"seen,omitempty"`
	Why      string                    `json:"why,omitempty"`   // why this machine can't tell
	Cause    cause.ID                  `json:"cause,omitempty"` // what explains it
	Line     int                       `json:"line,omitempty"`  // in the smoke file, from 1
	At       int                       `json:"at,omitempty"`    // the line where its endpoint is
}

// Lines writes a report as one object a line: first the endpoints, group by group, then
// the run.
type Lines struct {
	w       io.Writer
	written map[string]concluded // by Check.ID
}

// concluded is what a line says of a check.
type concluded struct {
	verdict report.Verdict
	cause   cause.ID
}

// NewLines returns an empty report that is written to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: w, written: make(map[string]concluded)} }

// Group writes the endpoints of a group that has ended. It returns write errors.
func (l *Lines) Group(r *report.Report) error {
	for _, c := range checkLines(r) {
		if _, ok := l.written[c.ID]; ok {
			continue
		}
		l.written[c.ID] = concluded{c.Verdict, c.Cause}
		if err := l.write(c); err != nil {
			return err
		}
	}
	return nil
}

// Run writes the groups that have not been written, and the line of the run. It returns
// write errors.
func (l *Lines) Run(r *report.Report) error {
	if len(l.written) < len(r.Outcomes) {
		for g := range r.Groups() {
			if err := l.Group(g); err != nil {
				return err
			}
		}
	}
	return l.write(l.run(r))
}

// RenderLines writes the report as one object a line. The lines are those of the run
// while it goes on, in the order of the plan. No option has an effect. It returns write
// errors of w.
func RenderLines(w io.Writer, r *report.Report, _ report.Options) error { return NewLines(w).Run(r) }

// write writes a line in one piece, so that a reader never sees a part of it.
func (l *Lines) write(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(l.w, "%s\n", b)
	return err
}

// checkLines returns a line for each check of the plan.
func checkLines(r *report.Report) []CheckLine {
	outcomes, expected := make(map[string]report.Outcome), make(map[string][]JudgedObject)
	for _, o := range r.Outcomes {
		outcomes[o.Check] = o
	}
	for _, e := range r.Expectations {
		expected[e.Check] = append(expected[e.Check], expectation(e))
	}
	var out []CheckLine
	for i := range r.Checks {
		c := &r.Checks[i]
		o, ok := outcomes[c.Check.ID]
		if !ok {
			continue
		}
		line := CheckLine{
			Type: LineCheck, Version: LinesVersion, CheckObject: check(c, outcomes, len(r.Subjects)),
			Expectations: expected[c.Check.ID],
		}
		if f := r.Explains(o); f != nil {
			line.Sentence, line.Action = f.Sentence(r.Language), f.Action
		}
		out = append(out, line)
	}
	return out
}

func expectation(e report.Expectation) JudgedObject {
	return JudgedObject{
		ID: e.ID, Outcome: e.Outcome, Severity: e.Severity, Want: orEmpty(e.Want), Expected: e.Expected, Seen: e.Seen,
		Why: e.Why, Cause: e.Cause, Line: e.Line, At: e.At,
	}
}

// run returns the line of the run.
func (l *Lines) run(r *report.Report) RunLine {
	out := RunLine{
		Type: LineRun, Version: LinesVersion, MailDoctor: r.Version, Commit: r.Commit, Started: r.Started, Time: r.Time,
		Complete: r.Ended == stage.Complete, Targets: []Target{}, Verdict: r.Verdict, Receiving: r.Receiving, Sending: r.Sending,
		TestedUpTo: r.TestedUpTo, Summary: r.SummaryText(), Notices: r.Notices, Actions: []ActionObject{}, Logins: r.Logins,
		Counts: counts(r), File: r.File, Against: against(r),
	}
	for _, s := range r.Subjects {
		out.Targets = append(out.Targets, target(s))
	}
	for _, a := range r.Actions {
		out.Actions = append(out.Actions, action(r.Language, a))
	}
	for _, o := range r.Outcomes {
		if l.written[o.Check] != (concluded{o.Verdict, o.Cause}) {
			out.Revised = append(out.Revised, Revised{o.Check, o.Verdict, o.Cause})
		}
	}
	return out
}

func counts(r *report.Report) CountsObject {
	c := r.Counts()
	out := CountsObject{Works: c.Works, Warnings: c.Warnings, Fails: c.Fails, Unknown: c.Unknown}
	if len(r.Expectations) > 0 {
		out.Expectations = &ExpectationsObject{c.Met, c.Unmet, c.NotJudged}
	}
	return out
}

// AreLines reports whether a file that begins like this is a report in lines, which is
// easily taken for a saved run.
func AreLines(first []byte) bool {
	var line struct {
		Type    LineType `json:"type"`
		Version int      `json:"version"`
		Verdict string   `json:"verdict"`
	}
	return json.Unmarshal(first, &line) == nil && (line.Type == LineCheck || line.Type == LineRun) && line.Version > 0 && line.Verdict != ""
}
