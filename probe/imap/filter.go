package imap

import (
	"bytes"
	"io"

	"maildoctor/probe/stage"
)

const (
	maxResponse  = 16 << 10 // bytes in a line of a response, without its literals
	maxResponses = 4096     // responses that the library gets
)

// filter lets through to the library what it needs to answer our questions. It
// gives up on a response that it doesn't know, though a server may send any at
// any time (RFC 9051 7), and has no bounds of its own.
//
// Its members are the reader's; others may look when the library has stopped.
type filter struct {
	in    []byte // room to read into
	line  []byte // the beginning of a line whose end isn't here
	kept  []byte // let through since the last read
	out   []byte // the part of it that is not yet taken
	err   error  // that ended reading
	begun bool   // something of the server's was read

	count   int    // responses let through
	greeted bool   // the first response is the greeting
	literal int64  // bytes of a literal still to come
	within  bool   // the line continues a response, behind a literal
	pass    bool   // the present response is let through
	tagged  int    // answers to commands, until BYE
	bye     string // the first
}

// read reads from r until something can be let through.
func (f *filter) read(r io.Reader, p []byte) (int, error) {
	if f.in == nil {
		f.in = make([]byte, 4096)
	}
	for len(f.out) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		n, err := r.Read(f.in)
		f.begun = f.begun || f.greeted && n > 0
		f.kept = f.kept[:0]
		f.err = f.take(f.in[:n])
		f.out = f.kept
		if f.err == nil {
			f.err = err
		}
	}
	n := copy(p, f.out)
	f.out = f.out[n:]
	return n, nil
}

// take looks at what was read, a line or a piece of a literal at a time.
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

// let hands on a part of the present response, if it is one for the library.
func (f *filter) let(b []byte) {
	if f.pass {
		f.kept = append(f.kept, b...)
	}
}

// complete handles a line whose end is here.
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
		return nil // text that ends in {5} announces no literal
	}
	n, ok := literalSize(string(text[max(0, len(text)-24):]))
	if ok && n > maxLiteral {
		return stage.Errorf(stage.TooLong, "a literal of %d bytes", n)
	}
	f.literal, f.within = n, ok
	return nil
}

// inside reports whether reading ended in the middle of the answers.
func (f *filter) inside() bool { return f.begun || f.within || len(f.line) > 0 }

// responseType returns the word that says what an untagged response is; the
// number in front of some (RFC 9051 7.4.1) doesn't count. untagged is false for
// other lines.
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

// wanted reports whether the library needs a response of this type to answer
// what it is asked.
func wanted(word []byte) bool {
	return among(word, "EXISTS", "ID", "QUOTAROOT", "QUOTA", "NAMESPACE", "LIST")
}

// isStatus reports a status response: text, and no literals in it.
func isStatus(word []byte) bool { return among(word, "OK", "NO", "BAD", "BYE", "PREAUTH") }

func among(word []byte, words ...string) bool {
	for _, w := range words {
		if len(w) == len(word) && bytes.EqualFold(word, []byte(w)) {
			return true
		}
	}
	return false
}

// fillNIL writes empty strings in the place of NIL in a list of ID fields. NIL
// is a value there (RFC 2971 4, "nstring"), and the library expects strings.
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
