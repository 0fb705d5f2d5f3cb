package probetest

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// pop3Session is a session of a POP3 server (RFC 1939, RFC 2449, RFC 2595, RFC 5034).
type pop3Session struct {
	*session
	stamp string // APOP timestamp
	named string // argument of USER
	open  bool   // in the TRANSACTION state
}

func (s *pop3Session) serve() {
	if !s.greet() {
		return
	}
	for {
		line, ok := s.line()
		if !ok {
			return
		}
		word, rest, _ := strings.Cut(line, " ")
		word = strings.ToUpper(word)
		s.sawCommand(word)
		switch {
		case word == "QUIT":
			s.quit("+OK Bye")
		case s.has(DropAfterCapabilities) && s.seen:
			return
		case word == "CAPA":
			s.capabilities()
		case s.open:
			s.transaction(word, rest)
		default:
			s.authorization(word, rest, line)
		}
	}
}

func (s *pop3Session) greet() bool {
	switch {
	case s.has(GreetingRefused):
		s.say("-ERR [SYS/PERM] Access denied")
		return false
	case s.has(GreetingBusy):
		s.say("-ERR [SYS/TEMP] Too busy, try again later")
		return false
	}
	greeting := "+OK " + s.Hello + " ready"
	if s.APOP {
		s.stamp = fmt.Sprintf("<%d.%d@%s>", serial.Add(1), time.Now().Unix(), s.Hello)
		greeting += " " + s.stamp
	}
	s.say(greeting)
	return true
}

// capabilities handles CAPA (RFC 2449 5).
func (s *pop3Session) capabilities() {
	s.seen = true
	switch {
	case s.has(CapabilitiesRefused):
		s.say("-ERR Unknown command")
		return
	case s.has(CapabilitiesTemporary):
		s.say("-ERR [SYS/TEMP] Not now")
		return
	case s.has(EndlessCapabilities):
		s.flood("+OK\r\n", "X-MORE-OF-IT\r\n")
	case s.has(EndlessCapability):
		s.flood("+OK\r\nSASL PLAIN", " X")
	case s.has(LineAMinute):
		s.say("+OK")
		s.trickle("X-MORE-OF-IT")
	}
	list := []string{"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"}
	if s.offersStartTLS() {
		list = append(list, "STLS")
	}
	if s.mayLogIn() && !s.has(AuthNotOffered) {
		list = append(list, "USER")
		if m := s.mechanisms(); len(m) > 0 {
			list = append(list, "SASL "+strings.Join(m, " "))
		}
	}
	if s.has(NoPipelining) {
		list = remove(list, "PIPELINING")
	}
	if s.has(NoUIDL) {
		list = remove(list, "UIDL")
	}
	list = append(list, s.Capabilities...)
	s.say(append(append([]string{"+OK Capability list follows"}, s.without(list)...), ".")...)
}

func remove(list []string, word string) []string {
	var out []string
	for _, w := range list {
		if w != word {
			out = append(out, w)
		}
	}
	return out
}

// authorization handles a command before the login.
func (s *pop3Session) authorization(word, rest, line string) {
	switch word {
	case "STLS":
		s.startTLS("+OK Begin TLS negotiation", "-ERR [SYS/TEMP] TLS is not available", "+OK Injected")
	case "USER", "PASS", "APOP", "AUTH":
		if word == "AUTH" && rest == "" { // list the mechanisms (not in RFC 1734, but servers do it)
			s.say(append(append([]string{"+OK"}, s.mechanisms()...), ".")...)
			return
		}
		if !s.mayLogIn() {
			s.say("-ERR [SYS/PERM] TLS first: cleartext authentication is disallowed on non-secure connections")
			return
		}
		s.login(word, rest, line)
	default:
		s.say("-ERR Unknown command")
	}
}

func (s *pop3Session) login(word, rest, line string) {
	if s.has(AuthNotOffered) {
		s.say("-ERR Unknown command")
		return
	}
	switch word {
	case "USER":
		s.named = rest
		s.echo.heard(line)
		s.write("+OK Password, please\r\n") // without an echo, which would only repeat the name
	case "PASS":
		if s.named == "" {
			s.say("-ERR USER first")
			return
		}
		s.echo.heard(line)
		if s.has(EndlessContinuations) {
			s.flood("", "+ \r\n")
		}
		var c claim
		c.check(s.Users, s.named, rest)
		s.enter("USER/PASS", c)
	case "APOP":
		s.apop(rest, line)
	case "AUTH":
		s.auth(rest, line)
	}
}

// apop handles APOP (RFC 1939 7).
func (s *pop3Session) apop(rest, line string) {
	i := strings.LastIndexByte(rest, ' ')
	if s.stamp == "" || i < 0 {
		s.say("-ERR Unknown command")
		return
	}
	s.echo.heard(line)
	password, known := s.Users[rest[:i]]
	sum := md5.Sum([]byte(s.stamp + password))
	s.enter("APOP", claim{user: rest[:i], proven: known && hex.EncodeToString(sum[:]) == rest[i+1:]})
}

// auth handles AUTH (RFC 5034 4).
func (s *pop3Session) auth(rest, line string) {
	mechanism, initial, _ := strings.Cut(rest, " ")
	mechanism = strings.ToUpper(mechanism)
	if initial != "" && s.has(RefuseInitialSASL) {
		s.say("-ERR Invalid arguments")
		return
	}
	if c, ok := s.sasl("", line, mechanism, initial); ok {
		s.enter(mechanism, c)
	}
}

// enter completes a login and opens the maildrop.
func (s *pop3Session) enter(mechanism string, c claim) {
	if !s.settle("", mechanism, c) {
		s.named = ""
		return
	}
	s.open = true
	s.say("+OK Logged in")
	s.over = s.over || s.has(DropAfterLogin)
}

// transaction handles a command after the login. DELE is not supported.
func (s *pop3Session) transaction(word, rest string) {
	switch word {
	case "STAT":
		s.stat()
	case "UIDL", "LIST":
		s.list(word, rest)
	case "NOOP", "RSET":
		s.say("+OK")
	case "DELE":
		s.say("-ERR This mailbox is read-only")
	default:
		s.say("-ERR Unknown command")
	}
}

func (s *pop3Session) stat() {
	switch {
	case s.has(MailboxRefused):
		s.say("-ERR [SYS/PERM] Permission denied")
	case s.has(MailboxBroken):
		s.say("-ERR [SYS/TEMP] Internal error, try again later")
	case s.has(EndlessMailbox):
		s.flood("+OK 3 ", "1")
	default:
		total := 0
		for _, size := range s.Messages {
			total += size
		}
		s.say(fmt.Sprintf("+OK %d %d", len(s.Messages), total))
	}
}

// list handles UIDL and LIST, for one message or all.
func (s *pop3Session) list(word, which string) {
	entry := func(i int) string {
		if word == "UIDL" {
			return fmt.Sprintf("%d 00000%d5f3a", i+1, i+1)
		}
		return fmt.Sprintf("%d %d", i+1, s.Messages[i])
	}
	if word == "UIDL" && s.has(NoUIDL) {
		s.say("-ERR Unknown command")
		return
	}
	if which != "" {
		n, err := strconv.Atoi(which)
		if err != nil || n < 1 || n > len(s.Messages) {
			s.say("-ERR No such message")
			return
		}
		s.say("+OK " + entry(n-1))
		return
	}
	if s.has(EndlessMailbox) {
		s.flood("+OK\r\n", "1 00000\r\n")
	}
	lines := []string{"+OK"}
	for i := range s.Messages {
		lines = append(lines, entry(i))
	}
	s.say(append(lines, ".")...)
}
