package export

import (
	"errors"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Form is a form that settings can be given in: the file of one program.
type Form struct {
	Name  string
	Place string // where it belongs, "~/.msmtprc"; DOMAIN stands for the mail domain

	// takes are the protocols of the servers that it has room for.
	takes   []stage.Protocol
	several bool   // more than one in each direction
	secret  string // where the program has the password from
	lax     bool   // it has STARTTLS where it is offered, and can't insist on it
	remarks style
	domain  bool // it can be written without an address
	write   func(*Settings) (string, error)
}

// Uses returns those servers that are written.
func (f Form) Uses(s Settings) []Server {
	var used []Server
	taken := make(map[bool]bool) // by whether it receives
	for _, v := range s.Servers {
		receives := v.Protocol.Receives()
		if !slices.Contains(f.takes, v.Protocol) || taken[receives] && !f.several {
			continue
		}
		taken[receives] = true
		used = append(used, v)
	}
	return used
}

// At is the form's place for a mail domain.
func (f Form) At(domain string) string { return strings.ReplaceAll(f.Place, "DOMAIN", domain) }

var (
	all     = []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}
	noPOP3  = []stage.Protocol{stage.IMAP, stage.SMTP}
	fetches = []stage.Protocol{stage.IMAP}
	sends   = []stage.Protocol{stage.SMTP}
)

// Forms are all of them, in the order in which they are listed.
func Forms() []Form { return slices.Clone(forms) }

var forms = []Form{
	thunderbird, mobileconfig, qrCode,
	msmtp, isync, neomutt, aerc, himalaya,
	dotenv, gitea, gitlab, grafana, nextcloud, wordpress, django, nodemailer,
}

// Named returns the form with a name.
func Named(name string) (Form, bool) {
	for _, f := range forms {
		if f.Name == name {
			return f, true
		}
	}
	return Form{}, false
}

// Names returns the names of all forms.
func Names() []string {
	var names []string
	for _, f := range forms {
		names = append(names, f.Name)
	}
	return names
}

var errNoAddress = errors.New("it needs an address such as jane@example.com, and not only its domain")

// Write returns the settings in this form. The error says what the form can't express;
// it doesn't name the form.
func (f Form) Write(s Settings) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if s.Address == "" && !f.domain {
		return nil, errNoAddress
	}
	body, err := f.write(&s)
	if err != nil {
		return nil, err
	}
	return []byte(f.commented(&s, body)), nil
}

// commented puts what has to be known about the file at its beginning, behind the line
// that must be the first.
func (f Form) commented(s *Settings, body string) string {
	if f.remarks.line == "" && f.remarks.open == "" {
		return body
	}
	about := []string{"The mail settings for an account at " + s.Domain + ", written by maildoctor. Goes into " + f.At(s.Domain) + "."}
	if f.secret != "" {
		about = append(about, "It holds no password: "+f.secret)
	}
	if f.lax && s.wantsStartTLS() {
		about = append(about, "STARTTLS is used where the server offers it: this file can't insist on it.")
	}
	comment := f.remarks.comment(append(about, s.Remarks...))
	if f.remarks.first != "" {
		rest := strings.TrimPrefix(body, f.remarks.first)
		return f.remarks.first + comment + rest
	}
	return comment + "\n" + body
}
