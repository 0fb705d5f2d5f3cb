package reporttest

import (
	"fmt"
	"strings"

	"maildoctor/probe/stage"
)

// Names returns what is wrong with the names in the text of a report: two terms for
// the servers' operator, and host names whose letters were changed.
func Names(rec *stage.Record, text string) []string {
	var wrong []string
	text = strings.Join(strings.Fields(text), " ")
	lower := strings.ToLower(text)
	known := false
	for _, s := range rec.Header.Plan.Subjects {
		known = known || s.Profile != nil
	}
	other := map[bool][]string{true: {"the operator"}, false: {"your provider", "the provider's"}}[known]
	for _, name := range other {
		if i := strings.Index(lower, name); i >= 0 {
			wrong = append(wrong, fmt.Sprintf("whoever runs the servers is called %q as well: %q", name, text[max(0, i-40):min(len(text), i+60)]))
		}
	}
	for i := range rec.Checks {
		host := rec.Checks[i].Check.Endpoint.Host
		if host == "" || strings.ToLower(host[:1]) != host[:1] {
			continue
		}
		if large := strings.ToUpper(host[:1]) + host[1:]; large != host && strings.Contains(text, large) {
			wrong = append(wrong, fmt.Sprintf("%s begins with a large letter", host))
		}
	}
	return wrong
}
