package probetest

import (
	"io"
	"strconv"
	"strings"
)

// maxLiteral is the maximum size of a literal from a client.
const maxLiteral = 64 << 10

// command reads a command: its tag, its name in upper case, and its arguments, with
// parentheses as separate ones. word is empty if the command is malformed; ok is false
// once the session is over.
func (s *imapSession) command() (tag, word string, args []string, ok bool) {
	line, ok := s.line()
	if !ok {
		return "", "", nil, false
	}
	var tokens []string
	for {
		more, literal, wellFormed := tokenize(line)
		tokens = append(tokens, more...)
		if !wellFormed {
			return "", "", nil, true
		}
		if literal == nil {
			break
		}
		text, ok := s.literal(*literal)
		if !ok {
			return "", "", nil, false
		}
		tokens = append(tokens, text)
		if line, ok = s.line(); !ok {
			return "", "", nil, false
		}
	}
	if len(tokens) < 2 {
		return "", "", nil, true
	}
	return tokens[0], strings.ToUpper(tokens[1]), tokens[2:], true
}

// literal is announced by {n} at the end of a line (RFC 9051 4.3). With now (RFC 7888)
// the client doesn't wait.
type literal struct {
	size int
	now  bool
}

func (s *imapSession) literal(l literal) (string, bool) {
	if l.size > maxLiteral {
		s.say("* BYE [TOOBIG] Literal too long")
		s.over = true
		return "", false
	}
	if !l.now {
		s.write("+ OK\r\n")
	}
	b := make([]byte, l.size)
	if _, err := io.ReadFull(s.r, b); err != nil {
		s.over = true
		return "", false
	}
	return string(b), true
}

// tokenize splits a line into atoms, strings and parentheses, and returns the literal
// announced at its end.
func tokenize(line string) (tokens []string, l *literal, ok bool) {
	for line != "" {
		switch c := line[0]; c {
		case ' ':
			line = line[1:]
		case '(', ')':
			tokens = append(tokens, line[:1])
			line = line[1:]
		case '"':
			text, rest, ok := quoted(line[1:])
			if !ok {
				return nil, nil, false
			}
			tokens = append(tokens, text)
			line = rest
		case '{':
			size, isLiteral := strings.CutSuffix(line[1:], "}")
			size, now := strings.CutSuffix(size, "+")
			n, err := strconv.Atoi(size)
			if !isLiteral || err != nil || n < 0 {
				return nil, nil, false
			}
			return tokens, &literal{n, now}, true
		default:
			end := strings.IndexAny(line, ` ()"{`)
			if end < 0 {
				end = len(line)
			}
			tokens = append(tokens, line[:end])
			line = line[end:]
		}
	}
	return tokens, nil, true
}

// quoted parses a quoted string after its opening quote.
func quoted(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
