package report

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Command joins words to a command line that can be pasted into a shell of a system,
// named as in [runtime.GOOS]. All command lines are built here.
func Command(system string, words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(system, w)
	}
	return strings.Join(quoted, " ")
}

// bare are the characters that no shell treats specially within a word.
const bare = "@+=:,./_-"

// quote quotes a word if a shell would interpret it.
func quote(system, word string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(bare, r) ||
			r > '~' || r == '\\' && system == "windows"
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	if system == "windows" { // both of its shells understand double quotes
		return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// checkAgain returns the command that repeats a run with these arguments, all its
// flags and one more flag. That one may have a value, and replaces the same flag.
func checkAgain(rec *stage.Record, args []string, more ...string) string {
	words := slices.Concat([]string{"maildoctor", "check"}, args)
	for _, f := range rec.Header.Options.Flags {
		if len(more) == 0 || f.Name != more[0] {
			words = append(words, f.Words()...)
		}
	}
	return Command(rec.Header.System.OS, append(words, more...)...)
}

// lookUp returns a command that reads profiles, including those in the run's own
// directories.
func lookUp(rec *stage.Record, words ...string) string {
	for _, f := range rec.Header.Options.Flags {
		if f.Name == profilesFlag {
			words = append(words, f.Words()...)
		}
	}
	return Command(rec.Header.System.OS, words...)
}

// profilesFlag is the flag of check that settings and profiles have as well.
const profilesFlag = "--profiles"
