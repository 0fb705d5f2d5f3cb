package cli

import (
	"fmt"
	"io"
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
		Args:  cobra.NoArgs,
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
				return showProfile(s.Out, m.Profile, c.Domains(m.Profile))
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
					fmt.Fprintf(s.Out, "%s: profile %s, %s: in order\n", p.File, p.ID, count(len(p.Domains), "domain"))
				}
				return nil
			},
		},
	)
	return cmd
}

// count writes a number and a noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func listProfiles(w io.Writer, c *profiles.Catalogue) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "PROFILE\tPROVIDER\tREAD\tDOMAINS")
	for _, p := range c.Profiles() {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", p.ID, p.Name, p.Source.Date, strings.Join(c.Domains(p), " "))
	}
	return tw.Flush()
}

// showProfile writes every fact of a profile with its source.
func showProfile(w io.Writer, p *profiles.Profile, domains []string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\t%s\n", p.ID, p.Name)
	fmt.Fprintf(tw, "domains\t%s\n", strings.Join(domains, " "))
	for _, e := range p.Endpoints {
		optional := ""
		if e.Optional {
			optional = ", optional"
		}
		fmt.Fprintf(tw, "%s\t%s, %s%s\n", e.Protocol, e.Address(), e.Security, optional)
	}
	fmt.Fprintf(tw, "user name\t%s\n", p.UserNameRule)
	if !p.Mailbox.IsZero() {
		fmt.Fprintf(tw, "mailbox\t%s (%d bytes)\n", p.Mailbox.Text, p.Mailbox.Bytes)
	}
	if !p.Message.IsZero() {
		fmt.Fprintf(tw, "one message\t%s (%d bytes)\n", p.Message.Text, p.Message.Bytes)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(tw, "note\t%s: %s\n", n.ID, n.Text)
	}
	for _, l := range p.Documentation {
		fmt.Fprintf(tw, "see\t%s %s\n", l.Title, l.URL)
	}
	fmt.Fprintf(tw, "source\t%s, read %s\n", p.Source, p.Source.Date)
	fmt.Fprintf(tw, "file\t%s\n", p.File)
	return tw.Flush()
}
