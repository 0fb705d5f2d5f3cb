package pop3

import (
	"regexp"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Status indicators (RFC 1939 3).
const (
	positive = "+OK"
	negative = "-ERR"
)

// reply reads the first line of the reply to verb. Errors are Malformed, and those of
// [wire.Conn.ReadLine].
func (s *Session) reply(verb string) (stage.Reply, error) {
	r, _, err := s.statusLine(verb)
	return r, err
}

// statusLine is like reply, for commands whose result is in that line. rest is what
// follows the status, as received.
func (s *Session) statusLine(verb string) (r stage.Reply, rest string, err error) {
	line, err := s.c.ReadLine()
	if err != nil {
		return stage.Reply{Command: verb}, "", s.c.Lost(err)
	}
	if r = parseReply(verb, line); r.Status == "" {
		return r, "", s.c.Lost(malformed(r))
	}
	_, rest = splitStatus(line.Raw())
	return r, rest, nil
}

// parseReply parses a status line. Status is empty if it is not one.
func parseReply(verb string, line wire.Line) stage.Reply {
	status, _ := splitStatus(line.Raw())
	return stage.Reply{
		Command: verb, Status: status,
		// From the text in which secrets are withheld: a server may put anything into
		// the brackets.
		ResponseCode: responseCode(line.Text()),
		Lines:        []string{line.Text()},
	}
}

// splitStatus splits a status line into status and rest.
func splitStatus(raw string) (status, rest string) {
	status, rest, _ = strings.Cut(raw, " ")
	if status != positive && status != negative {
		return "", ""
	}
	return status, strings.TrimSpace(rest)
}

var bracketed = regexp.MustCompile(`^(?:\+OK|-ERR) +\[([A-Za-z0-9/_.-]{1,40})\]`)

// responseCode returns the response code of a status line in upper case (RFC 2449 8,
// RFC 3206), or "" if there is none.
func responseCode(text string) string {
	if m := bracketed.FindStringSubmatch(text); m != nil {
		return strings.ToUpper(m[1])
	}
	return ""
}

// check returns the refusal for a negative reply, or nil.
func check(r stage.Reply) error {
	if r.Status == negative {
		return stage.Refusal(r)
	}
	return nil
}

func malformed(r stage.Reply) *stage.Error {
	return &stage.Error{Fault: stage.Malformed, Reply: &r}
}
