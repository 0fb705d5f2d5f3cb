package redact

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// dictionary finds what is to be replaced, in one pass however much that is.
type dictionary struct {
	words   map[string]string // whole words in lower case, and what stands for each
	pieces  map[string]string // found also within a word, letter by letter: encoded names
	lengths [2][]int          // of words and of pieces, the longest first
}

func newDictionary() *dictionary {
	return &dictionary{words: make(map[string]string), pieces: make(map[string]string)}
}

// word takes in a word; the first stand-in counts.
func (d *dictionary) word(text, stand string) {
	text = lowerASCII(text)
	if _, ok := d.words[text]; !ok && text != "" {
		d.words[text] = stand
		d.lengths[0] = withLength(d.lengths[0], len(text))
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
	if _, ok := d.pieces[text]; !ok {
		d.pieces[text] = stand
		d.lengths[1] = withLength(d.lengths[1], len(text))
	}
}

// withLength adds a length to a list that falls.
func withLength(list []int, n int) []int {
	i, ok := slices.BinarySearchFunc(list, n, func(a, b int) int { return b - a })
	if ok {
		return list
	}
	return slices.Insert(list, i, n)
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
		for _, n := range d.lengths[0] {
			if i+n > len(s) || wordAt(s, i+n) {
				continue
			}
			if stand, ok := d.words[lower[i:i+n]]; ok {
				return stand, n
			}
		}
	}
	for _, n := range d.lengths[1] {
		if i+n <= len(s) {
			if stand, ok := d.pieces[s[i:i+n]]; ok {
				return stand, n
			}
		}
	}
	return "", 0
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
