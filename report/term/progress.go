package term

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// patience is how long a stage lasts before the progress says that nothing has
// arrived yet.
const patience = 2 * time.Second

// stageProgress says what is being done in a stage.
var stageProgress = map[stage.Stage]prose.Value{
	stage.Resolve:      say.ProgressResolve(),
	stage.Connect:      say.ProgressConnect(),
	stage.Handshake:    say.ProgressTLS(),
	stage.Greeting:     say.ProgressGreeting(),
	stage.Upgrade:      say.ProgressStartTLS(),
	stage.Capabilities: say.ProgressCapabilities(),
	stage.Login:        say.ProgressLogin(),
	stage.Mailbox:      say.ProgressMailbox(),
	stage.Submit:       say.ProgressSubmit(),
}

// Progress shows the checks of a run while it goes on, one line each, and one for
// all follow-ups together, redrawn in place. It writes escape sequences, so it is
// for terminals only. With [ProgressOptions.Linear], it only appends lines. Its
// methods may be called from several goroutines.
type Progress struct {
	mu      sync.Mutex
	l       *prose.Language
	w       io.Writer
	o       ProgressOptions
	colours palette
	order   []string
	checks  map[string]*progressCheck
	pace    pace
	asked   map[string]bool // by id: whether the follow-up has ended
	since   stage.Millis    // when the latest of them was ordered
	drawn   int             // lines on the screen
	last    string
	told    appended
	hidden  bool
	closed  bool
	resumed stage.Millis // what happened before was taken over from an earlier run; zero: nothing was
}

// ProgressOptions describe the terminal.
type ProgressOptions struct {
	Width     int // columns of the terminal, 0 for 80
	Height    int // lines of the terminal, 0 for 24; at least one is left unused
	Colour    report.Colour
	ASCII     bool
	EastAsian bool // see [report.Options]
	Linear    bool // append a line for each piece of news, and redraw nothing
}

// progressCheck is the state of one check.
type progressCheck struct {
	name   prose.Value
	label  string // the same in words
	stage  stage.Stage
	since  stage.Millis
	begun  bool
	began  stage.Millis // with begun
	failed stage.Stage
	warned bool
	done   bool
	try    int // 2 for the second; zero for the first
	told   told
}

// NewProgress returns a progress that draws on w, in a language. Nothing is drawn
// before [Progress.Plan].
func NewProgress(w io.Writer, l *prose.Language, o ProgressOptions) *Progress {
	if o.Width <= 0 {
		o.Width = report.DefaultWidth
	}
	if o.Height <= 0 {
		o.Height = 24
	}
	return &Progress{w: w, l: l, o: o, colours: newPalette(w, o.Colour), checks: make(map[string]*progressCheck), asked: make(map[string]bool)}
}

// Plan sets the checks of the run and draws them for the first time.
func (p *Progress) Plan(plan stage.Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range plan.Checks {
		p.check(c)
	}
	p.draw(0)
}

// Resume says that what happened before a time since the run's start was taken over from
// an earlier run. It must be called before the events.
func (p *Progress) Resume(after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resumed = stage.Ms(after)
}

// Event records what happened. The next [Progress.Tick] shows it.
func (p *Progress) Event(e stage.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Type == stage.EventCheck && e.Ordered != nil {
		if e.Ordered.Repeats() {
			p.again(*e.Ordered, e.At)
			return
		}
		if _, ok := p.asked[e.Ordered.ID]; !ok {
			p.asked[e.Ordered.ID], p.since = false, e.At
		}
		return
	}
	if _, ok := p.asked[e.Check]; ok {
		p.asked[e.Check] = p.asked[e.Check] || e.Type == stage.EventDone
		return
	}
	c := p.checks[e.Check]
	if c == nil {
		return
	}
	switch e.Type {
	case stage.EventStart:
		p.begin(c, e.At)
		c.stage, c.since = e.Stage, e.At
	case stage.EventResult:
		if e.Result == nil {
			return
		}
		switch e.Result.Status {
		case stage.Fail:
			c.failed = e.Result.Stage
		case stage.Warn:
			c.warned = true
		}
		c.stage = "" // the next wait may not be caused by the server
	case stage.EventDone:
		p.end(c, e.At)
	}
}

// end records that a check has ended. One that never began has been left out.
func (p *Progress) end(c *progressCheck, at stage.Millis) {
	if c.done {
		return
	}
	p.begin(c, at)
	c.done = true
	if at >= p.resumed {
		p.pace.end(c.began.Duration(), at.Duration())
	} else {
		p.pace.all-- // the estimate is about what is left
	}
}

// begin records that a check has begun, if it hadn't.
func (p *Progress) begin(c *progressCheck, at stage.Millis) {
	if c.begun {
		return
	}
	c.begun, c.began = true, at
	if at >= p.resumed {
		p.pace.begin(at.Duration())
	}
}

// again records that a check is going to be tried again.
func (p *Progress) again(try stage.Check, at stage.Millis) {
	c := p.checks[try.Parents[0]]
	if c == nil {
		return
	}
	p.checks[try.ID] = c
	switch {
	case !c.done:
	case at < p.resumed:
		p.pace.all++
	default:
		p.pace.ended--
	}
	c.try, c.done, c.failed, c.warned, c.stage, c.told.end = try.Try, false, "", false, "", false
}

// Tick draws the current state, elapsed after the start of the run. If nothing
// changed, it writes nothing.
func (p *Progress) Tick(elapsed time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pace.tick(elapsed)
	p.draw(elapsed)
}

// Close erases the progress. Later calls do nothing.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	p.closed = true
}

// Hide erases the progress until [Progress.Show], because something else uses the
// terminal.
func (p *Progress) Hide() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	p.hidden = true
}

// Show allows the next [Progress.Tick] to draw the progress again.
func (p *Progress) Show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hidden = false
}

// wipe erases the lines.
func (p *Progress) wipe() {
	if !p.closed && p.drawn > 0 {
		p.put(fmt.Sprintf("\x1b[%dA\r\x1b[J", p.drawn))
	}
	p.drawn, p.last = 0, ""
}

func (p *Progress) check(c stage.Check) {
	if p.checks[c.ID] != nil {
		return
	}
	name := prose.Data(protocolLabel(c.Endpoint))
	p.checks[c.ID] = &progressCheck{name: name, label: p.l.Text(name)}
	p.order = append(p.order, c.ID)
	p.pace.all++
}

func protocolLabel(e stage.Endpoint) string {
	return strings.ToUpper(string(e.Protocol)) + " " + e.Address()
}

// draw overwrites the lines on the screen.
func (p *Progress) draw(elapsed time.Duration) {
	if p.closed || p.hidden {
		return
	}
	if p.o.Linear {
		p.append(elapsed)
		return
	}
	lines := p.lines(elapsed)
	text := strings.Join(lines, "\x1b[K\n")
	if text == p.last || len(lines) == 0 {
		return
	}
	p.last = text
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r", p.drawn)
	}
	b.WriteString(text + "\x1b[K\n\x1b[J")
	p.drawn = len(lines)
	p.put(b.String())
}

// put writes to the terminal. A lost terminal is no reason to stop a run.
func (p *Progress) put(s string) { _, _ = io.WriteString(p.w, s) }

// lines renders one line for each check, as many as the terminal has room for.
// Checks in progress are kept first.
func (p *Progress) lines(elapsed time.Duration) []string {
	room := max(p.o.Height-1-min(len(p.asked), 1), 1)
	shown, hidden := p.order, 0
	if len(shown) > room {
		shown = p.foremost(room - 1)
		hidden = len(p.order) - len(shown)
	}
	label := 0
	for _, id := range shown {
		label = max(label, p.page().size(p.checks[id].label))
	}
	var out []string
	for _, id := range shown {
		out = append(out, p.line(p.checks[id], min(label, p.o.Width/2), elapsed))
	}
	if hidden > 0 {
		done := p.pace.said(say.ProgressOf(prose.Count(p.pace.ended), prose.Count(p.pace.all)))
		out = append(out, "  "+p.fitting("  ", p.l.Text(say.ProgressRest(prose.Count(hidden), done))))
	}
	if len(p.asked) > 0 && len(out) < max(p.o.Height-1, 1) {
		out = append(out, "  "+p.fitting("  ", p.followUps(elapsed)))
	}
	return out
}

// foremost returns as many checks as there is room for, in plan order: those in
// progress, and then those that wait for them.
func (p *Progress) foremost(room int) []string {
	shown := make(map[string]bool)
	for _, begun := range []bool{true, false} {
		for _, id := range p.order {
			if c := p.checks[id]; !c.done && c.begun == begun && len(shown) < room {
				shown[id] = true
			}
		}
	}
	var out []string
	for _, id := range p.order {
		if shown[id] {
			out = append(out, id)
		}
	}
	return out
}

// followUps says in one line how far all follow-ups have got.
func (p *Progress) followUps(elapsed time.Duration) string {
	done := 0
	for _, ended := range p.asked {
		if ended {
			done++
		}
	}
	said := say.ProgressAsked(prose.Count(len(p.asked)), prose.Count(done))
	if took := elapsed - p.since.Duration(); done < len(p.asked) && took >= patience {
		said = say.ProgressAskedRest(said, wholeSeconds(took))
	}
	return p.l.Text(said)
}

// wholeSeconds returns a running time in completed seconds.
func wholeSeconds(d time.Duration) prose.Value {
	return prose.Seconds(stage.Ms(d.Truncate(time.Second)))
}

func (p *Progress) line(c *progressCheck, label int, elapsed time.Duration) string {
	said, sign := c.state(elapsed)
	page := p.page()
	name := page.clean(c.label)
	if page.size(name) > label {
		name = ansi.Truncate(name, label, "...")
	}
	before, painted := "  "+page.pad(name, label)+"   ", ""
	if sign != nil {
		s, st := page.mark(*sign)
		before, painted = before+s+" ", p.colours.paint(s, st)+" "
		return ansi.Truncate(strings.TrimSuffix(before, s+" ")+painted, p.o.Width-1, "") + p.fitting(before, p.l.Text(said))
	}
	return ansi.Truncate(before, p.o.Width-1, "") + p.fitting(before, p.l.Text(said))
}

// page returns a page for measuring and cleaning texts.
func (p *Progress) page() *page { return &page{ascii: p.o.ASCII, wide: p.o.EastAsian} }

// fitting returns the words of a text that fit on the line after before, so that it
// never takes two lines.
func (p *Progress) fitting(before, text string) string {
	page := p.page()
	room := p.o.Width - 1 - page.size(before)
	text = page.clean(text)
	if room < page.size(text[:wordEnd(text, 0)]) {
		return ""
	}
	words, _ := page.take(text, room)
	return words
}

// state says what a check is doing, or its result once it has ended.
func (c *progressCheck) state(elapsed time.Duration) (prose.Value, *mark) {
	said, sign := c.now(elapsed)
	if c.try > 0 && sign == nil {
		said = say.ProgressTry(prose.Figure(c.try), said)
	}
	return said, sign
}

// now is the state of the latest try.
func (c *progressCheck) now(elapsed time.Duration) (prose.Value, *mark) {
	switch {
	case c.failed != "":
		m := marks["fail"]
		return say.ProgressStopped(prose.Data(string(c.failed))), &m
	case c.done && c.warned:
		m := marks["warn"]
		return say.ProgressDone(), &m
	case c.done:
		m := marks["pass"]
		return say.ProgressDone(), &m
	case c.stage == "":
		return say.ProgressWaiting(), nil
	}
	doing, ok := stageProgress[c.stage]
	if !ok {
		doing = prose.Data(string(c.stage))
	}
	if took := elapsed - c.since.Duration(); took >= patience {
		doing = say.ProgressNoAnswer(doing, wholeSeconds(took))
	}
	return doing, nil
}
