package export

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"maildoctor/probe/stage"
)

// doubleQuoted quotes text with double quotes, in which a backslash takes the quote and
// itself: the strings of Python, JavaScript, TOML (basic) and mbsync, as long as there
// are no control characters, which [Settings.check] has refused.
func doubleQuoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// singleQuoted quotes text with single quotes, in which a backslash takes the quote and
// itself, and nothing else has a meaning: the strings of PHP and Ruby.
func singleQuoted(text string) string {
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + `'`
}

// octets escapes all octets of text that may have a meaning in some URL (RFC 3986 section
// 2.3 has those that have none).
func octets(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; strings.IndexByte(ldh+"._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// serverURL is a server's URL with a user name and without a password.
func serverURL(scheme string, v Server) string {
	return scheme + "://" + octets(v.User) + "@" + hostPort(v)
}

// hostPort needs no brackets: an IPv6 address is none of letters, digits and hyphens.
func hostPort(v Server) string { return v.Host + ":" + port(v) }

func port(v Server) string { return strconv.Itoa(int(v.Port)) }

// unquoted returns text that a form takes without quotes, and refuses all but letters,
// digits and these characters.
func unquoted(what, text, others string) (string, error) {
	for _, r := range text {
		switch {
		case r < unicode.MaxASCII && strings.ContainsRune(ldh, r), strings.ContainsRune(others, r):
		case unicode.IsLetter(r) && r > unicode.MaxASCII:
		default:
			return "", cannotQuote(what, r)
		}
	}
	return text, nil
}

// cannotQuote says that a character of an address or a user name has a meaning of its
// own in a form.
func cannotQuote(what string, r rune) error {
	return fmt.Errorf("%s holds %q, which this form can't quote safely", what, r)
}

// chosen picks the word for a server's encryption.
func chosen[T any](v Server, tls, startTLS, none T) T {
	switch v.Security {
	case stage.TLS:
		return tls
	case stage.None:
		return none
	}
	return startTLS
}

var errToken = errors.New("it logs in with a password, and the server takes an OAuth2 token alone")

var errMixed = errors.New("it has one word for the encryption of both servers, and one of them wants STARTTLS and the other none")

// dotAtom refuses the part of an address before the @ where it needs quotes of its own
// (RFC 5322 section 3.2.3, RFC 6531 section 3.3).
func dotAtom(local string) error {
	_, err := unquoted("the address", local, "!#$%&'*+/=?^_`{|}~.")
	return err
}
