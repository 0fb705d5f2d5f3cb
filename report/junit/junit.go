// Package junit writes a report as JUnit XML, for the test views of GitLab, Jenkins and
// GitHub's reporters.
//
// There is a suite for each subject and in it a test case for each endpoint and each
// expectation of a smoke file ([points.Of]). What does not work is a failure, what could
// not be told an error, and an expectation that this machine can't judge is skipped with
// the reason. JUnit has no warnings: a test case with one passes, and the warning is in
// the suite's system-out; with [report.Options.Strict] it is a failure.
//
// The elements and attributes are those of the Apache Ant schema that is in wide use
// (windyroad/JUnit-Schema): no attribute on testsuites, properties before the test
// cases, output after them, times in seconds and timestamps without a zone, in UTC.
package junit

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/points"
)

type document struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []suite  `xml:"testsuite"`
}

type suite struct {
	Package    string     `xml:"package,attr"`
	ID         int        `xml:"id,attr"`
	Name       string     `xml:"name,attr"`
	Timestamp  string     `xml:"timestamp,attr"`
	Host       string     `xml:"hostname,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Time       string     `xml:"time,attr"`
	Properties []property `xml:"properties>property"`
	Cases      []testCase `xml:"testcase"`
	Out        string     `xml:"system-out"`
	Err        string     `xml:"system-err"`

	longest stage.Millis
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type testCase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Time    string   `xml:"time,attr"`
	Failure *problem `xml:"failure"`
	Error   *problem `xml:"error"`
	Skipped *skipped `xml:"skipped"`
}

// problem is a failure or an error. Jenkins shows the message, GitLab the text.
type problem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// Render writes the report. It returns write errors of w.
func Render(w io.Writer, r *report.Report, o report.Options) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(document{Suites: suites(r, o.Strict)}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// suites divides the points by subject. What belongs to none is a suite of its own.
func suites(r *report.Report, strict bool) []suite {
	var out []suite
	at := make(map[string]int) // by name
	for _, p := range points.Of(r, strict) {
		i, ok := at[p.Group]
		if !ok {
			i, at[p.Group] = len(out), len(out)
			out = append(out, newSuite(r, i, p.Group))
		}
		out[i].add(r, p, strict)
	}
	return out
}

func newSuite(r *report.Report, id int, name string) suite {
	return suite{
		Package: "maildoctor", ID: id, Name: token(name), Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
		Host: "localhost", Time: seconds(0), Properties: properties(r), Out: text(r.SummaryText()) + "\n",
	}
}

// properties are those of the run.
func properties(r *report.Report) []property {
	out := []property{
		{"maildoctor.version", r.Version},
		{"maildoctor.verdict", string(r.Verdict)},
		{"maildoctor.started", r.Started.Format(time.RFC3339)},
		{"maildoctor.seconds", seconds(r.Time)},
		{"maildoctor.logins.tried", strconv.Itoa(r.Logins.Tried)},
		{"maildoctor.logins.failed", strconv.Itoa(r.Logins.Failed)},
	}
	if r.Commit != "" {
		out = append(out, property{"maildoctor.commit", text(r.Commit)})
	}
	if r.File != nil {
		out = append(out, property{"maildoctor.file", text(r.File.Path)}, property{"maildoctor.file.sha256", text(r.File.SHA256)})
	}
	return out
}

// add adds the test case of a point.
func (s *suite) add(r *report.Report, p points.Point, strict bool) {
	c := testCase{Name: token(p.Name), Class: token(p.Group), Time: seconds(p.Time)}
	s.Tests++
	switch {
	case p.State == points.Unjudged:
		c.Skipped = &skipped{text(p.Said)}
		s.Skipped++
	case p.State == points.Open:
		c.Error = describe(r, p)
		s.Errors++
	case p.Fails(strict):
		c.Failure = describe(r, p)
		s.Failures++
	case p.State == points.Warned:
		s.Out += text(p.Name) + "\n" + describe(r, p).Text
	}
	if p.Time > s.longest {
		s.longest, s.Time = p.Time, seconds(p.Time) // endpoints are examined at the same time
	}
	s.Cases = append(s.Cases, c)
}

// describe returns why a point fails, and what to do.
func describe(r *report.Report, p points.Point) *problem {
	lines := []string{text(p.Said)}
	if p.Action != "" {
		lines = append(lines, r.Language.Title(say.PointWhatToDo())+": "+text(p.Action))
	}
	if p.Cause != "" && string(p.Cause) != p.Symbol() {
		lines = append(lines, string(p.Cause))
	}
	if r.File != nil && p.Line > 0 {
		lines = append(lines, text(r.File.Path)+":"+strconv.Itoa(p.Line))
	}
	return &problem{Type: p.Symbol(), Message: p.Symbol() + ": " + text(p.Said), Text: strings.Join(lines, "\n") + "\n"}
}

// text returns text without characters that XML 1.0 can't hold, which are made visible.
// The encoder replaces the few that are visible and still not allowed (2.2).
func text(s string) string { return points.OneLine(s) }

// token returns text for an attribute that must not be empty.
func token(s string) string {
	if s = text(s); s != "" {
		return s
	}
	return "-"
}

func seconds(t stage.Millis) string { return strconv.FormatFloat(t.Duration().Seconds(), 'f', 3, 64) }
