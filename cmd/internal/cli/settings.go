package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/handover"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/report"
)

// settingsFlags are the flags of settings.
type settingsFlags struct {
	networkFlags
	exportFlags
	output  string
	user    string
	dirs    []string
	format  string
	verbose bool
	linear  bool
	tested  bool
}

// settingsForms are the values of --format.
var settingsForms = []string{"text", "json"}

func settingsCommand(s console.Streams) *cobra.Command {
	var f settingsFlags
	cmd := &cobra.Command{
		Use:   "settings ADDRESS | DOMAIN | PROFILE",
		Short: "shows what to type into a mail program; tests nothing",
		Long: `settings shows the servers that belong to an address. Where no profile has them,
it asks what the domain publishes: autoconfig, PACC, SRV records, Autodiscover,
its mail exchangers, and Thunderbird's database, which learns the domain and not
the address. Nothing is tested.

With --as it writes the file that a program takes, or the block to paste into one,
in that program's own words. There is no password in it. What a form can't express,
or can't quote safely, is refused.

Exit codes: 0 found, 1 nothing found, 2 usage, a bad file, or a form that can't
express the settings.`,
		Example: `  maildoctor settings jane@q.com
  maildoctor settings jane@firm.example -v
  maildoctor settings jane@q.com --as mobileconfig --output q.mobileconfig
  maildoctor settings jane@q.com --as qr`,
		Args:              cmdline.Between(1, 1, "one address such as jane@q.com, domain or profile"),
		ValidArgsFunction: cmdline.First(subjects),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.settings(cmd.Context(), s, args[0])
		},
	}
	fs := cmd.Flags()
	f.networkFlags.register(fs)
	f.exportFlags.register(fs)
	fs.StringVar(&f.output, "output", "", "with --as: write to `FILE`; never over a file that exists; a QR code becomes a picture where it ends in .png")
	fs.StringVar(&f.user, "user", "", "with --as: the `NAME` to log in with, where it is not the one that the settings tell")
	fs.StringSliceVar(&f.dirs, "profiles", nil, "read profiles from `DIR` as well; they override the built-in ones")
	fs.StringVar(&f.format, "format", "text", "`FORM` of the answer: text or json")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "show what every source says")
	fs.BoolVar(&f.tested, "verified", false, "connect to the servers, without a login, and show those that answer as they should")
	registerLinear(fs, &f.linear)
	return cmd
}

// settings shows the catalogue's settings or, if there are none, the published ones.
func (f *settingsFlags) settings(ctx context.Context, s console.Streams, arg string) error {
	if !slices.Contains(settingsForms, f.format) {
		return fault.Usage("--format %q: expected text or json", f.format)
	}
	if err := errors.Join(f.networkFlags.validate(), f.validateExport()); err != nil {
		return err
	}
	c, err := loadCatalogue(f.dirs)
	if err != nil {
		return err
	}
	m, err := c.Find(arg)
	switch {
	case err != nil && !askable(arg, m, err) && !(f.asksAll() && m.Domain != ""):
		return notFound(arg, err, ofProfiles(f.dirs))
	case err != nil || f.asksAll() && m.Domain != "":
		return f.published(ctx, s, c, m)
	case f.as != "":
		return f.exportProfile(ctx, s, m)
	case f.tested:
		return f.answered(ctx, s, known(m))
	case f.format == "json":
		return s.WriteJSON(settingsOf(known(m)))
	}
	return showSettings(s, m, ofProfiles(f.dirs), s.Spoken(f.linear))
}

// validateExport refuses flags that exclude --as, and flags that require it.
func (f *settingsFlags) validateExport() error {
	switch {
	case f.as != "" && f.format != "text":
		return fault.Usage("--as %s, --format %s: expected one of them", f.as, f.format)
	case f.as == "" && f.output != "":
		return fault.Usage("--output without --as: expected both")
	case f.as == "" && f.user != "":
		return fault.Usage("--user without --as: expected both")
	}
	return f.exportFlags.validate()
}

// exportProfile exports a profile's settings or, with --verified, those that answer.
func (f *settingsFlags) exportProfile(ctx context.Context, s console.Streams, m profiles.Match) error {
	e := handover.FromProfile(m, say.ShownFrom(prose.Data(m.Profile.Source.Title), when(m.Profile.Source)))
	if f.tested {
		r := known(m)
		if err := f.verify(ctx, r); err != nil {
			return err
		}
		if !r.Found() {
			return f.notExported(s, r)
		}
		e.Keep(r)
	}
	return f.export(s, e, argumentOf(m))
}

// export exports settings.
func (f *settingsFlags) export(s console.Streams, e handover.Settings, subject string) error {
	e.Named(f.user)
	if f.tested {
		e.Note(say.ExportVerified())
	} else {
		e.Note(say.ExportUntested(console.Command(withFlags(ofProfiles(f.dirs), "maildoctor", "check", subject)...)))
	}
	return f.exportFlags.write(s, e, f.output)
}

// showSettings writes a profile's settings, in the words of a report.
func showSettings(s console.Streams, m profiles.Match, flags []stage.Flag, linear bool) error {
	p := m.Profile
	if len(p.Endpoints) > 0 {
		show := settingsTable
		if linear {
			show = settingsSpoken
		}
		if err := show(s, m); err != nil {
			return fault.Own("%w", err)
		}
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
	s.Paragraph("  ", l.Sentence(say.ShownFrom(prose.Data(p.Source.Title), when(p.Source))))
	if p.Source.URL != "" {
		fmt.Fprintf(s.Out, "  %s\n", l.Text(prose.Data(p.Source.URL)))
	}
	if len(p.Endpoints) == 0 {
		return nil
	}
	fmt.Fprintln(s.Out)
	s.Paragraph("  ", l.Sentence(say.ShownUntested()))
	fmt.Fprintf(s.Out, "  %s\n", l.Text(console.Command(withFlags(flags, "maildoctor", "check", argumentOf(m))...)))
	return nil
}

// settingsTable writes the servers, and what applies to all of them.
func settingsTable(s console.Streams, m profiles.Match) error {
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

// settingsSpoken writes the same in sentences, for speech output.
func settingsSpoken(s console.Streams, m profiles.Match) error {
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

// when returns the date to which a source applies, and when it was read.
func when(s profiles.Source) prose.Value {
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

// argumentOf returns the argument of check for the same match.
func argumentOf(m profiles.Match) string {
	switch {
	case m.Address != "":
		return m.Address
	case m.Domain != "":
		return m.Domain
	}
	return m.Profile.ID
}
