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
					fmt.Fprintf(s.Out, "%s: profile %s, %s: in order\n", p.File, p.ID, count(len(p.Domains), "domain", "domains"))
				}
				return nil
			},
		},
	)
	return cmd
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
func showProfile(w io.Writer, p *profiles.Profile, domains []string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, text string, source profiles.Source) {
		if text == "" {
			return
		}
		fmt.Fprintf(tw, "%s\t%s\n", name, text)
		if source != p.Source && source.Title != "" {
			fmt.Fprintf(tw, "\t  from %s, read %s\n", source, source.Date)
		}
	}
	line(p.ID, p.Name, p.Source)
	line("domains", strings.Join(domains, " "), p.Source)
	for _, e := range p.Endpoints {
		text := fmt.Sprintf("%s, %s", e.Address(), e.Security)
		if e.Optional {
			text += ", optional"
		}
		if e.UserForm != "" {
			text += ", user name: " + string(e.UserForm)
		}
		line(string(e.Protocol), text, e.Source)
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
	line("source", fmt.Sprintf("%s, read %s", p.Source, p.Source.Date), p.Source)
	line("file", p.File, p.Source)
	return tw.Flush()
}

// sizeText is a limit in the page's own unit and in bytes; empty for none.
func sizeText(l profiles.Limit) string {
	if l.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s (%d bytes)", l.Text, l.Bytes)
}
