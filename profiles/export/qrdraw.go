package export

import "strings"

// quiet is the margin that readers want around the picture, in modules (ISO/IEC 18004).
const quiet = 4

// PNG returns the picture as a file.
func (q *QR) PNG() []byte { return q.code.PNG() }

// Text draws the picture with half blocks, two rows of modules a line: dark is ink, as
// on paper.
func (q *QR) Text() string { return q.draw("", "") }

// Terminal draws it black on white, whatever the terminal's colours are: readers take it
// for no picture where light and dark are exchanged.
func (q *QR) Terminal() string { return q.draw("\x1b[38;5;16;48;5;231m", "\x1b[0m") }

func (q *QR) draw(before, after string) string {
	var b strings.Builder
	for y := -quiet; y < q.code.Size+quiet; y += 2 {
		b.WriteString(before)
		for x := -quiet; x < q.code.Size+quiet; x++ {
			b.WriteString(block(q.code.Black(x, y), q.code.Black(x, y+1)))
		}
		b.WriteString(after + "\n")
	}
	return b.String()
}

func block(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}
