package pasted

import (
	"html"
	"io"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"maildoctor/probe/lazy"
)

// readings returns the ways in which a text can be read, the likeliest first: without
// what other programs may have done to it, and then as it is. Often there is only one.
func readings(text string) (out []string) {
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	whole := text
	for range 2 { // a log in JSON may hold a reply that was quoted before
		for _, undo := range []func(string) string{unescaped, untagged, unpercented, unquotedPrintable} {
			whole = undo(whole)
		}
	}
	others := recoded(whole)
	if utf8.ValidString(whole) {
		add(whole)
		add(text)
	} else {
		others = append(others, whole, text)
	}
	for _, s := range others {
		add(s)
	}
	return out
}

// escape is an escape of a string literal in JSON, Python, JavaScript or C.
var escape = lazy.Pattern(`\\(?:[nrt"'/\\]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-3][0-7]{2})`)

// unescaped undoes the escapes of string literals, if there are any. Bytes that are given
// one by one are put together.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return escape().ReplaceAllStringFunc(s, func(e string) string {
		switch e[1] {
		case 'n', 'r':
			return "\n"
		case 't':
			return "\t"
		case 'u', 'x':
			n, _ := strconv.ParseUint(e[2:], 16, 32)
			if e[1] == 'u' {
				return string(rune(n))
			}
			return string([]byte{byte(n)})
		case '0', '1', '2', '3':
			n, _ := strconv.ParseUint(e[1:], 8, 16)
			return string([]byte{byte(n)})
		}
		return e[1:]
	})
}

// tag is an element of HTML as it stands in the bodies of bounces and on error pages.
var tag = lazy.Pattern(`(?i)</?(?:html|head|body|title|style|p|br|hr|div|span|pre|code|tt|b|i|em|strong|font|table|tbody|tr|td|th|ul|ol|li|a|h[1-6]|blockquote)(?:\s[^<>]*)?/?>`)

// untagged removes the tags of HTML and undoes its character references.
func untagged(s string) string {
	if strings.Contains(s, "<") {
		s = tag().ReplaceAllString(s, "\n")
	}
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	return s
}

var percent = lazy.Pattern(`%[0-9a-fA-F]{2}`)

// unpercented undoes percent encoding (RFC 3986 2.1), if there is enough of it that it is
// no accident.
func unpercented(s string) string {
	if len(percent().FindAllStringIndex(s, 3)) < 3 {
		return s
	}
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return percent().ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[1:], 16, 8)
		return string([]byte{byte(n)})
	})
}

var quotedByte = lazy.Pattern(`=(?:[0-9A-F]{2}|\r?\n)`)

// unquotedPrintable undoes quoted-printable encoding (RFC 2045 6.7), in which bodies of
// bounces are saved, if there is enough of it.
func unquotedPrintable(s string) string {
	if len(quotedByte().FindAllStringIndex(s, 3)) < 3 {
		return s
	}
	out, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(s)))
	if err != nil {
		return s
	}
	return string(out)
}

// charsets are those of which people paste bytes, or letters made of them by a program
// that took them for Latin-1.
var charsets = []encoding.Encoding{
	simplifiedchinese.GB18030, traditionalchinese.Big5, japanese.ShiftJIS, japanese.EUCJP, korean.EUCKR, charmap.KOI8R, charmap.Windows1251, charmap.Windows1252,
}

// recoded returns what a text is in other character sets: one whose bytes are no UTF-8,
// and one whose letters look like bytes that were taken for Latin-1.
func recoded(s string) (out []string) {
	raw := s
	if utf8.ValidString(s) {
		var ok bool
		if raw, ok = asBytes(s); !ok {
			return nil
		}
		if utf8.ValidString(raw) {
			out = append(out, raw)
		}
	}
	order := charsets
	if few(raw) {
		order = append([]encoding.Encoding{charmap.Windows1252}, charsets...)
	}
	for _, c := range order {
		if d, err := c.NewDecoder().String(raw); err == nil && !strings.ContainsRune(d, utf8.RuneError) {
			out = append(out, d)
		}
	}
	return out
}

// few reports whether only few of the bytes are none of ASCII, as in the languages of
// Western Europe.
func few(raw string) bool {
	n := 0
	for i := range len(raw) {
		if raw[i] >= utf8.RuneSelf {
			n++
		}
	}
	return n*5 < len(raw)
}

// asBytes returns the bytes that a text has in Windows-1252, or Latin-1 where that has no
// letter; ok is false if it has letters of neither, or nothing but ASCII.
func asBytes(s string) (raw string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		c, fits := charmap.Windows1252.EncodeRune(r)
		switch {
		case fits:
		case r < 0x100:
			c = byte(r)
		default:
			return "", false
		}
		ok = ok || c >= 0x80
		b.WriteByte(c)
	}
	return b.String(), ok
}
