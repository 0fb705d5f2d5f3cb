//go:build unix

package report_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"maildoctor/report"
)

// A shell splits the line into the same words.
func TestCommandInAShell(t *testing.T) {
	words := []string{"printf", "%s\n", "a b", "it's", "$HOME `id` \\n", "?*[a]", "", "~", "-x", "a=b", "jörg", "!!", "a;b&c|d>e<f", "#", "(x)", "{a,b}", "\"\""}
	out, err := exec.Command("sh", "-c", report.Command("linux", words...)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); !slices.Equal(got, words[2:]) {
		t.Errorf("got  %q\nwant %q", got, words[2:])
	}
}
