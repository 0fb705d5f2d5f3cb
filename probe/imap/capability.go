package imap

import (
	"context"
	"errors"
	"strings"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// maxCapabilities limits the list. Real servers announce up to about sixty.
const maxCapabilities = 1024

// capabilities is the list as the server wrote it. It is nil only if it is not known.
type capabilities []string

// parseCapabilities parses what follows the word CAPABILITY (RFC 9051 7.2.2).
func parseCapabilities(text string) (capabilities, error) {
	if n := strings.Count(text, " "); n > 2*maxCapabilities {
		return nil, stage.Errorf(stage.TooLong, "a list of more than %d capabilities", maxCapabilities)
	}
	list := strings.Fields(text)
	if len(list) > maxCapabilities {
		return nil, stage.Errorf(stage.TooLong, "a list of more than %d capabilities", maxCapabilities)
	}
	if list == nil {
		list = []string{}
	}
	return list, nil
}

// has reports whether the list contains a capability, ignoring case (RFC 9051 9, note
// 1).
func (l capabilities) has(name string) bool {
	for _, c := range l {
		if strings.EqualFold(c, name) {
			return true
		}
	}
	return false
}

// rev2 reports whether the server supports IMAP4rev2, which includes several extensions
// (RFC 9051 appendix E).
func (l capabilities) rev2() bool { return l.has("IMAP4rev2") }

// mechanisms returns the SASL mechanisms in upper case (RFC 9051 6.1.1, "AUTH=").
func (l capabilities) mechanisms() []string {
	var out []string
	for _, c := range l {
		if len(out) < auth.MaxMechanisms && len(c) > 5 && strings.EqualFold(c[:5], "AUTH=") {
			out = append(out, strings.ToUpper(c[5:]))
		}
	}
	return out
}

// loginDisabled reports whether the list contains LOGINDISABLED (RFC 9051 6.2.3).
func (l capabilities) loginDisabled() bool { return l.has("LOGINDISABLED") }

// waysIn returns all ways to log in: the SASL mechanisms, and the LOGIN command, which
// every server supports unless it says otherwise (RFC 9051 6.2.3).
func (l capabilities) waysIn() []auth.Mechanism {
	var out []auth.Mechanism
	for _, name := range l.mechanisms() {
		// These are our own names for POP3 commands, and no IMAP mechanisms.
		if m := auth.Mechanism(name); m != auth.UserPass && m != auth.APOP {
			out = append(out, m)
		}
	}
	if !l.loginDisabled() {
		out = append(out, auth.IMAPLogin)
	}
	return out
}

// safe returns strings from the server as they may be kept, or nil for an empty list.
func (s *Session) safe(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, s.c.Safe(c))
	}
	return out
}

// ask sends CAPABILITY and reads the list (RFC 9051 6.1.1).
func (s *Session) ask() (capabilities, stage.Reply, error) {
	x, r, err := s.command("CAPABILITY")
	switch {
	case err != nil:
		return nil, said(err), err
	case r.status != "OK":
		reply := x.reply(r)
		return nil, reply, stage.Refusal(reply)
	case x.caps == nil:
		return nil, x.reply(r), stage.Errorf(stage.Malformed, "the answer to CAPABILITY holds no list")
	}
	return x.caps, x.reply(r), nil
}

// said returns the BYE reply in an error, or an empty reply if there is none.
func said(err error) stage.Reply {
	if e, ok := errors.AsType[*stage.Error](err); ok && e.Reply != nil {
		return *e.Reply
	}
	return stage.Reply{}
}

// Capabilities returns the server's capabilities on this connection. A list in the
// greeting is used and saves a round trip. After STARTTLS the list is always requested
// again (RFC 9051 6.2.1).
func (s *Session) Capabilities(ctx context.Context) (*stage.CapabilityFacts, error) {
	defer s.c.Begin(ctx, stage.Capabilities)()
	facts := &stage.CapabilityFacts{}
	if s.caps == nil {
		caps, reply, err := s.ask()
		if err != nil {
			if reply.Status != "" && reply.Status != "OK" {
				facts.Reply = &reply
			}
			return facts, err
		}
		s.caps = caps
	}
	facts.List = s.safe(s.caps)
	if facts.List == nil {
		facts.List = []string{} // an empty list was received
	}
	facts.Mechanisms = s.safe(s.caps.mechanisms())
	facts.LoginDisabled = s.caps.loginDisabled()
	facts.StartTLS = s.c.TLS() == nil && s.caps.has("STARTTLS")
	return facts, nil
}
