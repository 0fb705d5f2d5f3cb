package wire

import (
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// FirstBytes is how much is kept of what came in the place of a greeting, in
// bytes.
const FirstBytes = 120

// Foreign returns what a peer sent that doesn't speak the protocol, made visible
// and clipped: its first line if it is text, else what has arrived of it. first
// is what [Conn.Peek] yielded.
func (c *Conn) Foreign(first string) string {
	if first[0] >= ' ' && first[0] < 0x7f {
		if line, err := c.ReadLine(); err == nil {
			return Clip(line.Text())
		}
		return Clip(stage.Visible(first))
	}
	shown := Clip(stage.Visible(first))
	c.Remark("the server sent " + shown)
	return shown
}

// Clip shortens visible text to [FirstBytes].
func Clip(text string) string {
	if len(text) <= FirstBytes {
		return text
	}
	n := FirstBytes
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
