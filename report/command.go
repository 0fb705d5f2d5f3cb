package report

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Command puts words together to a command line that can be pasted into a shell of a
// system, as [runtime.GOOS] names it. It is the only place where that is done.
func Command(system string, words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(system, w)
	}
	return strings.Join(quoted, " ")
}

// bare are the signs that no shell minds within a word.
const bare = "@+=:,./_-"

// quote quotes a word where a shell would do something with it.
func quote(system, word string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(bare, r) ||
			r > '~' || r == '\\' && system == "windows"
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	if system == "windows" { // double quotes are what both of its shells know
		return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// checkAgain is the command that makes a run of these arguments again, with all its
// flags and one more, which may have a value and stands in the place of its like.
func checkAgain(rec *stage.Record, args []string, more ...string) string {
	words := slices.Concat([]string{"maildoctor", "check"}, args)
	for _, f := range rec.Header.Options.Flags {
		if len(more) == 0 || f.Name != more[0] {
			words = append(words, f.Words()...)
		}
	}
	return Command(rec.Header.System.OS, append(words, more...)...)
}

// lookUp is a command that reads profiles, those of the run's own directories as well.
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
