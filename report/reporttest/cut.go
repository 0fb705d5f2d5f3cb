package reporttest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/report"
)

// TooWide reports whether a line is wider than a page for another reason than a single
// word that is, or a command, which stands on one line to be pasted.
func TooWide(line string, width int) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "maildoctor ") {
		return false
	}
	return ansi.StringWidth(line) > width && len(strings.Fields(line)) > 1
}

// CutWords renders a report in widths from 40 to 120 columns, every one or every step-th,
// and returns what is wrong: words that no wider page has, which were cut, and lines that are too wide.
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
	known := map[string]bool{"signs": true} // stands above rows that have no heads
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

// words are those of a text, without the colon that names stand before.
func words(text string) []string {
	all := strings.Fields(text)
	for i, w := range all {
		all[i] = strings.ToLower(strings.TrimSuffix(w, ":"))
	}
	return all
}
