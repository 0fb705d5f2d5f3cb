package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// printPlan writes what would be tested.
func printPlan(s Streams, plan stage.Plan) error {
	l := s.language()
	tw := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for i, subject := range plan.Subjects {
		fmt.Fprintln(tw, l.Text(prose.Data(subject.Argument)))
		if p := subject.Profile; p != nil {
			from := say.PlanFrom(prose.Data(p.ID), prose.Data(p.Name), prose.Data(p.Source), when(profiles.Source{Checked: p.Checked, Date: p.Date}))
			fmt.Fprintf(tw, "  %s\t%s\n", l.Text(say.PlanProfile()), l.Text(from))
		}
		if subject.User != "" {
			fmt.Fprintf(tw, "  %s\t%s\n", l.Text(say.PlanUserName()), l.Text(prose.Data(subject.User)))
		}
		for _, c := range plan.Checks {
			if c.Subject == i {
				printCheck(tw, l, c)
			}
		}
	}
	fmt.Fprintln(tw, l.Sentence(say.PlanUntested()))
	if err := tw.Flush(); err != nil {
		return ownFault("%w", err)
	}
	return nil
}

// printCheck writes where a check connects to and which stages it has.
func printCheck(w io.Writer, l *prose.Language, c stage.Check) {
	endpoint := prose.Data(fmt.Sprintf("%s %s, %s", c.Endpoint.Protocol, c.Endpoint.Address(), c.Endpoint.Security))
	if c.Optional {
		endpoint = say.PlanOptional(endpoint)
	}
	var stages []string
	for _, s := range c.Order() {
		stages = append(stages, string(s))
	}
	fmt.Fprintf(w, "  %s\t%s\n\t%s\n", l.Text(prose.Data(c.ID)), l.Text(endpoint), l.Text(prose.Data(strings.Join(stages, " "))))
}
