package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// Settings are what a program is to be given for one account.
type Settings struct {
	Address string // empty where only the domain is known; few forms can do without it
	Domain  string // the address's, in ASCII form; it names the account in files
	// Servers are those to type in, the best first: a form that has room for one takes
	// the first that it can.
	Servers []Server
	// Remarks are sentences that whoever uses the settings has to know. They become
	// comments where the form has comments.
	Remarks []string
}

// Server is one server to type in.
type Server struct {
	stage.Endpoint
	// User is the name to log in with. Where the address is unknown it is one of the
	// templates published.FullAddress and published.LocalPart.
	User string
	// Token is set where the server takes an OAuth2 token and no password.
	Token bool
}

// maxText bounds an address or a user name, in octets: what an SMTP path may have (RFC
// 5321 section 4.5.3.1.3), which every reader of these forms takes in one line.
const maxText = 254

// check refuses what no form may hold.
func (s *Settings) check() error {
	if !hostName(s.Domain) {
		return errors.New("the mail domain: expected letters, digits, hyphens and dots")
	}
	if err := s.checkAddress(); err != nil {
		return err
	}
	for _, v := range s.Servers {
		switch {
		case !hostName(v.Host):
			return fmt.Errorf("the name of the %s server: expected letters, digits, hyphens and dots", v.Protocol)
		case v.Port == 0:
			return fmt.Errorf("the port of the %s server: expected 1 to 65535", v.Protocol)
		case words[v.Security] == "":
			return fmt.Errorf("the encryption of the %s server: expected tls, starttls or none", v.Protocol)
		}
		if v.User != "" {
			if err := checkText("the user name", v.User); err != nil {
				return err
			}
		}
	}
	return nil
}

// words are those for how a server is encrypted: no other is written.
var words = map[stage.Security]string{
	stage.TLS: "tls", stage.StartTLS: "starttls", stage.StartTLSIfOffered: "starttls", stage.None: "none",
}

func (s *Settings) checkAddress() error {
	if s.Address == "" {
		return nil
	}
	at := strings.LastIndexByte(s.Address, '@')
	if at < 1 || at == len(s.Address)-1 {
		return errors.New("the address: expected one such as jane@example.com")
	}
	return checkText("the address", s.Address)
}

// checkText refuses text that is no line of visible characters. It isn't repeated: what
// stands in the wrong place may be a password.
func checkText(what, text string) error {
	switch {
	case !utf8.ValidString(text):
		return fmt.Errorf("%s is not UTF-8", what)
	case len(text) > maxText:
		return fmt.Errorf("%s is longer than %d octets", what, maxText)
	case strings.TrimSpace(text) != text:
		return fmt.Errorf("%s has a space at its beginning or end", what)
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("%s holds %U, which can't be seen", what, r)
		}
	}
	return nil
}

// hostName reports whether a name has but letters, digits and hyphens between its dots
// (RFC 1123 section 2.1).
func hostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(label, ldh) != "" {
			return false
		}
	}
	return true
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	ldh     = letters + "0123456789-"
)

// local is the part of the address before the @.
func (s *Settings) local() string {
	return s.Address[:max(strings.LastIndexByte(s.Address, '@'), 0)]
}

// errNoSuchServer says that a form needs a server that the settings lack.
func errNoSuchServer(what string) error {
	return fmt.Errorf("it needs %s, and the settings have none", what)
}

// best returns the first server of any of these protocols. It has a user name.
func (s *Settings) best(protocols ...stage.Protocol) (Server, error) {
	for _, v := range s.Servers {
		if !slices.Contains(protocols, v.Protocol) {
			continue
		}
		if v.User == "" {
			return v, ErrNoUserName
		}
		return v, nil
	}
	return Server{}, errNoSuchServer(servers[protocols[0]])
}

// both returns the first server for receiving and the first for sending.
func (s *Settings) both() (in, out Server, err error) {
	if in, err = s.best(stage.IMAP, stage.POP3); err != nil {
		return in, out, err
	}
	out, err = s.best(stage.SMTP)
	return in, out, err
}

// ErrNoUserName is returned where the settings don't tell the user name.
var ErrNoUserName = errors.New("the address doesn't tell the user name, which the provider has given")

// servers are how the errors name what is missing.
var servers = map[stage.Protocol]string{
	stage.IMAP: "an IMAP server", stage.POP3: "a POP3 server", stage.SMTP: "an SMTP server",
}

// has reports whether there is a server of a protocol.
func (s *Settings) has(p stage.Protocol) bool {
	for _, v := range s.Servers {
		if v.Protocol == p {
			return true
		}
	}
	return false
}

// wantsStartTLS reports whether mail is to be sent over STARTTLS.
func (s *Settings) wantsStartTLS() bool {
	v, err := s.best(stage.SMTP)
	return err == nil && chosen(v, false, true, false)
}
