package report

import "io"

// Renderer writes a report in one format. It returns write errors of w.
type Renderer func(w io.Writer, r *Report, o Options) error

// Options say how a report is laid out in any format. A renderer ignores those that
// don't apply to its format. They affect neither the contents of a report nor the
// exit code. The zero value means plain text of 80 columns.
type Options struct {
	Width     int    // in columns, 0 for [DefaultWidth]
	Colour    Colour // empty: no colour
	ASCII     bool   // the display supports only ASCII
	EastAsian bool   // characters of ambiguous width take two columns (UAX #11)
	Linear    bool   // for a screen reader: sentences without a grid, words instead of signs
	Strict    bool   // forms that know only success and failure show warnings as failures
	Verbose   int    // 1 adds evidence and transcripts, 2 everything that was seen, with times
}

// Limits of [Options.Width], and its default.
const (
	DefaultWidth = 80
	MinWidth     = 40
	MaxWidth     = 200
)

// Columns returns the width to use, within the limits.
func (o Options) Columns() int {
	if o.Width == 0 {
		return DefaultWidth
	}
	return min(max(o.Width, MinWidth), MaxWidth)
}

// Colour says which colours can be shown.
type Colour string

const (
	NoColour  Colour = "none"
	ANSI      Colour = "ansi"      // the terminal's own 16
	ANSI256   Colour = "256"       // the palette of xterm
	TrueColor Colour = "truecolor" // 24 bits
)
