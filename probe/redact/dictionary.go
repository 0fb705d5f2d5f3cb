package redact

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// dictionary finds everything to be replaced in one pass, independent of its size.
type dictionary struct {
	words  *lexicon // whole words, in lower case
	pieces *lexicon // encoded names, also found inside a word, case-sensitive

	begins [1 << beginBits / 64]uint64 // bitmap of hashes of the beginnings of pieces
}

// The first four bytes rule out a piece at nearly all positions.
const (
	beginBytes = 4
	beginBits  = 20
)

func newDictionary() *dictionary { return &dictionary{words: newLexicon(), pieces: newLexicon()} }

// begin returns the hash of the first bytes of s. s must be long enough.
func begin(s string) uint32 {
	x := uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
	return x * 2654435761 >> (32 - beginBits) // Knuth's multiplicative hash
}

// word adds a word.
func (d *dictionary) word(text, stand string) {
	if text = lowerASCII(text); text != "" {
		d.words.add(text, stand)
	}
}

// leastEncoded is the minimum length of an encoded piece. Base64 of three letters
// occurs in many texts by chance.
const leastEncoded = 5

// encoded adds the encoded forms of a name: base64 at each of three alignments, hex,
// and URL encoding.
func (d *dictionary) encoded(name, stand string) {
	if len(name) < leastEncoded {
		return
	}
	for skip := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, skip), name...))
		begin := []int{0, 2, 3}[skip]     // characters that include bits of the preceding text
		end := (skip + len(name)) * 8 / 6 // characters that include only bits of the name
		if text = text[begin:end]; len(text) >= leastEncoded {
			d.piece(text, stand)
			d.piece(strings.NewReplacer("+", "-", "/", "_").Replace(text), stand)
		}
	}
	inHex := hex.EncodeToString([]byte(name))
	d.piece(inHex, stand)
	d.piece(strings.ToUpper(inHex), stand)
	if escaped := url.QueryEscape(name); escaped != name {
		d.word(escaped, stand)
	}
}

func (d *dictionary) piece(text, stand string) {
	d.pieces.add(text, stand)
	h := begin(text)
	d.begins[h/64] |= 1 << (h % 64)
}

// replace inserts stand-ins into a text and calls used for each.
func (d *dictionary) replace(s string, used func(stand string)) string {
	lower := lowerASCII(s)
	var b strings.Builder
	last := 0
	for i := 0; i < len(s); {
		stand, n := d.at(s, lower, i)
		if n == 0 {
			i++
			continue
		}
		used(stand)
		b.WriteString(s[last:i])
		b.WriteString(stand)
		i += n
		last = i
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// at returns the stand-in for the longest match at position i, and the match's length,
// or 0 if there is none.
func (d *dictionary) at(s, lower string, i int) (stand string, n int) {
	if !wordAt(s, i-1) {
		stand, n = d.words.longest(lower[i:], func(n int) bool { return !wordAt(s, i+n) })
		if n > 0 {
			return stand, n
		}
	}
	if i+beginBytes > len(s) {
		return "", 0
	}
	if h := begin(s[i:]); d.begins[h/64]&(1<<(h%64)) == 0 {
		return "", 0
	}
	return d.pieces.longest(s[i:], func(int) bool { return true })
}

// lowerASCII converts ASCII letters to lower case without changing offsets.
func lowerASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
