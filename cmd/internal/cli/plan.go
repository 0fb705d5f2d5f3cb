package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"maildoctor/cmd/internal/answer"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
)

// writePlan writes what would be tested, in the same formats as a report.
func (o *outputFlags) writePlan(s console.Streams, plan stage.Plan) error {
	used := []*format{formatNamed(o.format)}
	for _, d := range o.destinations {
		used = append(used, d.format)
	}
	for _, f := range used {
		if f.plan == nil {
			return fault.Usage("--dry-run: a plan cannot be shown as %s", f.name)
		}
	}
	if err := o.open(o.against); err != nil {
		return err
	}
	return o.writeAll(s, func(w io.Writer, f *format, _ report.Options) error { return f.plan(w, s.Language, plan) })
}

// jsonPlan writes a plan for programs.
func jsonPlan(w io.Writer, _ *prose.Language, plan stage.Plan) error {
	return jsonreport.RenderPlan(w, Version, thisBuild().id(), plan)
}

// printPlan writes a plan for people.
func printPlan(w io.Writer, l *prose.Language, plan stage.Plan) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if f := plan.File; f != nil {
		fmt.Fprintf(tw, "%s\t%s\n", l.Text(say.PlanFile()), l.Text(say.FileSum(prose.Data(f.Path), prose.Data(f.SHA256))))
		tw.Flush() // the rest has columns of its own
	}
	for i, subject := range plan.Subjects {
		fmt.Fprintln(tw, l.Text(prose.Data(subject.Argument)))
		for _, row := range []struct {
			name prose.Value
			text string
		}{{say.PlanCalled(), subject.Label}, {say.PlanLabels(), strings.Join(subject.Labels, ", ")}} {
			if row.text != "" {
				fmt.Fprintf(tw, "  %s\t%s\n", l.Text(row.name), l.Text(prose.Data(row.text)))
			}
		}
		if p := subject.Profile; p != nil {
			from := say.PlanFrom(prose.Data(p.ID), prose.Data(p.Name), prose.Data(p.Source), answer.When(profiles.Source{Checked: p.Checked, Date: p.Date}))
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
	return tw.Flush()
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
	name := l.Text(say.PlanExpects())
	for _, x := range c.Expects {
		fmt.Fprintf(w, "  %s\t%s\n", name, l.Text(expected(x)))
		name = ""
	}
}

// expected returns an expectation as its key and values.
func expected(x stage.Expectation) prose.Value {
	what := prose.Data(string(x.ID) + ": " + strings.Join(x.Want, ", "))
	if x.Severity == stage.ExpectWarn {
		return say.PlanWarn(what)
	}
	return what
}
