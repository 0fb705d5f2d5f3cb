package pop3

import (
	"context"
	"regexp"
	"strings"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Greeting reads the server's greeting (RFC 1939 4). Its faults are WrongProtocol if
// the peer speaks another protocol, Rejected and TemporarilyOut for -ERR, Malformed,
// and those of [wire.Conn.ReadLine].
func (s *Session) Greeting(ctx context.Context) (*stage.GreetingFacts, error) {
	defer s.c.Begin(ctx, stage.Greeting)()
	facts := &stage.GreetingFacts{}
	start := time.Now()
	err := s.greeting(facts)
	facts.Wait = stage.Ms(time.Since(start))
	return facts, err
}

func (s *Session) greeting(facts *stage.GreetingFacts) error {
	first, err := s.c.Peek(wire.FirstBytes)
	if err != nil {
		return s.c.Lost(err)
	}
	if first[0] != '+' && first[0] != '-' {
		facts.FirstBytes = s.c.Foreign(first)
		return s.c.Lost(stage.Errorf(stage.WrongProtocol, "the first bytes are %s", facts.FirstBytes))
	}
	line, err := s.c.ReadProtected(s.withholdTimestamp)
	if err != nil {
		return s.c.Lost(err)
	}
	facts.Reply = parseReply("", line)
	facts.APOP = s.timestamp != ""
	facts.Software = software(line.Text())
	if facts.Status == "" {
		return s.c.Lost(malformed(facts.Reply))
	}
	return check(facts.Reply)
}

// timestamp matches a msg-id (RFC 1939 7). Accepting anything else would let a server
// choose arbitrary text to be hashed with the password. The line's length limits its own.
var timestamp = regexp.MustCompile(`<[!-;=?-~]+@[!-;=?-~]+>`)

// angled matches anything in angle brackets, where a timestamp would be.
var angled = regexp.MustCompile(`<[^<>]*>`)

// withholdTimestamp stores the timestamp of a greeting and returns the line without it.
func (s *Session) withholdTimestamp(raw string) (shown string, is bool) {
	if !angled.MatchString(raw) {
		return "", false
	}
	if status, _ := splitStatus(raw); status == positive {
		s.timestamp = timestamp.FindString(raw)
	}
	return stage.Visible(angled.ReplaceAllLiteralString(raw, "<***>")), true
}

// programs are words by which server software is recognized in a greeting.
var programs = []struct{ word, name string }{
	{"Dovecot", "Dovecot"},
	{"Microsoft Exchange", "Microsoft Exchange"},
	{"Gpop", "Google"},
	{"Cyrus", "Cyrus"},
	{"Courier", "Courier"},
	{"Hello there", "Courier"}, // its complete greeting
	{"Qpopper", "Qpopper"},
	{"Zimbra", "Zimbra"},
	{"hMailServer", "hMailServer"},
	{"MDaemon", "MDaemon"},
	{"CommuniGate", "CommuniGate Pro"},
	{"Lotus Notes", "HCL Domino"},
	{"Kerio Connect", "Kerio Connect"},
	{"MailEnable", "MailEnable"},
	{"IceWarp", "IceWarp"},
	{"Stalwart", "Stalwart"},
}

// software guesses the server software from a greeting. It returns "" if it is not
// recognized.
func software(words string) string {
	words = strings.ToLower(words)
	for _, p := range programs {
		if strings.Contains(words, strings.ToLower(p.word)) {
			return p.name
		}
	}
	return ""
}
