package profiles

import (
	"cmp"
	"slices"

	"maildoctor/probe/stage"
)

// Profile is what one provider says its settings are. Those of a [Catalogue]
// are shared: they must not be modified.
type Profile struct {
	ID            string
	Name          string   // the provider's, "CenturyLink"
	Domains       []string // in ASCII form, lower case, without trailing dot; in the file's order
	Patterns      []string // of domains, in the same form: "*.rr.com" for all below rr.com
	MX            []string // names and patterns of the mail exchangers that deliver to the provider's mailboxes
	Further       []Further
	UserForm      stage.UserForm // how a user name is formed from the address
	Endpoints     []Endpoint
	Mailbox       Limit // how much a mailbox holds
	Message       Limit // how large one message may be
	Notes         []Note
	Documentation []Link
	Source        Source // of every fact without a source of its own
	File          string // where it was read; a path inside the program if Builtin
	Builtin       bool   // from the embedded catalogue
	Imported      bool   // from its imported part, which is not kept by hand
}

// Further has domains, patterns and mail exchangers that come from another source
// than the rest.
type Further struct {
	Domains, Patterns, MX []string
	Source                Source
}

// NamesBySource returns all domains, patterns and mail exchangers, those of the
// profile's own source first.
func (p *Profile) NamesBySource() []Further {
	own := Further{Source: p.Source}
	further := func(list func(Further) []string) func(string) bool {
		return func(name string) bool {
			return slices.ContainsFunc(p.Further, func(f Further) bool { return slices.Contains(list(f), name) })
		}
	}
	own.Domains = slices.DeleteFunc(slices.Clone(p.Domains), further(func(f Further) []string { return f.Domains }))
	own.Patterns = slices.DeleteFunc(slices.Clone(p.Patterns), further(func(f Further) []string { return f.Patterns }))
	own.MX = slices.DeleteFunc(slices.Clone(p.MX), further(func(f Further) []string { return f.MX }))
	return append([]Further{own}, p.Further...)
}

// Endpoint is a server of the provider.
type Endpoint struct {
	stage.Endpoint
	Optional bool           // its failure is only a warning
	Note     stage.NoteID   // id of the profile's note that concerns it; empty if there is none
	UserForm stage.UserForm // only for this server; empty: the profile's
	Source   Source
}

// Limit is a size that the provider allows. The zero Limit means that none is
// stated.
type Limit struct {
	Text   string // in the page's own unit, "700 MB"
	Bytes  int64
	Source Source
}

// IsZero reports whether no limit is stated.
func (l Limit) IsZero() bool { return l.Bytes == 0 }

// Link is a page to read.
type Link struct {
	Title string
	URL   string // http or https
}

// UserName returns the user name for a mail address. It is empty if the profile
// doesn't say how to form one ([stage.AssignedName]), or if address isn't valid.
// Servers may differ from it: see [Profile.UserNameFor].
func (p *Profile) UserName(address string) string { return userName(p.UserForm, address) }

// UserNameFor returns the user name for a mail address at one of the profile's
// endpoints; empty as in [Profile.UserName].
func (p *Profile) UserNameFor(e Endpoint, address string) string {
	return userName(cmp.Or(e.UserForm, p.UserForm), address)
}

// userName forms the user name of an address; empty if the form doesn't say how.
func userName(form stage.UserForm, address string) string {
	a, err := parseAddress(address)
	if err != nil {
		return ""
	}
	switch form {
	case stage.FullAddress:
		return a.String()
	case stage.LocalPart:
		return a.name()
	default:
		return ""
	}
}

// ForRules returns the part of the profile that rules and reports read. Each note
// has the source that applies to it.
func (p *Profile) ForRules() *stage.Profile {
	s := &stage.Profile{
		ID:           p.ID,
		Name:         p.Name,
		Date:         p.Source.Date,
		Checked:      p.Source.Checked,
		Source:       p.Source.String(),
		By:           p.Source.By,
		Builtin:      p.Builtin && slices.ContainsFunc(p.Endpoints, func(e Endpoint) bool { return Public(e.Host) }),
		Domains:      slices.Clone(p.Domains),
		Patterns:     slices.Clone(p.Patterns),
		UserName:     p.UserForm,
		MailboxBytes: p.Mailbox.Bytes,
		MessageBytes: p.Message.Bytes,
	}
	for _, e := range p.Endpoints {
		s.Endpoints = append(s.Endpoints, e.Endpoint)
	}
	s.Notes = p.NotesForRules()
	return s
}

// NotesForRules returns the notes of [Profile.ForRules], for whoever needs nothing else.
func (p *Profile) NotesForRules() (out []stage.Note) {
	for _, n := range p.Notes {
		out = append(out, stage.Note{ID: n.ID, Text: n.Text, URL: n.URL, Source: n.Source.String(), Date: n.Source.Date, Checked: n.Source.Checked, By: n.Source.By})
	}
	return out
}
