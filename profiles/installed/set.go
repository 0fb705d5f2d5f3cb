package installed

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// setForm is how --set is written.
const setForm = "imap=mail.example.com:143/starttls,user=jane: imap, pop3 or smtp, then HOST, HOST:PORT or HOST:PORT/tls, /starttls, /starttls-if-offered or /none; after it user=NAME"

var setSecurities = map[string]stage.Security{
	"tls": stage.TLS, "ssl": stage.TLS, "starttls": stage.StartTLS, "starttls-if-offered": stage.StartTLSIfOffered, "none": stage.None,
}

// ParseSet reads settings that somebody has read off a screen, one account of all
// arguments: "imap=mail.example.com:143/starttls,user=jane". A user stands behind a
// server; the first one is for servers without one, too, which name no other. What is
// left out is taken from the rest: the encryption from the port, or TLS; the port from
// the encryption. The error says what was expected and, of what was given, no more than
// the words that must stand there.
func ParseSet(arguments []string) (Account, error) {
	a := Account{Configured: stage.Configured{Program: stage.ProgramTyped}}
	user := ""
	for i, argument := range arguments {
		server := -1
		for part := range strings.SplitSeq(argument, ",") {
			key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
			if !ok || value == "" {
				return a, setError(i, len(arguments), "expected "+setForm)
			}
			switch key {
			case "imap", "pop3", "smtp":
				s, err := parseServer(stage.Protocol(key), value)
				if err != nil {
					return a, setError(i, len(arguments), err.Error())
				}
				server = len(a.Servers)
				a.Servers = append(a.Servers, s)
			case "user":
				if server < 0 {
					return a, setError(i, len(arguments), "user: expected a server before it, as in imap=mail.example.com,user=jane")
				}
				a.Servers[server].User = shown(value)
				user = firstOf(user, a.Servers[server].User)
			case "password", "pass":
				return a, setError(i, len(arguments), "a password is not given here, where other programs can see it")
			default:
				return a, setError(i, len(arguments), "expected "+setForm)
			}
		}
	}
	if len(a.Servers) == 0 {
		return a, errors.New("expected " + setForm)
	}
	if len(a.Servers) > maxServers {
		return a, fmt.Errorf("expected at most %d servers", maxServers)
	}
	for i := range a.Servers {
		a.Servers[i].User = firstOf(a.Servers[i].User, user)
	}
	return a, nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// setError says which of several arguments is wrong.
func setError(i, of int, message string) error {
	if of == 1 {
		return errors.New(message)
	}
	return fmt.Errorf("argument %d: %s", i+1, message)
}

// parseServer reads HOST[:PORT][/SECURITY].
func parseServer(p stage.Protocol, value string) (s stage.ConfiguredServer, err error) {
	s.Protocol = p
	if strings.Contains(value, "@") {
		return s, fmt.Errorf("%s: expected a host, and no user name or password before it", p)
	}
	value, word, hasWord := strings.Cut(value, "/")
	if s.Security = setSecurities[strings.ToLower(word)]; hasWord && s.Security == "" {
		return s, fmt.Errorf("%s: expected /tls, /starttls, /starttls-if-offered or /none behind the port", p)
	}
	host, port := hostAndPort(setting{value: value, given: true})
	if s.Host = hostOf(host.value); s.Host == "" || strings.ContainsAny(s.Host, " \t") {
		return s, fmt.Errorf("%s: expected the name of a host, or an IP address", p)
	}
	if port.given {
		n, err := strconv.ParseUint(port.value, 10, 16)
		if err != nil || n == 0 {
			return s, fmt.Errorf("%s: the port: expected a number from 1 to 65535", p)
		}
		s.Port = uint16(n)
	}
	if s.Security == "" {
		s.Security = securityFor(p, s.Port)
		s.Defaults = append(s.Defaults, defaultSecurity)
	}
	if s.Port == 0 {
		s.Port = usualPort(p, s.Security, 587)
		s.Defaults = append(s.Defaults, defaultPort)
	}
	return s, nil
}

// securityFor is what a port is for.
func securityFor(p stage.Protocol, port uint16) stage.Security {
	if port == 0 || port == usualPort(p, stage.TLS, 0) {
		return stage.TLS
	}
	return stage.StartTLS
}
