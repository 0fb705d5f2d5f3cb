package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
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
	against string
	older   *older // of against, once validated
}

// format is a form that a report has.
type format struct {
	name   string
	render func(io.Writer, *report.Report, term.Options) error
}

// formats are all of them. Nothing but the bytes written depends on which one
// is chosen, the exit code least of all.
var formats = []format{
	{"text", term.Render},
	{"json", func(w io.Writer, r *report.Report, _ term.Options) error { return jsonreport.Encode(w, r) }},
}

// formatNamed returns the format with a name, nil where there is none.
func formatNamed(name string) *format {
	for i := range formats {
		if formats[i].name == name {
			return &formats[i]
		}
	}
	return nil
}

func formatNames() string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return strings.Join(names, "|")
}

func (o *outputFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&o.format, "format", "text", "`FORM` of the report: "+formatNames())
	fs.StringArrayVar(&o.files, "output", nil, "write the report to `[FORM=]FILE` as well; may be given several times")
	fs.CountVarP(&o.verbose, "verbose", "v", "show facts and transcripts; twice: all of them, with the time of each line")
	fs.BoolVar(&o.strict, "strict", false, "exit with 1 also for warnings")
	fs.StringVar(&o.colour, "color", "auto", "use colour, `WHEN`: auto, always, never; NO_COLOR is obeyed")
	fs.IntVar(&o.width, "width", 0, "`COLUMNS` of the text report, 60 to 200; the terminal's, or 80, or 100 with -v")
	fs.StringVar(&o.against, "against", "", "compare with the saved run in `FILE`: what changed, what did not")
	fs.BoolVar(&o.ascii, "ascii", false, "use signs that every console can draw")
}

// Columns that a text report may have.
const (
	defaultWidth = 80
	minWidth     = 60
	maxWidth     = 200
	comfortable  = 100 // wider terminals don't make a report easier to read
)

// validate refuses unknown formats and widths before anything is tested, and
// reads the run to compare with.
func (o *outputFlags) validate() error {
	if o.width != 0 && (o.width < minWidth || o.width > maxWidth) {
		return usage("--width %d: expected %d to %d", o.width, minWidth, maxWidth)
	}
	if !slices.Contains([]string{"auto", "always", "never"}, o.colour) {
		return usage("--color %q: expected auto, always or never", o.colour)
	}
	forms := []string{o.format}
	for _, arg := range o.files {
		form, file := split(arg)
		if file == "" {
			return usage("--output %q: expected [FORM=]FILE", arg)
		}
		forms = append(forms, form)
	}
	for _, name := range forms {
		if formatNamed(name) == nil {
			return usage("format %q: expected %s", name, strings.ReplaceAll(formatNames(), "|", " or "))
		}
	}
	return o.readOlder()
}

// split reads [FORM=]FILE. Without a form the file's ending tells; else text.
func split(arg string) (format, file string) {
	if form, rest, ok := strings.Cut(arg, "="); ok && !strings.ContainsAny(form, `/\.`) {
		return form, rest
	}
	if i := strings.LastIndexByte(arg, '.'); i >= 0 && formatNamed(arg[i+1:]) != nil {
		return arg[i+1:], arg
	}
	return "text", arg
}

// conclude makes the report of a stream, the same for a run that has just ended
// and for one read from a file.
func conclude(s *stage.Stream) *report.Report {
	rec := stage.Fold(s)
	return report.New(rec, diagnose.Diagnose(rec))
}

// write renders the report to standard output and to the files. A file that
// can't be written doesn't keep the others from it.
func (o *outputFlags) write(s Streams, r *report.Report) error {
	errs := []error{formatNamed(o.format).render(s.Out, r, o.forTerminal(s))}
	plain := o.forFile()
	for _, arg := range o.files {
		form, file := split(arg)
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
func (o *outputFlags) forTerminal(s Streams) term.Options {
	t := o.forFile()
	t.ASCII = o.ascii || s.ASCII && s.OutTerminal
	t.Dark = s.Dark
	if o.width == 0 && s.OutTerminal && s.Width > 0 {
		t.Width = min(max(s.Width, minWidth), comfortable)
	}
	t.Colour = o.colours(s)
	return t
}

// forFile are the options of a text file: no colour, a fixed width.
func (o *outputFlags) forFile() term.Options {
	t := term.Options{Width: o.width, Verbose: min(o.verbose, 2), ASCII: o.ascii, Colour: term.NoColour}
	if t.Width == 0 {
		t.Width = defaultWidth
		if o.verbose > 0 {
			t.Width = comfortable // columns of evidence stand side by side
		}
	}
	return t
}

// colours decides on colour: the flag, then NO_COLOR (no-color.org: set and not
// empty), then whether a terminal is there that knows colour.
func (o *outputFlags) colours(s Streams) term.Colour {
	env := func(name string) string { v, _ := s.LookupEnv(name); return v }
	switch {
	case o.colour == "never", o.colour == "auto" && (env("NO_COLOR") != "" || !s.OutTerminal || env("TERM") == "dumb"):
		return term.NoColour
	case strings.Contains(env("COLORTERM"), "truecolor"), strings.Contains(env("COLORTERM"), "24bit"):
		return term.TrueColor
	case strings.Contains(env("TERM"), "256color"):
		return term.ANSI256
	}
	return term.ANSI
}
