package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
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
	against string
	older   *older // of against, once validated
}

func (o *outputFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&o.format, "format", formats[0].name, "`FORM` of the report: "+strings.Join(formatNames(), "|"))
	fs.StringArrayVar(&o.files, "output", nil, "write the report to `[FORM=]FILE` as well; may be given several times")
	fs.CountVarP(&o.verbose, "verbose", "v", "show facts and transcripts; twice: all of them, with the time of each line")
	fs.BoolVar(&o.strict, "strict", false, "exit with 1 also for warnings")
	fs.StringVar(&o.colour, "color", "auto", "use colour, `WHEN`: auto, always, never; NO_COLOR is obeyed")
	fs.IntVar(&o.width, "width", 0, "`COLUMNS` of the text report, 60 to 200; the terminal's, or 80, or 100 with -v")
	fs.StringVar(&o.against, "against", "", "compare with the saved run in `FILE`: what changed, what did not")
	fs.BoolVar(&o.ascii, "ascii", false, "use signs that every console can draw")
}

// comfortable is the width beyond which a terminal doesn't make a report easier to
// read.
const comfortable = 100

// validate refuses unknown formats and widths before anything is tested.
func (o *outputFlags) validate() error {
	if o.width != 0 && (o.width < report.MinWidth || o.width > report.MaxWidth) {
		return usage("--width %d: expected %d to %d", o.width, report.MinWidth, report.MaxWidth)
	}
	if !slices.Contains([]string{"auto", "always", "never"}, o.colour) {
		return usage("--color %q: expected auto, always or never", o.colour)
	}
	forms := []string{o.format}
	for _, arg := range o.files {
		form, file := splitOutput(arg)
		if file == "" {
			return usage("--output %q: expected [FORM=]FILE", arg)
		}
		forms = append(forms, form)
	}
	for _, name := range forms {
		if formatNamed(name) == nil {
			return usage("format %q: expected %s", name, strings.Join(formatNames(), " or "))
		}
	}
	return nil
}

// conclude makes the report of a stream in a language, the same for a run that has just
// ended and for one read from a file.
func conclude(l *prose.Language, s *stage.Stream) *report.Report { return reportOf(l, stage.Fold(s)) }

func reportOf(l *prose.Language, rec *stage.Record) *report.Report {
	return report.New(l, rec, diagnose.Diagnose(rec))
}

// write renders the report to standard output and to the files. A file that
// can't be written doesn't keep the others from it.
func (o *outputFlags) write(s Streams, r *report.Report) error {
	errs := []error{formatNamed(o.format).render(s.Out, r, o.forTerminal(s))}
	plain := o.forFile()
	for _, arg := range o.files {
		form, file := splitOutput(arg)
		var b bytes.Buffer
		err := formatNamed(form).render(&b, r, plain)
		if err == nil {
			err = os.WriteFile(file, b.Bytes(), 0o600)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--output: %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return ownFault("%w", err)
	}
	return nil
}

// forTerminal are the options of the text that goes to standard output.
func (o *outputFlags) forTerminal(s Streams) report.Options {
	t := o.forFile()
	t.ASCII = o.ascii || s.ASCII && s.OutTerminal
	t.Dark = s.Dark
	if o.width == 0 && s.OutTerminal && s.Width > 0 {
		t.Width = min(max(s.Width, report.MinWidth), comfortable)
	}
	t.Colour = o.colours(s)
	return t
}

// forFile are the options of a text file: no colour, a fixed width.
func (o *outputFlags) forFile() report.Options {
	t := report.Options{Width: o.width, Verbose: min(o.verbose, 2), ASCII: o.ascii, Colour: report.NoColour}
	if t.Width == 0 {
		t.Width = report.DefaultWidth
		if o.verbose > 0 {
			t.Width = comfortable // columns of evidence stand side by side
		}
	}
	return t
}

// colours decides on colour: the flag, then NO_COLOR (no-color.org: set and not
// empty), then whether a terminal is there that knows colour.
func (o *outputFlags) colours(s Streams) report.Colour {
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
