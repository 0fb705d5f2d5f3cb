package auth

// sextets gives the value of each character of base64, of either alphabet
// (RFC 4648 4 and 5); nibbles that of each hex digit. -1: none.
var (
	sextets = tableOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "-_")
	nibbles = tableOf("0123456789abcdef", "")
)

func tableOf(digits, last string) *[256]int8 {
	t := new([256]int8)
	for i := range t {
		t[i] = -1
	}
	for i := range len(digits) {
		t[digits[i]] = int8(i)
	}
	for i := range len(last) {
		t[last[i]] = int8(len(digits) - len(last) + i)
	}
	if len(digits) == 16 {
		for i := byte('a'); i <= 'f'; i++ {
			t[i-'a'+'A'] = t[i]
		}
	}
	return t
}

// decodings calls f for everything that text can be decoded to: each run of
// base64 characters as if begun at each place of a group, each run of hex digits
// from each of its first two. What is shorter than least bytes is left out. It ends
// early, with true, when f returns true. What f gets is overwritten by the next
// call.
func decodings(text string, least int, f func([]byte) bool) bool {
	var buffer []byte
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && sextets[text[end]] >= 0 {
			end++
		}
		for phase := 0; phase < 4 && (end-start)*3/4 >= least; phase++ {
			buffer = decodeBase64(buffer[:0], text[start:end], phase)
			if f(buffer) {
				return true
			}
		}
		start = end + 1
	}
	return hexDecodings(text, least, f)
}

// decodeBase64 appends what a run of base64 characters stands for whose first
// one has the given place, 0 to 3, in its group. Bits that fill no byte are
// dropped at both ends.
func decodeBase64(to []byte, run string, phase int) []byte {
	var bits uint32
	for i := range len(run) {
		bits = bits<<6 | uint32(sextets[run[i]])
		if place := (i + phase) % 4; place != 0 && i > 0 {
			to = append(to, byte(bits>>(6-2*place)))
		}
	}
	return to
}

// hexDecodings takes hex digits together also where blanks, colons and the like
// stand between them, or marks such as \x and 0x.
func hexDecodings(text string, least int, f func([]byte) bool) bool {
	digits := make([]byte, 0, len(text))
	for i := 0; i <= len(text); i++ {
		switch {
		case i < len(text) && nibbles[text[i]] >= 0:
			digits = append(digits, byte(nibbles[text[i]]))
			continue
		case i < len(text) && (text[i] == 'x' || text[i] == 'X'):
			if i > 0 && text[i-1] == '0' {
				digits = digits[:len(digits)-1]
			}
			continue
		case i < len(text) && between(text[i]):
			continue
		}
		for skip := 0; skip < 2 && (len(digits)-skip)/2 >= least; skip++ {
			if f(pairs(digits[skip:])) {
				return true
			}
		}
		digits = digits[:0]
	}
	return false
}

// between reports whether a byte may stand between two bytes written in hex.
func between(b byte) bool {
	switch b {
	case ' ', ':', '-', ',', '%', '=', '\\', '&', '#', ';':
		return true
	}
	return false
}

func pairs(digits []byte) []byte {
	out := make([]byte, 0, len(digits)/2)
	for ; len(digits) >= 2; digits = digits[2:] {
		out = append(out, digits[0]<<4|digits[1])
	}
	return out
}
