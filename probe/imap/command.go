package imap

import (
	"strconv"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// maxNonSync is the longest literal that LITERAL- lets us send without waiting
// (RFC 7888 5).
const maxNonSync = 4096

// loginCommand runs LOGIN (RFC 9051 6.2.3). Name and password go as quoted
// strings where they are seven bits wide, else as literals.
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
			facts.Sent = true // the password is in the last part
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

// loginParts returns the command in the parts between which the server has to
// ask for the next.
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

// nonSync reports whether a literal of n bytes needs no permission (RFC 7888).
func (s *Session) nonSync(n int) bool {
	return s.caps.has("LITERAL+") || n <= maxNonSync && (s.caps.has("LITERAL-") || s.caps.rev2())
}

// quotable reports whether text may stand in a quoted string: seven bits, and
// neither CR nor LF (RFC 9051 9, "QUOTED-CHAR"; eight bits need an extension).
func quotable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c == '\r' || c == '\n' || c >= 0x80 {
			return false
		}
	}
	return true
}

// quotedSpecials are escaped in a quoted string.
var quotedSpecials = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(text string) string { return `"` + quotedSpecials.Replace(text) + `"` }
