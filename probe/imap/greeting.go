package imap

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Greeting reads the server's greeting (RFC 9051 7.1). Faults other than those of the
// connection are WrongProtocol and Malformed (the facts contain the first bytes), Bye,
// and TemporarilyOut for a BYE that is temporary.
func (s *Session) Greeting(ctx context.Context) (*stage.GreetingFacts, error) {
	defer s.c.Begin(ctx, stage.Greeting)()
	facts := &stage.GreetingFacts{}
	start := time.Now()
	first, err := s.c.Peek(wire.FirstBytes)
	facts.Wait = stage.Ms(time.Since(start))
	if err != nil {
		return facts, s.c.Lost(err)
	}
	if first[0] != '*' {
		return facts, s.c.Lost(s.stranger(first, facts))
	}
	line, err := s.c.ReadLine()
	facts.Wait = stage.Ms(time.Since(start))
	if err != nil {
		facts.FirstBytes = stage.Visible(first)
		return facts, s.c.Lost(err)
	}
	return facts, s.greeted(readable(line), facts)
}

// greeted processes a greeting.
func (s *Session) greeted(r response, facts *stage.GreetingFacts) error {
	facts.Reply = stage.Reply{Status: r.status, ResponseCode: r.shownCode, Lines: []string{r.shown}}
	facts.Software = software(r.shown)
	facts.ServerDate = serverDate(r.shown)
	switch r.status {
	case "OK", "PREAUTH":
		s.preauth = r.status == "PREAUTH"
	case "BYE":
		s.c.Over = true
		return goodbye(facts.Reply)
	default:
		facts.FirstBytes = wire.Clip(r.shown)
		return s.c.Lost(stage.Errorf(stage.Malformed, "not an IMAP greeting: %s", facts.FirstBytes))
	}
	if r.code != "CAPABILITY" {
		return nil
	}
	caps, err := parseCapabilities(r.arg)
	if err != nil {
		return s.c.Lost(err)
	}
	s.caps, facts.Capabilities = caps, s.safe(caps)
	return nil
}

// stranger returns the error for a peer that is not an IMAP server. A line of text is
// read completely, for the transcript; binary data is not.
func (s *Session) stranger(first string, facts *stage.GreetingFacts) error {
	facts.FirstBytes = stage.Visible(first)
	if first[0] >= ' ' && first[0] < 0x7f {
		line, err := s.c.ReadLine()
		if err == nil {
			facts.FirstBytes, first = wire.Clip(line.Text()), line.Raw()
		} else if other(first) == "" {
			return err
		}
	} else {
		s.c.Remark("received: " + facts.FirstBytes)
	}
	if name := other(first); name != "" {
		return stage.Errorf(stage.WrongProtocol, "%s speaks here: %s", name, facts.FirstBytes)
	}
	return stage.Errorf(stage.Malformed, "not an IMAP greeting: %s", facts.FirstBytes)
}

// others are the first bytes of protocols that may be found on a wrong port.
var others = []struct{ start, name string }{
	{"+OK", "POP3"},
	{"-ERR", "POP3"},
	{"220", "SMTP or FTP"},
	{"421", "SMTP or FTP"},
	{"554", "SMTP"},
	{"SSH-", "SSH"},
	{"HTTP/", "HTTP"},
	{"<!DOCTYPE", "HTTP"},
	{"<html", "HTTP"},
	{"RFB ", "VNC"},
	{"\x15\x03", "TLS"}, // an alert record (RFC 8446 5.1)
	{"\x16\x03", "TLS"}, // a handshake record
}

func other(first string) string {
	for _, o := range others {
		if strings.HasPrefix(first, o.start) {
			return o.name
		}
	}
	return ""
}

// weekdays are the beginnings of dates (RFC 5322 3.3).
var weekdays = []string{"Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, "}

// serverDate returns the time in a greeting, in RFC 3339 format, or "" if there is
// none.
func serverDate(text string) string {
	for _, day := range weekdays {
		i := strings.LastIndex(text, day)
		if i < 0 {
			continue
		}
		date := strings.TrimRight(text[i:], ". ")
		if t, err := mail.ParseDate(date); err == nil && t.Year() <= 9999 {
			return t.Format(time.RFC3339)
		}
	}
	return ""
}
