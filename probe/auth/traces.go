package auth

import (
	"encoding/base32"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Sizes of pieces that give a secret away, in bytes.
const (
	encodedPiece = 4 // inside base64 or hex, where chance plays no part
	plainPiece   = 6 // in plain text, and never less than half of the secret
	foldedPiece  = 8 // of base64 whose letter case was lost, or of base32
)

// traces is what is looked for in a line: everything that gives one secret away.
type traces struct {
	plain   windows // pieces in plain text
	bytes   windows // the same by bytes, where the secret isn't ASCII: text around it may make it other letters
	base64  windows // pieces of the secret's base64, at each of three alignments, and of its base32, at each of five
	encoded fours   // pieces in decoded data
	space   bool    // the secret has a space, which forms write as a plus sign
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

// backwards returns a text the other way round: by letters, or by bytes where it is
// not UTF-8.
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

// plainSize is the length of the pieces that count in plain text.
func plainSize(secret string) int {
	return min(len(secret), max(plainPiece, len(secret)/2))
}

// foldedBase64 returns the part of the secret's base64 that doesn't depend on
// what stands before and behind, for each place in a group of three bytes, in
// lower case and both alphabets.
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

// foldedBase32 is [foldedBase64] for base32 (RFC 4648 6), which has groups of five
// bytes.
func foldedBase32(secret string) []string {
	var out []string
	for before := range 5 {
		b := append(make([]byte, before), secret...)
		s := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
		s = s[:len(b)*8/5] // digits that depend on the secret alone
		out = append(out, fold(s[min(len(s), (before*8+4)/5):]))
	}
	return out
}

// scan is room to look through one line in, kept from line to line: a
// transcript has many.
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

// inText looks at text as it stands.
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

// inEncoded looks into what is decoded from text, and into what that decodes to. The
// two layers are two functions: one that called itself would make garbage of each
// line.
func (t *traces) inEncoded(s *scan, text []byte) bool {
	return s.layers[0].decodings(text, encodedPiece, func(decoded []byte) bool {
		return t.encoded.in(decoded) || t.inEncodedTwice(s, decoded)
	})
}

// inEncodedTwice is for a command line with base64 in it, encoded as a whole.
func (t *traces) inEncodedTwice(s *scan, text []byte) bool {
	return s.layers[1].decodings(text, encodedPiece, t.encoded.in)
}
