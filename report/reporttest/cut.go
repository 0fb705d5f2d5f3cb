package reporttest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/report"
)

// TooWide reports whether a line is wider than a page, unless it is a single word or
// a command, which is kept on one line so that it can be pasted.
func TooWide(line string, width int) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "maildoctor ") {
		return false
	}
	return ansi.StringWidth(line) > width && len(strings.Fields(line)) > 1
}

// CutWords renders a report in every width, or every step-th, from 40 to 120
// columns. It returns what is wrong: cut words, which no wider page has, and lines
// that are too wide.
func CutWords(r *report.Report, render report.Renderer, o report.Options, step int) ([]string, error) {
	page := func(width int) (string, error) {
		var b bytes.Buffer
		o.Width = width
		err := render(&b, r, o)
		return b.String(), err
	}
	whole, err := page(report.MaxWidth)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{"signs": true} // above rows without headings
	for _, w := range words(whole) {
		known[w] = true
	}
	var wrong []string
	for width := report.MinWidth; width <= 120; width += step {
		text, err := page(width)
		if err != nil {
			return nil, err
		}
		for _, w := range words(text) {
			if !known[w] {
				wrong = append(wrong, fmt.Sprintf("at %d columns, %q was cut", width, w))
			}
		}
		for n, l := range strings.Split(text, "\n") {
			if TooWide(l, width) {
				wrong = append(wrong, fmt.Sprintf("at %d columns, line %d has %d: %q", width, n+1, ansi.StringWidth(l), l))
			}
		}
	}
	return wrong, nil
}

// words returns the words of a text, without the colon after labels.
func words(text string) []string {
	all := strings.Fields(text)
	for i, w := range all {
		all[i] = strings.ToLower(strings.TrimSuffix(w, ":"))
	}
	return all
}
