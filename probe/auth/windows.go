package auth

import "math/bits"

// windows is a set of all the pieces of one length that some texts have.
type windows struct {
	size   int // bytes in a piece; 0: no pieces
	pieces map[string]struct{}
	hashes map[uint32]struct{}
	maybe  []uint64 // a bit for the top bits of each hash: most text is passed over by this alone
	shift  int      // of a hash, to its bit in maybe
	high   uint32   // hashBase to the power of size-1
}

// hashBase is the base of the rolling hash (Rabin and Karp). Collisions cost
// time alone: a hit is looked up in full.
const hashBase = 16777619

// newWindows takes pieces of size bytes from the texts. Shorter texts have none.
func newWindows(size int, texts ...string) windows {
	w := windows{size: size, pieces: map[string]struct{}{}, hashes: map[uint32]struct{}{}, high: 1}
	for range size - 1 {
		w.high *= hashBase
	}
	for _, t := range texts {
		w.roll([]byte(t), func(piece []byte, hash uint32) bool {
			w.pieces[string(piece)] = struct{}{}
			w.hashes[hash] = struct{}{}
			return false
		})
	}
	width := min(max(10, bits.Len(uint(32*len(w.hashes)))), 18)
	w.maybe, w.shift = make([]uint64, 1<<(width-6)), 32-width
	for hash := range w.hashes {
		w.maybe[hash>>w.shift/64] |= 1 << (hash >> w.shift % 64)
	}
	return w
}

// in reports whether text has one of the pieces.
func (w *windows) in(text []byte) bool {
	if len(w.pieces) == 0 {
		return false
	}
	return w.roll(text, func(piece []byte, hash uint32) bool {
		if w.maybe[hash>>w.shift/64]&(1<<(hash>>w.shift%64)) == 0 {
			return false
		}
		if _, ok := w.hashes[hash]; !ok {
			return false
		}
		_, ok := w.pieces[string(piece)]
		return ok
	})
}

// roll calls f for every piece of text and its hash, until f returns true.
func (w *windows) roll(text []byte, f func(piece []byte, hash uint32) bool) bool {
	var hash uint32
	for i, b := range text {
		if i >= w.size {
			hash -= uint32(text[i-w.size]) * w.high
		}
		hash = hash*hashBase + uint32(b)
		if i >= w.size-1 && f(text[i-w.size+1:i+1], hash) {
			return true
		}
	}
	return false
}

// fours is a set of pieces of four bytes, in lower case.
type fours struct {
	pieces map[uint32]struct{}
	begins *[1 << 10]uint64 // a bit for the first two bytes: most data is passed over by this alone
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

// in reports whether data has one of the pieces, in any letter case.
func (f *fours) in(data []byte) bool {
	if f.begins == nil {
		return false
	}
	var piece, narrow uint32 // narrow leaves out the zero bytes with which UTF-16 fills ASCII (RFC 2781 2)
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

// has reports whether a piece is one of the set.
func (f *fours) has(piece uint32) bool {
	if f.begins[piece>>22]&(1<<(piece>>16%64)) == 0 {
		return false
	}
	_, ok := f.pieces[piece]
	return ok
}

// lowered gives each byte with the letters of ASCII in lower case.
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
