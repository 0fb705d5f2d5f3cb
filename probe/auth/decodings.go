package auth

// sextets maps each base64 character of either alphabet (RFC 4648 4 and 5) to its
// value; nibbles maps each hex digit. -1: not a digit.
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

// room holds the buffers for decoding, which are reused for each text.
type room struct{ decoded, digits []byte }

// decodings calls f with everything that text may decode to: each run of base64
// characters at every alignment, and each run of hex digits from its first two digits
// on. Results shorter than least bytes are skipped. It stops and returns true when f
// returns true. The slice passed to f is overwritten by the next call.
func (r *room) decodings(text []byte, least int, f func([]byte) bool) bool {
	if len(text)*3/4 < least {
		return false // too short, in base64 or in hex
	}
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && sextets[text[end]] >= 0 {
			end++
		}
		for phase := 0; phase < 4 && (end-start)*3/4 >= least; phase++ {
			r.decoded = decodeBase64(r.decoded[:0], text[start:end], phase)
			if f(r.decoded) {
				return true
			}
		}
		start = end + 1
	}
	return r.hexDecodings(text, least, f)
}

// decodeBase64 appends the decoding of a run of base64 characters. phase is the
// position, 0 to 3, of the first character in its group. Incomplete bytes at either end
// are dropped.
func decodeBase64(to, run []byte, phase int) []byte {
	var bits uint32
	for i := 0; i < len(run); i++ {
		if (i+phase)&3 == 0 && len(run)-i >= 4 { // a complete group
			bits = uint32(sextets[run[i]])<<18 | uint32(sextets[run[i+1]])<<12 | uint32(sextets[run[i+2]])<<6 | uint32(sextets[run[i+3]])
			to = append(to, byte(bits>>16), byte(bits>>8), byte(bits))
			i += 3
			continue
		}
		bits = bits<<6 | uint32(sextets[run[i]])
		if place := (i + phase) & 3; place != 0 && i > 0 {
			to = append(to, byte(bits>>(6-2*place)))
		}
	}
	return to
}

// hexDecodings decodes runs of hex digits, also those separated by spaces, colons and
// the like, or by marks such as \x and 0x.
func (r *room) hexDecodings(text []byte, least int, f func([]byte) bool) bool {
	if len(text) < 2*least {
		return false
	}
	for start := 0; start < len(text); {
		end, n := start, 0
		for end < len(text) && inHex[text[end]] != other {
			if inHex[text[end]] >= 0 {
				n++
			}
			end++
		}
		if n >= 2*least {
			r.digits = hexDigits(r.digits[:0], text[start:end])
			for skip := 0; skip < 2 && (len(r.digits)-skip)/2 >= least; skip++ {
				r.decoded = pairs(r.decoded[:0], r.digits[skip:])
				if f(r.decoded) {
					return true
				}
			}
		}
		start = end + 1
	}
	return false
}

// hexDigits appends the values of the digits in a run of hex digits, marks and
// separators.
func hexDigits(to []byte, run []byte) []byte {
	for i, b := range run {
		switch c := inHex[b]; {
		case c >= 0:
			to = append(to, byte(c))
		case c == mark && i > 0 && run[i-1] == '0':
			to = to[:len(to)-1] // the 0 of 0x
		}
	}
	return to
}

// Classes of bytes in data written in hex, other than digits.
const (
	other   = -1 // not part of the data
	mark    = -2 // x
	between = -3 // separator between two bytes
)

// inHex maps each byte to the value of its hex digit, or to mark, between or other.
var inHex = func() (t [256]int8) {
	t = *nibbles
	for _, c := range []byte(" :-,%=\\&#;") {
		t[c] = between
	}
	t['x'], t['X'] = mark, mark
	return t
}()

// pairs appends the bytes for pairs of digits.
func pairs(to, digits []byte) []byte {
	for ; len(digits) >= 2; digits = digits[2:] {
		to = append(to, digits[0]<<4|digits[1])
	}
	return to
}
