package auth

// windows is a set of all the pieces of one length that some texts have.
type windows struct {
	size   int // bytes in a piece; 0: no pieces
	pieces map[string]struct{}
	hashes map[uint32]struct{}
	high   uint32 // hashBase to the power of size-1
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
		w.roll(t, func(piece string, hash uint32) bool {
			w.pieces[piece] = struct{}{}
			w.hashes[hash] = struct{}{}
			return false
		})
	}
	return w
}

// in reports whether text has one of the pieces.
func (w *windows) in(text string) bool {
	if len(w.pieces) == 0 {
		return false
	}
	return w.roll(text, func(piece string, hash uint32) bool {
		if _, ok := w.hashes[hash]; !ok {
			return false
		}
		_, ok := w.pieces[piece]
		return ok
	})
}

// roll calls f for every piece of text and its hash, until f returns true.
func (w *windows) roll(text string, f func(piece string, hash uint32) bool) bool {
	var hash uint32
	for i := range len(text) {
		if i >= w.size {
			hash -= uint32(text[i-w.size]) * w.high
		}
		hash = hash*hashBase + uint32(text[i])
		if i >= w.size-1 && f(text[i-w.size+1:i+1], hash) {
			return true
		}
	}
	return false
}

// fours is a set of pieces of four bytes, in lower case.
type fours struct {
	pieces map[uint32]struct{}
	begins *[1 << 16]bool // by the first two bytes: most data is passed over by this alone
}

func newFours(text string) fours {
	f := fours{pieces: map[uint32]struct{}{}, begins: new([1 << 16]bool)}
	var piece uint32
	for i := range len(text) {
		piece = piece<<8 | uint32(lower(text[i]))
		if i >= encodedPiece-1 {
			f.pieces[piece] = struct{}{}
			f.begins[piece>>16] = true
		}
	}
	return f
}

// in reports whether data has one of the pieces, in any letter case.
func (f *fours) in(data []byte) bool {
	if f.begins == nil {
		return false
	}
	var piece uint32
	for i, b := range data {
		piece = piece<<8 | uint32(lower(b))
		if i < encodedPiece-1 || !f.begins[piece>>16] {
			continue
		}
		if _, ok := f.pieces[piece]; ok {
			return true
		}
	}
	return false
}

// lower returns an ASCII letter in lower case.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}
