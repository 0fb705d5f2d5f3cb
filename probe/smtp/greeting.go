package smtp

import (
	"context"
	"regexp"
	"strings"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Greeting reads the server's greeting (RFC 5321 3.1, 4.3.1). Its faults are
// WrongProtocol if the peer speaks another protocol, Rejected and TemporarilyOut for a
// 5yz or 4yz reply, Malformed, and those of [wire.Conn.ReadLine].
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
	if !digit(first[0]) {
		facts.FirstBytes = s.c.Foreign(first)
		return s.c.Lost(stage.Errorf(stage.WrongProtocol, "the first bytes are %s", facts.FirstBytes))
	}
	facts.Reply, err = s.reply("")
	if err != nil {
		return err
	}
	words := facts.Text()
	facts.Software = software(words)
	facts.ServerDate = serverDate(words)
	if other := otherService(facts.Reply); other != "" && facts.Software == "" {
		facts.FirstBytes = wire.Clip(words)
		return s.c.Lost(stage.Errorf(stage.WrongProtocol, "the greeting is that of %s", other))
	}
	return check(facts.Reply, 220)
}

var fileTransfer = regexp.MustCompile(`(?i)\b(?:ftp|[a-z]*ftpd)\b`)

// otherService returns the name of another protocol whose greeting begins with a code
// as in SMTP, or "" for SMTP.
func otherService(r stage.Reply) string {
	words := r.Text()
	switch {
	case r.Code == 200 || r.Code == 201: // RFC 3977 5.1
		return "a news server"
	case r.Code == 220 && fileTransfer.MatchString(words) && !strings.Contains(strings.ToUpper(words), "SMTP"):
		return "a file server (FTP)"
	}
	return ""
}
