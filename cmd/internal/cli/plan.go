package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// printPlan writes what would be tested.
func printPlan(w io.Writer, plan stage.Plan) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, subject := range plan.Subjects {
		fmt.Fprintln(tw, subject.Argument)
		if p := subject.Profile; p != nil {
			fmt.Fprintf(tw, "  profile\t%s (%s), from %s, %s\n", p.ID, p.Name, p.Source, planDates(p))
		}
		if subject.User != "" {
			fmt.Fprintf(tw, "  user name\t%s\n", stage.Visible(subject.User))
		}
		for _, c := range plan.Checks {
			if c.Subject == i {
				printCheck(tw, c)
			}
		}
	}
	fmt.Fprintln(tw, "Nothing was tested (--dry-run).")
	if err := tw.Flush(); err != nil {
		return ownFault("%w", err)
	}
	return nil
}

// planDates says for when a profile's source vouches, and when it was read.
func planDates(p *stage.Profile) string {
	return sourceDates(profiles.Source{Checked: p.Checked, Date: p.Date})
}

// printCheck writes where a check connects to and which stages it has.
func printCheck(w io.Writer, c stage.Check) {
	optional := ""
	if c.Optional {
		optional = ", optional"
	}
	var stages []string
	for _, s := range c.Order() {
		stages = append(stages, string(s))
	}
	fmt.Fprintf(w, "  %s\t%s %s, %s%s\n\t%s\n",
		c.ID, c.Endpoint.Protocol, c.Endpoint.Address(), c.Endpoint.Security, optional, strings.Join(stages, " "))
}
