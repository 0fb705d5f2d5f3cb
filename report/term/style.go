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

// hues are the colours of a style: for terminals with 16 colours, and for the
// others on a dark and on a light background. They are chosen to be told apart
// by people who see no difference between red and green: bad is the warmest
// and the darkest of the three.
var hues = map[style]struct{ ansi, dark, light string }{
	title: {"6", "#7fc8d8", "#005f73"},
	faint: {"8", "#8a8f98", "#6b7078"},
	pass:  {"2", "#7ec699", "#1a6e3c"},
	warn:  {"3", "#e8c468", "#8a5a00"},
	fail:  {"1", "#ff7b72", "#b3261e"},
}

// palette turns styles into escape sequences, or into nothing.
type palette map[style]lipgloss.Style

// newPalette makes the styles of a terminal. The renderer is our own, told all
// that it might otherwise ask the terminal for.
func newPalette(w io.Writer, c report.Colour, dark bool) palette {
	r := lipgloss.NewRenderer(w)
	r.SetHasDarkBackground(dark)
	profile := map[report.Colour]termenv.Profile{report.ANSI: termenv.ANSI, report.ANSI256: termenv.ANSI256, report.TrueColor: termenv.TrueColor}
	p, ok := profile[c]
	if !ok {
		return nil
	}
	r.SetColorProfile(p)
	out := make(palette)
	for s, h := range hues {
		colour := h.light
		switch {
		case c == report.ANSI:
			colour = h.ansi
		case dark:
			colour = h.dark
		}
		st := r.NewStyle().Foreground(lipgloss.Color(colour))
		if s != faint {
			st = st.Bold(true)
		}
		out[s] = st
	}
	out[strong] = r.NewStyle().Bold(true)
	return out
}

// paint renders one piece of a line.
func (p palette) paint(s string, st style) string {
	if p == nil || st == plain || strings.TrimSpace(s) == "" {
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
