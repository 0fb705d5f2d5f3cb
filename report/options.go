package report

import "io"

// Renderer writes a report in one form. The error is w's.
type Renderer func(w io.Writer, r *Report, o Options) error

// Options say how a report is laid out, whatever its form. A renderer passes over
// those that its form has no use for: nothing that a report says, and no exit code,
// hangs on them. The zero value is plain text of 80 columns.
type Options struct {
	Width     int    // in columns, 0 for [DefaultWidth]
	Colour    Colour // empty for none
	ASCII     bool   // what shows the report cannot draw signs beyond ASCII
	EastAsian bool   // characters of ambiguous width take two columns (UAX #11)
	Linear    bool   // for a reader that speaks: sentences without a grid, words in the place of signs
	Verbose   int    // 1 adds evidence and transcripts, 2 everything that was seen, with times
}

// Bounds of [Options.Width], and what stands for zero.
const (
	DefaultWidth = 80
	MinWidth     = 40
	MaxWidth     = 200
)

// Columns returns the width to be used: less than the least is taken as the least,
// more than the most as the most.
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
