package term

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// style is what a piece of text is, rather than how it looks.
type style int

const (
	plain  style = iota
	strong       // names that structure a section
	title        // heads of sections
	faint        // what the eye may pass over
	pass
	warn
	fail
)

// hues are the colours of a style where colours are fixed. What the background is, no
// terminal can be asked for without waiting: each hue stands out from those of every
// common theme, light and dark, at least 3 to 1 (WCAG 2.2, 1.4.11), and is one of xterm's
// 256. What is passed over by the eye, and running text, has the theme's own colour:
// nothing shows better.
var hues = map[style]string{
	title: "#0087d7",
	pass:  "#5f875f",
	warn:  "#878700",
	fail:  "#d75f5f",
}

// basic are the colours of a style where the theme decides what each of 16 is: yellow
// may be no more than a shade of its white. What has none is bold.
var basic = map[style]string{fail: "1"}

// palette turns styles into escape sequences, or into nothing.
type palette map[style]lipgloss.Style

// newPalette makes the styles of a terminal. The renderer is our own, told all
// that it might otherwise ask the terminal for.
func newPalette(w io.Writer, c report.Colour) palette {
	r := lipgloss.NewRenderer(w)
	r.SetHasDarkBackground(true) // no style hangs on it
	profile := map[report.Colour]termenv.Profile{report.ANSI: termenv.ANSI, report.ANSI256: termenv.ANSI256, report.TrueColor: termenv.TrueColor}
	p, ok := profile[c]
	if !ok {
		return nil
	}
	r.SetColorProfile(p)
	colours := hues
	if c == report.ANSI {
		colours = basic
	}
	out := make(palette)
	for _, s := range []style{strong, title, pass, warn, fail} {
		st := r.NewStyle().Bold(true)
		if colour, ok := colours[s]; ok {
			st = st.Foreground(lipgloss.Color(colour))
		}
		out[s] = st
	}
	return out
}

// paint renders one piece of a line.
func (p palette) paint(s string, st style) string {
	if p == nil || st == plain || st == faint || strings.TrimSpace(s) == "" {
		return s
	}
	return p[st].Render(s)
}

// mark is how a state is drawn: a sign, the one for consoles without it, and a
// style.
type mark struct {
	sign, ascii string
	style       style
}

var marks = map[report.Sign]mark{
	report.SignPass:       {"✓", "ok", pass},
	report.SignWarn:       {"!", "!", warn},
	report.SignFail:       {"✗", "X", fail},
	report.SignNotReached: {"–", "-", faint},
	report.SignNotPart:    {"·", ".", faint},
}

// narrow are the signs for those of ambiguous width.
var narrow = map[string]string{"–": "-", "·": "."}

// verdicts are the four words with which a report begins.
var verdicts = map[report.Verdict]struct {
	mark
	said prose.Value
}{
	report.Works:             {mark{"✓", "ok", pass}, say.VerdictWorks()},
	report.WorksWithWarnings: {mark{"!", "!", warn}, say.VerdictWarnings()},
	report.DoesNotWork:       {mark{"✗", "X", fail}, say.VerdictDoesNotWork()},
	report.Unknown:           {mark{"?", "?", warn}, say.VerdictUnknown()},
}
