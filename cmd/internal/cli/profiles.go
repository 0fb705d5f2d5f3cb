package cli

import (
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
		&cobra.Command{
			Use: "list", Short: "lists providers and their domains", Args: cmdline.Between(0, 0, ""),
			ValidArgsFunction: cobra.NoFileCompletions,
			RunE: func(*cobra.Command, []string) error {
				c, err := loadCatalogue(dirs)
				if err != nil {
					return err
				}
				return listProfiles(s, c)
			},
		},
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
		&cobra.Command{
			Use: "validate FILE | DIR...", Short: "finds every mistake in profile files", Args: cmdline.Between(1, -1, "profile files, or directories of them"),
			ValidArgsFunction: cmdline.Files("toml"),
			RunE: func(_ *cobra.Command, args []string) error {
				found, err := profiles.Validate(args...)
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
			},
		},
	)
	return cmd
}

// inOrder says by what a valid profile can be found.
func inOrder(p *profiles.Profile) prose.Value {
	domains := prose.Count(len(p.Domains) + len(p.Patterns))
	if len(p.MX) == 0 {
		return say.ProfilesInOrder(prose.Data(p.File), prose.Data(p.ID), domains)
	}
	return say.ProfilesExchangers(prose.Data(p.File), prose.Data(p.ID), domains, prose.Count(len(p.MX)))
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

// mostName limits the columns for a provider's name in the list: the domains need
// the rest, and maildoctor profiles show has the whole name.
const mostName = 20

// listProfiles writes one line per profile: as many of its domains as fit, and the
// number of the others.
func listProfiles(s console.Streams, c *profiles.Catalogue) error {
	l := s.Language
	all := c.Profiles()
	t := console.Table{Gap: 2}
	t.Row(l.Text(say.ProfilesProfile()), l.Text(say.ProfilesProvider()), l.Text(say.ProfilesRead()), l.Text(say.ProfilesDomains()))
	for _, p := range all {
		t.Row(console.Texts(l, p.ID, ansi.Truncate(p.Name, mostName, "..."), p.Source.Date, "")...)
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
