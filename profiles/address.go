package profiles

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"maildoctor/profiles/hostname"
)

// maxLocal bounds the part of an address before the @, in octets (RFC 5321
// section 4.5.3.1.1).
const maxLocal = 64

// address is a mail address (RFC 5321 section 4.1.2, RFC 6531 section 3.3). Its
// domain is normalised; its local part is as it was typed, because only the provider
// knows which local parts are equivalent.
type address struct{ local, domain string }

// String returns the address.
func (a address) String() string { return a.local + "@" + a.domain }

// name returns the local part without quoting: the mailbox's name.
func (a address) name() string {
	inner, quoted := strings.CutPrefix(a.local, `"`)
	if !quoted {
		return a.local
	}
	var b strings.Builder
	escaped := false
	for _, r := range strings.TrimSuffix(inner, `"`) {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	// A backslash at the end would escape the quote that TrimSuffix removed;
	// parseAddress rejects such a local part.
	return b.String()
}

// parseAddress parses a mail address. Errors say what is wrong with it and never
// repeat it: what was typed in the wrong place may be a password.
func parseAddress(s string) (address, error) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return address{}, malformed("there is no @ in it")
	}
	local := s[:at]
	if err := checkLocal(local); err != nil {
		return address{}, err
	}
	if strings.HasPrefix(s[at+1:], "[") {
		return address{}, malformed("after the @ stands an IP address, where the name of a mail domain is expected")
	}
	domain, ok := hostname.MailDomain(s[at+1:])
	if !ok {
		return address{}, malformed("what follows the @ is not the name of a mail domain, such as example.com")
	}
	return address{local, domain}, nil
}

// checkLocal returns an error if the part before the @ is invalid.
func checkLocal(local string) error {
	switch {
	case local == "":
		return malformed("there is nothing before the @")
	case len(local) > maxLocal:
		return malformed("what stands before the @ is longer than %d bytes", maxLocal)
	case !utf8.ValidString(local):
		return malformed("what stands before the @ is not UTF-8")
	case local[0] == '"':
		return checkQuoted(local)
	}
	for _, r := range local {
		switch {
		case unicode.IsSpace(r):
			return malformed("there is a space before the @")
		case !unicode.IsPrint(r):
			return malformed("there is a control character before the @")
		// Dots may be anywhere: RFC 5321 forbids two in a row and those at the end,
		// but mobile providers have given out such addresses all the same.
		case strings.ContainsRune(`()<>[]:;@\,"`, r):
			return malformed("%q before the @ is not allowed", r)
		}
	}
	return nil
}

// checkQuoted checks a quoted local part, RFC 5321 section 4.1.2 Quoted-string.
func checkQuoted(local string) error {
	escaped, closed := false, false
	for _, r := range local[1:] {
		switch {
		case closed:
			return malformed("text follows the closing quote before the @")
		case r != ' ' && !unicode.IsPrint(r):
			return malformed("there is a control character before the @")
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case r == '"':
			closed = true
		}
	}
	if !closed {
		return malformed("the quote before the @ is not closed")
	}
	return nil
}

func malformed(format string, args ...any) error {
	return &FindError{Err: ErrMalformed, Reason: fmt.Sprintf(format, args...)}
}
