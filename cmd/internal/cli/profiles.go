package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
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
				return listProfiles(s, c)
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
				return showProfile(s, m.Profile, c.Domains(m.Profile))
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
					fmt.Fprintln(s.Out, s.language().Text(say.ProfilesInOrder(prose.Data(p.File), prose.Data(p.ID), prose.Count(len(p.Domains)))))
				}
				return nil
			},
		},
	)
	return cmd
}

func listProfiles(s Streams, c *profiles.Catalogue) error {
	l := s.language()
	tw := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", l.Text(say.ProfilesProfile()), l.Text(say.ProfilesProvider()), l.Text(say.ProfilesRead()), l.Text(say.ProfilesDomains()))
	for _, p := range c.Profiles() {
		row := texts(l, p.ID, p.Name, p.Source.Date, strings.Join(c.Domains(p), " "))
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	return tw.Flush()
}

// showProfile writes every fact of a profile, with its source where that is not
// the profile's.
func showProfile(s Streams, p *profiles.Profile, domains []string) error {
	l := s.language()
	tw := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	line := func(name, text prose.Value, source profiles.Source) {
		if text.Empty() {
			return
		}
		fmt.Fprintf(tw, "%s\t%s\n", l.Text(name), l.Text(text))
		if source != p.Source && source.Title != "" {
			fmt.Fprintf(tw, "\t  %s\n", l.Text(say.ProfileFrom(prose.Data(source.String()), prose.Data(source.Date))))
		}
	}
	line(prose.Data(p.ID), prose.Data(p.Name), p.Source)
	line(say.ProfileDomains(), prose.Data(strings.Join(domains, " ")), p.Source)
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
	line(say.ProfileSource(), say.ProfileRead(prose.Data(p.Source.String()), prose.Data(p.Source.Date)), p.Source)
	line(say.ProfileFile(), prose.Data(p.File), p.Source)
	return tw.Flush()
}

// endpointText is where a server is, and what is special about it.
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

// limitText is a limit in the page's own unit and in bytes; nothing for none.
func limitText(l profiles.Limit) (text prose.Value) {
	if l.IsZero() {
		return text
	}
	return say.ProfileLimit(prose.Data(l.Text), prose.Count(int(l.Bytes)))
}
