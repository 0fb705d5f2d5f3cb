package smtp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"maildoctor/probe/stage"
)

// maxPath is the maximum length of a path without angle brackets, in bytes (RFC 5321
// 4.5.3.1.3).
const maxPath = 254

// CheckSender returns an error if an address can't be used in MAIL FROM.
func CheckSender(address string) error {
	_, _, err := mailPath(address)
	return err
}

// CheckRecipient returns an error if an address can't be used in RCPT TO.
func CheckRecipient(address string) error { return CheckSender(address) }

// mailPath prepares an address for MAIL FROM, with its domain in ASCII form if there is
// one. international says that the address still needs SMTPUTF8 (RFC 6531 3.3). The
// error is BadCredential for an address that could end the command or start another.
func mailPath(address string) (path string, international bool, err error) {
	at := strings.LastIndexByte(address, '@')
	switch {
	case at < 1 || at == len(address)-1:
		return "", false, stage.Errorf(stage.BadCredential, "the sender is not an address")
	case !utf8.ValidString(address), strings.ContainsFunc(address, unsafe), unquotedSpace(address):
		return "", false, stage.Errorf(stage.BadCredential, "the sender has characters that no address has")
	}
	local, domain := address[:at], address[at+1:]
	if !ascii(domain) {
		if d, err := idna.Lookup.ToASCII(domain); err == nil {
			domain = d
		}
	}
	path = local + "@" + domain
	if len(path) > maxPath {
		return "", false, stage.Errorf(stage.BadCredential, "the sender is longer than %d bytes", maxPath)
	}
	return path, !ascii(path), nil
}

// unsafe reports whether a character must not be in a path, even quoted, because some
// server may take it for the end of the path.
func unsafe(r rune) bool { return r == '<' || r == '>' || unicode.IsControl(r) }

// unquotedSpace reports whether there is a space outside a quoted local part (RFC 5321
// 4.1.2).
func unquotedSpace(address string) bool {
	if end := strings.LastIndex(address, `"@`); end > 0 && address[0] == '"' {
		address = address[end:]
	}
	return strings.ContainsFunc(address, unicode.IsSpace)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
