package cli

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildoctor/profiles"
)

func profilesCommand(s Streams) *cobra.Command {
	var dirs []string
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "shows and checks the catalogue of providers",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringSliceVar(&dirs, "profiles", nil, "read profiles from `DIR` as well; they win over the built-in ones")
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "lists providers and their domains", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				c, err := loadCatalogue(dirs)
				if err != nil {
					return err
				}
				return listProfiles(s.Out, c)
			},
		},
		&cobra.Command{
			Use: "show ADDRESS | DOMAIN | PROFILE", Short: "shows all that a profile says, and where it says so", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				c, err := loadCatalogue(dirs)
				if err != nil {
					return err
				}
				m, err := c.Find(args[0])
				if err != nil {
					return notFound(args[0], err)
				}
				return showProfile(s.Out, c, c.Profile(m.Profile.ID))
			},
		},
		&cobra.Command{
			Use: "validate FILE | DIR...", Short: "finds every mistake in profile files", Args: cobra.MinimumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				found, err := profiles.Validate(args...)
				if err != nil {
					return &exitError{exitUsage, err}
				}
				for _, p := range found {
					fmt.Fprintf(s.Out, "%s: profile %s, %s: in order\n", p.File, p.ID, namesOf(p))
				}
				for _, o := range overlaps(found) {
					fmt.Fprintf(s.Out, "%s: %s is left to profile %s, %s\n", o.Of.File, o.Name, o.Profile.ID, o.Profile.File)
				}
				return nil
			},
		},
	)
	return cmd
}

// namesOf counts what a profile can be found by.
func namesOf(p *profiles.Profile) string {
	s := count(len(p.Domains)+len(p.Patterns), "domain", "domains")
	if len(p.MX) > 0 {
		s += ", " + count(len(p.MX), "mail exchanger", "mail exchangers")
	}
	return s
}

// overlaps are those between files of the same directory. Between directories one
// is meant to win.
func overlaps(found []*profiles.Profile) []profiles.Overlap {
	return slices.DeleteFunc(profiles.Overlaps(found...), func(o profiles.Overlap) bool {
		return filepath.Dir(o.Profile.File) != filepath.Dir(o.Of.File)
	})
}

// count writes a number and a noun, in the singular or the plural.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func listProfiles(w io.Writer, c *profiles.Catalogue) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "PROFILE\tPROVIDER\tREAD\tDOMAINS")
	for _, p := range c.Profiles() {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", p.ID, p.Name, p.Source.Date, strings.Join(c.Domains(p), " "))
	}
	return tw.Flush()
}

// showProfile writes every fact of a profile, with its source where that is not
// the profile's.
func showProfile(w io.Writer, c *profiles.Catalogue, p *profiles.Profile) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, text string, source profiles.Source) {
		if text == "" {
			return
		}
		fmt.Fprintf(tw, "%s\t%s\n", name, text)
		if source != p.Source && source.Title != "" {
			fmt.Fprintf(tw, "\t  from %s, %s\n", source, sourceDates(source))
		}
	}
	line(p.ID, p.Name, p.Source)
	showNames(line, c, p)
	for _, e := range p.Endpoints {
		line(string(e.Protocol), endpointText(e), e.Source)
	}
	line("user name", string(p.UserForm), p.Source)
	line("mailbox", sizeText(p.Mailbox), p.Mailbox.Source)
	line("one message", sizeText(p.Message), p.Message.Source)
	for _, n := range p.Notes {
		line("note", strings.TrimSpace(string(n.ID)+": "+n.Text+" "+n.URL), n.Source)
	}
	for _, l := range p.Documentation {
		line("see", l.Title+" "+l.URL, p.Source)
	}
	line("source", fmt.Sprintf("%s, %s", p.Source, sourceDates(p.Source)), p.Source)
	line("file", p.File, p.Source)
	return tw.Flush()
}

// showNames writes what a profile is found by: those of its domains and mail
// exchangers that no other profile won, and what its patterns leave to others.
func showNames(line func(name, text string, source profiles.Source), c *profiles.Catalogue, p *profiles.Profile) {
	domains, mx := c.Domains(p), c.MX(p)
	for _, g := range p.NamesBySource() {
		line("domains", common(slices.Concat(g.Domains, g.Patterns), domains), g.Source)
		line("mx", common(g.MX, mx), g.Source)
	}
	left := map[string][]string{}
	for _, o := range profiles.Overlaps(c.Profiles()...) {
		if o.Of == p {
			left[o.Profile.ID] = append(left[o.Profile.ID], o.Name)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		line("without", strings.Join(left[id], " ")+" (profile "+id+")", p.Source)
	}
}

// common lists those entries that are in another list, too.
func common(list, other []string) string {
	missing := func(s string) bool { return !slices.Contains(other, s) }
	return strings.Join(slices.DeleteFunc(slices.Clone(list), missing), " ")
}

// endpointText is a server with what is special about it.
func endpointText(e profiles.Endpoint) string {
	text := fmt.Sprintf("%s, %s", e.Address(), e.Security)
	if e.Optional {
		text += ", optional"
	}
	if e.UserForm != "" {
		text += ", user name: " + string(e.UserForm)
	}
	return text
}

// sizeText is a limit in the page's own unit and in bytes; empty for none.
func sizeText(l profiles.Limit) string {
	if l.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s (%d bytes)", l.Text, l.Bytes)
}
