package cli

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/answer"
	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/profiles"
)

func profilesCommand(s console.Streams) *cobra.Command {
	var dirs []string
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "shows and checks the catalogue of providers",
		Args:  cmdline.NoArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringSliceVar(&dirs, "profiles", nil, "read profiles from `DIR` as well; they override the built-in ones")
	cmd.AddCommand(
		importCommand(s),
		listCommand(s, &dirs),
		&cobra.Command{
			Use: "show ADDRESS | DOMAIN | PROFILE", Short: "shows everything in a profile, and its sources", Args: cmdline.Between(1, 1, "one address such as jane@q.com, domain or profile"),
			ValidArgsFunction: cmdline.First(subjects),
			RunE: func(_ *cobra.Command, args []string) error {
				c, err := loadCatalogue(dirs)
				if err != nil {
					return err
				}
				m, err := c.Find(args[0])
				if err != nil {
					return notFound(args[0], err, ofProfiles(dirs))
				}
				return showProfile(s, c, c.Profile(m.Profile.ID))
			},
		},
		validateCommand(s, &dirs),
	)
	return cmd
}

// validate says of each profile in files that it is in order, or what is wrong.
func validate(s console.Streams, paths []string) error {
	found, err := profiles.Validate(paths...)
	if err != nil {
		return fault.Usage("%w", err)
	}
	for _, p := range found {
		fmt.Fprintln(s.Out, s.Language.Text(inOrder(p)))
	}
	for _, o := range overlaps(found) {
		fmt.Fprintln(s.Out, s.Language.Text(say.ProfilesLeft(prose.Data(o.Of.File), prose.Data(o.Name), prose.Data(o.Profile.ID), prose.Data(o.Profile.File))))
	}
	return nil
}

// inOrder says by what a valid profile can be found.
func inOrder(p *profiles.Profile) prose.Value {
	domains := prose.Count(len(p.Domains) + len(p.Patterns))
	if len(p.MX) == 0 {
		return say.ProfilesInOrder(prose.Data(p.File), prose.Data(p.ID), domains, answer.When(p.Source))
	}
	return say.ProfilesExchangers(prose.Data(p.File), prose.Data(p.ID), domains, prose.Count(len(p.MX)), answer.When(p.Source))
}

// overlaps returns the overlaps within each directory. Between directories,
// overriding is intended.
func overlaps(found []*profiles.Profile) []profiles.Overlap {
	return slices.DeleteFunc(profiles.Overlaps(found...), func(o profiles.Overlap) bool {
		return filepath.Dir(o.Profile.File) != filepath.Dir(o.Of.File)
	})
}

// showProfile writes every fact of a profile, with its source if that is not the
// profile's.
func showProfile(s console.Streams, c *profiles.Catalogue, p *profiles.Profile) error {
	l := s.Language
	t := console.Table{Gap: 2}
	line := func(name, text prose.Value, source profiles.Source) {
		if text.Empty() {
			return
		}
		t.Row(l.Text(name), l.Text(text))
		if source != p.Source && source.Title != "" {
			t.Row("", "  "+l.Text(say.ProfileFrom(prose.Data(source.String()), answer.When(source))))
		}
	}
	line(prose.Data(p.ID), prose.Data(p.Name), p.Source)
	showNames(line, c, p)
	for _, e := range p.Endpoints {
		line(prose.Data(string(e.Protocol)), endpointText(e), e.Source)
	}
	line(say.ProfileUserName(), prose.Data(string(p.UserForm)), p.Source)
	line(say.ProfileMailbox(), limitText(p.Mailbox), p.Mailbox.Source)
	line(say.ProfileMessage(), limitText(p.Message), p.Message.Source)
	for _, n := range p.Notes {
		line(say.ProfileNote(), prose.Data(strings.TrimSpace(string(n.ID)+": "+n.Text+" "+n.URL)), n.Source)
	}
	for _, link := range p.Documentation {
		line(say.ProfileSee(), prose.Data(link.Title+" "+link.URL), p.Source)
	}
	line(say.ProfileSource(), say.ProfileRead(prose.Data(p.Source.String()), answer.When(p.Source)), p.Source)
	line(say.ProfileFile(), prose.Data(p.File), p.Source)
	return t.Write(s.Out, s.ScreenWidth())
}

// showNames writes what a profile is found by: those of its domains and mail
// exchangers that no other profile overrides, and what its patterns leave to others.
func showNames(line func(name, text prose.Value, source profiles.Source), c *profiles.Catalogue, p *profiles.Profile) {
	domains, mx := c.Domains(p), c.MX(p)
	for _, g := range p.NamesBySource() {
		line(say.ProfileDomains(), common(slices.Concat(g.Domains, g.Patterns), domains), g.Source)
		line(say.ProfileExchangers(), common(g.MX, mx), g.Source)
	}
	left := map[string][]string{}
	for _, o := range profiles.Overlaps(c.Profiles()...) {
		if o.Of == p {
			left[o.Profile.ID] = append(left[o.Profile.ID], o.Name)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		line(say.ProfileWithout(), say.ProfileLeft(prose.Data(strings.Join(left[id], " ")), prose.Data(id)), p.Source)
	}
}

// common lists the entries that are also in another list.
func common(list, other []string) prose.Value {
	missing := func(s string) bool { return !slices.Contains(other, s) }
	return prose.Data(strings.Join(slices.DeleteFunc(slices.Clone(list), missing), " "))
}

// endpointText describes a server and its special properties.
func endpointText(e profiles.Endpoint) prose.Value {
	text := []prose.Value{prose.Data(e.Address()), prose.Data(string(e.Security))}
	if e.Optional {
		text = append(text, say.ProfileOptional())
	}
	if e.UserForm != "" {
		text = append(text, say.ProfileItsOwnUser(prose.Data(string(e.UserForm))))
	}
	return prose.All(text...)
}

// limitText returns a limit in the page's own unit and in bytes; nothing if there is
// none.
func limitText(l profiles.Limit) (text prose.Value) {
	if l.IsZero() {
		return text
	}
	return say.ProfileLimit(prose.Data(l.Text), prose.Count(int(l.Bytes)))
}

// listFlags are the flags of profiles list.
type listFlags struct {
	format string
	ages   bool
	dirs   *[]string
}

func listCommand(s console.Streams, dirs *[]string) *cobra.Command {
	f := listFlags{dirs: dirs}
	cmd := &cobra.Command{
		Use: "list", Short: "lists providers and their domains, and how old what is known of them is", Args: cmdline.Between(0, 0, ""),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return f.list(s) },
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "`FORM` of the list: text or json")
	cmd.Flags().BoolVar(&f.ages, "ages", false, "list the oldest first, with file and line, and count them by year")
	return cmd
}

func (f *listFlags) list(s console.Streams) error {
	if !slices.Contains(settingsForms, f.format) {
		return fault.Usage("--format %q: expected text or json", f.format)
	}
	c, err := loadCatalogue(*f.dirs)
	if err != nil {
		return err
	}
	all := c.Profiles()
	if f.ages {
		slices.SortStableFunc(all, func(a, b *profiles.Profile) int { return cmp.Compare(a.Source.AsOf(), b.Source.AsOf()) })
	}
	switch {
	case f.format == "json":
		return listJSON(s, c, all)
	case f.ages:
		return listAges(s, all)
	}
	return listProfiles(s, c, all)
}

// listVersion is the version of the JSON output of profiles list. It is incremented
// when a member changes its meaning or is removed.
const listVersion = 1

// listedJSON is a profile in the list. Dates are YYYY-MM-DD, as_of and checked also
// YYYY-MM or YYYY.
type listedJSON struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Domains  []string `json:"domains"` // and patterns, that the profile is found by
	MX       []string `json:"mx"`      // likewise
	Origin   string   `json:"origin"`  // "builtin", "imported" or "own"
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Source   string   `json:"source"`
	URL      string   `json:"url,omitempty"`
	AsOf     string   `json:"as_of"`             // the latest time at which it is known to have been true
	Checked  string   `json:"checked,omitempty"` // the date to which the source applies
	Read     string   `json:"read"`              // when it was read
	MXSource []mxJSON `json:"mx_sources"`        // of each entry of mx, in the same order
}

// mxJSON says where an entry of the table of mail exchangers comes from.
type mxJSON struct {
	Entry  string `json:"entry"`
	Line   int    `json:"line"`
	Source string `json:"source"`
	AsOf   string `json:"as_of"`
}

// listJSON writes the list for programs.
func listJSON(s console.Streams, c *profiles.Catalogue, all []*profiles.Profile) error {
	out := struct {
		Version  int          `json:"version"`
		Profiles []listedJSON `json:"profiles"`
	}{listVersion, []listedJSON{}}
	for _, p := range all {
		where, err := p.Places()
		if err != nil {
			return fault.Usage("%w", err)
		}
		j := listedJSON{
			ID: p.ID, Name: p.Name, Domains: append([]string{}, c.Domains(p)...), MX: append([]string{}, c.MX(p)...), Origin: "own",
			File: p.File, Line: where.Profile, Source: p.Source.Title, URL: p.Source.URL,
			AsOf: p.Source.AsOf(), Checked: p.Source.Checked, Read: p.Source.Date, MXSource: []mxJSON{},
		}
		switch {
		case p.Imported:
			j.Origin = "imported"
		case p.Builtin:
			j.Origin = "builtin"
		}
		for _, m := range j.MX {
			from := sourceOfMX(p, m)
			j.MXSource = append(j.MXSource, mxJSON{m, where.Names[m], from.Title, from.AsOf()})
		}
		out.Profiles = append(out.Profiles, j)
	}
	return s.WriteJSON(out)
}

// sourceOfMX returns where an entry of a profile's mail exchangers comes from.
func sourceOfMX(p *profiles.Profile, entry string) profiles.Source {
	for _, g := range p.NamesBySource() {
		if slices.Contains(g.MX, entry) {
			return g.Source
		}
	}
	return p.Source
}

// listAges writes one line per profile, with its age and where it is, and the number of
// profiles by year.
func listAges(s console.Streams, all []*profiles.Profile) error {
	l := s.Language
	t := console.Table{Gap: 2}
	t.Row(l.Text(say.ProfilesAsOf()), l.Text(say.ProfilesRead()), l.Text(say.ProfilesProfile()), l.Text(say.ProfilesWhere()))
	var read, mx []string
	for _, p := range all {
		where, err := p.Places()
		if err != nil {
			return fault.Usage("%w", err)
		}
		t.Row(console.Texts(l, p.Source.AsOf(), p.Source.Date, p.ID, fmt.Sprintf("%s:%d", p.File, where.Profile))...)
		read = append(read, p.Source.AsOf())
		for _, m := range p.MX {
			mx = append(mx, sourceOfMX(p, m).AsOf())
		}
	}
	if err := t.Write(s.Out, s.ScreenWidth()); err != nil {
		return err
	}
	byYear(s, say.ProfilesByYear(), read)
	byYear(s, say.ProfilesMxByYear(), mx)
	return nil
}

// byYear counts dates by their years, the oldest first.
func byYear(s console.Streams, heading prose.Value, dates []string) {
	count := make(map[string]int)
	for _, d := range dates {
		count[d[:4]]++
	}
	fmt.Fprintf(s.Out, "\n%s\n", s.Language.Text(heading))
	for _, year := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintf(s.Out, "  %s  %d\n", year, count[year])
	}
}

// mostName limits the columns for a provider's name in the list: the domains need
// the rest, and maildoctor profiles show has the whole name.
const mostName = 20

// listProfiles writes one line per profile: as many of its domains as fit, and the
// number of the others.
func listProfiles(s console.Streams, c *profiles.Catalogue, all []*profiles.Profile) error {
	l := s.Language
	t := console.Table{Gap: 2}
	t.Row(l.Text(say.ProfilesProfile()), l.Text(say.ProfilesProvider()), l.Text(say.ProfilesAsOf()), l.Text(say.ProfilesDomains()))
	for _, p := range all {
		t.Row(console.Texts(l, p.ID, ansi.Truncate(p.Name, mostName, "..."), p.Source.AsOf(), "")...)
	}
	room := s.ProseWidth() - t.Before(3)
	for i, p := range all {
		t.Rows[i+1][3] = fitting(l, c.Domains(p), room)
	}
	return t.Write(s.Out, 0)
}

// fitting lists as many names as there is room for, but at least one, and counts the
// others.
func fitting(l *prose.Language, names []string, room int) string {
	shown := console.Texts(l, names...)
	for n := len(shown); n > 0; n-- {
		text := strings.Join(shown[:n], " ")
		if left := len(shown) - n; left > 0 {
			text += " " + l.Text(say.ProfilesMore(prose.Count(left)))
		}
		if n == 1 || ansi.StringWidth(text) <= room {
			return text
		}
	}
	return ""
}
