package probetest

import (
	"slices"
	"strings"
)

// imapSession is a session of an IMAP server (RFC 9051, RFC 3501): the login, and what
// is needed afterwards to look into a mailbox.
type imapSession struct {
	*session
	tag   string // of the current command, with the space
	knows bool   // the client has sent ID
}

func (s *imapSession) serve() {
	if !s.greet() {
		return
	}
	for !s.over {
		tag, word, args, ok := s.command()
		if !ok {
			return
		}
		if word == "" {
			s.say("* BAD Malformed command")
			continue
		}
		s.tag = tag + " "
		s.sawCommand(word)
		switch {
		case word == "LOGOUT":
			s.quit("* BYE Logging out", s.tag+"OK Logout completed")
		case s.has(DropAfterCapabilities) && s.seen && word != "CAPABILITY":
			return
		case s.user != "":
			s.selected(word, args)
		default:
			s.anonymous(word, args)
		}
	}
}

func (s *imapSession) greet() bool {
	switch {
	case s.has(GreetingRefused):
		s.say("* BYE Access denied")
		return false
	case s.has(GreetingBusy):
		s.say("* BYE [UNAVAILABLE] Too busy, try again later")
		return false
	case s.has(PreAuth):
		s.user = "preauth"
		s.say("* PREAUTH [CAPABILITY IMAP4rev1] " + s.Hello + " ready")
		return true
	}
	s.say("* OK [CAPABILITY " + strings.Join(s.list(), " ") + "] " + s.Hello + " ready")
	return true
}

// list returns the capabilities in the current state.
func (s *imapSession) list() []string {
	list := []string{"IMAP4rev1", "SASL-IR", "LITERAL+"}
	if s.ID != nil {
		list = append(list, "ID")
	}
	if s.user != "" {
		list = append(list, "NAMESPACE", "SPECIAL-USE", "UNSELECT", "IDLE", "UIDPLUS", "STATUS=SIZE")
		if s.Quota != nil {
			list = append(list, "QUOTA", "QUOTA=RES-STORAGE")
		}
		return s.without(append(list, s.Capabilities...))
	}
	if s.offersStartTLS() {
		list = append(list, "STARTTLS")
	}
	if !s.mayLogIn() || s.has(AuthNotOffered) {
		list = append(list, "LOGINDISABLED")
	}
	for _, m := range s.mechanisms() {
		list = append(list, "AUTH="+m)
	}
	return s.without(append(list, s.Capabilities...))
}

// ok completes a command with OK, after the untagged lines.
func (s *imapSession) ok(untagged ...string) {
	s.say(append(untagged, s.tag+"OK Completed")...)
}

func (s *imapSession) bad(text string) { s.say(s.tag + "BAD " + text) }

func (s *imapSession) capability() {
	s.seen = true
	switch {
	case s.has(CapabilitiesRefused):
		s.bad("Unknown command")
		return
	case s.has(CapabilitiesTemporary):
		s.say(s.tag + "NO [UNAVAILABLE] Not now")
		return
	case s.has(EndlessCapabilities):
		s.flood("", "* CAPABILITY IMAP4rev1 XMORE\r\n")
	case s.has(EndlessCapability):
		s.flood("* CAPABILITY IMAP4rev1", " XMORE")
	case s.has(LineAMinute):
		s.trickle("* CAPABILITY IMAP4rev1")
	}
	s.ok("* CAPABILITY " + strings.Join(s.list(), " "))
}

// anonymous handles a command in the not authenticated state.
func (s *imapSession) anonymous(word string, args []string) {
	switch word {
	case "CAPABILITY":
		s.capability()
	case "NOOP":
		s.ok()
	case "ID":
		s.id()
	case "STARTTLS":
		s.startTLS(s.tag+"OK Begin TLS negotiation now", s.tag+"NO [UNAVAILABLE] TLS is not available", "* OK Injected")
	case "LOGIN", "AUTHENTICATE":
		switch {
		case !s.mayLogIn():
			s.say(s.tag + "NO [PRIVACYREQUIRED] TLS first: cleartext authentication is disallowed on non-secure connections")
		case s.has(AuthNotOffered):
			s.say(s.tag + "NO Login is disabled here")
		case word == "LOGIN":
			s.login(args)
		default:
			s.saslCommand(args)
		}
	default:
		s.bad("Unknown command, or not in this state")
	}
}

// login handles LOGIN (RFC 9051 6.2.3).
func (s *imapSession) login(args []string) {
	if len(args) != 2 {
		s.bad("LOGIN wants a name and a password")
		return
	}
	s.echo.heard(s.tag + "LOGIN " + strings.Join(args, " "))
	if s.has(EndlessContinuations) {
		s.flood("", "+ \r\n")
	}
	var c claim
	c.check(s.Users, args[0], args[1])
	s.enter("IMAP LOGIN", c)
}

// saslCommand handles AUTHENTICATE (RFC 9051 6.2.2, RFC 4959).
func (s *imapSession) saslCommand(args []string) {
	if len(args) == 0 || len(args) > 2 {
		s.bad("AUTHENTICATE wants a mechanism")
		return
	}
	mechanism, initial := strings.ToUpper(args[0]), ""
	if len(args) == 2 {
		initial = args[1]
		if s.has(RefuseInitialSASL) || slices.Contains(s.Without, "SASL-IR") {
			s.bad("No initial response here")
			return
		}
	}
	line := s.tag + "AUTHENTICATE " + strings.Join(args, " ")
	if c, ok := s.sasl(s.tag, line, mechanism, initial); ok {
		s.enter(mechanism, c)
	}
}

// enter completes a login.
func (s *imapSession) enter(mechanism string, c claim) {
	if !s.settle(s.tag, mechanism, c) {
		return
	}
	s.say(s.tag + "OK [CAPABILITY " + strings.Join(s.list(), " ") + "] Logged in")
	s.over = s.over || s.has(DropAfterLogin)
}

// id handles ID (RFC 2971).
func (s *imapSession) id() {
	if s.ID == nil {
		s.bad("Unknown command")
		return
	}
	s.knows = true
	var fields []string
	for k, v := range s.ID {
		fields = append(fields, quote(k)+" "+quote(v))
	}
	slices.Sort(fields)
	s.ok("* ID (" + strings.Join(fields, " ") + ")")
}

// quote returns a quoted string (RFC 9051 4.3).
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
