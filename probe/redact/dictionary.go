package redact

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// dictionary finds what is to be replaced, in one pass however much that is.
type dictionary struct {
	words  *lexicon // whole words in lower case
	pieces *lexicon // found also within a word, letter by letter: encoded names

	begins [1 << beginBits / 64]uint64 // how pieces begin: a set of hashes
}

// Four bytes decide whether a piece can begin at a place: in nearly all it can't.
const (
	beginBytes = 4
	beginBits  = 20
)

func newDictionary() *dictionary { return &dictionary{words: newLexicon(), pieces: newLexicon()} }

// begin is the hash of the first bytes of s, which has as many.
func begin(s string) uint32 {
	x := uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
	return x * 2654435761 >> (32 - beginBits) // Knuth's multiplicative hash
}

// word takes in a word.
func (d *dictionary) word(text, stand string) {
	if text = lowerASCII(text); text != "" {
		d.words.add(text, stand)
	}
}

// leastEncoded is how long a piece must be to tell anything: base64 of three letters
// stands in many a text by chance.
const leastEncoded = 5

// encoded takes in a name as programs encode it: in base64 at each of the three
// places where it may begin within a longer text, in hex, and for URLs.
func (d *dictionary) encoded(name, stand string) {
	if len(name) < leastEncoded {
		return
	}
	for skip := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, skip), name...))
		begin := []int{0, 2, 3}[skip]     // letters that hold bits of what stands before
		end := (skip + len(name)) * 8 / 6 // whole letters of the name
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

// replace puts stand-ins into a text and names them to used.
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

// at returns what stands for the longest thing that begins at a place, and its
// length; 0 for nothing.
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

// lowerASCII makes letters small without moving any.
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
