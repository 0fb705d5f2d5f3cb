package reporttest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// mailPort finds a port that mail programs use, with the word before it, and with
// its stated purpose.
var mailPort = regexp.MustCompile(`(\S+ )?\b(25|110|143|465|587|993|995|2525)\b(?: \((IMAP|POP|SMTP)\))?( of \S+)?`)

// ports compares the ports that an action names with those that accepted no
// connection, at the servers that it is about or at the one that it names.
func (c *check) ports(text string, about []*stage.CheckRecord) string {
	named := otherServer.FindStringSubmatch(text)
	for _, m := range mailPort.FindAllStringSubmatch(text, -1) {
		before := strings.TrimSpace(m[1])
		if m[4] != "" || slices.Contains([]string{"not", "from"}, before) {
			continue // "port 587 of the server" is the one that failed
		}
		port, _ := strconv.Atoi(m[2])
		for _, k := range about {
			e := k.Check.Endpoint
			if m[3] != "" && m[3] != protocolOf(e.Protocol) {
				continue
			}
			if e.Port = uint16(port); named != nil {
				e.Host = named[1]
			}
			if tried, open := c.connections(e); tried && !open {
				return fmt.Sprintf("port %d of %s took no connection", port, e.Host)
			}
		}
	}
	return ""
}

func protocolOf(p stage.Protocol) string {
	if p == stage.POP3 {
		return "POP"
	}
	return strings.ToUpper(string(p))
}

// connections reports whether a port was dialled, and whether it accepted a
// connection.
func (c *check) connections(e stage.Endpoint) (tried, open bool) {
	for i := range c.rec.Checks {
		k := &c.rec.Checks[i]
		if o := k.Check.Endpoint; !usual(k) || o.Port != e.Port || !strings.EqualFold(o.Host, e.Host) {
			continue
		}
		tried = tried || failedAt(k, stage.Connect)
		open = open || passed(k, stage.Connect)
	}
	return tried, open
}

// setEncryption finds the encryption that an action sets for a port.
var setEncryption = regexp.MustCompile(`encryption for ports? ([\d, and]+) of (\S+) to (STARTTLS|SSL/TLS)`)

// encryption compares it with the encryption that the ports use.
func (c *check) encryption(text string, _ []*stage.CheckRecord) string {
	m := setEncryption.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	for _, number := range regexp.MustCompile(`\d+`).FindAllString(m[1], -1) {
		port, _ := strconv.Atoi(number)
		s, at := stage.StartTLS, []stage.Stage{stage.Upgrade}
		if m[3] == "SSL/TLS" {
			s, at = stage.TLS, []stage.Stage{stage.Handshake}
		}
		no, yes := false, false
		for i := range c.rec.Checks {
			k := &c.rec.Checks[i]
			e := k.Check.Endpoint
			if !usual(k) || int(e.Port) != port || !strings.EqualFold(e.Host, m[2]) || e.Security != s {
				continue
			}
			begun := passed(k, stage.Handshake) || failedAt(k, stage.Handshake) && k.Failed().Fault == stage.BadCertificate
			yes, no = yes || begun, no || failedAt(k, at...) && !begun
		}
		if no && !yes {
			return fmt.Sprintf("%s was tried at port %d and does not begin", m[3], port)
		}
	}
	return ""
}

// password compares a way of sending the password with the logins that were refused.
func (c *check) password(text string, about []*stage.CheckRecord) string {
	sent := []string{"PLAIN", "LOGIN", "IMAP LOGIN", "USER/PASS"}
	of := func(m string) bool { return slices.Contains(sent, m) }
	switch {
	case strings.Contains(text, `"normal password"`):
	case strings.Contains(text, `"encrypted password"`):
		of = func(m string) bool { return m != "" && !slices.Contains(sent, m) && !strings.Contains(m, "OAUTH") }
	default:
		return ""
	}
	for _, k := range about {
		refused, taken := c.logins(k, func(l *stage.CheckRecord) bool {
			f := stage.FactsOf[*stage.LoginFacts](l)
			return f != nil && of(f.Mechanism)
		})
		if refused && !taken {
			return "such a login was refused at " + k.Check.Endpoint.Address()
		}
	}
	return ""
}

// logins reports whether logins of some kind, by a check or its follow-ups, were
// refused, and whether one was accepted.
func (c *check) logins(k *stage.CheckRecord, of func(*stage.CheckRecord) bool) (refused, taken bool) {
	for i := range c.rec.Checks {
		l := &c.rec.Checks[i]
		if l.Check.ID != k.Check.ID && !slices.Contains(l.Check.Parents, k.Check.ID) || !of(l) {
			continue
		}
		taken = taken || passed(l, stage.Login)
		refused = refused || failedAt(l, stage.Login) && l.Failed().Fault == stage.Rejected
	}
	return refused, taken
}

// otherProtocol finds the protocol that an action recommends.
var otherProtocol = regexp.MustCompile(`(?:receive with|set the account up (?:as|with)) (IMAP|POP)`)

// protocol compares it with the checks of that protocol.
func (c *check) protocol(text string, about []*stage.CheckRecord) string {
	m := otherProtocol.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	for _, k := range about {
		failed, works := false, false
		for _, o := range c.planned() {
			if o.Check.Subject == k.Check.Subject && protocolOf(o.Check.Endpoint.Protocol) == m[1] {
				failed, works = failed || o.Failed() != nil, works || o.Failed() == nil
			}
		}
		if failed && !works {
			return m[1] + " was tried and fails"
		}
	}
	return ""
}

// userName compares the advice to log in with the address with the logins that did.
func (c *check) userName(text string, about []*stage.CheckRecord) string {
	if !strings.Contains(text, "the complete e-mail address as user name") {
		return ""
	}
	for _, k := range about {
		s := c.rec.Subject(k)
		if s == nil || s.Address == "" {
			continue
		}
		refused, taken := c.logins(k, func(l *stage.CheckRecord) bool {
			return strings.EqualFold(l.Check.User, s.Address) || l.Check.User == "" && strings.EqualFold(s.User, s.Address)
		})
		if refused && !taken {
			return "a login as " + s.Address + " was refused"
		}
	}
	return ""
}

// otherServer finds the server that an action names.
var otherServer = regexp.MustCompile(`(?:if you meant|program, try|these settings:) ([\w.-]+\w)`)

// serverName compares it with what was tried there.
func (c *check) serverName(text string, _ []*stage.CheckRecord) string {
	m := otherServer.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	failed, answers := false, false
	for i := range c.rec.Checks {
		k := &c.rec.Checks[i]
		if strings.EqualFold(k.Check.Endpoint.Host, m[1]) && usual(k) {
			failed = failed || failedAt(k, stage.Resolve, stage.Connect)
			answers = answers || passed(k, stage.Connect)
		}
	}
	if failed && !answers {
		return m[1] + " was tried and does not answer"
	}
	return ""
}
