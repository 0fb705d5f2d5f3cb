package smtp

import (
	"context"
	"math"
	"net"
	"strconv"
	"strings"
	"unicode"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// hello is the server's reply to EHLO, or to HELO if EHLO was refused.
type hello struct {
	list       []string          // one entry per extension, as the server wrote it
	keywords   map[string]string // upper-case keyword to parameters
	mechanisms []auth.Mechanism
	refused    *stage.Reply // the negative reply to EHLO
}

// offers reports whether the server announced an extension.
func (h *hello) offers(keyword string) bool {
	_, ok := h.keywords[keyword]
	return ok
}

// Capabilities returns the extensions that the server announces on the current layer.
// It sends EHLO unless that was done since the layer began: a reply from before TLS is
// not used (RFC 3207 4.2).
func (s *Session) Capabilities(ctx context.Context) (*stage.CapabilityFacts, error) {
	defer s.c.Begin(ctx, stage.Capabilities)()
	s.upgrading = false
	facts := &stage.CapabilityFacts{}
	h, refused, err := s.greet()
	facts.HelloRefused = refused
	if err != nil {
		return facts, err
	}
	facts.List = h.list
	facts.Mechanisms = auth.Names(h.mechanisms)
	facts.LoginDisabled = len(h.mechanisms) == 0
	facts.StartTLS = h.offers("STARTTLS") && !s.encrypted()
	facts.Pipelining = h.offers("PIPELINING")
	facts.Size = h.size()
	return facts, nil
}

// greet sends EHLO, or HELO if the server refuses that (RFC 5321 3.2), once per layer.
// refused is a negative reply to EHLO, which may be set together with an error.
func (s *Session) greet() (h *hello, refused *stage.Reply, err error) {
	if s.hello != nil {
		return s.hello, s.hello.refused, nil
	}
	name, err := s.helloName()
	if err != nil {
		return nil, nil, err
	}
	r, err := s.command("EHLO", "EHLO "+name)
	if err != nil {
		return nil, nil, err
	}
	switch err = check(r, 250); {
	case err == nil:
		s.hello = parseHello(r)
		return s.hello, nil, nil
	case r.Code < 500:
		if r.Code < 400 {
			return nil, nil, err
		}
		return nil, &r, err
	}
	again, lost := s.command("HELO", "HELO "+name)
	if lost != nil { // the refusal is more informative than how the connection ended
		return nil, &r, err
	}
	if err := check(again, 250); err != nil {
		return nil, &r, err
	}
	s.hello = &hello{refused: &r}
	return s.hello, &r, nil
}

// helloName returns the argument of EHLO.
func (s *Session) helloName() (string, error) {
	if s.opt.Hello == "" {
		return addressLiteral(s.c.LocalIP()), nil
	}
	bad := func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsSpace(r) || unicode.IsControl(r) }
	if strings.ContainsFunc(s.opt.Hello, bad) {
		return "", stage.Errorf(stage.InternalProblem, "%s is no name for EHLO", strconv.QuoteToASCII(s.opt.Hello))
	}
	return s.opt.Hello, nil
}

// addressLiteral returns an address in the format of RFC 5321 4.1.3. A connection
// without an IP address is local.
func addressLiteral(ip net.IP) string {
	switch {
	case ip == nil:
		return "[127.0.0.1]"
	case ip.To4() != nil:
		return "[" + ip.To4().String() + "]"
	}
	return "[IPv6:" + ip.String() + "]"
}

// parseHello parses the extensions; the first line contains only the server's name.
// Keywords are case-insensitive (RFC 5321 2.4). Old servers write AUTH=LOGIN.
func parseHello(r stage.Reply) *hello {
	h := &hello{keywords: make(map[string]string)}
	for _, line := range r.Lines[1:] {
		entry := text(line)
		if entry == "" {
			continue
		}
		h.list = append(h.list, entry)
		keyword, parameters, _ := strings.Cut(strings.ToUpper(entry), " ")
		if mechanism, old := strings.CutPrefix(keyword, "AUTH="); old {
			keyword, parameters = "AUTH", mechanism+" "+parameters
		}
		if keyword == "AUTH" {
			h.mechanisms = auth.AddMechanisms(h.mechanisms, strings.Fields(parameters))
		}
		h.keywords[keyword] = strings.TrimSpace(parameters)
	}
	return h
}

// size returns the parameter of SIZE in bytes, or nil if there is none (RFC 1870 3). A
// value that overflows is as good as no limit.
func (h *hello) size() *int64 {
	parameter, _, _ := strings.Cut(h.keywords["SIZE"], " ")
	if parameter == "" || strings.Trim(parameter, "0123456789") != "" {
		return nil
	}
	n, err := strconv.ParseInt(parameter, 10, 64)
	if err != nil {
		n = math.MaxInt64
	}
	return &n
}
