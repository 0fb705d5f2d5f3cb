package serve

import (
	"html/template"
	"net/http"
	"time"

	"maildoctor/probe/prose/say"
	"maildoctor/report"
	"maildoctor/report/term"
)

var page = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>maildoctor</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8886}</style></head>
<body><h1>maildoctor</h1>
<table><caption>{{.Caption}}</caption><thead><tr>{{range .Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr><th scope="row"><a href="{{.Link}}">{{.Name}}</a></th><td>{{.Verdict}}</td><td>{{.Cause}}</td><td>{{.Sentence}}</td><td>{{.When}}</td></tr>
{{end}}</tbody></table></body></html>
`))

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
	known := make(map[string]*result)
	for _, r := range s.results.latest(c) {
		known[r.target.Name] = r
	}
	for _, t := range c.Targets {
		out := row{Name: t.Name, Link: "/probe?debug=true&target=" + template.URLQueryEscaper(t.Name)}
		if r := known[t.Name]; r != nil {
			out.Verdict, out.When = string(r.report.Verdict), r.at.UTC().Format(time.RFC3339)
			out.Cause, out.Sentence = leading(r.report)
		}
		data.Rows = append(data.Rows, out)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, data); err != nil {
		s.log.Debug("the page was not read", "error", err)
	}
}

// leading returns the cause that leads in a report, if there is one, and its summary.
func leading(r *report.Report) (id, sentence string) {
	for _, o := range r.Outcomes {
		if o.Cause != "" {
			return string(o.Cause), r.SummaryText()
		}
	}
	return "", r.SummaryText()
}

// debug writes the report of a probe as text, with its transcript.
func (s *Server) debug(w http.ResponseWriter, res *result) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := term.Render(w, res.report, report.Options{Verbose: 2}); err != nil {
		s.log.Debug("the report was not read", "error", err)
	}
}
