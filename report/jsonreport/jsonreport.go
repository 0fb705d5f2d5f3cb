// Package jsonreport writes a report as JSON, for programs.
//
// The format is that of [Document], and of the JSON Schema that [Schema]
// returns. Its version is 1. Within a version members are only added:
// readers ignore members that they don't know. An absent member means "not
// examined", never zero or false. Sentences and ids are those of the
// report for people, word for word.
//
//	{
//	  "version": 1,
//	  "maildoctor": "0.1.0",                  the program that made the run
//	  "commit": "462669c1d2e3",               the source of that build, if recorded
//	  "started": "2026-11-22T14:02:00-07:00", RFC 3339
//	  "ms": 742,                              durations are milliseconds
//	  "complete": true,                       false: interrupted, or out of time
//	  "targets": [{"argument": "jane@q.com", "kind": "address", "profile": "centurylink"}],
//	  "verdict": "works",                     works, works-with-warnings, does-not-work, unknown
//	  "receiving": "works",                   absent if it was not examined
//	  "sending": "works",
//	  "tested_up_to": "submit",               capabilities: no login was requested
//	  "summary": "Receiving and sending work ...",
//	  "notices": [...],                       what people read first, such as that it is a demo
//	  "actions": [...],                       what to do, in order, and who can do it
//	  "ways": [...],                          what was seen working in place of what failed
//	  "settings": [...],                      what to type in, for each subject
//	  "findings": [...],                      the leading one first, suppressed ones last
//	  "not_known": [...],                     what this run cannot decide, and what would
//	  "follow_ups": [...],                    the questions that the run asked itself, and the answers
//	  "open": [...],                          questions that would tell more but were not asked
//	  "checks": [...],                        each with its verdict, its stages and their facts
//	  "logins": {"tried": 3, "failed": 0},
//	  "contacted": [...],
//	  "programs": {...},                      which other programs would connect, if requested
//	  "file": {"path": "smoke.toml", "sha256": "..."}, what was asked for in a file
//	  "exit": 0,                              the exit code of the command
//	  "expectations": {...},                  of the file, and what came of them
//	  "against": {...}                        what changed since an older run, if one was given
//	}
//
// The facts of a stage are the types of package stage, ResolveFacts to
// SearchFacts. They contain no secrets.
//
// [Lines] writes the same as one object a line, while the run goes on: a [CheckLine] for
// each endpoint, and a [RunLine] at the end. [LinesSchema] describes them.
//
//	{"type": "check", "version": 1, "id": "imap-993", ..., "sentence": "...", "action": "..."}
//	{"type": "run", "version": 1, "verdict": "works", ..., "counts": {"works": 3, ...}}
package jsonreport

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"io"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Version is the version of the format.
const Version = 1

// Document is a report in JSON.
type Document struct {
	Version    int                `json:"version"`
	MailDoctor string             `json:"maildoctor"`
	Commit     string             `json:"commit,omitempty"` // the source of that build
	Started    time.Time          `json:"started"`
	Time       stage.Millis       `json:"ms"`
	Complete   bool               `json:"complete"`
	Targets    []Target           `json:"targets"`
	Verdict    report.Verdict     `json:"verdict"`
	Receiving  report.Verdict     `json:"receiving,omitempty"`
	Sending    report.Verdict     `json:"sending,omitempty"`
	TestedUpTo stage.Stage        `json:"tested_up_to"`
	Summary    string             `json:"summary"`
	Notices    []string           `json:"notices,omitempty"`
	Actions    []ActionObject     `json:"actions"`
	Ways       []Way              `json:"ways,omitempty"`
	Settings   []Settings         `json:"settings"`
	Configured []ConfiguredObject `json:"configured,omitempty"`
	Sources    []SourceObject     `json:"sources,omitempty"`
	Findings   []FindingObject    `json:"findings"`
	NotKnown   []string           `json:"not_known,omitempty"`
	FollowUps  []FollowUp         `json:"follow_ups,omitempty"`
	Open       []string           `json:"open,omitempty"`
	Checks     []CheckObject      `json:"checks"`
	Logins     stage.Logins       `json:"logins"`
	Contacted  []Contact          `json:"contacted"`
	Programs   *ProgramsObject    `json:"programs,omitempty"`
	File       *stage.SmokeFile   `json:"file,omitempty"`
	Exit       *int               `json:"exit,omitempty"` // the exit code, if known

	Expectations *Expectations `json:"expectations,omitempty"`

	Against *Against `json:"against,omitempty"`
}

// Target is one argument of the command line: what was examined.
type Target struct {
	Argument string            `json:"argument"` // as typed
	Kind     stage.SubjectKind `json:"kind"`
	Profile  string            `json:"profile,omitempty"` // id; absent for a URL
	Label    string            `json:"name,omitempty"`    // what the smoke file calls it
	Labels   []string          `json:"labels,omitempty"`
	Line     int               `json:"line,omitempty"` // in the smoke file, from 1
}

// ActionObject is one thing to do, and who can do it.
type ActionObject struct {
	ID      cause.ActionID   `json:"id"`
	Kind    cause.ActionKind `json:"kind"`
	Who     cause.Who        `json:"who"`
	Text    string           `json:"text"`              // whole sentences, including the command
	Command string           `json:"command,omitempty"` // to type
}

// Way is a way round a check that failed: settings that this run has seen working,
// or just waiting.
type Way struct {
	Kind     string          `json:"kind"`
	Round    string          `json:"round"`              // id of the check that failed
	Shown    string          `json:"shown,omitempty"`    // id of the check that shows the way
	Endpoint *stage.Endpoint `json:"endpoint,omitempty"` // to type in
	Works    bool            `json:"works"`              // passed all requested stages
	LoggedIn bool            `json:"logged_in"`
	Named    bool            `json:"named"`                    // the provider's settings include it
	InCert   bool            `json:"in_certificate,omitempty"` // the server's name is in the failed check's certificate
	After    stage.Millis    `json:"after_ms,omitempty"`       // how long to wait
}

// Settings are what to type in for one subject.
type Settings struct {
	Subject      string   `json:"subject"`
	Servers      []Server `json:"servers"`
	UserName     string   `json:"user_name,omitempty"`
	SignIn       bool     `json:"outgoing_sign_in,omitempty"`
	Copies       string   `json:"copies,omitempty"`
	MailboxBytes int64    `json:"mailbox_bytes,omitempty"`
	MessageBytes int64    `json:"message_bytes,omitempty"`
	Tested       bool     `json:"tested"`         // false: the profile's, because nothing could be tried
	Text         string   `json:"text,omitempty"` // what people read instead of servers, or about their source

	// InProgram has a sentence for each server in the labels of the mail program that
	// the report is for; absent if it is for none.
	InProgram []string `json:"in_program,omitempty"`
}

// Server is one server to type in.
type Server struct {
	stage.Endpoint
	Confirmed bool            `json:"confirmed"`           // passed every requested stage
	Optional  bool            `json:"optional,omitempty"`  // replaces a required one
	Found     bool            `json:"found,omitempty"`     // found by trying; not in the profile
	Unchanged bool            `json:"unchanged,omitempty"` // it failed for a reason that no setting changes
	InsteadOf *stage.Endpoint `json:"instead_of,omitempty"`
}

// FindingObject is a conclusion.
type FindingObject struct {
	Cause        cause.ID          `json:"cause"`
	Severity     cause.Severity    `json:"severity"`
	Confidence   cause.Confidence  `json:"confidence"`
	SuppressedBy cause.ID          `json:"suppressed_by,omitempty"`
	Who          cause.Who         `json:"who,omitempty"`
	Title        string            `json:"title"`
	Action       string            `json:"action"`
	Args         map[string]string `json:"args"`
	Checks       []string          `json:"checks"`
	Evidence     []EvidenceObject  `json:"evidence"`
}

// EvidenceObject is an observation that supports a finding.
type EvidenceObject struct {
	Check string      `json:"check"`
	Stage stage.Stage `json:"stage"`
	Text  string      `json:"text"`

	// Said has the evidence as values: sentences with their ids and arguments.
	Said []prose.Value `json:"said"`
}

// CheckObject is one check.
type CheckObject struct {
	ID       string           `json:"id"`
	Kind     stage.Kind       `json:"kind"`
	Parents  []string         `json:"parents,omitempty"`
	Question stage.QuestionID `json:"question,omitempty"`
	Round    int              `json:"round,omitempty"`  // 1 or 2; absent for the plan's own
	Target   *int             `json:"target,omitempty"` // index in targets, from 0; absent for a follow-up
	Verdict  report.Verdict   `json:"verdict,omitempty"`
	Cause    cause.ID         `json:"cause,omitempty"` // the leading one; absent if nothing is wrong
	Optional bool             `json:"optional"`
	Endpoint *stage.Endpoint  `json:"endpoint,omitempty"` // absent for a follow-up that needs none
	Manner   stage.Manner     `json:"manner,omitzero"`
	URL      string           `json:"url,omitempty"`
	Stages   []stage.Result   `json:"stages"`
	Tries    []TryObject      `json:"tries,omitempty"` // all of them, if there was more than one; Stages are those of the one that counts
}

// TryObject is one of several tries of a check.
type TryObject struct {
	Try    int            `json:"try"`             // from 1
	Crowd  int            `json:"crowd,omitempty"` // the try before was refused while this many connections from here were open; this one was made alone
	Stages []stage.Result `json:"stages"`
}

// FollowUp is a question that the run asked itself.
type FollowUp struct {
	Check    string           `json:"check"`
	Question stage.QuestionID `json:"question"`
	Ask      string           `json:"ask"`
	Answer   string           `json:"answer"`
	Answered bool             `json:"answered"`
	Parents  []string         `json:"parents"`
	Why      []string         `json:"why"`
	Round    int              `json:"round"`
	Kind     stage.Kind       `json:"kind"`
	Endpoint *stage.Endpoint  `json:"endpoint,omitempty"`

	// Asked and Said are the question and the answer as values: sentences with their
	// ids and arguments.
	Asked []prose.Value `json:"asked"`
	Said  []prose.Value `json:"said"`
}

// Contact is a host that was contacted.
type Contact struct {
	Host    string `json:"host"`
	Address string `json:"address"`
	Why     string `json:"why"`
}

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema of the format (draft 2020-12).
func Schema() []byte { return append([]byte(nil), schema...) }

// Render writes the report and a line feed. The error is w's. The checks, which make up
// most of a large document, are written one after the other, so that it never stands in
// memory as a whole.
func Render(w io.Writer, r *report.Report, _ report.Options) error {
	d := New(r)
	checks := d.Checks
	d.Checks = []CheckObject{}
	whole, err := indented(d, "")
	if err != nil || len(checks) == 0 {
		return written(w, err, whole, "\n")
	}
	// Members of the outermost object alone begin a line with two spaces, and no string
	// holds a line feed.
	before, after, _ := bytes.Cut(whole, []byte("\n  \"checks\": []"))
	err = written(w, nil, before, "\n  \"checks\": [\n    ")
	for i := range checks {
		one, failed := indented(&checks[i], "    ")
		end := ",\n    "
		if i == len(checks)-1 {
			end = "\n  ]"
		}
		err = written(w, cmp.Or(err, failed), one, end)
	}
	return written(w, err, after, "\n")
}

// indented encodes a value as the document has it.
func indented(v any, prefix string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// written writes text and what ends it, unless there was an error before.
func written(w io.Writer, err error, text []byte, end string) error {
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		_, err = io.WriteString(w, end)
	}
	return err
}

// New converts a report to a document.
func New(r *report.Report) *Document {
	d := &Document{
		Version:    Version,
		MailDoctor: r.Version,
		Commit:     r.Commit,
		Started:    r.Started,
		Time:       r.Time,
		Complete:   r.Ended == stage.Complete,
		Targets:    []Target{},
		Verdict:    r.Verdict,
		Receiving:  r.Receiving,
		Sending:    r.Sending,
		TestedUpTo: r.TestedUpTo,
		Summary:    r.SummaryText(),
		Notices:    r.Notices,
		Actions:    []ActionObject{},
		Settings:   []Settings{},
		Configured: configuredOf(r.Configured),
		Sources:    sourcesOf(r.Sources),
		Findings:   []FindingObject{},
		NotKnown:   r.NotKnown,
		Open:       r.Open,
		Checks:     []CheckObject{},
		Logins:     r.Logins,
	}
	for _, s := range r.Subjects {
		d.Targets = append(d.Targets, target(s))
	}
	for _, a := range r.Actions {
		d.Actions = append(d.Actions, action(r.Language, a))
	}
	for _, w := range r.Ways {
		d.Ways = append(d.Ways, Way{
			string(w.Kind), w.Round, w.Shown, orAbsent(w.Endpoint), w.Works, w.LoggedIn, w.Named, w.Certificate, stage.Ms(w.After),
		})
	}
	for _, s := range r.Settings {
		d.Settings = append(d.Settings, settings(s))
	}
	for _, f := range r.Findings {
		d.Findings = append(d.Findings, finding(r.Language, f))
	}
	for _, f := range r.FollowUps {
		d.FollowUps = append(d.FollowUps, followUp(r.Language, f))
	}
	outcomes := make(map[string]report.Outcome)
	for _, o := range r.Outcomes {
		outcomes[o.Check] = o
	}
	for i := range r.Checks {
		d.Checks = append(d.Checks, check(&r.Checks[i], outcomes, len(d.Targets)))
	}
	d.Contacted = contacted(r)
	d.Programs = programsObject(r)
	d.File, d.Exit, d.Expectations = r.File, r.Exit, expectationsOf(r)
	d.Against = against(r)
	return d
}

func contacted(r *report.Report) []Contact {
	all := []Contact{}
	for _, c := range r.Contacts {
		all = append(all, Contact(c))
	}
	return all
}

func action(l *prose.Language, a cause.Action) ActionObject {
	out := ActionObject{ID: a.ID, Kind: a.Kind, Who: a.Who, Text: a.Text(l), Command: a.Command(l)}
	if out.Command != "" {
		out.Text += " " + out.Command
	}
	return out
}

func target(s stage.Subject) Target {
	t := Target{Argument: stage.Visible(s.Argument), Kind: s.Kind, Label: s.Label, Labels: s.Labels, Line: s.Line}
	if s.Profile != nil {
		t.Profile = s.Profile.ID
	}
	return t
}

func settings(s report.Settings) Settings {
	out := Settings{
		Subject: s.Subject, Servers: []Server{}, UserName: s.UserName, SignIn: s.SignIn, Copies: s.Copies,
		MailboxBytes: s.MailboxBytes, MessageBytes: s.MessageBytes, Tested: !s.Untested, Text: s.OneLine.Whole() + s.Source.Whole(), InProgram: s.InProgram,
	}
	for _, v := range s.Servers {
		if !v.Missing {
			out.Servers = append(out.Servers, Server{v.Endpoint, v.Confirmed, v.Optional, v.Found, v.Unchanged, v.Instead})
		}
	}
	return out
}

func finding(l *prose.Language, f report.Explanation) FindingObject {
	out := FindingObject{
		Cause: f.Cause, Severity: f.Severity, Confidence: f.Confidence, SuppressedBy: f.SuppressedBy,
		Who: f.Who, Title: f.Title, Action: f.Action, Args: map[string]string{}, Checks: f.Checks, Evidence: []EvidenceObject{},
	}
	for slot, v := range f.Args {
		out.Args[slot] = l.Text(v)
	}
	if out.Checks == nil {
		out.Checks = []string{}
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, EvidenceObject{e.Check, e.Stage, e.Text(l), values(e.Said)})
	}
	return out
}

// check converts one check. Only checks of the plan have conclusions; a follow-up is
// evidence.
func check(c *stage.CheckRecord, outcomes map[string]report.Outcome, targets int) CheckObject {
	out := CheckObject{
		ID: c.Check.ID, Kind: c.Check.Kind, Parents: c.Check.Parents, Question: c.Check.Question,
		Round: c.Check.Round, Optional: c.Check.Optional, Endpoint: orAbsent(c.Check.Endpoint),
		Manner: c.Check.Manner, URL: stage.Visible(c.Check.URL), Stages: c.Results,
	}
	if out.Stages == nil {
		out.Stages = []stage.Result{}
	}
	for i, t := range c.Tries {
		out.Tries = append(out.Tries, TryObject{i + 1, t.Check.Crowd, t.Results})
	}
	if o, ok := outcomes[c.Check.ID]; ok {
		out.Verdict, out.Cause = o.Verdict, o.Cause
		if i := c.Check.Subject; i >= 0 && i < targets {
			out.Target = &i
		}
	}
	return out
}

func followUp(l *prose.Language, f report.FollowUp) FollowUp {
	return FollowUp{
		Check: f.Check, Question: f.ID, Ask: l.Sentence(f.Question), Answer: l.Sentence(f.Answer),
		Answered: f.Answered, Parents: orEmpty(f.Parents), Why: orEmpty(f.Why), Round: f.Round, Kind: f.Kind,
		Endpoint: orAbsent(f.Endpoint), Asked: values(f.Question), Said: values(f.Answer),
	}
}

// values returns the parts of a value, as an empty list if there are none.
func values(v prose.Value) []prose.Value {
	if v.Empty() {
		return []prose.Value{}
	}
	return v.Items()
}

func orAbsent(e stage.Endpoint) *stage.Endpoint {
	if e == (stage.Endpoint{}) {
		return nil
	}
	return &e
}

// orEmpty replaces nil by an empty list, so that JSON has no null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
