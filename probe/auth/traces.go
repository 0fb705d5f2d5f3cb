package auth

import (
	"encoding/base64"
	"strings"
	"sync"
)

// Sizes of pieces that give a secret away, in bytes.
const (
	encodedPiece = 4 // inside base64 or hex, where chance plays no part
	plainPiece   = 8 // in plain text, and never less than half of the secret
	foldedPiece  = 8 // of base64 whose letter case was lost
)

// nesting is how many layers of encoding are taken off: a command line with
// base64 in it, encoded as a whole, has two.
const nesting = 2

// traces is what is looked for in a line: everything that gives one secret away.
type traces struct {
	word    string  // the whole secret, folded; of one to three bytes alone
	plain   windows // pieces in plain text
	bytes   windows // the same by bytes, where the secret isn't ASCII: text around it may make it other letters
	base64  windows // pieces of the secret's base64, at each of three alignments
	encoded fours   // pieces in decoded data
	space   bool    // the secret has a space, which forms write as a plus sign
}

func newTraces(secret string) *traces {
	t := &traces{space: strings.Contains(secret, " ")}
	folded := fold(secret)
	if len(secret) < encodedPiece {
		t.word = folded
		return t
	}
	t.plain = newWindows(plainSize(folded), folded)
	if !ascii(secret) {
		t.bytes = newWindows(plainSize(secret), string(appendLower(nil, []byte(secret))))
	}
	t.base64 = newWindows(foldedPiece, foldedBase64(secret)...)
	t.encoded = newFours(secret)
	return t
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

// scan is room to look through one line in, kept from line to line: a
// transcript has many.
type scan struct {
	line, reading, folded []byte
	layers                [nesting]room
}

var scans = sync.Pool{New: func() any { return new(scan) }}

// in reports whether line repeats the secret; see [Secret.In].
func (t *traces) in(line string) bool {
	if t.word == "" && t.plain.size == 0 {
		return false
	}
	s := scans.Get().(*scan)
	defer scans.Put(s)
	s.line = append(s.line[:0], line...)
	return t.readings(s, func(text []byte) bool {
		return t.inText(s, text) || t.inEncoded(s, text, nesting)
	})
}

// inText looks at text as it stands.
func (t *traces) inText(s *scan, text []byte) bool {
	s.folded = appendFold(s.folded[:0], text)
	if t.word != "" {
		return hasWord(string(s.folded), t.word)
	}
	if t.plain.in(s.folded) || t.base64.in(s.folded) {
		return true
	}
	if t.bytes.size == 0 {
		return false
	}
	s.folded = appendLower(s.folded[:0], text)
	return t.bytes.in(s.folded)
}

// inEncoded looks into what is decoded from text, layer by layer.
func (t *traces) inEncoded(s *scan, text []byte, layers int) bool {
	least := encodedPiece
	if t.word != "" {
		least = len(t.word)
	}
	return s.layers[layers-1].decodings(text, least, func(decoded []byte) bool {
		if t.word != "" {
			if hasWord(fold(string(decoded)), t.word) {
				return true
			}
		} else if t.encoded.in(decoded) {
			return true
		}
		return layers > 1 && t.inEncoded(s, decoded, layers-1)
	})
}

// hasWord reports whether word stands in text between blanks, or between
// characters that set words apart in the protocols.
func hasWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || apart(text[i-1])) && (end == len(text) || apart(text[end])) {
			return true
		}
		at = i + 1
	}
}

// apart reports whether a byte sets words apart.
func apart(b byte) bool {
	return b <= ' ' || b == 0x7f || strings.IndexByte(`"'()<>[]{},:;=`, b) >= 0
}
