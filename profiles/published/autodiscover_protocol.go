package published

import (
	"cmp"
	"strings"

	"maildoctor/probe/stage"
)

// readProtocol reads the settings of one protocol (MS-OXDSCLI, element Protocol), and
// says whether there is a server more.
func (d *Document) readProtocol(n *node) bool {
	word := strings.ToLower(n.textOf("Type"))
	if word == "" {
		word = strings.ToLower(n.attr("Type"))
	}
	if word == "pop" {
		word = "pop3"
	}
	s := Server{Line: n.line}
	switch s.Protocol = stage.Protocol(word); s.Protocol {
	case stage.IMAP, stage.POP3, stage.SMTP:
	default:
		d.other(n, word, cmp.Or(n.textOf("EwsUrl"), n.textOf("ASUrl"), n.textOf("Server")))
		return false
	}
	if len(d.Servers) == maxServers {
		d.ignored(n.line, "Protocol: found more than %d servers", maxServers)
		return false
	}
	if !d.readProtocolHost(n, &s) || !d.readProtocolPort(n, &s) || !d.readLogin(n, &s) {
		return false
	}
	d.Servers = append(d.Servers, s)
	return true
}

func (d *Document) readProtocolHost(n *node, s *Server) bool {
	text := n.textOf("Server")
	host, ok := hostName(text)
	if !ok {
		d.ignored(n.line, "Server: found %s, expected the name of a server such as mail.example.com", quote(text))
		return false
	}
	s.Host = host
	return true
}

// readProtocolPort reads port and mode. Encryption goes before SSL, which is on where
// both are missing.
func (d *Document) readProtocolPort(n *node, s *Server) bool {
	if text := n.textOf("Port"); text != "" {
		var ok bool
		if s.Port, ok = portNumber(text); !ok {
			d.ignored(n.line, "Port: found %s, expected a number from 1 to 65535", quote(text))
			return false
		}
	}
	s.Security = d.encryption(n, s)
	if s.Port == 0 {
		s.Port = usualPort(s.Protocol, s.Security)
	}
	return true
}

// encryption tells the mode. TLS is the schema's word for STARTTLS, and SSL for TLS from
// the first byte; but many services write either for both, so a port that speaks one of
// them alone goes before.
func (d *Document) encryption(n *node, s *Server) stage.Security {
	text := n.textOf("Encryption")
	switch strings.ToLower(text) {
	case "none", "off":
		return stage.None
	case "tls":
		return d.byPort(n, s, stage.StartTLS)
	case "ssl", "on", "auto":
		return d.byPort(n, s, stage.TLS)
	case "":
	default:
		d.remark(n.line, "Encryption: found %s, expected None, SSL, TLS or Auto", quote(text))
	}
	if isOff(n.textOf("SSL")) {
		return stage.None
	}
	return d.byPort(n, s, stage.TLS)
}

// byPort returns the mode of a port that has one alone, else the one that is named.
func (d *Document) byPort(n *node, s *Server, named stage.Security) stage.Security {
	mode := named
	switch {
	case s.Port == tlsPorts[s.Protocol]:
		mode = stage.TLS
	case opensInClear(s.Protocol, s.Port):
		mode = stage.StartTLS
	}
	// SSL on says no more than that there is encryption.
	if mode != named && n.textOf("Encryption") != "" && !strings.EqualFold(n.textOf("Encryption"), "auto") {
		d.remark(n.line, "Encryption: found %s for port %d, read as %s", quote(n.textOf("Encryption")), s.Port, mode)
	}
	return mode
}

// readLogin reads the user name, which services fill in, and the way to log in.
func (d *Document) readLogin(n *node, s *Server) bool {
	if c := n.one("LoginName"); c != nil {
		user, ok := userTemplate(strings.TrimSpace(c.text.String()))
		if !ok {
			d.ignored(c.line, "LoginName: found %s, which no login can carry", quote(c.value()))
			return false
		}
		s.User = user
	}
	switch {
	case isOff(n.textOf("AuthRequired")):
		s.Authentication = []Authentication{{NoAuthentication, "AuthRequired off"}}
	case isOn(n.textOf("SPA")):
		s.Authentication = []Authentication{{NTLM, "SPA on"}}
	case isOff(n.textOf("SPA")):
		s.Authentication = []Authentication{{PasswordCleartext, "SPA off"}}
	}
	return true
}

func isOn(s string) bool { return strings.EqualFold(s, "on") || strings.EqualFold(s, "true") }

func isOff(s string) bool { return strings.EqualFold(s, "off") || strings.EqualFold(s, "false") }
