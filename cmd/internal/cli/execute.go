package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/report/term"
)

// execute carries a plan out, shows how far it is, and writes the report.
func execute(ctx context.Context, s Streams, plan stage.Plan, opt probe.Options, out outputFlags, save string) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	var file *saved
	if save != "" {
		var err error
		if file, err = createSaved(save); err != nil {
			return err
		}
		defer file.close()
		opt.Sinks = append(opt.Sinks, file)
	}
	shown := showProgress(s, out)
	if shown != nil {
		opt.Sinks = append(opt.Sinks, shown)
	}
	stream, err := probe.Run(ctx, plan, opt)
	shown.stop()
	if stream == nil {
		return ownFault("%w", err)
	}
	r := conclude(stream)
	written := out.write(s, r)
	if file != nil {
		file.tell(s, stream, err)
	}
	switch {
	case err != nil || written != nil:
		return ownFault("%w", errors.Join(err, written))
	case stream.End.State == stage.WasInterrupted:
		return &exitError{code: exitInterrupted}
	}
	if code := r.ExitCode(out.strict); code != 0 {
		return &exitError{code: code}
	}
	return nil
}

// progress shows the state of each check on a terminal while a run goes on.
type progress struct {
	events chan func(*term.Progress)
	quit   chan struct{}
	ended  chan struct{}
}

// refresh is how often the waiting times are drawn again.
const refresh = 200 * time.Millisecond

// showProgress starts the display; nil where there is no terminal for it. It
// never uses standard output.
func showProgress(s Streams, out outputFlags) *progress {
	if !s.ErrTerminal {
		return nil
	}
	p := &progress{
		events: make(chan func(*term.Progress), 64),
		quit:   make(chan struct{}), ended: make(chan struct{}),
	}
	go p.draw(term.NewProgress(s.Err, term.ProgressOptions{
		Width: s.Width, Height: s.Height, ASCII: out.ascii || s.ASCII, Dark: s.Dark, Colour: out.colours(s),
	}))
	return p
}

// draw owns the display.
func (p *progress) draw(t *term.Progress) {
	defer close(p.ended)
	defer t.Close()
	start := time.Now()
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		select {
		case f := <-p.events:
			f(t)
		case <-tick.C:
			t.Tick(time.Since(start))
		case <-p.quit:
			return
		}
	}
}

func (p *progress) send(f func(*term.Progress)) error {
	select {
	case p.events <- f:
	case <-p.ended:
	}
	return nil
}

// Header begins the display.
func (p *progress) Header(h stage.Header) error {
	return p.send(func(t *term.Progress) { t.Plan(h.Plan) })
}

// Event moves a line of the display on.
func (p *progress) Event(e stage.Event) error {
	return p.send(func(t *term.Progress) { t.Event(e) })
}

// End does nothing: stop ends the display.
func (p *progress) End(stage.End) error { return nil }

// stop erases the display.
func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.quit)
	<-p.ended
}

// printPlan writes what would be tested.
func printPlan(w interface{ Write([]byte) (int, error) }, plan stage.Plan) error {
	for i, subject := range plan.Subjects {
		fmt.Fprintf(w, "%s\n", subject.Argument)
		if p := subject.Profile; p != nil {
			fmt.Fprintf(w, "  profile    %s (%s), from %s, read %s\n", p.ID, p.Name, p.Source, p.Date)
		}
		if subject.User != "" {
			fmt.Fprintf(w, "  user name  %s\n", stage.Visible(subject.User))
		}
		for _, c := range plan.Checks {
			if c.Subject != i {
				continue
			}
			optional := ""
			if c.Optional {
				optional = ", optional"
			}
			fmt.Fprintf(w, "  %-24s %s %s, %s%s\n  %-24s %s\n", c.ID, c.Endpoint.Protocol, c.Endpoint.Address(), c.Endpoint.Security, optional, "", stages(c))
		}
	}
	fmt.Fprintln(w, "Nothing was tested (--dry-run).")
	return nil
}

func stages(c stage.Check) string {
	text := ""
	for _, s := range c.Order() {
		text += " " + string(s)
	}
	return text[1:]
}
