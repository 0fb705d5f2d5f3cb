package atlas

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	textsFile = flag.String("texts", "", "the `file` with the texts of a speaker, for TestRecall: what .ci/tools/atlas/extract.sh prints")
	asideFile = flag.String("aside", "", "the `file` with what names no cause, for TestRecall")
	speaker   = flag.String("speaker", "", "the `speaker` of the texts, for TestRecall")
)

// aside is a line of the table of texts that are no entry: those that come up in another
// place, and those that name no cause.
type aside struct {
	off   bool // not on the way from the greeting to an open mailbox or an accepted message
	place *regexp.Regexp
	text  *Entry
}

// asides reads the lines of the table that are about a speaker. Its columns, separated by
// tabs, are the speaker or *, "off" or "none", the text or "file:" with a pattern for the
// file's name, and why.
func asides(t *testing.T, name, speaker string) (out []*aside) {
	t.Helper()
	table, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(table), "\n") {
		columns := strings.Split(line, "\t")
		if line == "" || line[0] == '#' || columns[0] != speaker && columns[0] != "*" {
			continue
		}
		if len(columns) != 4 || columns[1] != "off" && columns[1] != "none" || columns[3] == "" {
			t.Fatalf("%s:%d: expected the speaker, off or none, a text or file:PATTERN, and why", name, i+1)
		}
		a := &aside{off: columns[1] == "off"}
		if pattern, ok := strings.CutPrefix(columns[2], "file:"); ok {
			a.place = regexp.MustCompile(pattern)
		} else {
			a.text = &Entry{parts: strings.Split(plain(columns[2]), "…")}
		}
		out = append(out, a)
	}
	return out
}

// format is a verb of printf, a gap of Rust's or JavaScript's, or an escape.
var format = regexp.MustCompile(`%[-+ 0#]*[0-9.*]*(?:l|ll|z|j|h)?[a-zA-Z]|%%|\$?\{[^}]*\}|\\[rnt]|\\"|"\s*PRI\w+\s*"|…`)

// accepts matches a reply that refuses nothing, and a template without words.
var accepts = regexp.MustCompile(`^(x7 )*(\* |\+ |x7 )?(OK\b|\+OK|\+ |[123]\d\d[ -]|BYE *$)|^[^\pL]*(x7[^\pL]*)*$`)

// TestRecall counts how many of a speaker's texts are known, and prints those that are
// neither known nor set aside. It runs only when it is given texts.
func TestRecall(t *testing.T) {
	if *textsFile == "" {
		t.Skip("no -texts")
	}
	f, err := os.Open(*textsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	set := asides(t, *asideFile, *speaker)
	var texts, off, none, known int
	var missing []string
	seen := make(map[string]bool)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		place, text, _ := strings.Cut(lines.Text(), ": ")
		said := format.ReplaceAllStringFunc(text, func(s string) string {
			switch s {
			case `\r`, `\n`, `\t`:
				return " "
			case `\"`:
				return `"`
			}
			return "x7"
		})
		if key := plain(said); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		texts++
		if accepts.MatchString(said) {
			off++
			continue
		}
		at := slices.IndexFunc(set, func(a *aside) bool {
			if a.place != nil {
				return a.place.MatchString(place)
			}
			_, ok := a.text.within(plain(said))
			return ok
		})
		switch {
		case len(Find(Said{Text: said})) > 0:
			known++
		case at >= 0 && set[at].off:
			off++
		case at >= 0:
			none++
		default:
			missing = append(missing, place+": "+text)
		}
	}
	fmt.Printf("recall\t%s\t%d\t%d\t%d\t%d\t%d\n", *speaker, texts, texts-off, known, none, len(missing))
	for _, m := range missing {
		fmt.Println("missing", m)
	}
}
