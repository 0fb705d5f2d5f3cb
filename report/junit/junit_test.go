package junit_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/report"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
	"maildoctor/report/junit"
	"maildoctor/report/points"
	"maildoctor/report/reporttest"
)

func render(t *testing.T, r *report.Report, strict bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := junit.Render(&b, r, report.Options{Strict: strict}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// element is what the Ant schema says of one: its attributes, those that are optional
// with a question mark, and its children in order.
type element struct {
	attributes string
	children   string // a regular expression over the names, each followed by a space
}

// schema has the rules of windyroad/JUnit-Schema for what is written here. Its types
// are in valid.
var schema = map[string]element{
	"testsuites": {"", `(testsuite )*`},
	"testsuite":  {"package id name timestamp hostname tests failures errors skipped? time", `properties (testcase )*system-out system-err `},
	"properties": {"", `(property )*`},
	"property":   {"name value", ``},
	"testcase":   {"name classname time", `(skipped |error |failure )?`},
	"failure":    {"type message?", ``},
	"error":      {"type message?", ``},
	"skipped":    {"message?", ``},
	"system-out": {"", ``},
	"system-err": {"", ``},
}

// valid are the values of attributes.
var valid = map[string]*regexp.Regexp{
	"timestamp": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`),
	"time":      regexp.MustCompile(`^\d+\.\d+$`),
	"id":        regexp.MustCompile(`^\d+$`), "tests": regexp.MustCompile(`^\d+$`), "failures": regexp.MustCompile(`^\d+$`),
	"errors": regexp.MustCompile(`^\d+$`), "skipped": regexp.MustCompile(`^\d+$`),
	"name": regexp.MustCompile(`^\S(.*\S)?$`), "classname": regexp.MustCompile(`^\S(.*\S)?$`), "type": regexp.MustCompile(`^\S+$`),
}

// check compares a document with the schema, and the numbers of a suite with what is in
// it. It returns what is wrong.
func check(document []byte) (wrong []string) {
	d := xml.NewDecoder(bytes.NewReader(document))
	var open []string             // names
	children := map[int]string{}  // by depth
	var suite map[string]string   // attributes
	counts := map[string]int{}    // of the suite's elements
	names := map[[2]string]bool{} // a test case's class and name
	for {
		token, err := d.Token()
		if err == io.EOF {
			return wrong
		}
		if err != nil {
			return append(wrong, err.Error())
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			children[len(open)] += name + " "
			open = append(open, name)
			children[len(open)] = ""
			counts[name]++
			attributes, more := attributesOf(e)
			wrong = append(wrong, more...)
			switch name {
			case "testsuite":
				suite, counts = attributes, map[string]int{}
			case "testcase":
				key := [2]string{attributes["classname"], attributes["name"]}
				if names[key] {
					wrong = append(wrong, fmt.Sprintf("%q twice: GitLab shows one", key))
				}
				names[key] = true
			}
		case xml.EndElement:
			rule := schema[e.Name.Local]
			if got := children[len(open)]; !regexp.MustCompile("^(" + rule.children + ")$").MatchString(got) {
				wrong = append(wrong, fmt.Sprintf("%s has %q, not %s", e.Name.Local, got, rule.children))
			}
			open = open[:len(open)-1]
			if e.Name.Local == "testsuite" {
				for attribute, of := range map[string]string{"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"} {
					if suite[attribute] != strconv.Itoa(counts[of]) {
						wrong = append(wrong, fmt.Sprintf("%s=%s, counted %d", attribute, suite[attribute], counts[of]))
					}
				}
			}
		}
	}
}

func attributesOf(e xml.StartElement) (all map[string]string, wrong []string) {
	all = make(map[string]string)
	rule, ok := schema[e.Name.Local]
	if !ok {
		return all, []string{e.Name.Local + ": no such element"}
	}
	allowed := strings.Fields(rule.attributes)
	for _, a := range e.Attr {
		name := a.Name.Local
		all[name] = a.Value
		if !slices.Contains(allowed, name) && !slices.Contains(allowed, name+"?") {
			wrong = append(wrong, fmt.Sprintf("%s has no attribute %s", e.Name.Local, name))
		}
		if v := valid[name]; v != nil && !v.MatchString(a.Value) {
			wrong = append(wrong, fmt.Sprintf("%s=%q is not %s", name, a.Value, v))
		}
	}
	for _, name := range allowed {
		if _, ok := all[name]; !ok && !strings.HasSuffix(name, "?") {
			wrong = append(wrong, fmt.Sprintf("%s lacks %s", e.Name.Local, name))
		}
	}
	return all, wrong
}

func TestSchema(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, strict := range []bool{false, true} {
			for _, w := range check(render(t, expected.Of(prose.English(), c, "5"), strict)) {
				t.Errorf("%s: %s", c.Name, w)
			}
		}
	}
}

// TestSchemaRefuses breaks a valid document, so that a check that accepts everything
// does not pass.
func TestSchemaRefuses(t *testing.T) {
	whole := string(render(t, expected.Of(prose.English(), sample.Get("port-blocked"), "5"), false))
	for _, change := range [][2]string{
		{`<testsuites>`, `<testsuites tests="1">`},
		{` hostname="localhost"`, ``},
		{`timestamp="2026-11-22T21:02:00"`, `timestamp="2026-11-22T21:02:00Z"`},
		{`<system-err></system-err>`, ``},
		{`<failure type=`, `<failure kind=`},
		{` errors="0"`, ` errors="1"`},
		{`<skipped`, `<skipped></skipped><skipped`},
		{`</testsuites>`, `</testsuite>`},
		{`name="maildoctor.version"`, `name=" "`},
	} {
		broken := strings.Replace(whole, change[0], change[1], 1)
		if broken == whole || len(check([]byte(broken))) == 0 {
			t.Errorf("accepted, or not in the document: %s for %s", change[1], change[0])
		}
	}
}

func TestWhatIsShown(t *testing.T) {
	r := expected.Of(prose.English(), sample.Get("port-blocked"), "5")
	got := string(render(t, r, false))
	for _, want := range []string{
		`classname="jane@q.com"`,
		`name="pop3s://pop.centurylink.net:995 certificate-days"`,
		`<failure type="certificate-days" message="certificate-days: This is not as the file expects. Expected: 5. Seen: 5."`,
		`./ci/smoke.toml:8`,
		`<skipped message="5">`,
		`<property name="maildoctor.file.sha256" value="51aa07bd6f9420ce5e5e">`,
		`<property name="maildoctor.verdict" value="does-not-work">`,
		`What to do: `,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	r.Expectations = r.Expectations[2:3] // the warning
	count := func(strict bool) int { return strings.Count(string(render(t, r, strict)), "<failure") }
	if count(true) != count(false)+1 {
		t.Errorf("%d failures, strict %d; want one more", count(false), count(true))
	}
}

func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		r := expected.Of(prosetest.Language(), c, "⟪5⟫")
		d, err := prosetest.Known(append(reporttest.IDs(), c.Record(), r.Expectations, r.File)...)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Suites []struct {
				Out   string `xml:"system-out"`
				Cases []struct {
					Failure []string `xml:"failure"`
					Error   []string `xml:"error"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(render(t, r, false), &doc); err != nil {
			t.Fatal(err)
		}
		for _, s := range doc.Suites {
			texts := strings.Split(s.Out, "\n")
			for _, c := range s.Cases {
				texts = append(texts, strings.Split(strings.Join(append(c.Failure, c.Error...), "\n"), "\n")...)
			}
			for _, text := range texts {
				if !strings.ContainsAny(text, "⟦⟪") {
					continue // an id, a place or a file
				}
				for _, w := range d.Text(text) {
					t.Errorf("%s: %s", c.Name, w)
				}
			}
		}
	}
}

// FuzzServerText: whatever a server says, the document is well-formed, has the elements
// of the schema, and says it.
func FuzzServerText(f *testing.F) {
	for _, s := range []string{"5", " ", "\x00\x1b[31m", "]]></failure>", "&#0;&lt;", "\ufffe\uffff", "\xff\xfe", "a\r\nb\u2028c", "<!--", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		r := expected.Of(prose.English(), sample.Get("wrong-password"), said)
		r.Summary = []string{said}
		r.Subjects[0].Label = said
		for _, w := range check(render(t, r, false)) {
			t.Error(w)
		}
		if n := bytes.Count(render(t, r, false), []byte("<testcase")); n != len(points.Of(r, false)) || !utf8.Valid(render(t, r, false)) {
			t.Errorf("%d test cases", n)
		}
	})
}
