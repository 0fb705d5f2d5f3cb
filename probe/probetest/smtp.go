package probetest

import (
	"fmt"
	"strconv"
	"strings"
)

// smtpSession is a session of a submission server (RFC 5321, RFC 6409, RFC 4954).
type smtpSession struct {
	*session
	helo   bool
	from   bool // MAIL was accepted
	to     bool // RCPT was accepted
	inText bool // within DATA
}

func (s *smtpSession) serve() {
	if !s.greet() {
		return
	}
	for {
		line, ok := s.line()
		if !ok {
			return
		}
		if s.inText {
			s.text(line)
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		word = strings.ToUpper(word)
		s.sawCommand(word)
		switch {
		case word == "QUIT":
			s.quit("221 2.0.0 Bye")
		case s.has(DropAfterCapabilities) && s.seen:
			return
		default:
			s.do(word, rest, line)
		}
		if s.has(NoPipelining) {
			s.r.Discard(s.r.Buffered())
		}
	}
}

func (s *smtpSession) greet() bool {
	switch {
	case s.has(GreetingRefused):
		s.say("554 5.7.1 " + s.Hello + " No service for your address")
		return false
	case s.has(GreetingBusy):
		s.say("421 4.3.2 " + s.Hello + " Too busy, try again later")
		return false
	}
	s.say("220 " + s.Hello + " ESMTP ready")
	return true
}

func (s *smtpSession) do(word, rest, line string) {
	switch word {
	case "EHLO":
		s.hello(rest)
	case "HELO":
		if s.has(CapabilitiesRefused) || s.has(CapabilitiesTemporary) {
			s.hello(rest)
			return
		}
		s.helo = true
		s.say("250 " + s.Hello)
	case "STARTTLS":
		s.startTLS("220 2.0.0 Ready to start TLS", "454 4.7.0 TLS not available due to local problem", "250 2.0.0 Injected")
		if s.secure {
			s.helo, s.from, s.to = false, false, false // RFC 3207 4.2
		}
	case "AUTH":
		s.auth(rest, line)
	case "MAIL":
		s.mail(rest)
	case "RCPT":
		s.recipient(rest)
	case "DATA":
		if !s.to {
			s.say("503 5.5.1 Error: need RCPT command")
			return
		}
		s.inText = true
		s.say("354 End data with <CR><LF>.<CR><LF>")
	case "RSET":
		s.from, s.to = false, false
		s.say("250 2.0.0 Ok")
	case "NOOP":
		s.say("250 2.0.0 Ok")
	default:
		s.say("500 5.5.2 Error: command not recognized")
	}
}

// hello handles EHLO (RFC 5321 4.1.1.1).
func (s *smtpSession) hello(name string) {
	s.seen = true
	switch {
	case s.has(CapabilitiesTemporary):
		s.say("421 4.3.0 " + s.Hello + " Not now")
		s.over = true
		return
	case s.has(CapabilitiesRefused):
		s.say("550 5.7.1 " + name + " is not welcome")
		return
	case s.has(EHLORefused):
		s.say("502 5.5.1 Error: command not implemented")
		return
	case s.has(EndlessCapabilities):
		s.flood("250-"+s.Hello+"\r\n", "250-XMORE\r\n")
	case s.has(EndlessCapability):
		s.flood("250-"+s.Hello+"\r\n250-AUTH PLAIN", " X")
	case s.has(LineAMinute):
		s.say("250-" + s.Hello)
		s.trickle("250-XMORE")
	}
	s.helo = true
	list := []string{s.Hello, "PIPELINING", "SIZE " + strconv.FormatInt(s.Size, 10)}
	if s.offersStartTLS() {
		list = append(list, "STARTTLS")
	}
	if m := s.mechanisms(); len(m) > 0 {
		list = append(list, "AUTH "+strings.Join(m, " "))
	}
	list = append(list, "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8")
	if s.has(NoPipelining) {
		list = remove(list, "PIPELINING")
	}
	list = s.without(append(list, s.Capabilities...))
	for i := range list {
		between := "-"
		if i == len(list)-1 {
			between = " "
		}
		list[i] = "250" + between + list[i]
	}
	s.say(list...)
}

// startTLSFirst is the reply specified in RFC 3207 4.
const startTLSFirst = "530 5.7.0 Must issue a STARTTLS command first"

// auth handles AUTH (RFC 4954 4).
func (s *smtpSession) auth(rest, line string) {
	mechanism, initial, _ := strings.Cut(rest, " ")
	mechanism = strings.ToUpper(mechanism)
	switch {
	case !s.helo:
		s.say("503 5.5.1 Error: send EHLO first")
		return
	case s.Security == StartTLS && !s.secure:
		s.say(startTLSFirst)
		return
	case !s.mayLogIn():
		s.say("538 5.7.11 Encryption required for requested authentication mechanism")
		return
	case s.has(AuthNotOffered):
		s.say("502 5.5.1 Error: authentication not enabled")
		return
	case s.user != "":
		s.say("503 5.5.1 Error: already authenticated")
		return
	case initial != "" && s.has(RefuseInitialSASL):
		s.say("501 5.5.4 Syntax: AUTH mechanism")
		return
	}
	if c, ok := s.sasl("", line, mechanism, initial); ok && s.settle("", mechanism, c) {
		s.say("235 2.7.0 Authentication successful")
		s.over = s.over || s.has(DropAfterLogin)
	}
}

// mail handles MAIL FROM (RFC 5321 4.1.1.2, RFC 1870 6).
func (s *smtpSession) mail(rest string) {
	_, arguments, isFrom := strings.Cut(strings.ToUpper(rest), "FROM:")
	switch {
	case !s.helo:
		s.say("503 5.5.1 Error: send HELO or EHLO first")
	case s.Security == StartTLS && !s.secure && !s.has(OpenRelay):
		s.say(startTLSFirst)
	case s.user == "" && !s.has(OpenRelay):
		s.say("530 5.7.0 Authentication required")
	case !isFrom:
		s.say("501 5.5.4 Syntax: MAIL FROM:<address>")
	case declaredSize(arguments) > s.Size:
		s.say("552 5.3.4 Message size exceeds fixed limit")
	case s.has(SenderRefused):
		s.say("550 5.7.1 Sender address rejected: not owned by user")
	case s.has(SendingLimited):
		s.say("450 4.7.1 Sending limit exceeded, try again later")
	case s.has(AccountFull):
		s.say("452 4.2.2 Mailbox full")
	case s.has(EndlessMailbox):
		s.flood("", "250-2.1.0 Ok\r\n")
	default:
		s.from = true
		s.say("250 2.1.0 Ok")
	}
}

// declaredSize returns the SIZE parameter of MAIL, or 0 without one.
func declaredSize(arguments string) int64 {
	for _, word := range strings.Fields(arguments) {
		if value, ok := strings.CutPrefix(word, "SIZE="); ok {
			n, err := strconv.ParseInt(value, 10, 64)
			if err == nil {
				return n
			}
		}
	}
	return 0
}

func (s *smtpSession) recipient(rest string) {
	if !s.from {
		s.say("503 5.5.1 Error: need MAIL command")
		return
	}
	if !strings.HasPrefix(strings.ToUpper(rest), "TO:") {
		s.say("501 5.5.4 Syntax: RCPT TO:<address>")
		return
	}
	if s.RcptReply != "" {
		s.say(s.RcptReply)
		return
	}
	s.to = true
	s.say("250 2.1.5 Ok")
}

// text handles a line of a message.
func (s *smtpSession) text(line string) {
	if line != "." {
		return
	}
	s.inText, s.from, s.to = false, false, false
	s.say(fmt.Sprintf("250 2.0.0 Ok: queued as %d", serial.Add(1)))
}
