package cli

import (
	"io"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/markdown"
	"maildoctor/report/prometheus"
	"maildoctor/report/term"
)

// format is an output format of reports.
type format struct {
	name    string   // for --format and --output
	endings []string // file endings that imply this format in --output
	render  report.Renderer
	plan    planRenderer // of --dry-run; nil: not in this format

	// live reports that standard output gets the parts of a report as they become known.
	live bool
	// replaced says that a file is replaced in one step, because something may read it
	// at any time.
	replaced bool
}

// planRenderer writes what would be tested.
type planRenderer func(io.Writer, *prose.Language, stage.Plan) error

// formats lists them all. The choice affects only the bytes written, and never the
// exit code. The first is the default of --format.
var formats = []format{
	{name: "text", endings: []string{"txt", "text"}, render: term.Render, plan: printPlan},
	{name: "json", endings: []string{"json"}, render: jsonreport.Render, plan: jsonPlan},
	{name: "jsonl", endings: []string{"jsonl"}, render: jsonreport.RenderLines, live: true},
	{name: "markdown", endings: []string{"md", "markdown"}, render: markdown.Render},
	{name: "prometheus", endings: []string{"prom"}, render: prometheus.Render, replaced: true},
}

// formatNamed returns the format with a name; nil if there is none.
func formatNamed(name string) *format {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return &formats[i]
}

func formatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// splitOutput parses [FORM=]FILE. Without a form, the file's ending may imply it.
func splitOutput(arg string) (form, file string) {
	if form, rest, ok := strings.Cut(arg, "="); ok && !strings.ContainsAny(form, `/\.`) {
		return form, rest
	}
	ending := strings.ToLower(arg[strings.LastIndexByte(arg, '.')+1:])
	for _, f := range formats {
		if slices.Contains(f.endings, ending) && len(ending) < len(arg) {
			return f.name, arg
		}
	}
	return "", arg
}
