package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/probe/diagnose"
)

func explainCommand(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "explain [CAUSE]",
		Short:   "explains a cause that a report names, or lists them",
		Example: "  maildoctor explain wrong-password",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listCauses(s)
			}
			page, ok := diagnose.PageOf(diagnose.CauseID(args[0]))
			if !ok {
				return usage("no page on %q; maildoctor explain lists them", args[0])
			}
			explain(s, page)
			return nil
		},
	}
}

// listCauses lists the pages, a line each, by the stage in which they show.
func listCauses(s Streams) error {
	byStage := make(map[string][]string)
	var order []string
	for _, p := range diagnose.Pages() {
		where := string(p.Stage)
		if where == "" {
			where = "any stage"
		}
		if _, ok := byStage[where]; !ok {
			order = append(order, where)
		}
		byStage[where] = append(byStage[where], fmt.Sprintf("  %-34s %s", p.ID, p.Title(nil)))
	}
	for _, where := range order {
		fmt.Fprintf(s.Out, "%s\n%s\n\n", strings.ToUpper(where), strings.Join(byStage[where], "\n"))
	}
	return nil
}

// explain writes a page for reading.
func explain(s Streams, p *diagnose.Page) {
	s.prose("", p.Title(nil)+" ("+string(p.ID)+")")
	for _, section := range p.Sections {
		fmt.Fprintf(s.Out, "\n%s\n", strings.ToUpper(section.Heading))
		for _, line := range p.Lines(section.Heading, nil) {
			s.prose("  ", line)
		}
	}
	if len(p.Sources) > 0 {
		fmt.Fprintf(s.Out, "\nSOURCES\n")
	}
	for _, source := range p.Sources {
		s.prose("  ", source)
	}
}
