package pop3

import (
	"context"
	"slices"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// capa is the server's reply to CAPA (RFC 2449 5).
type capa struct {
	unsupported bool
	list        []string          // one entry per capability, as the server wrote it
	keywords    map[string]string // upper-case keyword to parameters
	mechanisms  []auth.Mechanism  // SASL mechanisms
}

func (c *capa) offers(keyword string) bool {
	_, ok := c.keywords[keyword]
	return ok
}

// Capabilities returns what the server announces on the current layer. It sends CAPA
// unless that was done since the layer began: a reply from before TLS is not used (RFC
// 2595 4). It is no fault if the server doesn't support CAPA.
func (s *Session) Capabilities(ctx context.Context) (*stage.CapabilityFacts, error) {
	defer s.c.Begin(ctx, stage.Capabilities)()
	s.upgrading = false
	facts := &stage.CapabilityFacts{}
	c, err := s.capabilities()
	if err != nil {
		return facts, err
	}
	facts.List = c.list
	facts.Unsupported = c.unsupported
	facts.Mechanisms = auth.Names(c.mechanisms)
	facts.LoginDisabled = len(s.waysIn(c)) == 0
	facts.StartTLS = c.offers("STLS") && s.c.TLS() == nil
	facts.Pipelining = c.offers("PIPELINING")
	return facts, nil
}

// waysIn returns all mechanisms that a login could use. A server without CAPA can't
// announce USER, but every server from before CAPA supports it.
func (s *Session) waysIn(c *capa) []auth.Mechanism {
	all := slices.Clone(c.mechanisms)
	if c.offers("USER") || c.unsupported {
		all = append(all, auth.UserPass)
	}
	if s.timestamp != "" {
		all = append(all, auth.APOP)
	}
	return all
}

// capabilities sends CAPA, once per layer.
func (s *Session) capabilities() (*capa, error) {
	if s.caps != nil {
		return s.caps, nil
	}
	r, err := s.command("CAPA", "CAPA")
	if err != nil {
		return nil, err
	}
	c := &capa{keywords: make(map[string]string)}
	if r.Status == negative {
		if r.Temporary() {
			return nil, stage.Refusal(r)
		}
		c.unsupported = true
		s.caps = c
		return c, nil
	}
	if err := s.multiline(c.add); err != nil {
		return nil, err
	}
	s.caps = c
	return c, nil
}

// add parses one line of the list. Names are case-insensitive (RFC 2449 3).
func (c *capa) add(entry string) {
	if entry == "" {
		return
	}
	c.list = append(c.list, entry)
	keyword, parameters, _ := strings.Cut(strings.ToUpper(entry), " ")
	c.keywords[keyword] = strings.TrimSpace(parameters)
	if keyword == "SASL" {
		c.mechanisms = auth.AddMechanisms(c.mechanisms, strings.Fields(parameters))
	}
}

// multiline reads the lines of a multi-line response up to the terminating dot (RFC
// 1939 3). Each is passed on without trailing spaces, as it may be shown.
func (s *Session) multiline(line func(string)) error {
	for range s.c.MaxLines() {
		l, err := s.c.ReadLine()
		if err != nil {
			return s.c.Lost(wire.MidAnswer(err))
		}
		if l.Raw() == "." {
			return nil
		}
		line(strings.TrimRight(strings.TrimPrefix(l.Text(), "."), " "))
	}
	return s.c.Lost(stage.Errorf(stage.TooLong, "a response of more than %d lines", s.c.MaxLines()))
}
