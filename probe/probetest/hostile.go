package probetest

import (
	"strings"
	"time"
)

// foreigners are the greetings of other services than the expected one.
var foreigners = []struct {
	fault Fault
	text  string
}{
	{GreetingSSH, "SSH-2.0-OpenSSH_9.9p1 Debian-3\r\n"},
	{GreetingHTTP, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request"},
	{GreetingFTP, "220 (vsFTPd 3.0.5)\r\n"},
	{GreetingIMAP, "* OK [CAPABILITY IMAP4rev1] ready\r\n"},
	{GreetingPOP3, "+OK POP3 ready\r\n"},
	{GreetingSMTP, "220 mx.example.test ESMTP\r\n"},
	{GreetingMangled, "?????? what\r\n"},
}

// foreign performs the faults that replace the greeting. It returns true if there are
// none and the session continues.
func (s *session) foreign() bool {
	for _, f := range foreigners {
		if !s.has(f.fault) {
			continue
		}
		s.write(f.text)
		if f.fault != GreetingHTTP { // its text announces that it closes
			s.hang()
		}
		return false
	}
	switch {
	case s.has(EndlessGreeting):
		s.flood(greetings[s.Protocol], "x")
	case s.has(EndlessBanner):
		s.flood("", map[Protocol]string{
			IMAP: "* OK Still starting\r\n", POP3: "still starting\r\n", SMTP: "220-Still starting\r\n",
		}[s.Protocol])
	case s.has(ByteASecond):
		for text := greetings[s.Protocol] + s.Hello + " ready\r\n"; text != "" && !s.over; text = text[1:] {
			s.write(text[:1])
			s.sleep(time.Second)
		}
		s.hang()
	default:
		return true
	}
	return false
}

// greetings is the beginning of each protocol's greeting.
var greetings = map[Protocol]string{IMAP: "* OK ", POP3: "+OK ", SMTP: "220 "}

// flood sends head, and then piece repeatedly until the client closes the connection.
func (s *session) flood(head, piece string) {
	block := strings.Repeat(piece, 1+4096/len(piece))
	s.write(head)
	for !s.over {
		s.write(block)
	}
}

// trickle sends a line per minute until the client closes the connection.
func (s *session) trickle(line string) {
	for !s.over {
		s.write(line + "\r\n")
		s.sleep(time.Minute)
	}
}

// dirty adds invalid bytes to a line, after its first words, so that it is still a
// reply.
func (s *session) dirty(line string) string {
	if line == "." {
		return line
	}
	if s.has(NULs) {
		line += "\x00 \x00\x00"
	}
	if s.has(ControlCharacters) {
		line += " \x1b[2J\x1b[1;31mred\x1b]0;title\a\b\b\r\x7f"
	}
	if s.has(NotUTF8) {
		line += " caf\xe9 \xff\xfe"
	}
	return line
}
