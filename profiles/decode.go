package profiles

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
	"maildoctor/profiles/strict"
)

// parsed is a profile with the positions that a comparison with other files needs.
type parsed struct {
	*Profile
	d           *strict.Document
	idAt        int
	endpointsAt []int // of each endpoint
	domains, mx entries
	unread      error // why there is no text
}

// Parse parses one profile. The file name is used for messages and [Profile.File];
// it is not opened. The error is a [*LoadError].
func Parse(file string, text []byte) (*Profile, error) {
	p := parseForeign(file, text)
	if err := loadError(p.d.Problems()); err != nil {
		return nil, err
	}
	return p.Profile, nil
}

// parse parses one profile as far as possible and records problems in its document.
func parse(file string, text []byte) *parsed {
	// Notepad on Windows may begin a file with a byte order mark.
	d := strict.New(file, bytes.TrimPrefix(text, []byte("\ufeff")))
	p := &parsed{Profile: &Profile{File: file}, d: d, domains: entries{}, mx: entries{}}
	tree := d.Parse()
	if tree == nil {
		return p
	}
	p.read(&strict.Section{Doc: d, Table: tree})
	return p
}

// parseForeign parses a file that is not the program's own. What the parser lets pass is
// reported as well, which means to parse it twice; a test does that for the program's own
// files.
func parseForeign(file string, text []byte) *parsed {
	p := parse(file, text)
	if p.d.Found() == 0 {
		p.d.Check()
	}
	return p
}

func (p *parsed) read(s *strict.Section) {
	p.readID(s)
	p.Name, _ = s.Text("name", true, maxTitle, "the provider's name")
	p.readNames(s)
	p.UserForm = strict.OneOf(s, "user_name", true, stage.UserForms()...)
	p.Source = source(s, true, Source{})
	notes := s.List("note", false)
	for _, n := range notes {
		p.readNote(n)
	}
	p.readEndpoints(s)
	p.readLimits(s)
	for _, l := range s.List("documentation", false) {
		title, _ := l.Text("title", true, maxTitle, "the page's title")
		p.Documentation = append(p.Documentation, Link{title, link(l, true)})
		l.Close()
	}
	s.Close()
}

func (p *parsed) readID(s *strict.Section) {
	const expected = "words of a-z and 0-9 with hyphens between them, at most 63 letters"
	id, v := s.Text("id", true, maxTitle, expected)
	if v == nil {
		return
	}
	if !isID(id) {
		s.Bad("id", v, expected)
		return
	}
	p.ID, p.idAt = id, v.At
}

// readEndpoints reads the servers. Only a provider that admits no mail programs has
// none.
func (p *parsed) readEndpoints(s *strict.Section) {
	none := p.hasNote(stage.NoteNoMailPrograms)
	for _, e := range s.List("endpoint", !none) {
		if none {
			s.Doc.Wrong(e.Table.At, "endpoint: found one beside the note %s, which says that there is none", stage.NoteNoMailPrograms)
		}
		p.readEndpoint(e)
	}
}

func (p *parsed) readEndpoint(s *strict.Section) {
	before := s.Doc.Found()
	e := Endpoint{Endpoint: stage.Endpoint{
		Protocol: strict.OneOf(s, "protocol", true, stage.IMAP, stage.POP3, stage.SMTP),
		Host:     p.host(s),
		Port:     s.Port("port"),
		Security: strict.OneOf(s, "security", true, stage.TLS, stage.StartTLS, stage.StartTLSIfOffered, stage.None),
	}}
	e.Optional = s.Boolean("optional")
	e.UserForm = strict.OneOf(s, "user_name", false, stage.UserForms()...)
	e.Source = source(s, false, p.Source)
	if note, v := s.Text("note", false, maxTitle, "the id of a note of this profile"); v != nil {
		e.Note = stage.NoteID(note)
		if !p.hasNote(e.Note) {
			s.Bad("note", v, "the id of a note of this profile")
		}
	}
	s.Close()
	if s.Doc.Found() > before {
		return
	}
	if slices.ContainsFunc(p.Endpoints, func(o Endpoint) bool {
		return o.Protocol == e.Protocol && o.Host == e.Host && o.Port == e.Port
	}) {
		s.Doc.Wrong(s.Table.At, "endpoint: %s on %s stands here a second time", e.Protocol, e.Address())
		return
	}
	p.Endpoints, p.endpointsAt = append(p.Endpoints, e), append(p.endpointsAt, s.Table.At)
}

func (p *parsed) readNote(s *strict.Section) {
	n := Note{ID: strict.OneOf(s, "id", true, stage.NoteIDs()...)}
	n.Text, _ = s.Text("text", true, maxText, "whole sentences")
	n.URL = link(s, false)
	n.Source = source(s, false, p.Source)
	s.Close()
	if n.ID != "" && p.hasNote(n.ID) {
		s.Doc.Wrong(s.Table.At, "note: %s stands here a second time", strict.Quote(string(n.ID)))
		return
	}
	p.Notes = append(p.Notes, n)
}

func (p *parsed) readLimits(s *strict.Section) {
	limits := s.Sub("limit", false, "[limit.mailbox] or [limit.message]")
	if limits == nil {
		return
	}
	p.Mailbox = p.limit(limits, "mailbox")
	p.Message = p.limit(limits, "message")
	limits.Close()
}

func (p *parsed) limit(limits *strict.Section, key string) Limit {
	const expected = `a size with its unit such as "700 MB"`
	s := limits.Sub(key, false, fmt.Sprintf("[limit.%s] with its keys below it", key))
	if s == nil {
		return Limit{}
	}
	l := Limit{Source: source(s, false, p.Source)}
	text, v := s.Text("size", true, maxTitle, expected)
	if v != nil {
		var ok bool
		if l.Bytes, ok = ParseSize(text); !ok {
			s.Bad("size", v, expected)
		}
		l.Text = text
	}
	s.Close()
	return l
}

// host reads a server's name or address, or a name that ends in the address's
// domain, as in "mail.{domain}".
func (p *parsed) host(s *strict.Section) string {
	const expected = "a host name such as mail.example.com, or an IP address"
	text, v := s.Text("host", true, 4*hostname.MaxName, expected)
	if v == nil {
		return ""
	}
	name, ok := hostname.Server(text)
	if prefix, slot := strings.CutSuffix(text, domainSlot); slot {
		if len(p.Domains) == 0 {
			s.Bad("host", v, "no "+domainSlot+" where domains has no plain domain")
			return ""
		}
		// The result must be valid for every domain; the longest is the one that may
		// not fit.
		longest := slices.MaxFunc(p.Domains, func(a, b string) int { return len(a) - len(b) })
		name, ok = hostname.Parse(prefix + longest)
		name = strings.TrimSuffix(name, longest) + domainSlot
	}
	if !ok {
		s.Bad("host", v, expected)
	}
	return name
}
