package wire

import (
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// FirstBytes is how much is kept of data that came instead of a greeting, in bytes.
const FirstBytes = 120

// Foreign returns what was sent by a peer that doesn't speak the protocol, safe to show
// and truncated. For text it is the first line, otherwise what has arrived so far.
// first is the result of [Conn.Peek].
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

// Clip shortens text that is safe to show to [FirstBytes].
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
