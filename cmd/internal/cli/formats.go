package cli

import (
	"io"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/jsonreport"
	"maildoctor/report/term"
)

// format is a form that a report has.
type format struct {
	name    string   // for --format and --output
	endings []string // of files that are of this form where --output names none
	render  report.Renderer
	plan    planRenderer // of --dry-run; nil: the form has none
}

// planRenderer writes what would be tested.
type planRenderer func(io.Writer, *prose.Language, stage.Plan) error

// formats are all of them, one a row. Nothing but the bytes written depends on which
// one is chosen, the exit code least of all. The first is that of a run without
// --format.
var formats = []format{
	{name: "text", endings: []string{"txt", "text"}, render: term.Render, plan: printPlan},
	{name: "json", endings: []string{"json"}, render: jsonreport.Render, plan: jsonPlan},
}

// formatNamed returns the format with a name, nil where there is none.
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

// splitOutput reads [FORM=]FILE. Without a form the file's ending tells it, if it does.
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
