// Package mailurl reads the URLs of mail servers that users type: the scheme names the
// protocol and the encryption.
package mailurl

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"maildoctor/probe/stage"
)

// scheme is what an endpoint URL's scheme stands for.
type scheme struct {
	protocol stage.Protocol
	security stage.Security
	port     uint16
}

// schemes that an endpoint URL may have. smtp is submission (RFC 6409); the
// ports are those of RFC 8314 and, for STARTTLS, the protocols' own.
var schemes = map[string]scheme{
	"imap":  {stage.IMAP, stage.StartTLS, 143},
	"imaps": {stage.IMAP, stage.TLS, 993},
	"pop3":  {stage.POP3, stage.StartTLS, 110},
	"pop3s": {stage.POP3, stage.TLS, 995},
	"smtp":  {stage.SMTP, stage.StartTLS, 587},
	"smtps": {stage.SMTP, stage.TLS, 465},
}

// startTLSModes are the values of ?starttls= .
var startTLSModes = map[string]stage.Security{
	"required":   stage.StartTLS,
	"if-offered": stage.StartTLSIfOffered,
	"never":      stage.None,
}

const urlForms = "imap://, imaps://, pop3://, pop3s://, smtp:// or smtps://, then HOST or HOST:PORT; ?starttls=required|if-offered|never where the scheme has no s"

// Is reports whether an argument means to be an endpoint URL.
func Is(arg string) bool { return strings.Contains(arg, "://") }

// Parse reads an endpoint URL. No error repeats what stands before an @, or after a
// colon where only a port can be: a password may be there.
func Parse(arg string) (stage.Endpoint, error) {
	var e stage.Endpoint
	if strings.Contains(arg, "@") {
		return e, errors.New("a URL with a user name or password in it: leave them out, and give the user name with --user")
	}
	if before, ok := noPort(arg); ok {
		return e, fmt.Errorf("%q: what follows is no port; expected a number from 1 to 65535", before)
	}
	u, err := url.Parse(arg)
	if err != nil {
		return e, fmt.Errorf("%q is not an endpoint URL; expected %s", arg, urlForms)
	}
	s, ok := schemes[strings.ToLower(u.Scheme)]
	if !ok {
		return e, fmt.Errorf("%q: unknown scheme %q; expected %s", arg, u.Scheme, urlForms)
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return e, fmt.Errorf("%q: expected nothing after the port but ?starttls=", arg)
	}
	e = stage.Endpoint{Protocol: s.protocol, Security: s.security, Port: s.port}
	if e.Host, err = Host(u.Hostname()); err != nil {
		return e, fmt.Errorf("%q: %w", arg, err)
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return e, fmt.Errorf("%q: port %q; expected a number from 1 to 65535", arg, p)
		}
		e.Port = uint16(n)
	}
	return e, querySecurity(arg, u, &e)
}

// noPort returns what precedes a port that isn't a number, with the colon; ok is false
// if there is no such port.
func noPort(arg string) (before string, ok bool) {
	scheme, rest, _ := strings.Cut(arg, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	host, port := rest, ""
	if i := strings.LastIndexByte(rest, ']') + 1; strings.Contains(rest[i:], ":") {
		i += strings.IndexByte(rest[i:], ':')
		host, port = rest[:i], rest[i+1:]
	}
	if strings.Trim(port, "0123456789") == "" {
		return "", false
	}
	return scheme + "://" + host + ":", true
}

// querySecurity applies ?starttls= .
func querySecurity(arg string, u *url.URL, e *stage.Endpoint) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fmt.Errorf("%q: %q; expected starttls=required, if-offered or never", arg, u.RawQuery)
	}
	for key, values := range query {
		mode, ok := startTLSModes[values[0]]
		switch {
		case key != "starttls" || len(values) != 1 || !ok:
			return fmt.Errorf("%q: %q; expected starttls=required, if-offered or never", arg, key+"="+values[0])
		case e.Security == stage.TLS:
			return fmt.Errorf("%q: %s means TLS from the first byte, without STARTTLS; leave ?starttls= out, or write %s://", arg, u.Scheme, strings.TrimSuffix(u.Scheme, "s"))
		}
		e.Security = mode
	}
	return nil
}

// Host returns a host name in the form that DNS knows (RFC 5891), without
// a trailing dot, or an IP address as it is. The error repeats what was given.
func Host(host string) (string, error) {
	host = strings.TrimSuffix(host, ".")
	if host == "" {
		return "", errors.New("no host; expected a name or an IP address")
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	// ToASCII lets bytes through that are not UTF-8.
	if err != nil || !utf8.ValidString(host) || strings.ContainsAny(ascii, " /\\@:") {
		return "", fmt.Errorf("host %q; expected a name or an IP address", host)
	}
	return ascii, nil
}

// Of returns the URL of an endpoint, from which [Parse] makes the same endpoint. The
// scheme's own port is left out.
func Of(e stage.Endpoint) string {
	host := e.Host
	if schemes[e.Scheme()].port != e.Port {
		host = e.Address()
	} else if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return e.Scheme() + "://" + host + e.Query()
}
