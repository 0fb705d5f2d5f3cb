package published

import (
	"bytes"
	"strings"
)

// htmlElements are first elements of web pages, and of what scripts that failed write
// instead of a file.
var htmlElements = map[string]bool{
	"html": true, "head": true, "body": true, "title": true, "meta": true, "link": true, "script": true, "style": true,
	"br": true, "b": true, "p": true, "div": true, "span": true, "center": true, "font": true, "table": true, "pre": true,
	"h1": true, "h2": true, "h3": true, "a": true, "img": true, "form": true, "iframe": true, "noscript": true,
}

// isHTML reports a web page, by the look of its first element.
func isHTML(text []byte) bool {
	start := first(text)
	if len(start) == 0 || start[0] != '<' {
		return false
	}
	if rest, ok := cutFold(start[1:], "!doctype"); ok {
		return strings.EqualFold(word(bytes.TrimSpace(rest)), "html")
	}
	return htmlElements[strings.ToLower(word(start[1:]))]
}

// first returns a text from its first element, or document type, on.
func first(text []byte) []byte {
	for {
		text = bytes.TrimLeft(text, " \t\r\n\ufeff")
		end := ""
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		default:
			return text
		}
		_, rest, closed := bytes.Cut(text, []byte(end))
		if !closed {
			return nil
		}
		text = rest
	}
}

// cutFold takes a word, in any case, off the beginning of a text.
func cutFold(text []byte, prefix string) (rest []byte, ok bool) {
	if len(text) < len(prefix) || !strings.EqualFold(string(text[:len(prefix)]), prefix) {
		return nil, false
	}
	return text[len(prefix):], true
}

// word returns the letters and digits that a text begins with.
func word(text []byte) string {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	if end < 0 {
		end = len(text)
	}
	return string(text[:end])
}
