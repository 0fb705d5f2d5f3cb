package cli

import (
	"cmp"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/report"
)

func settingsCommand(s Streams) *cobra.Command {
	var dirs []string
	cmd := &cobra.Command{
		Use:     "settings ADDRESS | DOMAIN | PROFILE",
		Short:   "shows what to type into a mail program; tests nothing",
		Example: "  maildoctor settings jane@q.com",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := loadCatalogue(dirs)
			if err != nil {
				return err
			}
			m, err := c.Find(args[0])
			if err != nil {
				return notFound(args[0], err)
			}
			return showSettings(s, m)
		},
	}
	cmd.Flags().StringSliceVar(&dirs, "profiles", nil, "read profiles from `DIR` as well; they win over the built-in ones")
	return cmd
}

// showSettings writes what a profile says, in the words that a report uses.
func showSettings(s Streams, m profiles.Match) error {
	p := m.Profile
	if len(p.Endpoints) > 0 {
		if err := settingsTable(s, m); err != nil {
			return ownFault("%w", err)
		}
	}
	for _, n := range p.Notes {
		fmt.Fprintln(s.Out)
		s.prose("  ", n.Text+noteDate(n, p))
		if n.URL != "" {
			fmt.Fprintf(s.Out, "  %s\n", n.URL)
		}
	}
	fmt.Fprintln(s.Out)
	from := fmt.Sprintf("From %s, %s.", p.Source, sourceDates(p.Source))
	if len(p.Endpoints) == 0 {
		s.prose("  ", from)
		return nil
	}
	s.prose("  ", from+" Nothing was tested. To test it:")
	fmt.Fprintf(s.Out, "  maildoctor check %s\n", argumentOf(m))
	return nil
}

// settingsTable writes the servers, and what belongs to all of them.
func settingsTable(s Streams, m profiles.Match) error {
	p := m.Profile
	w := tabwriter.NewWriter(s.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "SETTINGS TO TYPE IN\tserver\tport\tencryption")
	for _, e := range p.Endpoints {
		server := report.Server{Endpoint: e.Endpoint}
		fmt.Fprintf(w, "  %s\t%s\t%d\t%s%s\n", server.Label(), e.Host, e.Port, pageSecurity(e.Security), remarks(m, e))
	}
	for _, line := range []struct{ name, text string }{
		{"Outgoing sign-in", "yes, with the same password as incoming"},
		{"User name", userName(p.UserName(m.Address), p.UserForm)},
		{"Mailbox", p.Mailbox.Text},
		{"One message", p.Message.Text},
	} {
		if line.text != "" {
			fmt.Fprintf(w, "  %s\t%s\n", line.name, line.text)
		}
	}
	return w.Flush()
}

// noteDate says when a remark held, where it is from another source than the
// settings.
func noteDate(n profiles.Note, p *profiles.Profile) string {
	if n.Source == p.Source {
		return ""
	}
	return " (As of " + n.Source.AsOf() + ".)"
}

// pageSecurity is what a page says of a server's encryption. Nothing was tested, so
// "if offered" is still open.
func pageSecurity(s stage.Security) string {
	words := report.SecurityWords(s)
	if s == stage.StartTLSIfOffered {
		words += " if offered"
	}
	return words
}

// sourceDates says for when a source vouches, and when it was read.
func sourceDates(s profiles.Source) string {
	if s.Checked == "" {
		return "read " + s.Date
	}
	return "as of " + s.Checked + ", read " + s.Date
}

// remarks says what is special about one server.
func remarks(m profiles.Match, e profiles.Endpoint) string {
	text := ""
	if e.Optional {
		text = "   (optional)"
	}
	if e.UserForm != "" && e.UserForm != m.Profile.UserForm {
		text += "   user name: " + userName(m.Profile.UserNameFor(e, m.Address), e.UserForm)
	}
	return text
}

// userName is the user name, or how it is formed where the address isn't known.
func userName(name string, form stage.UserForm) string {
	if name == "" {
		return cmp.Or(report.UserNameWords(form), "the name that your provider gave you")
	}
	return stage.Visible(name)
}

// argumentOf is what check takes for the same match.
func argumentOf(m profiles.Match) string {
	switch {
	case m.Address != "":
		return m.Address
	case m.Domain != "":
		return m.Domain
	}
	return m.Profile.ID
}
