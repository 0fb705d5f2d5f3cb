package wire

import (
	"regexp"
	"strings"

	"maildoctor/probe/stage"
)

// Protect is called before the first byte of a credential is sent. From then
// on every line of the server for which match holds is withheld, from the
// transcript and from Line.Text.
func (c *Conn) Protect(match func(line string) bool) { c.match = match }

// SendProtected writes data as it is, with no line ending added, and records
// what may be shown of it and how long it was.
func (c *Conn) SendProtected(shown, data string) error {
	c.record(stage.Line{From: stage.Client, Stage: c.stage, Text: shown, Withheld: len(data)})
	return c.write(data)
}

// ReadProtected reads one line of a login exchange. challenge says whether a
// line is a challenge, of which only the length is recorded, and what may be
// shown in its place; any other line is a reply and is treated as by
// [Conn.ReadLine].
func (c *Conn) ReadProtected(challenge func(raw string) (shown string, is bool)) (Line, error) {
	raw, err := c.readRaw()
	if err != nil {
		return Line{}, err
	}
	if shown, is := challenge(raw); is {
		c.record(stage.Line{From: stage.Server, Stage: c.stage, Text: shown, Withheld: len(raw)})
		return Line{raw: raw, shown: shown}, nil
	}
	l := c.safe(raw)
	c.recordLine(l)
	return l, nil
}

// safe makes a line fit to be kept.
func (c *Conn) safe(raw string) Line {
	return Line{raw: raw, shown: c.Safe(raw)}
}

// withheldNote stands in the place of a line that repeats a secret.
const withheldNote = "(withheld: it repeats what was sent to log in)"

// replyHead is the part of a reply that cannot hold a secret: codes that the
// protocols define, and the status word.
var replyHead = regexp.MustCompile(`^(?:[2-5][0-9]{2}[ -](?:[245]\.[0-9]{1,3}\.[0-9]{1,3} )?|\+OK |-ERR |(?:\* |[A-Za-z]{1,4}[0-9]{1,4} )(?:OK|NO|BAD|BYE|PREAUTH) )(?:\[(?:AUTH|SYS/TEMP|SYS/PERM|IN-USE|LOGIN-DELAY|AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|UNAVAILABLE|EXPIRED|PRIVACYREQUIRED|CONTACTADMIN|ALERT|LIMIT)\] )?`)

// Safe returns text from the server as it may be kept: control characters made
// visible, and withheld but for its codes if it repeats a secret.
func (c *Conn) Safe(raw string) string {
	if c.match != nil && c.match(raw) {
		return strings.TrimLeft(replyHead.FindString(raw)+withheldNote, " ")
	}
	return stage.Visible(raw)
}
