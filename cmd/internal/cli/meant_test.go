package cli

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/cmd/internal/cmdline"
)

// An address alone means check, wherever the flags are. A command is left unchanged,
// and so is a word that is neither, which is refused later.
func TestWhatACommandLineMeans(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for typed, want := range map[string]string{
		"":                                "",
		"--help":                          "--help",
		"-v":                              "check -v",
		"--version":                       "--version",
		"jane@q.com":                      "check jane@q.com",
		"jane@q.com q.com imaps://a.test": "check jane@q.com q.com imaps://a.test",
		"centurylink":                     "check centurylink",
		"jane＠ｑ．ｃｏｍ":                      "check jane＠ｑ．ｃｏｍ",
		"CenturyLink -v":                  "check CenturyLink -v",
		"[::1]":                           "check [::1]",
		"-4 jane@q.com":                   "check -4 jane@q.com",
		"--user check jane@q.com":         "check --user check jane@q.com",
		"--user=x check jane@q.com":       "check --user=x jane@q.com",
		"-v report run.jsonl":             "report -v run.jsonl",
		"report run.jsonl":                "report run.jsonl",
		"explain q.com":                   "explain q.com",
		"help check":                      "help check",
		"completion bash":                 "completion bash",
		"chekc jane@q.com":                "chekc jane@q.com",
		"-- jane@q.com":                   "check -- jane@q.com",
		"__complete jane@q.com --re":      "__complete check jane@q.com --re",
		"__complete jane@q.com":           "__complete jane@q.com",
		"__complete report ru":            "__complete report ru",
	} {
		if got := strings.Join(cmdline.Meant(newRoot((&screen{}).pipe()), "check", slices.Clone(strings.Fields(typed)), checkable), " "); got != want {
			t.Errorf("maildoctor %s means %q, want %q", typed, got, want)
		}
	}
}
