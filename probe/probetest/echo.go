package probetest

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// echo repeats in replies what a client sent to log in.
type echo struct {
	faults   []Fault  // the server's faults that are echoes
	lines    []string // as received
	user     string
	password string
	second   bool // POP3 with EchoCut: the second half comes next
}

// heard stores a line of a login.
func (e *echo) heard(line string) { e.lines = append(e.lines, line) }

// piece returns what to add to replies, or "".
func (e *echo) piece() string {
	if len(e.lines) == 0 {
		return ""
	}
	clear := e.user + " " + e.password
	var out []string
	for _, f := range e.faults {
		switch f {
		case EchoWhole:
			out = append(out, strings.Join(e.lines, " "))
		case EchoBase64:
			out = append(out, base64.StdEncoding.EncodeToString([]byte(clear)))
		case EchoHex:
			out = append(out, hex.EncodeToString([]byte(clear)))
		case EchoFolded:
			out = append(out, strings.ToUpper(clear))
		}
	}
	return strings.Join(out, " ")
}

// halves returns user name and password, split within the password.
func (e *echo) halves() (first, second string) {
	cut := len(e.password) / 2
	return "for " + e.user + " " + e.password[:cut], e.password[cut:]
}

// into adds the echo to a reply. In POP3 it adds it to the first line, because the last
// may be a single dot; otherwise to the last.
func (e *echo) into(p Protocol, reply []string) []string {
	if len(e.lines) == 0 || len(e.faults) == 0 || len(reply) == 0 {
		return reply
	}
	out := append([]string(nil), reply...)
	at := len(out) - 1
	if p == POP3 {
		at = 0
	}
	if piece := e.piece(); piece != "" {
		out[at] += " " + piece
	}
	for _, f := range e.faults {
		if f == EchoCut {
			return e.cut(p, out, at)
		}
	}
	return out
}

// cut adds the two halves in two lines, of one reply if the protocol allows that, else
// of two.
func (e *echo) cut(p Protocol, out []string, at int) []string {
	first, second := e.halves()
	if p == POP3 {
		if e.second {
			first = second
		}
		e.second = !e.second
		out[at] += " " + first
		return out
	}
	before := "* NO " + first
	if p == SMTP && len(out[at]) >= 3 {
		before = out[at][:3] + "-" + first
	}
	last := out[at] + " " + second
	return append(out[:at], before, last)
}
