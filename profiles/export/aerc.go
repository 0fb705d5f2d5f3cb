package export

import (
	"errors"
	"strings"

	"maildoctor/probe/stage"
)

// aerc's accounts: aerc-accounts(5), aerc-imap(5), aerc-smtp(5). "imap" and "smtp" are
// with STARTTLS, "+insecure" is without; up to 0.14 STARTTLS for sending had to be asked
// for by smtp-starttls, which later versions pass over.
var aerc = Form{
	Name: "aerc", Place: "~/.config/aerc/accounts.conf", remarks: hashes, takes: noPOP3, write: writeAerc,
	secret: "aerc asks for it, or runs the command that you name by source-cred-cmd and outgoing-cred-cmd.",
}

func writeAerc(s *Settings) (string, error) {
	in, err := s.best(stage.IMAP)
	if err != nil {
		return "", err
	}
	if in.Token && in.Security != stage.TLS {
		return "", errors.New("it takes OAuth2 over TLS from the first byte alone")
	}
	from, err := inINI("the address", s.Address)
	if err != nil {
		return "", err
	}
	if !ascii(from) {
		return "", errors.New("the address has letters beyond ASCII, which aerc doesn't take")
	}
	text := "[" + s.Domain + "]\n" +
		"source = " + serverURL(chosen(in, "imaps", "imap", "imap+insecure")+aercToken(in), in) + "\n"
	if s.has(stage.SMTP) {
		out, err := s.best(stage.SMTP)
		if err != nil {
			return "", err
		}
		text += "outgoing = " + serverURL(chosen(out, "smtps", "smtp", "smtp+insecure")+aercToken(out), out) + "\n"
		if chosen(out, false, true, false) {
			text += "smtp-starttls = true\n"
		}
	}
	return text + "default = INBOX\nfrom = <" + from + ">\n", nil
}

// aercToken ends a scheme whose server takes a token.
func aercToken(v Server) string {
	if v.Token {
		return "+xoauth2"
	}
	return ""
}

// inINI returns text as the value of a key, unquoted: readers of such files differ in
// quotes, comments at the end of a line, variables and backslashes, so that there is no
// quoting that all of them read alike.
func inINI(what, text string) (string, error) {
	if strings.HasPrefix(text, "'") {
		return "", cannotQuote(what, '\'')
	}
	return unquoted(what, text, "@._+=%~^!*?,:/|{}&'")
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] > 0x7e {
			return false
		}
	}
	return true
}
