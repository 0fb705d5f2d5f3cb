// Package answer shows the settings of an address, as the catalogue has them or as
// they are published: as tables, in sentences for speech output, or in JSON.
package answer

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/report"
)

// Shown says how an answer is shown.
type Shown struct {
	Flags   []stage.Flag // of the command that it suggests
	Verbose bool         // with what every source says
	Linear  bool         // in sentences for speech output, as far as there are any
	Tested  bool         // the servers were asked, and only those that answer are left

	// Servers shows the servers in place of a table; nil: the table is shown.
	Servers func() error
}

// Profile writes a profile's settings, in the words of a report.
func Profile(s console.Streams, m profiles.Match, as Shown) error {
	p := m.Profile
	if err := profileServers(s, m, as); err != nil {
		return err
	}
	for _, n := range p.Notes {
		fmt.Fprintln(s.Out)
		s.Paragraph("  ", s.Language.Text(remark(n, p)))
		if n.URL != "" {
			fmt.Fprintf(s.Out, "  %s\n", s.Language.Text(prose.Data(n.URL)))
		}
	}
	fmt.Fprintln(s.Out)
	l := s.Language
	s.Paragraph("  ", l.Sentence(say.ShownFrom(prose.Data(p.Source.Title), When(p.Source))))
	if p.Source.URL != "" {
		fmt.Fprintf(s.Out, "  %s\n", l.Text(prose.Data(p.Source.URL)))
	}
	if len(p.Endpoints) == 0 {
		return nil
	}
	fmt.Fprintln(s.Out)
	s.Paragraph("  ", l.Sentence(say.ShownUntested()))
	fmt.Fprintf(s.Out, "  %s\n", l.Text(console.Command(console.WithFlags(as.Flags, "maildoctor", "check", Argument(m))...)))
	return nil
}

func profileServers(s console.Streams, m profiles.Match, as Shown) error {
	show := profileTable
	switch {
	case len(m.Profile.Endpoints) == 0:
		return nil
	case as.Servers != nil:
		return as.Servers()
	case as.Linear:
		show = profileSpoken
	}
	if err := show(s, m); err != nil {
		return fault.Own("%w", err)
	}
	return nil
}

// profileTable writes the servers, and what applies to all of them.
func profileTable(s console.Streams, m profiles.Match) error {
	l := s.Language
	w := tabwriter.NewWriter(s.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Text(say.HeadSettings()), l.Text(say.ColumnServer()), l.Text(say.ColumnPort()), l.Text(say.ColumnEncryption()))
	for _, e := range m.Profile.Endpoints {
		server, beside := report.Server{Endpoint: e.Endpoint}, ""
		for _, r := range remarks(m, e) {
			beside += "   " + l.Text(r)
		}
		fmt.Fprintf(w, "  %s\t%s\t%d\t%s%s\n", l.Title(server.Label()), l.Text(prose.Data(e.Host)), e.Port, l.Text(security(e.Security)), beside)
	}
	for _, line := range besideServers(m) {
		fmt.Fprintf(w, "  %s\t%s\n", l.Title(line.name), l.Text(line.text))
	}
	return w.Flush()
}

// profileSpoken writes the same in sentences, for speech output.
func profileSpoken(s console.Streams, m profiles.Match) error {
	l := s.Language
	fmt.Fprintln(s.Out, l.Text(say.HeadSettings()))
	for _, e := range m.Profile.Endpoints {
		said := say.LinearServer(report.Server{Endpoint: e.Endpoint}.Label(), prose.Data(e.Host), prose.Figure(int(e.Port)), security(e.Security))
		for _, r := range remarks(m, e) {
			said = say.LinearRemarked(said, r)
		}
		s.Paragraph("", l.Sentence(said))
	}
	for _, line := range besideServers(m) {
		s.Paragraph("", l.Title(say.LinearNamed(line.name, line.text)))
	}
	return nil
}

// named is something that belongs to the settings besides servers.
type named struct{ name, text prose.Value }

// besideServers returns what applies to all servers of a profile.
func besideServers(m profiles.Match) []named {
	p := m.Profile
	all := []named{
		{say.SettingsSignIn(), signIn(p)},
		{say.SettingsUserName(), userName(p.UserName(m.Address), p.UserForm)},
		{say.ShownMailbox(), prose.Data(p.Mailbox.Text)},
		{say.ShownMessage(), prose.Data(p.Message.Text)},
	}
	return slices.DeleteFunc(all, func(n named) bool { return n.text.Empty() })
}

// signIn says how to log in for sending; nothing if there is no server for it.
func signIn(p *profiles.Profile) (said prose.Value) {
	var in, out bool
	for _, e := range p.Endpoints {
		in, out = in || e.Protocol.Receives(), out || !e.Protocol.Receives()
	}
	noPassword := slices.ContainsFunc(p.Notes, func(n profiles.Note) bool {
		return n.ID == stage.NoteOAuthOnly || n.ID == stage.NoteBrowserSignIn
	})
	switch {
	case !out:
		return said
	case !in:
		return say.ShownSignIn()
	case noPassword:
		return say.ShownSameWay() // passwords may be accepted or not
	}
	return say.ShownSameSignIn()
}

// security describes a server's encryption as its page does. Nothing was tested
// here, so it is open whether the server offers it.
func security(s stage.Security) prose.Value {
	if s == stage.StartTLSIfOffered {
		return say.ShownIfOffered(report.Security(s))
	}
	return report.Security(s)
}

// remark returns a note's text and, if its source isn't that of the settings, its
// date.
func remark(n profiles.Note, p *profiles.Profile) prose.Value {
	if n.Source == p.Source {
		return prose.Data(n.Text)
	}
	return say.ShownRemark(prose.Data(n.Text), prose.Data(n.Source.AsOf()))
}

// When returns the date to which a source applies, and when it was read.
func When(s profiles.Source) prose.Value {
	if s.Checked == "" {
		return say.SourceRead(prose.Data(s.Date))
	}
	return say.SourceAsOf(prose.Data(s.Checked), prose.Data(s.Date))
}

// remarks lists what is special about one server.
func remarks(m profiles.Match, e profiles.Endpoint) []prose.Value {
	var out []prose.Value
	if e.Optional {
		out = append(out, say.SettingsOptional())
	}
	if e.UserForm != "" && e.UserForm != m.Profile.UserForm {
		out = append(out, say.SettingsOwnUser(userName(m.Profile.UserNameFor(e, m.Address), e.UserForm)))
	}
	return out
}

// userName returns the user name, or how it is formed if the address isn't known.
func userName(name string, form stage.UserForm) prose.Value {
	if name != "" {
		return prose.Data(name)
	}
	if said := report.UserForm(form); !said.Empty() {
		return said
	}
	return say.SettingsNameGiven()
}

// Argument returns the argument of check for the same match.
func Argument(m profiles.Match) string {
	switch {
	case m.Address != "":
		return m.Address
	case m.Domain != "":
		return m.Domain
	}
	return m.Profile.ID
}
