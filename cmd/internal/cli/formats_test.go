package cli

import (
	"bytes"
	"testing"

	"maildoctor/probe/prose"
	"maildoctor/report"
)

func TestSplitOutput(t *testing.T) {
	for _, tc := range []struct{ arg, form, file string }{
		{"json=out", "json", "out"},
		{"json=out.txt", "json", "out.txt"},
		{"text=a=b", "text", "a=b"},
		{"junk=out", "junk", "out"}, // refused by name, and not taken for a file
		{"json=", "json", ""},
		{"out.json", "json", "out.json"},
		{"out.xml", "junit", "out.xml"},
		{"out.tap", "tap", "out.tap"},
		{"github=-", "github", "-"},
		{"out.txt", "text", "out.txt"},
		{"out.text", "text", "out.text"},
		{"OUT.JSON", "json", "OUT.JSON"},
		{"out.log", "", "out.log"},
		{"out", "", "out"},
		{"json", "", "json"}, // a name without an ending
		{"runs.json/out", "", "runs.json/out"},
		{"./a=b", "", "./a=b"},
		{"json=-", "json", "-"},
		{"-", "", "-"},
		{`C:\a=b.json`, "json", `C:\a=b.json`},
	} {
		if form, file := splitOutput(tc.arg); form != tc.form || file != tc.file {
			t.Errorf("%q: %q, %q; want %q, %q", tc.arg, form, file, tc.form, tc.file)
		}
	}
}

// Each row of the table of formats is complete, and no two rows have a name or an
// ending in common.
func TestFormats(t *testing.T) {
	names, endings := make(map[string]bool), make(map[string]bool)
	for _, f := range formats {
		if f.name == "" || names[f.name] {
			t.Errorf("format %q: a name that is missing or taken", f.name)
		}
		names[f.name] = true
		for _, e := range f.endings {
			if endings[e] {
				t.Errorf("format %q: the ending %q is taken", f.name, e)
			}
			endings[e] = true
		}
		var b bytes.Buffer
		if err := f.render(&b, &report.Report{Language: prose.English(), Verdict: report.Unknown, Title: "jane@q.com"}, report.Options{}); err != nil || b.Len() == 0 {
			t.Errorf("format %q: %d bytes, %v", f.name, b.Len(), err)
		}
	}
}
