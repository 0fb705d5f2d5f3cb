package imap

import (
	"strconv"
	"strings"

	"maildoctor/probe/wire"
)

// kind is the form of a response line (RFC 9051 2.2.2).
type kind int

const (
	malformed    kind = iota
	blank             // an empty line: not a response, but harmless
	continuation      // "+ text"
	untagged          // "* ..."
	tagged            // completes a command
)

// response is one line from the server. Only shown and shownCode may be kept; the other
// members are as received and may repeat a secret.
type response struct {
	kind   kind
	tag    string // tagged
	status string // OK, NO, BAD, BYE, PREAUTH; empty for data
	word   string // the type of untagged data in upper case: "CAPABILITY"
	code   string // response code in upper case (RFC 9051 7.1)
	arg    string // the arguments of the response code
	rest   string // what follows the status, word or plus

	shown     string // the line as it may be kept
	shownCode string // the response code as it may be kept
}

// readable parses a line and adds what may be shown of it.
func readable(line wire.Line) response {
	r := parse(line.Raw())
	r.shown, r.shownCode = line.Text(), r.code
	if line.Text() != line.Raw() {
		r.shownCode = parse(line.Text()).code
	}
	return r
}

// parse parses a line (RFC 9051 9, "response").
func parse(line string) response {
	switch {
	case line == "":
		return response{kind: blank}
	case line[0] == '+':
		return response{kind: continuation, rest: strings.TrimSpace(line[1:])}
	}
	tag, rest, _ := strings.Cut(line, " ")
	word, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	word = strings.ToUpper(word)
	status := ""
	switch word {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		status = word
	}
	r := response{status: status, word: word, rest: rest}
	switch {
	case tag == "*" && word != "":
		r.kind = untagged
	case isTag(tag) && (word == "OK" || word == "NO" || word == "BAD"):
		r.kind, r.tag = tagged, tag
	default:
		return response{kind: malformed, rest: line}
	}
	if status != "" {
		r.code, r.arg = responseCode(rest)
	}
	return r
}

// isTag reports whether a word may be one of our tags.
func isTag(s string) bool {
	if len(s) < 2 || s[0] != 'a' {
		return false
	}
	_, err := strconv.ParseUint(s[1:], 10, 31)
	return err == nil
}

// responseCode parses the response code at the start of a status text: "[NAME ARG]
// text".
func responseCode(text string) (name, arg string) {
	inner, ok := strings.CutPrefix(strings.TrimLeft(text, " "), "[")
	if !ok {
		return "", ""
	}
	inner, _, ok = strings.Cut(inner, "]")
	if !ok {
		return "", ""
	}
	name, arg, _ = strings.Cut(inner, " ")
	return strings.ToUpper(name), arg
}

// literalSize returns n for a line that ends in {n} or {n+}, which announces a literal
// of n bytes (RFC 9051 4.3, RFC 7888).
func literalSize(line string) (n int64, ok bool) {
	if !strings.HasSuffix(line, "}") {
		return 0, false
	}
	i := strings.LastIndexByte(line, '{')
	if i < 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(line[i+1:len(line)-1], "+"), 10, 64)
	return n, err == nil && n >= 0
}
