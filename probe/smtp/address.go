package smtp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"maildoctor/probe/stage"
)

// maxPath is the length of a path without its brackets, in bytes (RFC 5321
// 4.5.3.1.3).
const maxPath = 254

// CheckSender says why an address can't be the sender of mail; nil where it can.
func CheckSender(address string) error {
	_, _, err := mailPath(address)
	return err
}

// CheckRecipient says why mail can't be for an address; nil where it can.
func CheckRecipient(address string) error { return CheckSender(address) }

// mailPath makes an address fit for MAIL FROM: its domain in ASCII form where it
// has one. international says that it needs SMTPUTF8 all the same (RFC 6531 3.3).
// An address that could end the command, or begin another, is BadCredential.
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

// unsafe reports what must not stand between the brackets of a path, quoted or
// not: it would end it in the eyes of some server.
func unsafe(r rune) bool { return r == '<' || r == '>' || unicode.IsControl(r) }

// unquotedSpace reports a space outside of a quoted local part (RFC 5321 4.1.2).
func unquotedSpace(address string) bool {
	if end := strings.LastIndex(address, `"@`); end > 0 && address[0] == '"' {
		address = address[end:]
	}
	return strings.ContainsFunc(address, unicode.IsSpace)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
