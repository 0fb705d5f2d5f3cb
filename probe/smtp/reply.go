package smtp

import (
	"regexp"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// reply reads the reply to verb, which has one or more lines (RFC 5321 4.2.1). The
// Reply contains the lines even on error. Errors are Malformed if a line isn't a reply,
// TooLong for too many lines, and those of [wire.Conn.ReadLine].
func (s *Session) reply(verb string) (stage.Reply, error) {
	return s.readReply(verb, s.c.ReadLine)
}

func (s *Session) readReply(verb string, next func() (wire.Line, error)) (stage.Reply, error) {
	r := stage.Reply{Command: verb}
	for {
		line, err := next()
		if err != nil {
			if len(r.Lines) > 0 {
				err = wire.MidAnswer(err)
			}
			return r, s.c.Lost(err)
		}
		r.Lines = append(r.Lines, line.Text())
		code, more, ok := parseLine(line.Raw())
		switch {
		case !ok || len(r.Lines) > 1 && code != r.Code:
			return r, s.c.Lost(malformed(r))
		case len(r.Lines) >= s.c.MaxLines() && more:
			return r, s.c.Lost(stage.Errorf(stage.TooLong, "a reply of more than %d lines", s.c.MaxLines()))
		}
		r.Code = code
		s.c.Over = s.c.Over || code == 421 // the server closes the connection (RFC 5321 3.8)
		if r.Enhanced == "" {              // not every server repeats it in each line
			r.Enhanced = enhanced(line.Text())
		}
		if !more {
			return r, nil
		}
	}
}

// parseLine parses a reply line. The text, and the space before it, is optional (RFC
// 5321 4.2.1).
func parseLine(raw string) (code int, more, ok bool) {
	if len(raw) < 3 || raw[0] < '2' || raw[0] > '5' || !digit(raw[1]) || !digit(raw[2]) {
		return 0, false, false
	}
	code = 100*int(raw[0]-'0') + 10*int(raw[1]-'0') + int(raw[2]-'0')
	if len(raw) == 3 {
		return code, false, true
	}
	return code, raw[3] == '-', raw[3] == '-' || raw[3] == ' '
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

var enhancedCode = regexp.MustCompile(`^[2-5][0-9]{2}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)`)

// enhanced returns the enhanced status code of a reply line (RFC 2034 4, RFC 3463 2) as
// it may be shown, or "" if there is none.
func enhanced(text string) string {
	if m := enhancedCode.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// check returns nil for a reply with the wanted code, the refusal for 4yz and 5yz, and
// Malformed for any other code.
func check(r stage.Reply, want int) error {
	switch {
	case r.Code == want:
		return nil
	case r.Code >= 400:
		return stage.Refusal(r)
	}
	return malformed(r)
}

func malformed(r stage.Reply) *stage.Error {
	return &stage.Error{Fault: stage.Malformed, Reply: &r}
}

// text returns what follows the code in a line that may be shown.
func text(line string) string {
	if len(line) < 4 {
		return ""
	}
	return strings.TrimSpace(line[4:])
}
