package auth

import (
	"encoding/base32"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Minimum lengths, in bytes, of parts that reveal a secret.
const (
	encodedPiece = 4 // inside base64 or hex, where a match by chance is improbable
	plainPiece   = 6 // in plain text, and at least half of the secret
	foldedPiece  = 8 // in base64 with letter case lost, or in base32
)

// traces is what to look for in a line: everything that reveals one secret.
type traces struct {
	plain   windows // parts in plain text
	bytes   windows // the same as bytes, if the secret isn't ASCII: adjacent text may turn it into other letters
	base64  windows // parts of the secret's base64, for three alignments, and of its base32, for five
	encoded fours   // parts in decoded data
	space   bool    // the secret contains a space, which web forms encode as a plus sign
}

func newTraces(secret string) *traces {
	t := &traces{space: strings.Contains(secret, " ")}
	folded := fold(secret)
	if len(secret) < encodedPiece {
		return t
	}
	t.plain = newWindows(plainSize(folded), folded, backwards(folded))
	if !ascii(secret) {
		small := string(appendLower(nil, []byte(secret)))
		t.bytes = newWindows(plainSize(secret), small, backwards(small))
	}
	t.base64 = newWindows(foldedPiece, append(foldedBase64(secret), foldedBase32(secret)...)...)
	t.encoded = newFours(secret, backwards(secret))
	return t
}

// backwards returns a text reversed, by letters, or by bytes if it is not UTF-8.
func backwards(s string) string {
	if !utf8.ValidString(s) {
		b := []byte(s)
		slices.Reverse(b)
		return string(b)
	}
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// plainSize returns the length of the parts to look for in plain text.
func plainSize(secret string) int {
	return min(len(secret), max(plainPiece, len(secret)/2))
}

// foldedBase64 returns the part of the secret's base64 that doesn't depend on the
// adjacent text, for each position in a group of three bytes, in lower case and for
// both alphabets.
func foldedBase64(secret string) []string {
	var out []string
	for before := range 3 {
		b := append(make([]byte, before), secret...)
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			s := e.EncodeToString(b[:len(b)-len(b)%3])
			out = append(out, fold(s[min(len(s), (before*8+5)/6):]))
		}
	}
	return out
}

// foldedBase32 is like [foldedBase64], for base32 (RFC 4648 6), which has groups of
// five bytes.
func foldedBase32(secret string) []string {
	var out []string
	for before := range 5 {
		b := append(make([]byte, before), secret...)
		s := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
		s = s[:len(b)*8/5] // only digits that depend on nothing but the secret
		out = append(out, fold(s[min(len(s), (before*8+4)/5):]))
	}
	return out
}

// scan holds the buffers for searching one line. They are reused for each line, because
// a transcript has many.
type scan struct {
	line, reading, folded []byte
	layers                [2]room
}

var scans = sync.Pool{New: func() any { return new(scan) }}

// in reports whether line repeats the secret; see [Secret.In].
func (t *traces) in(line string) bool {
	if t.plain.size == 0 {
		return false
	}
	s := scans.Get().(*scan)
	defer scans.Put(s)
	s.line = append(s.line[:0], line...)
	return t.readings(s, func(text []byte) bool {
		return t.inText(s, text) || t.inEncoded(s, text)
	})
}

// inText searches text as it is.
func (t *traces) inText(s *scan, text []byte) bool {
	s.folded = appendFold(s.folded[:0], text)
	if t.plain.in(s.folded) || t.base64.in(s.folded) {
		return true
	}
	if t.bytes.size == 0 {
		return false
	}
	s.folded = appendLower(s.folded[:0], text)
	return t.bytes.in(s.folded)
}

// inEncoded searches what text decodes to, and what that decodes to in turn. The two
// layers are two functions, because a recursive closure would be allocated for each
// line.
func (t *traces) inEncoded(s *scan, text []byte) bool {
	return s.layers[0].decodings(text, encodedPiece, func(decoded []byte) bool {
		return t.encoded.in(decoded) || t.inEncodedTwice(s, decoded)
	})
}

// inEncodedTwice finds base64 in a command line that was itself encoded.
func (t *traces) inEncodedTwice(s *scan, text []byte) bool {
	return s.layers[1].decodings(text, encodedPiece, t.encoded.in)
}
