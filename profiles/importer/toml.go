package importer

import (
	"fmt"
	"strings"

	"maildoctor/profiles"
)

// mark is how a file begins that was written here. Others are somebody's own work.
const mark = "# Written by maildoctor profiles import, which replaces it when it is run again.\n" +
	"# To keep changes of your own, take these two lines out.\n\n"

// TOML writes a profile as a file that [profiles.Parse] reads.
func TOML(p *profiles.Profile) []byte {
	w := &writer{}
	w.b.WriteString(mark)
	w.text("id", p.ID)
	w.text("name", p.Name)
	w.list("domains", append(append([]string{}, p.Domains...), p.Patterns...))
	w.list("mx", p.MX)
	w.text("user_name", string(p.UserForm))
	w.b.WriteString("\n[source]\n")
	w.text("title", p.Source.Title)
	w.text("url", p.Source.URL)
	w.moment("checked", p.Source.Checked)
	w.moment("read", p.Source.Date)
	w.text("by", p.Source.By)
	for _, e := range p.Endpoints {
		w.endpoint(e)
	}
	for _, n := range p.Notes {
		w.b.WriteString("\n[[note]]\n")
		w.text("id", string(n.ID))
		w.text("text", n.Text)
	}
	return []byte(w.b.String())
}

func (w *writer) endpoint(e profiles.Endpoint) {
	w.b.WriteString("\n[[endpoint]]\n")
	w.text("protocol", string(e.Protocol))
	w.text("host", e.Host)
	fmt.Fprintf(&w.b, "port = %d\n", e.Port)
	w.text("security", string(e.Security))
	if e.Optional {
		w.b.WriteString("optional = true\n")
	}
	w.text("note", string(e.Note))
	w.text("user_name", string(e.UserForm))
}

// writer writes keys with their values, those that are empty not at all.
type writer struct{ b strings.Builder }

func (w *writer) text(key, value string) {
	if value != "" {
		fmt.Fprintf(&w.b, "%s = %s\n", key, quote(value))
	}
}

func (w *writer) list(key string, values []string) {
	if len(values) == 0 {
		return
	}
	fmt.Fprintf(&w.b, "%s = [", key)
	for i, v := range values {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.b.WriteString(quote(v))
	}
	w.b.WriteString("]\n")
}

// moment writes a day as such, and a month or a year as text.
func (w *writer) moment(key, value string) {
	if len(value) == len("2026-11-30") {
		fmt.Fprintf(&w.b, "%s = %s\n", key, value)
		return
	}
	w.text(key, value)
}

// quote writes a basic string of TOML. No value here has a control character.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
