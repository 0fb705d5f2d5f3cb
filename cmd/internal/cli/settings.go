package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
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

// Words of the settings, as mail programs use them.
var (
	protocolWords = map[stage.Protocol]string{stage.POP3: "Incoming (POP)", stage.IMAP: "Incoming (IMAP)", stage.SMTP: "Outgoing (SMTP)"}
	securityWords = map[stage.Security]string{stage.TLS: "SSL/TLS", stage.StartTLS: "STARTTLS", stage.StartTLSIfOffered: "STARTTLS", stage.None: "none"}
	userWords     = map[profiles.UserNameRule]string{
		profiles.FullAddress: "your full e-mail address",
		profiles.LocalPart:   "the part of your e-mail address before the @",
		profiles.Assigned:    "the name that your provider gave you",
	}
)

func showSettings(s Streams, m profiles.Match) error {
	p := m.Profile
	w := tabwriter.NewWriter(s.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "SETTINGS TO TYPE IN\tserver\tport\tencryption")
	for _, e := range p.Endpoints {
		remark := ""
		if e.Optional {
			remark = "\toptional"
		}
		fmt.Fprintf(w, "  %s\t%s\t%d\t%s%s\n", protocolWords[e.Protocol], e.Host, e.Port, securityWords[e.Security], remark)
	}
	fmt.Fprintf(w, "  Outgoing sign-in\tyes, same user name and password as incoming\n")
	user := m.Profile.UserName(m.Address)
	if user == "" {
		user = userWords[p.UserNameRule]
	}
	fmt.Fprintf(w, "  User name\t%s\n", stage.Visible(user))
	if !p.Mailbox.IsZero() {
		fmt.Fprintf(w, "  Mailbox\t%s\n", p.Mailbox.Text)
	}
	if !p.Message.IsZero() {
		fmt.Fprintf(w, "  One message\t%s\n", p.Message.Text)
	}
	if err := w.Flush(); err != nil {
		return ownFault("%w", err)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(s.Out, "\n  %s\n", n.Text)
	}
	fmt.Fprintf(s.Out, "\n  From %s, read %s. Nothing was tested: maildoctor check %s\n", p.Source, p.Source.Date, argumentOf(m))
	return nil
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
