package dialogs

import (
	"net"
	"net/url"
	"slices"
	"strconv"

	"maildoctor/probe/stage"
)

// English is the language that every program has.
const English = "en"

// Account is the step of a way at which the account is chosen, which has no label: the
// program shows its name there.
const Account = "{account}"

// Field is a field of the dialog.
type Field string

// The fields.
const (
	Host     Field = "host"     // the server's name
	Port     Field = "port"     // its port
	Security Field = "security" // how the connection is encrypted; see [Program.Choice] and [Program.Box]
	User     Field = "user"     // the user name
	Auth     Field = "auth"     // how to log in; see [Program.Method]
)

// Fields lists all fields, in the order in which they are shown.
var Fields = []Field{Host, Port, Security, User, Auth}

// Method is a choice of the field [Auth].
type Method string

// The methods.
const (
	Password  Method = "password"  // sent as it is, under encryption if there is any
	OAuth2    Method = "oauth2"    // a token instead of a password
	Encrypted Method = "encrypted" // proven without being sent
)

// Label is what a program calls something.
type Label struct {
	Own     string // in the language of the program; empty: not known in that language
	English string // the same in English; empty if Own is English, or the same word
}

// Empty reports whether nothing is known.
func (l Label) Empty() bool { return l == Label{} }

// Source says where something was seen.
type Source struct {
	Title string
	URL   string
	Read  string // the day on which it was read, YYYY-MM-DD
}

// Program is a mail program, with its labels in one language. It is never changed.
type Program struct {
	ID      stage.ProgramID
	Name    string // "Thunderbird"
	Version string // that the labels are of
	Export  string // the form of package export that it reads; empty: none
	File    bool   // it has no dialog but a file: a way is the file, labels are its options
	Remake  bool   // servers can't be changed: the account has to be removed and added again

	// Namesake is another program that people call by the same name; empty: there is none.
	Namesake stage.ProgramID

	// Relayed says that it connects through its maker's servers and not from the
	// computer on which it runs, so that a run from there has seen another way.
	Relayed   bool
	RelayedBy Source // where that was read

	Language string // of the labels, "de"
	Source   Source // of the labels in that language

	protocols    []stage.Protocol // empty: all for which there are labels
	own, english *words
}

// Handles reports whether the program speaks a protocol at all: some only receive, and
// some only send.
func (p *Program) Handles(protocol stage.Protocol) bool {
	return p.english.section(protocol) != nil && (len(p.protocols) == 0 || slices.Contains(p.protocols, protocol))
}

// Way returns the labels that lead to the dialog, in order; nil if it isn't known.
func (p *Program) Way(protocol stage.Protocol) []Label {
	own, english := p.own.way(protocol), p.english.way(protocol)
	var all []Label
	for i := range max(len(own), len(english)) {
		all = append(all, p.label(at(own, i), at(english, i)))
	}
	return all
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// Field returns the label of a field. It is empty if no source shows it, if a URL has
// it (see [Program.URL]), or if the choices are all that there is to write.
func (p *Program) Field(f Field, protocol stage.Protocol) Label {
	return p.value(string(f), protocol)
}

// Choice returns the label of a choice of [Security]; empty if it isn't known, or if the
// program has a box to tick, see [Program.Box]. For STARTTLS "if offered" it is the choice
// that insists on it, if the program has one: who sits on the way can hide the offer.
func (p *Program) Choice(security stage.Security, protocol stage.Protocol) Label {
	if security == stage.StartTLSIfOffered {
		if l := p.Choice(stage.StartTLS, protocol); !l.Empty() {
			return l
		}
	}
	return p.value(choices[security], protocol)
}

// choices are the keys of the choices.
var choices = map[stage.Security]string{
	stage.TLS: "tls", stage.StartTLS: "starttls", stage.StartTLSIfOffered: "if_offered", stage.None: "none",
}

// Box reports whether [Security] is a box that is ticked or not. Where it is ticked, the
// port tells TLS from the first byte and STARTTLS apart.
func (p *Program) Box(protocol stage.Protocol) bool {
	s := p.english.section(protocol)
	return s != nil && s.Box
}

// Method returns the label of a choice of [Auth]; empty if it isn't known.
func (p *Program) Method(m Method, security stage.Security, protocol stage.Protocol) Label {
	if m == Password && security == stage.None {
		if l := p.value("password_clear", protocol); !l.Empty() {
			return l
		}
	}
	return p.value(string(m), protocol)
}

// URL returns the field that takes protocol, server and port as one URL, and that URL for
// a server; ok is false if the program has a field for each. The user name is in it if
// the program has no field for that either.
func (p *Program) URL(e stage.Endpoint, user string) (field Label, address string, ok bool) {
	s := p.english.section(e.Protocol)
	if s == nil || s.URL == "" {
		return Label{}, "", false
	}
	u := url.URL{Scheme: s.Scheme.of(e.Security), Host: net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port))), Path: "/"}
	if s.User == "" && user != "" {
		u.User = url.User(user)
	}
	return p.value("url", e.Protocol), u.String(), true
}

// value returns the label under a key.
func (p *Program) value(key string, protocol stage.Protocol) Label {
	return p.label(p.own.value(key, protocol), p.english.value(key, protocol))
}

func (p *Program) label(own, english string) Label {
	if own == english {
		return Label{Own: own}
	}
	return Label{own, english}
}
