package published

import (
	"cmp"
	"strings"

	"maildoctor/probe/stage"
)

// readServer reads one server. It is left out where its protocol, host, port or mode
// can't be told.
func (d *Document) readServer(n *node) {
	outgoing := strings.EqualFold(n.name, "outgoingServer")
	protocol, ok := d.protocol(n, outgoing)
	switch {
	case !ok:
		return
	case len(d.Servers) == maxServers:
		d.ignored(n.line, "%s: found more than %d servers", n.name, maxServers)
		return
	}
	s := Server{Endpoint: stage.Endpoint{Protocol: protocol}, Line: n.line}
	if !d.readHost(n, &s) || !d.readPortAndMode(n, &s) || !d.readUser(n, &s) {
		return
	}
	d.readAuthentication(n, &s)
	s.FromNetwork = strings.EqualFold(n.textOf("restriction"), "client-IP-address")
	s.UseGlobalPreferred = strings.EqualFold(n.textOf("useGlobalPreferredServer"), "true")
	d.Servers = append(d.Servers, s)
}

// protocol reads a server's type. One of another protocol is noted.
func (d *Document) protocol(n *node, outgoing bool) (p stage.Protocol, ok bool) {
	word := strings.ToLower(n.attr("type"))
	switch {
	case word == "" && outgoing:
		d.remark(n.line, "outgoingServer: found no type, read as smtp")
		return stage.SMTP, true
	case word == "":
		d.ignored(n.line, "incomingServer: found no type, expected imap or pop3")
		return "", false
	case word == "pop":
		d.remark(n.line, "incomingServer: found the type pop, read as pop3")
		word = "pop3"
	}
	switch p = stage.Protocol(word); p {
	case stage.IMAP, stage.POP3, stage.SMTP:
		if p.Receives() == outgoing {
			d.ignored(n.line, "%s: found the type %s, which goes the other way", n.name, word)
			return "", false
		}
		return p, true
	default:
		d.readOther(n)
		return "", false
	}
}

// readOther notes a server of another protocol.
func (d *Document) readOther(n *node) {
	address := cmp.Or(n.textOf("url"), n.textOf("serverURL"), n.textOf("ewsURL"), n.textOf("owaURL"), n.textOf("hostname"))
	d.other(n, strings.ToLower(n.attr("type")), address)
}

func (d *Document) other(n *node, word, address string) {
	word, address = d.short(n, "type", word), d.short(n, "url", address)
	if word != "" && len(d.Others) < maxServers {
		d.Others = append(d.Others, Other{word, address})
	}
}

func (d *Document) readHost(n *node, s *Server) bool {
	text := n.textOf("hostname")
	host, ok := hostTemplate(text)
	if !ok {
		d.ignored(n.line, "hostname: found %s, expected the name of a server such as mail.example.com", quote(text))
		return false
	}
	if canonical(text) != text {
		d.remark(n.line, "hostname: found %s, where placeholders are written in capitals", quote(text))
	}
	s.Host = host
	return true
}

func (d *Document) readUser(n *node, s *Server) bool {
	c := n.one("username")
	if c == nil {
		return true
	}
	text := strings.TrimSpace(c.text.String())
	user, ok := userTemplate(text)
	if !ok {
		d.ignored(c.line, "username: found %s, which no login can carry", quote(text))
		return false
	}
	if user != text {
		d.remark(c.line, "username: found %s, where placeholders are written in capitals", quote(text))
	}
	if _, err := Fill(user, "jane@example.com"); err != nil {
		d.remark(c.line, "username: found %s: %v", quote(text), err)
	}
	s.User = user
	return true
}

// modes are the words for socketType, in lower case.
var modes = map[string]stage.Security{"ssl": stage.TLS, "starttls": stage.StartTLS, "plain": stage.None}

// readPortAndMode reads port and socketType. Where one of them is missing, the other
// may tell it.
func (d *Document) readPortAndMode(n *node, s *Server) bool {
	if c := n.one("port"); c != nil {
		var ok bool
		if s.Port, ok = portNumber(c.value()); !ok {
			d.ignored(c.line, "port: found %s, expected a number from 1 to 65535", quote(c.value()))
			return false
		}
	}
	word, line := "", n.line
	for _, c := range n.all("socketType") {
		// Older files list several, the best first.
		word, line = c.value(), c.line
		if s.Security = modes[strings.ToLower(word)]; s.Security != "" {
			break
		}
	}
	if s.Security == "" && !d.guessMode(s, word, line) {
		return false
	}
	if s.Port == 0 {
		s.Port = usualPort(s.Protocol, s.Security)
		d.remark(n.line, "port: found none, read as %d", s.Port)
	}
	return true
}

// guessMode tells the mode from another word, or from the port, where either leaves no
// doubt.
func (d *Document) guessMode(s *Server, word string, line int) bool {
	lower := strings.ToLower(word)
	byTLS := s.Port == tlsPorts[s.Protocol]
	switch {
	case lower == "ssl/tls" || lower == "tls" && !opensInClear(s.Protocol, s.Port) || lower == "" && byTLS:
		s.Security = stage.TLS
	case lower == "tls":
		s.Security = stage.StartTLS
	case lower == "none":
		s.Security = stage.None
	default:
		d.ignored(line, "socketType: found %s, expected SSL, STARTTLS or plain", quote(word))
		return false
	}
	d.remark(line, "socketType: found %s, read as %s; expected SSL, STARTTLS or plain", quote(word), s.Security)
	return true
}

// readAuthentication reads the ways to log in, best first.
func (d *Document) readAuthentication(n *node, s *Server) {
	for _, c := range n.all("authentication") {
		word := d.value(c)
		a := Authentication{methodOf(word), word}
		switch {
		case word == "" || len(s.Authentication) == maxServers:
			continue
		case a.Method == "":
			d.remark(c.line, "authentication: found %s, which is not known here", quote(word))
		}
		s.Authentication = append(s.Authentication, a)
	}
}
