package serve

import (
	_ "embed"
	"html/template"
	"net/http"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
	"maildoctor/report/term"
)

//go:embed index.html
var indexPage string

var page = template.Must(template.New("index").Parse(indexPage))

// row is a target on the page.
type row struct{ Name, Link, Verdict, Cause, Sentence, When string }

// index shows the last result of each target.
func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	l := s.Language
	data := struct {
		Caption string
		Head    []string
		Rows    []row
	}{l.Sentence(say.ServeCaption()), []string{l.Title(say.ServeTarget()), l.Title(say.ServeVerdict()), l.Title(say.ServeCause()), l.Title(say.ServeSaid()), l.Title(say.ServeWhen())}, nil}
	c := s.config()
	latest := s.results.latest(c)
	for _, t := range c.Targets {
		out := row{Name: t.Name, Link: "/probe?debug=true&target=" + template.URLQueryEscaper(t.Name)}
		if r := latest[t.Name]; r != nil {
			out.Verdict, out.When = string(r.report.Verdict), r.at.UTC().Format(time.RFC3339)
			out.Cause, out.Sentence = leading(r.report)
		}
		data.Rows = append(data.Rows, out)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, data); err != nil {
		s.Log.Debug("the page was not read", "error", err)
	}
}

// leading returns the cause that leads in a report, and what it means in general: the
// sentence of the report itself may name an account. Both are empty if nothing is wrong.
func leading(r *report.Report) (id, sentence string) {
	for _, o := range r.Outcomes {
		if p, ok := cause.PageOf(o.Cause); ok {
			return string(o.Cause), p.Sentence(r.Language, nil)
		}
	}
	return "", ""
}

// debug writes the report of a probe as text, with its transcript.
func (s *Server) debug(w http.ResponseWriter, res *result) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := term.Render(w, res.report, report.Options{Verbose: 2}); err != nil {
		s.Log.Debug("the report was not read", "error", err)
	}
}
