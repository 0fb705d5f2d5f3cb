package auth

import (
	"encoding/binary"
	"math/bits"
)

// windows is a set of all substrings of one length that some texts contain.
type windows struct {
	size   int // length of a substring in bytes, at least four; 0: empty set
	pieces map[string]struct{}
	begins []uint64 // bitmap of the first four bytes of each, which rules out most text
	shift  int      // shifts the product of four bytes and spread to the index of a bit in begins
}

// spread is a prime near 2^32 divided by the golden ratio (Knuth, TAOCP 3, 6.4). The
// top bits of its products are well distributed.
const spread = 2654435761

// newWindows returns the set of substrings of size bytes of the texts. Shorter texts
// add none.
func newWindows(size int, texts ...string) windows {
	w := windows{size: size, pieces: map[string]struct{}{}}
	for _, t := range texts {
		for ; len(t) >= size; t = t[1:] {
			w.pieces[t[:size]] = struct{}{}
		}
	}
	width := min(max(10, bits.Len(uint(32*len(w.pieces)))), 18)
	w.begins, w.shift = make([]uint64, 1<<(width-6)), 32-width
	for piece := range w.pieces {
		bit := binary.BigEndian.Uint32([]byte(piece)) * spread >> w.shift
		w.begins[bit/64] |= 1 << (bit % 64)
	}
	return w
}

// in reports whether text contains one of the substrings.
func (w *windows) in(text []byte) bool {
	if len(w.pieces) == 0 || len(text) < w.size {
		return false
	}
	four := uint32(text[0])<<16 | uint32(text[1])<<8 | uint32(text[2])
	for i, b := range text[3 : len(text)-w.size+4] {
		four = four<<8 | uint32(b)
		bit := four * spread >> w.shift
		if w.begins[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		if _, ok := w.pieces[string(text[i:i+w.size])]; ok {
			return true
		}
	}
	return false
}

// fours is a set of substrings of four bytes, in lower case.
type fours struct {
	pieces map[uint32]struct{}
	begins *[1 << 10]uint64 // bitmap of the first two bytes of each, which rules out most data
}

func newFours(texts ...string) fours {
	f := fours{pieces: map[uint32]struct{}{}, begins: new([1 << 10]uint64)}
	for _, text := range texts {
		var piece uint32
		for i := range len(text) {
			piece = piece<<8 | uint32(lower(text[i]))
			if i >= encodedPiece-1 {
				f.pieces[piece] = struct{}{}
				f.begins[piece>>22] |= 1 << (piece >> 16 % 64)
			}
		}
	}
	return f
}

// in reports whether data contains one of the substrings, in any letter case.
func (f *fours) in(data []byte) bool {
	if f.begins == nil {
		return false
	}
	var piece uint32
	for i, b := range data {
		if b == 0 {
			return f.inWide(data)
		}
		piece = piece<<8 | uint32(lowered[b])
		if f.begins[piece>>22]&(1<<(piece>>16%64)) != 0 && i >= encodedPiece-1 && f.has(piece) {
			return true
		}
	}
	return false
}

// inWide is like [fours.in], and also searches data without its zero bytes, which
// UTF-16 adds to ASCII (RFC 2781 2).
func (f *fours) inWide(data []byte) bool {
	var piece, narrow uint32
	zeros := 0
	for i, b := range data {
		piece = piece<<8 | uint32(lower(b))
		if b != 0 {
			narrow = narrow<<8 | uint32(lower(b))
		} else {
			zeros++
		}
		if i >= encodedPiece-1 && f.has(piece) || zeros > 0 && b != 0 && i-zeros >= encodedPiece-1 && f.has(narrow) {
			return true
		}
	}
	return false
}

// has reports whether the set contains a substring.
func (f *fours) has(piece uint32) bool {
	if f.begins[piece>>22]&(1<<(piece>>16%64)) == 0 {
		return false
	}
	_, ok := f.pieces[piece]
	return ok
}

// lowered maps each byte to itself, with ASCII letters in lower case.
var lowered = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c] += 'a' - 'A'
	}
	return t
}()

// lower returns an ASCII letter in lower case.
func lower(b byte) byte { return lowered[b] }
