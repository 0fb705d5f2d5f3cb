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

// style is the role of a piece of text, not its look.
type style int

const (
	plain  style = iota
	strong       // names that structure a section
	title        // heads of sections
	faint        // less important text
	pass
	warn
	fail
)

// hues are the colours of a style if colours are fixed. A terminal's background
// can't be queried without waiting. Therefore each hue has a contrast of at least 3
// to 1 (WCAG 2.2, 1.4.11) with the backgrounds of common themes, light and dark.
// Each is one of xterm's 256. Faint and running text has the theme's own colour,
// which is the most legible.
var hues = map[style]string{
	title: "#0087d7",
	pass:  "#5f875f",
	warn:  "#878700",
	fail:  "#d75f5f",
}

// basic are the colours of a style if the theme defines the 16 colours: yellow may
// hardly differ from white. Styles without a colour are bold.
var basic = map[style]string{fail: "1"}

// palette maps styles to escape sequences, or to nothing.
type palette map[style]lipgloss.Style

// newPalette makes the styles of a terminal. The renderer is our own, and is given
// everything that it might otherwise query the terminal for.
func newPalette(w io.Writer, c report.Colour) palette {
	r := lipgloss.NewRenderer(w)
	r.SetHasDarkBackground(true) // no style depends on it
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

// mark is how a state is drawn: a sign, a replacement for consoles without it, and a
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

// narrow replaces signs of ambiguous width.
var narrow = map[string]string{"–": "-", "·": "."}

// verdicts are the four verdicts with which a report begins.
var verdicts = map[report.Verdict]struct {
	mark
	said prose.Value
}{
	report.Works:             {mark{"✓", "ok", pass}, say.VerdictWorks()},
	report.WorksWithWarnings: {mark{"!", "!", warn}, say.VerdictWarnings()},
	report.DoesNotWork:       {mark{"✗", "X", fail}, say.VerdictDoesNotWork()},
	report.Unknown:           {mark{"?", "?", warn}, say.VerdictUnknown()},
}
