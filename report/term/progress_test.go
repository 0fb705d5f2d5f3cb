package term_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/term"
)

// screen is as much of a terminal as the progress uses.
type screen struct {
	lines []string
	row   int
}

// write interprets text and the few escape sequences that are allowed.
func (s *screen) write(t *testing.T, text string) {
	t.Helper()
	put := func(part string) {
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		s.lines[s.row] += part
	}
	for text != "" {
		switch {
		case strings.HasPrefix(text, "\x1b[K"):
			text = text[3:]
		case strings.HasPrefix(text, "\x1b[J"):
			s.lines = s.lines[:min(s.row, len(s.lines))]
			text = text[3:]
		case strings.HasPrefix(text, "\x1b["):
			n, rest, ok := strings.Cut(text[2:], "A\r")
			up, err := strconv.Atoi(n)
			if !ok || err != nil || up > s.row {
				t.Fatalf("a sequence that is not known here, in row %d: %q", s.row, text)
			}
			s.row -= up
			text = rest
			for i := s.row; i < len(s.lines); i++ {
				s.lines[i] = "" // each line is written anew
			}
		case text[0] == '\n':
			s.row++
			text = text[1:]
		default:
			end := strings.IndexAny(text, "\x1b\n")
			if end < 0 {
				end = len(text)
			}
			put(text[:end])
			text = text[end:]
		}
	}
}

func TestProgress(t *testing.T) {
	rec := sample.Get("port-blocked").Record()
	var b bytes.Buffer
	var s screen
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{})
	show := func() string {
		s.write(t, b.String())
		b.Reset()
		return strings.Join(s.lines, "\n")
	}
	start := func(check string, st stage.Stage, at time.Duration) {
		p.Event(stage.Event{Type: stage.EventStart, Check: check, Stage: st, At: stage.Ms(at)})
	}
	want := func(elapsed time.Duration, lines ...string) {
		t.Helper()
		p.Tick(elapsed)
		if got := show(); got != strings.Join(lines, "\n") {
			t.Errorf("after %v:\n%s\nwant:\n%s", elapsed, got, strings.Join(lines, "\n"))
		}
	}

	p.Plan(rec.Header.Plan)
	want(0,
		"  POP3 pop.centurylink.net:995    waiting",
		"  IMAP mail.centurylink.net:993   waiting",
		"  SMTP smtp.centurylink.net:587   waiting")
	start("pop3-995", stage.Login, 300*time.Millisecond)
	start("smtp-587", stage.Connect, 100*time.Millisecond)
	p.Event(stage.Event{Type: stage.EventDone, Check: "imap-993"})
	want(time.Second,
		"  POP3 pop.centurylink.net:995    logging in",
		"  IMAP mail.centurylink.net:993   ✓ done",
		"  SMTP smtp.centurylink.net:587   connecting")
	p.Tick(time.Second)
	if b.Len() > 0 {
		t.Errorf("written although nothing changed: %q", b.String())
	}
	p.Event(stage.Event{Type: stage.EventDone, Check: "pop3-995"})
	want(4200*time.Millisecond,
		"  POP3 pop.centurylink.net:995    ✓ done",
		"  IMAP mail.centurylink.net:993   ✓ done",
		"  SMTP smtp.centurylink.net:587   connecting, no answer yet (4 s)")
	p.Event(stage.Event{Type: stage.EventResult, Check: "smtp-587", Result: &stage.Result{Stage: stage.Connect, Status: stage.Fail}})
	want(11*time.Second,
		"  POP3 pop.centurylink.net:995    ✓ done",
		"  IMAP mail.centurylink.net:993   ✓ done",
		"  SMTP smtp.centurylink.net:587   ✗ stopped at connect")
	p.Close()
	if got := show(); got != "" {
		t.Errorf("left on the screen:\n%s", got)
	}
	p.Tick(12 * time.Second)
	p.Close()
	if b.Len() > 0 {
		t.Errorf("written after Close: %q", b.String())
	}
}

// TestProgressMakesRoom: while something else uses the terminal nothing is drawn,
// and a wait between two stages is not attributed to the server.
func TestProgressMakesRoom(t *testing.T) {
	var b bytes.Buffer
	var s screen
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{})
	p.Plan(stage.Plan{Checks: []stage.Check{{ID: "imap-993", Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993}}}})
	p.Event(stage.Event{Type: stage.EventStart, Check: "imap-993", Stage: stage.Capabilities})
	p.Event(stage.Event{Type: stage.EventResult, Check: "imap-993", Result: &stage.Result{Stage: stage.Capabilities, Status: stage.Pass}})
	show := func(elapsed time.Duration) string {
		p.Tick(elapsed)
		s.write(t, b.String())
		b.Reset()
		return strings.Join(s.lines, "\n")
	}
	const line = "  IMAP imap.example.net:993   waiting"
	if got := show(10 * time.Second); got != line {
		t.Errorf("%q, want %q", got, line)
	}
	p.Hide()
	if got := show(11 * time.Second); got != "" {
		t.Errorf("hidden: %q", got)
	}
	p.Show()
	if got := show(12 * time.Second); got != line {
		t.Errorf("shown again: %q, want %q", got, line)
	}
}

// TestProgressFits keeps the progress within a small terminal.
func TestProgressFits(t *testing.T) {
	var plan stage.Plan
	for i := range 50 {
		host := strings.Repeat("very-long-name.", 9) + "example"
		plan.Checks = append(plan.Checks, stage.Check{
			ID: fmt.Sprint(i), Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: 993},
		})
	}
	for _, o := range []term.ProgressOptions{
		{Width: 40, Height: 10},
		{Width: 20, Height: 6, ASCII: true},
		{Width: 20, Height: 2},
		{Width: 60, Height: 24, Colour: report.ANSI},
	} {
		var b bytes.Buffer
		p := term.NewProgress(&b, prose.English(), o)
		p.Plan(plan)
		b.Reset()
		for i := range 40 {
			p.Event(stage.Event{Type: stage.EventDone, Check: fmt.Sprint(i)})
			p.Tick(time.Duration(i) * time.Second)
			for _, l := range strings.Split(b.String(), "\n") {
				if w := ansi.StringWidth(l); w >= o.Width {
					t.Fatalf("%+v: a line of %d columns: %q", o, w, l)
				}
			}
			if n := strings.Count(b.String(), "\n"); n >= o.Height {
				t.Fatalf("%+v: %d lines", o, n)
			}
			b.Reset()
		}
	}
}

// TestProgressOfMany: if there is no room for all, checks in progress come before
// those that wait for them, which may be earlier in the plan.
func TestProgressOfMany(t *testing.T) {
	var plan stage.Plan
	for i := range 10 {
		plan.Checks = append(plan.Checks, stage.Check{
			ID: fmt.Sprint(i), Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "a.test", Port: uint16(i)},
		})
	}
	var b bytes.Buffer
	var s screen
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{Height: 5})
	p.Plan(plan)
	for _, id := range []string{"0", "7", "9"} {
		p.Event(stage.Event{Type: stage.EventStart, Check: id, Stage: stage.Login})
	}
	p.Event(stage.Event{Type: stage.EventDone, Check: "0"})
	p.Tick(time.Second)
	s.write(t, b.String())
	want := "  IMAP a.test:1   waiting\n  IMAP a.test:7   logging in\n  IMAP a.test:9   logging in\n  and 7 more: 1 of 10 done"
	if got := strings.Join(s.lines, "\n"); got != want {
		t.Errorf("%s\nwant:\n%s", got, want)
	}
}

// TestProgressOfFollowUps: one line for all of them, however many there are.
func TestProgressOfFollowUps(t *testing.T) {
	rec := sample.Get("all-dropped").Record()
	var b bytes.Buffer
	var s screen
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{Height: 5})
	p.Plan(rec.Header.Plan)
	want := func(elapsed time.Duration, last string) {
		t.Helper()
		p.Tick(elapsed)
		s.write(t, b.String())
		b.Reset()
		if n := len(s.lines); n != 4 || s.lines[n-1] != last {
			t.Errorf("%q, want %q as the 4th", s.lines, last)
		}
	}
	order := func(id string, at time.Duration) {
		p.Event(stage.Event{Type: stage.EventCheck, Check: id, Ordered: &stage.Check{ID: id, Round: 1}, At: stage.Ms(at)})
	}
	for _, id := range []string{"pop3-995", "imap-993", "smtp-587"} {
		p.Event(stage.Event{Type: stage.EventDone, Check: id})
	}
	order("smtp-587/web", 10*time.Second)
	want(10*time.Second, "  follow-up: 1 question, 0 answered")
	for i := range 5 {
		order(fmt.Sprint("smtp-587/", i), 10*time.Second)
	}
	p.Event(stage.Event{Type: stage.EventStart, Check: "smtp-587/web", Stage: stage.Connect})
	p.Event(stage.Event{Type: stage.EventDone, Check: "smtp-587/web"})
	want(11*time.Second, "  follow-up: 6 questions, 1 answered")
	want(14*time.Second, "  follow-up: 6 questions, 1 answered, waiting for the rest (4 s)")
	for i := range 5 {
		p.Event(stage.Event{Type: stage.EventDone, Check: fmt.Sprint("smtp-587/", i)})
	}
	want(15*time.Second, "  follow-up: 6 questions, 6 answered")
	p.Close()
}
