package published

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The package's bounds.
const (
	maxText    = 256 << 10 // bytes
	maxDepth   = 32        // of elements, or of JSON values
	maxServers = 64
	maxDomains = 5000
	maxValue   = 2048 // bytes of one value
)

// declaration is the XML declaration, XML 1.0 section 2.8; space before it is wrong,
// and found.
var declaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*\?>`)

// encodingName is the encoding within a declaration, section 4.3.3.
var encodingName = regexp.MustCompile(`\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// singleByte are encodings of one byte a character that such files declare.
var singleByte = map[string]*charmap.Charmap{
	"iso-8859-1": charmap.Windows1252, "latin1": charmap.Windows1252, "windows-1252": charmap.Windows1252, // as browsers read it
	"iso-8859-2": charmap.ISO8859_2, "iso-8859-5": charmap.ISO8859_5, "iso-8859-7": charmap.ISO8859_7,
	"iso-8859-9": charmap.Windows1254, "iso-8859-15": charmap.ISO8859_15,
	"windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "windows-1254": charmap.Windows1254,
	"koi8-r": charmap.KOI8R,
}

// xmlText turns an XML text into UTF-8 without declaration and byte order mark; line
// breaks stay where they are.
func xmlText(data []byte) ([]byte, *Error) {
	text, err := unicodeText(data)
	if err != nil {
		return nil, err
	}
	label := ""
	if head := declaration.Find(text); head != nil {
		if m := encodingName.FindSubmatch(head); m != nil {
			label = strings.ToLower(string(m[1]))
		}
		// The decoder would want the encoding to be as declared, and version 1.0.
		text = append(bytes.Repeat([]byte("\n"), bytes.Count(head, []byte("\n"))), text[len(head):]...)
	}
	if utf8.Valid(text) {
		return text, nil // whatever it says it is: multi-byte text in Latin-1 is seldom valid UTF-8 by chance
	}
	table := singleByte[label]
	if table == nil {
		return nil, wrong(invalidLine(text), "found bytes that are not UTF-8, and no encoding that is known here")
	}
	text, decodeErr := table.NewDecoder().Bytes(text)
	if decodeErr != nil {
		return nil, wrong(0, "found text that is not in the encoding it names, %s", label)
	}
	return text, nil
}

// unicodeText bounds a text, and turns UTF-16 into UTF-8, by its byte order mark or by
// the form of its first character (XML 1.0 appendix F).
func unicodeText(data []byte) ([]byte, *Error) {
	if len(data) > maxText {
		return nil, &Error{0, "found more than 256 KiB, which no file of settings has", ErrTooLarge}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian), nil
	case bytes.HasPrefix(data, []byte("<\x00")):
		return fromUTF16(data, binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte("\x00<")):
		return fromUTF16(data, binary.BigEndian), nil
	}
	return data, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// invalidLine returns the line of the first byte that isn't UTF-8.
func invalidLine(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return lineAt(text, i)
		}
		i += size
	}
	return 0
}

// lineAt returns the number of the line that holds an offset.
func lineAt(text []byte, at int) int {
	return 1 + bytes.Count(text[:min(max(at, 0), len(text))], []byte("\n"))
}
