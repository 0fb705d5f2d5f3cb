package dialogs

import (
	"cmp"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"maildoctor/probe/stage"
)

// file is what a file of the table has in it.
type file struct {
	ID       stage.ProgramID   `toml:"id"`
	Name     string            `toml:"name"`
	Also     []string          `toml:"also"`
	Version  string            `toml:"version"`
	Export   string            `toml:"export"`
	File     bool              `toml:"file"`
	Remake   bool              `toml:"remake"`
	Namesake stage.ProgramID   `toml:"namesake"`
	Relayed  *seen             `toml:"relayed"`
	Language map[string]*words `toml:"language"`

	// Protocols are those that the program speaks; empty: all for which it has labels.
	Protocols []stage.Protocol `toml:"protocols"`
}

// seen is a source as a file has it.
type seen struct {
	Source string         `toml:"source"`
	URL    string         `toml:"url"`
	Read   toml.LocalDate `toml:"read"`
}

func (s seen) source() Source { return Source{s.Source, s.URL, s.Read.String()} }

// words are the labels in one language.
type words struct {
	seen
	Receive *section `toml:"receive"`
	POP3    *section `toml:"pop3"` // what differs from Receive
	Send    *section `toml:"send"`
}

// section has the labels of one dialog.
type section struct {
	Way    []string `toml:"way"`
	Unseen []string `toml:"unseen"` // keys that no source shows

	Host     string `toml:"host"`
	Port     string `toml:"port"`
	Security string `toml:"security"`
	User     string `toml:"user"`
	Auth     string `toml:"auth"`

	URL    string `toml:"url"`
	Scheme scheme `toml:"scheme"`
	Box    bool   `toml:"box"`

	TLS       string `toml:"tls"`
	StartTLS  string `toml:"starttls"`
	IfOffered string `toml:"if_offered"`
	None      string `toml:"none"`

	Password      string `toml:"password"`
	PasswordClear string `toml:"password_clear"`
	OAuth2        string `toml:"oauth2"`
	Encrypted     string `toml:"encrypted"`
}

// scheme says how a URL begins.
type scheme struct {
	TLS      string `toml:"tls"`
	StartTLS string `toml:"starttls"`
	None     string `toml:"none"`
}

func (s scheme) of(security stage.Security) string {
	switch security {
	case stage.TLS:
		return s.TLS
	case stage.None:
		return s.None
	}
	return s.StartTLS
}

// section returns the labels for a protocol, without what POP3 has different; nil if
// there are none.
func (w *words) section(protocol stage.Protocol) *section {
	switch {
	case w == nil:
		return nil
	case !protocol.Receives():
		return w.Send
	case protocol == stage.POP3 && w.POP3 != nil && w.Receive != nil:
		return w.Receive.but(w.POP3)
	}
	return w.Receive
}

func (w *words) way(protocol stage.Protocol) []string {
	if s := w.section(protocol); s != nil {
		return s.Way
	}
	return nil
}

// value returns what a section has under a key; empty if it has nothing.
func (w *words) value(key string, protocol stage.Protocol) string {
	s := w.section(protocol)
	if s == nil {
		return ""
	}
	return *s.at(key)
}

// keys are the keys of labels, in the order in which they are checked.
var keys = []string{
	"host", "port", "security", "user", "auth", "url", "tls", "starttls", "if_offered", "none",
	"password", "password_clear", "oauth2", "encrypted",
}

// at returns the label under one of the keys.
func (s *section) at(key string) *string {
	return map[string]*string{
		"host": &s.Host, "port": &s.Port, "security": &s.Security, "user": &s.User, "auth": &s.Auth, "url": &s.URL,
		"tls": &s.TLS, "starttls": &s.StartTLS, "if_offered": &s.IfOffered, "none": &s.None,
		"password": &s.Password, "password_clear": &s.PasswordClear, "oauth2": &s.OAuth2, "encrypted": &s.Encrypted,
	}[key]
}

// but returns the section with what another one has different. What that one names as
// unseen is unknown in it.
func (s *section) but(o *section) *section {
	out := *s
	if len(o.Way) > 0 {
		out.Way = o.Way
	}
	if o.URL != "" {
		out.Scheme = o.Scheme
	}
	for _, k := range keys {
		*out.at(k) = cmp.Or(*o.at(k), *s.at(k))
		if slices.Contains(o.Unseen, k) {
			*out.at(k) = ""
		}
	}
	return &out
}
