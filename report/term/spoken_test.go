package term_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/term"
)

// withoutData removes data, because a server may have sent anything.
func withoutData(text string) string {
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch r {
		case '⟪':
			depth++
		case '⟫':
			depth--
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// stumbles returns what a screen reader would spell out, or skip, in our own words:
// anything except letters, digits and punctuation.
func stumbles(text string) string {
	var out []rune
	for _, r := range withoutData(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" \n.,;:?!'()/-@\"", r) {
			out = append(out, r)
		}
	}
	return string(out)
}

// spokenRun is a run in the form for speech output, with its data marked.
func spokenRun(t *testing.T, name string, o report.Options) string {
	t.Helper()
	o.Linear = true
	rec := sample.Get(name).Record()
	var b bytes.Buffer
	l := prose.English().DataMarked("⟪", "⟫")
	if err := term.Render(&b, report.New(l, rec, diagnose.Diagnose(rec)), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSpokenWithoutSigns: no line of the linear form has a sign of our own that a
// screen reader stumbles on, nor room that stands for a column.
func TestSpokenWithoutSigns(t *testing.T) {
	for _, c := range sample.Cases() {
		for verbose := range 3 {
			text := spokenRun(t, c.Name, report.Options{Verbose: verbose, Width: report.MaxWidth})
			if wrong := stumbles(text); wrong != "" {
				t.Errorf("%s with %d: %q in\n%s", c.Name, verbose, wrong, text)
			}
			for _, l := range strings.Split(render(t, c.Name, report.Options{Verbose: verbose, Linear: true}), "\n") {
				if strings.HasPrefix(l, " ") || strings.Contains(l, "  ") {
					t.Errorf("%s: room for a column in %q", c.Name, l)
				}
			}
		}
	}
}

// TestSpokenRows: each connection has a sentence that begins with its name.
func TestSpokenRows(t *testing.T) {
	got := render(t, "port-blocked", report.Options{Linear: true, Width: 100})
	for _, want := range []string{
		"DOES NOT WORK: jane@q.com",
		"Incoming (POP): pop.centurylink.net, port 995, encryption SSL/TLS.",
		"POP3 pop.centurylink.net:995, SSL/TLS, 380 ms: fine to the end. 214 messages, 38 of 700 MB.",
		"SMTP smtp.centurylink.net:587, STARTTLS, 10 s: name fine; connection failed; the rest not reached or\n" +
			"not tried. Connect: no answer in 10 s from 198.51.100.25 or 2001:db8::25.",
	} {
		if !strings.Contains("\n"+got, "\n"+want+"\n") {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}

// TestSpokenSaysAll: the contents of the tables are spoken, in every run: each
// address, each note, each server.
func TestSpokenSaysAll(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		text := strings.Join(strings.Fields(render(t, c.Name, report.Options{Linear: true, Verbose: 1})), " ")
		said := func(what string) {
			if !strings.Contains(text, what) {
				t.Errorf("%s: %q is missing in\n%s", c.Name, what, text)
			}
		}
		for _, row := range r.Rows {
			if r.AllAlike != "" {
				break
			}
			said(row.Protocol + " " + row.Address)
			for _, n := range r.NotesOf(row) {
				said(n[1:])
			}
		}
		for _, s := range r.Settings {
			for _, v := range s.Servers {
				said(v.Host)
			}
		}
		for _, n := range r.NotKnown {
			said(n)
		}
	}
}

// TestSpokenComparison says what each of two runs saw.
func TestSpokenComparison(t *testing.T) {
	l := prose.English().DataMarked("⟪", "⟫")
	of := func(name string) *report.Report {
		rec := sample.Get(name).Record()
		return report.New(l, rec, diagnose.Diagnose(rec))
	}
	r := of("port-blocked")
	r.CompareWith(of("healthy"), "wifi", "hotspot")
	var b bytes.Buffer
	if err := term.Render(&b, r, report.Options{Linear: true, Verbose: 1, Width: report.MaxWidth}); err != nil {
		t.Fatal(err)
	}
	if wrong := stumbles(b.String()); wrong != "" {
		t.Errorf("%q in\n%s", wrong, b.String())
	}
	text := strings.NewReplacer("⟪", "", "⟫", "").Replace(b.String())
	for _, want := range []string{"SMTP smtp.centurylink.net:587 connect:\nwifi: fine, ", "\nhotspot: failed, "} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
}

// TestSpokenProgress: lines are appended and none is redrawn; silence is reported,
// and repeated only after a while.
func TestSpokenProgress(t *testing.T) {
	rec := sample.Get("port-blocked").Record()
	var b bytes.Buffer
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{Linear: true, Colour: report.ANSI})
	p.Plan(rec.Header.Plan)
	start := func(check string, st stage.Stage, at time.Duration) {
		p.Event(stage.Event{Type: stage.EventStart, Check: check, Stage: st, At: stage.Ms(at)})
	}
	start("pop3-995", stage.Login, 300*time.Millisecond)
	start("smtp-587", stage.Connect, 100*time.Millisecond)
	p.Event(stage.Event{Type: stage.EventDone, Check: "imap-993"})
	p.Event(stage.Event{Type: stage.EventDone, Check: "pop3-995"})
	for at := range 14 {
		p.Tick(time.Duration(at) * time.Second)
	}
	p.Event(stage.Event{Type: stage.EventResult, Check: "smtp-587", Result: &stage.Result{Stage: stage.Connect, Status: stage.Fail}})
	p.Event(stage.Event{Type: stage.EventDone, Check: "smtp-587"})
	p.Tick(15 * time.Second)
	p.Event(stage.Event{Type: stage.EventCheck, Check: "smtp-587/web", Ordered: &stage.Check{ID: "smtp-587/web"}})
	p.Tick(15 * time.Second)
	p.Event(stage.Event{Type: stage.EventDone, Check: "smtp-587/web"})
	p.Tick(16 * time.Second)
	p.Hide()
	p.Tick(17 * time.Second)
	p.Close()
	want := `Testing 3 connections.
POP3 pop.centurylink.net:995: done.
IMAP mail.centurylink.net:993: done.
SMTP smtp.centurylink.net:587: connecting, no answer yet (2 s).
SMTP smtp.centurylink.net:587: connecting, no answer yet (12 s).
SMTP smtp.centurylink.net:587: stopped at connect.
Follow-up: 1 question, 0 answered.
Follow-up: 1 question, 1 answered.
`
	if b.String() != want {
		t.Errorf("%q\nwant:\n%s", b.String(), want)
	}
}

// TestSpokenProgressOfMany: for forty connections only numbers are spoken.
func TestSpokenProgressOfMany(t *testing.T) {
	var plan stage.Plan
	for i := range 40 {
		plan.Checks = append(plan.Checks, stage.Check{ID: string(rune('A' + i)), Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "a.test", Port: 993}})
	}
	var b bytes.Buffer
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{Linear: true})
	p.Plan(plan)
	for i, c := range plan.Checks {
		p.Event(stage.Event{Type: stage.EventDone, Check: c.ID})
		p.Tick(time.Duration(i) * time.Second)
	}
	want := "Testing 40 connections.\n11 of 40 connections done.\n21 of 40 connections done, less than a minute left.\n31 of 40 connections done, less than a minute left.\n40 of 40 connections done.\n"
	if b.String() != want {
		t.Errorf("%q\nwant %q", b.String(), want)
	}
}
