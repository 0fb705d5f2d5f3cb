package published

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// jsonText bounds a JSON text, which is UTF-8 by RFC 8259 section 8.1.
func jsonText(data []byte) ([]byte, *Error) {
	text, err := unicodeText(data)
	if err != nil {
		return nil, err
	}
	start := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case isHTML(text):
		return nil, &Error{lineAt(text, len(text)-len(start)), "found a web page (HTML), expected a JSON object", ErrHTML}
	case len(start) == 0:
		return nil, wrong(0, "found nothing, expected a JSON object")
	case start[0] != '{':
		return nil, wrong(lineAt(text, len(text)-len(start)), "found what is no JSON object")
	case !utf8.Valid(text):
		return nil, wrong(invalidLine(text), "found bytes that are not UTF-8")
	}
	return text, shallow(text)
}

// shallow bounds the depth of a JSON text.
func shallow(text []byte) *Error {
	depth, quoted, escaped := 0, false, false
	for i, c := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return &Error{lineAt(text, i), "found values nested more than 32 deep", ErrTooLarge}
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func jsonError(text []byte, err error) *Error {
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return wrong(lineAt(text, int(s.Offset)), "found what is no JSON: %s", brief(s.Error()))
	}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return wrong(lineAt(text, int(t.Offset)), "%s: found a %s, expected something else", brief(t.Field), t.Value)
	}
	return wrong(0, "found what is no JSON: %s", brief(err.Error()))
}
