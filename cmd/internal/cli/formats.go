package cli

import (
	"io"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/github"
	"maildoctor/report/jsonreport"
	"maildoctor/report/junit"
	"maildoctor/report/markdown"
	"maildoctor/report/nagios"
	"maildoctor/report/prometheus"
	"maildoctor/report/tap"
	"maildoctor/report/term"
)

// format is an output format of reports.
type format struct {
	name    string   // for --format and --output
	endings []string // file endings that imply this format in --output; none: only FORM=FILE
	render  report.Renderer
	plan    planRenderer // of --dry-run; nil: not in this format

	// live reports that standard output gets the parts of a report as they become known.
	live bool
	// replaced says that a file is replaced in one step, because something may read it
	// at any time.
	replaced bool
	plugin   *plugin // nil: the exit codes are those of maildoctor
}

// plugin is what a format has that is read together with the exit code: on standard
// output it decides on it, and says also why there is no report.
type plugin struct {
	code   func(*report.Report) int
	refuse func(w io.Writer, why string) error
	failed int // the exit code where there is no report
}

// planRenderer writes what would be tested.
type planRenderer func(io.Writer, *prose.Language, stage.Plan) error

// formats lists them all. The choice affects only the bytes written, and never the
// exit code, with the one exception of monitoring plugins. The first is the default of
// --format.
var formats = []format{
	{name: "text", endings: []string{"txt", "text"}, render: term.Render, plan: printPlan},
	{name: "json", endings: []string{"json"}, render: jsonreport.Render, plan: jsonPlan},
	{name: "jsonl", endings: []string{"jsonl"}, render: jsonreport.RenderLines, live: true},
	{name: "markdown", endings: []string{"md", "markdown"}, render: markdown.Render},
	{name: "prometheus", endings: []string{"prom"}, render: prometheus.Render, replaced: true},
	{name: "junit", endings: []string{"xml"}, render: junit.Render},
	{name: "tap", endings: []string{"tap"}, render: tap.Render},
	{name: "github", render: github.Render},
	{name: "nagios", render: nagios.Render, plugin: &plugin{nagios.Code, nagios.Refuse, nagios.Unknown}},
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
