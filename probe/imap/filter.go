package imap

import (
	"bytes"
	"io"

	"maildoctor/probe/stage"
)

const (
	maxResponse  = 16 << 10 // bytes per line of a response, without its literals
	maxResponses = 4096     // responses passed to the library
)

// filter passes on to the library only the responses that it needs. The library fails
// on unknown responses, although a server may send any at any time (RFC 9051 7), and it
// has no limits of its own.
//
// Its members belong to the reading goroutine; others may use them once the library has
// stopped.
type filter struct {
	line  []byte // the beginning of an incomplete line
	kept  []byte // passed on since the last read
	out   []byte // the part of it that is still unread
	err   error  // why reading ended
	begun bool   // something was received from the server

	count   int    // responses passed on
	greeted bool   // the first response, the greeting, has been handled
	literal int64  // remaining bytes of a literal
	within  bool   // the line continues a response after a literal
	pass    bool   // the current response is passed on
	tagged  int    // tagged responses, until BYE
	bye     string // the first BYE
}

// read reads from r, by way of p, until there is something to pass on.
func (f *filter) read(r io.Reader, p []byte) (int, error) {
	for len(f.out) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		n, err := r.Read(p)
		f.begun = f.begun || f.greeted && n > 0
		f.kept = f.kept[:0]
		f.err = f.take(p[:n])
		f.out = f.kept
		if f.err == nil {
			f.err = err
		}
	}
	n := copy(p, f.out)
	f.out = f.out[n:]
	return n, nil
}

// take processes the received bytes, one line or part of a literal at a time.
func (f *filter) take(b []byte) error {
	for len(b) > 0 {
		if f.literal > 0 {
			n := min(f.literal, int64(len(b)))
			f.let(b[:n])
			f.literal -= n
			b = b[n:]
			continue
		}
		end := bytes.IndexByte(b, '\n') + 1
		part := b
		if end > 0 {
			part = b[:end]
		}
		if len(f.line)+len(part) > maxResponse {
			return stage.Errorf(stage.TooLong, "a response of more than %d bytes", maxResponse)
		}
		f.line = append(f.line, part...)
		b = b[len(part):]
		if end > 0 {
			if err := f.complete(); err != nil {
				return err
			}
			f.line = f.line[:0]
		}
	}
	return nil
}

// let passes on part of the current response, if the library needs it.
func (f *filter) let(b []byte) {
	if f.pass {
		f.kept = append(f.kept, b...)
	}
}

// complete processes a complete line.
func (f *filter) complete() error {
	text := bytes.TrimRight(f.line, "\r\n")
	line, data := f.line, true
	if !f.within {
		var word []byte
		word, data = responseType(text)
		f.pass = !f.greeted || (data && wanted(word)) || (!data && len(text) > 0 && text[0] != '+')
		if f.greeted && f.bye == "" && !data && len(text) > 0 && text[0] != '+' {
			f.tagged++
		}
		f.greeted = true
		if f.pass {
			f.count++
		}
		if f.count > maxResponses {
			return stage.Errorf(stage.TooLong, "more than %d responses", maxResponses)
		}
		switch {
		case !data:
		case f.bye == "" && bytes.EqualFold(word, []byte("BYE")):
			f.bye = string(text)
		case bytes.EqualFold(word, []byte("ID")):
			line = fillNIL(line)
		}
		data = data && !isStatus(word)
	}
	f.let(line)
	f.within = false
	if !data {
		return nil // {5} at the end of text doesn't announce a literal
	}
	n, ok := literalSize(string(text[max(0, len(text)-24):]))
	if ok && n > maxLiteral {
		return stage.Errorf(stage.TooLong, "a literal of %d bytes", n)
	}
	f.literal, f.within = n, ok
	return nil
}

// inside reports whether reading ended in the middle of a response.
func (f *filter) inside() bool { return f.begun || f.within || len(f.line) > 0 }

// responseType returns the type of an untagged response, skipping the number before
// some of them (RFC 9051 7.4.1). untagged is false for other lines.
func responseType(text []byte) (word []byte, untagged bool) {
	rest, ok := bytes.CutPrefix(text, []byte("* "))
	if !ok {
		return nil, false
	}
	word, rest, _ = bytes.Cut(rest, []byte(" "))
	if len(word) > 0 && word[0] >= '0' && word[0] <= '9' {
		word, _, _ = bytes.Cut(rest, []byte(" "))
	}
	return word, true
}

// wanted reports whether the library needs responses of this type for our commands.
func wanted(word []byte) bool {
	return among(word, "EXISTS", "ID", "QUOTAROOT", "QUOTA", "NAMESPACE", "LIST")
}

// isStatus reports whether a response is a status response, which consists of text
// without literals.
func isStatus(word []byte) bool { return among(word, "OK", "NO", "BAD", "BYE", "PREAUTH") }

func among(word []byte, words ...string) bool {
	for _, w := range words {
		if len(w) == len(word) && bytes.EqualFold(word, []byte(w)) {
			return true
		}
	}
	return false
}

// fillNIL replaces NIL by an empty string in the field list of ID. NIL is allowed as a
// value there (RFC 2971 4, "nstring"), but the library expects strings.
func fillNIL(line []byte) []byte {
	if !bytes.Contains(line, []byte(" NIL")) {
		return line
	}
	var out []byte
	list, quoted := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\' && i+1 < len(line):
			out = append(out, c)
			i++
		case c == '"':
			quoted = !quoted
		case c == '(' && !quoted:
			list = true
		case list && !quoted && bytes.HasPrefix(line[i:], []byte("NIL")):
			out = append(out, '"', '"')
			i += len("NIL") - 1
			continue
		}
		out = append(out, line[i])
	}
	return out
}
