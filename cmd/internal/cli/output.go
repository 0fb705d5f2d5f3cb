package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/chains"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/term"
)

// outputFlags say how a report is written.
type outputFlags struct {
	format  string
	files   []string
	verbose int
	strict  bool
	colour  string
	width   int
	ascii   bool
	linear  bool
	against string
	failOn  string // empty: any
	older   *older // the run of against, once validated

	given        func(flag string) bool // whether the user typed a flag; nil: none
	destinations []destination          // of files, once validated
	live         *live                  // writes to standard output while the run goes on; nil: nothing does
	programFlags
	chain string
	shown *chains.File // of chain, once opened
}

func (o *outputFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	o.given = fs.Changed
	fs.StringVar(&o.format, "format", formats[0].name, "`FORM` of the report: "+strings.Join(formatNames(), ", "))
	fs.StringArrayVar(&o.files, "output", nil, "write the report to `[FORM=]FILE` as well; may be given several times; FORM=- is standard output, instead of the text")
	fs.CountVarP(&o.verbose, "verbose", "v", "show what was seen and what was said; twice: all of it, with the time of each line")
	fs.BoolVar(&o.strict, "strict", false, "exit with 1 for warnings too")
	fs.StringVar(&o.colour, "color", "auto", "use colour, `WHEN`: auto, always, never; NO_COLOR is respected")
	fs.IntVar(&o.width, "width", 0, "`COLUMNS` of the text report, 40 to 200; the terminal's, or 80, or 100 with -v")
	fs.StringVar(&o.against, "against", "", "compare with the saved run in `FILE`: what has changed, what has not")
	fs.StringVar(&o.failOn, "fail-on", failures[0], "exit with 1 for `WHAT`: any problem, or new: with --against, only those that the older run does not have")
	fs.StringVar(&o.chain, "save-chain", "", "write the certificates that the servers show to `FILE` (PEM, with fingerprints); never over an existing file")
	o.programFlags.register(fs)
	registerLinear(fs, &o.linear)
	fs.BoolVar(&o.ascii, "ascii", false, "use only characters that every console can show")
}

// colourModes are the values of --color.
var colourModes = []string{"auto", "always", "never"}

// registerLinear adds the flag for speech output.
func registerLinear(fs *pflag.FlagSet, linear *bool) {
	fs.BoolVar(linear, "linear", false, "write sentences without tables and signs, for a screen reader; ACCESSIBLE in the environment does the same")
}

// validate refuses unknown formats and widths before anything is tested.
func (o *outputFlags) validate() error {
	if o.width != 0 && (o.width < report.MinWidth || o.width > report.MaxWidth) {
		return fault.Usage("--width %d: expected %d to %d", o.width, report.MinWidth, report.MaxWidth)
	}
	if !slices.Contains(colourModes, o.colour) {
		return fault.Usage("--color %q: expected auto, always or never", o.colour)
	}
	if formatNamed(o.format) == nil {
		return fault.Usage("--format %q: expected %s", o.format, strings.Join(formatNames(), " or "))
	}
	if err := o.validateFailOn(); err != nil {
		return err
	}
	if err := o.programFlags.validate(); err != nil {
		return err
	}
	return o.readOutputs()
}

// readOutputs parses the values of --output. Standard output gets one form, which
// --output may choose instead of --format.
func (o *outputFlags) readOutputs() error {
	taken := "" // the flag that chose the form of standard output
	if o.given != nil && o.given("format") {
		taken = typed("format", o.format)
	}
	for _, arg := range o.files {
		d, err := readOutput(arg)
		switch {
		case err != nil:
			return err
		case d.name != standardOutput:
			o.destinations = append(o.destinations, d)
			continue
		case taken != "" && taken != typed("format", d.format.name):
			return fault.Usage("%s and --output %s: expected one form for standard output", taken, arg)
		}
		o.format, taken = d.format.name, typed("output", arg)
	}
	return nil
}

// openChain creates the file for the certificates before anything is tested.
func (o *outputFlags) openChain() (err error) {
	o.shown, err = chains.Create(o.chain)
	return err
}

// conclude makes the report of a stream in a language, both for a run that has just
// ended and for one read from a file.
func conclude(l *prose.Language, s *stage.Stream) *report.Report { return reportOf(l, stage.Fold(s)) }

func reportOf(l *prose.Language, rec *stage.Record) *report.Report {
	return report.New(l, rec, diagnose.Diagnose(rec))
}

// report makes the report of a run, for the mail program that was named or, if none
// was, the only one that has the account.
func (o *outputFlags) report(s console.Streams, rec *stage.Record) *report.Report {
	by := report.Reader{Program: o.program(s)}
	if by.Program == nil {
		by = report.Reader{Program: o.labelled(s, onlyProgram(rec)), Recognised: true}
	}
	return report.NewFor(s.Language, rec, diagnose.Diagnose(rec), by)
}

// onlyProgram returns the one program whose settings were read; empty if there are
// several, or none.
func onlyProgram(rec *stage.Record) stage.ProgramID {
	var only stage.ProgramID
	for _, subject := range rec.Header.Plan.Subjects {
		for _, a := range subject.Configured {
			if only != "" && only != a.Program && !a.Relayed {
				return ""
			}
			if !a.Relayed {
				only = a.Program
			}
		}
	}
	return only
}

// write renders the report to standard output and to the files. If one file can't be
// written, the others still are.
func (o *outputFlags) write(s console.Streams, r *report.Report) error {
	render := func(w io.Writer, f *format, opt report.Options) error { return f.render(w, r, opt) }
	if o.live == nil {
		return o.writeAll(s, render)
	}
	return o.writeFiles(o.live.finish(r), render)
}

// writeAll writes something in every requested format and to every requested place.
func (o *outputFlags) writeAll(s console.Streams, render func(io.Writer, *format, report.Options) error) error {
	return o.writeFiles(render(s.Out, formatNamed(o.format), o.forTerminal(s)), render)
}

// writeFiles writes something to every file. failed is the error of standard output.
func (o *outputFlags) writeFiles(failed error, render func(io.Writer, *format, report.Options) error) error {
	errs := []error{failed}
	for _, d := range o.destinations {
		err := d.write(func(w io.Writer) error { return render(w, d.format, o.forFile()) })
		if err != nil {
			errs = append(errs, fmt.Errorf("--output: %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fault.Own("%w", err)
	}
	return nil
}

// forTerminal returns the options of text on standard output.
func (o *outputFlags) forTerminal(s console.Streams) report.Options {
	t := o.forFile()
	t.Linear = s.Spoken(o.linear)
	t.ASCII = o.ascii || s.ASCII && s.OutTerminal
	t.EastAsian = s.EastAsian && s.OutTerminal
	if o.width == 0 && s.OutTerminal && s.Width > 0 {
		t.Width = min(max(s.Width, report.MinWidth), console.Comfortable)
	}
	t.Colour = o.colours(s)
	return t
}

// forDisplay returns the options of the display during a run.
func (o *outputFlags) forDisplay(s console.Streams) term.ProgressOptions {
	return term.ProgressOptions{
		Width: s.Width, Height: s.Height, ASCII: o.ascii || s.ASCII, Colour: o.colours(s), Linear: s.Spoken(o.linear), EastAsian: s.EastAsian,
	}
}

// forFile returns the options of a text file: no colour, a fixed width.
func (o *outputFlags) forFile() report.Options {
	t := report.Options{Width: o.width, Verbose: min(o.verbose, 2), ASCII: o.ascii, Linear: o.linear, Strict: o.strict, Colour: report.NoColour}
	if t.Width == 0 {
		t.Width = report.DefaultWidth
		if o.verbose > 0 {
			t.Width = console.Comfortable // so that columns of evidence fit side by side
		}
	}
	return t
}

// colours decides on colour: first by the flag, then by NO_COLOR (no-color.org: set
// and not empty), then by whether there is a terminal with colour.
func (o *outputFlags) colours(s console.Streams) report.Colour {
	env := func(name string) string { v, _ := s.LookupEnv(name); return v }
	switch {
	case o.colour == "never", o.colour == "auto" && (env("NO_COLOR") != "" || !s.OutTerminal || env("TERM") == "dumb"):
		return report.NoColour
	case strings.Contains(env("COLORTERM"), "truecolor"), strings.Contains(env("COLORTERM"), "24bit"):
		return report.TrueColor
	case strings.Contains(env("TERM"), "256color"):
		return report.ANSI256
	}
	return report.ANSI
}
