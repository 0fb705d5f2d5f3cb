package imap

import (
	"strconv"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// maxNonSync is the longest literal that LITERAL- allows as a non-synchronizing literal
// (RFC 7888 5).
const maxNonSync = 4096

// loginCommand performs LOGIN (RFC 9051 6.2.3). User name and password are sent as
// quoted strings if they are 7-bit text, and otherwise as literals.
func (s *Session) loginCommand(req auth.Request, facts *stage.LoginFacts) error {
	password := req.Secret.Reveal()
	if strings.IndexByte(req.User, 0) >= 0 || strings.IndexByte(password, 0) >= 0 {
		return stage.Errorf(stage.BadCredential, "IMAP cannot carry a NUL in a name or password")
	}
	x := s.exchange("LOGIN")
	x.protected = true
	parts := s.loginParts(x.tag, req.User, password)
	shown := x.tag + " LOGIN ***"
	for i, part := range parts {
		if i == len(parts)-1 {
			facts.Sent = true // the last part contains the password
		}
		if err := s.c.SendProtected(shown, part); err != nil {
			return err
		}
		shown = "***"
		r, err := x.next()
		switch {
		case err != nil:
			return loginError(err, facts)
		case r.kind == tagged:
			return s.answered(x, r, facts)
		case i == len(parts)-1:
			return s.c.Lost(stage.Errorf(stage.Malformed, "the server asks for more after LOGIN"))
		}
	}
	return nil
}

// loginParts returns the command, split where the server must send a continuation
// request.
func (s *Session) loginParts(tag, user, password string) []string {
	var parts []string
	part := tag + " LOGIN"
	for _, arg := range []string{user, password} {
		part += " "
		switch size := strconv.Itoa(len(arg)); {
		case quotable(arg):
			part += quote(arg)
		case s.nonSync(len(arg)):
			part += "{" + size + "+}\r\n" + arg
		default:
			parts = append(parts, part+"{"+size+"}\r\n")
			part = arg
		}
	}
	return append(parts, part+"\r\n")
}

// nonSync reports whether a literal of n bytes may be sent without waiting (RFC 7888).
func (s *Session) nonSync(n int) bool {
	return s.caps.has("LITERAL+") || n <= maxNonSync && (s.caps.has("LITERAL-") || s.caps.rev2())
}

// quotable reports whether text may be a quoted string: 7-bit text without CR and LF
// (RFC 9051 9, "QUOTED-CHAR"; 8-bit text needs an extension).
func quotable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c == '\r' || c == '\n' || c >= 0x80 {
			return false
		}
	}
	return true
}

// quotedSpecials escapes special characters in a quoted string.
var quotedSpecials = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(text string) string { return `"` + quotedSpecials.Replace(text) + `"` }
