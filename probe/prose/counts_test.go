package prose_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"maildoctor/probe/prose"
)

// counts are the slots that hold numbers of things.
var counts = []string{"n", "k", "j", "m", "mx", "bits", "rest"}

// afterCount matches a number followed by a word with only one form.
var afterCount = regexp.MustCompile(`\{(n|k|j|m|mx|bits|rest)\} ((?:more|other|mail|of the) )?([A-Za-z]+)`)

// unchanging are words whose singular and plural are the same.
var unchanging = map[string]bool{
	"more": true, "of": true, "tried": true, "refused": true, "without": true, "answered": true, "made": true, "other": true, "mail": true,
	"not": true, "done": true, "ms": true, "s": true, "min": true, "h": true, "KB": true, "MB": true, "GB": true,
}

// forMany are sentences for at least that many things; there are others for fewer.
var forMany = map[prose.ID]bool{
	"all-answer": true, "all-answer-in-order": true, "endpoints-all": true, "endpoints-none": true, "endpoints-untried": true,
	"cells-alike": true, "endpoints-some": true, "endpoints-open": true, "folded-fine": true, "folded-none": true,
	"chooses-small-field": true, // bits of a group: hundreds
}

// TestCountsHaveForms checks that in no sentence a number is followed by a word with
// only one form, unless singular and plural are the same.
func TestCountsHaveForms(t *testing.T) {
	tables, err := prose.Tables(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, table := range tables {
		for _, e := range table.Entries {
			for _, m := range afterCount.FindAllStringSubmatch(e.Text, -1) {
				looked++
				if !unchanging[m[3]] && !forMany[e.ID] {
					t.Errorf("%s = %s: %q has one form", e.ID, e.Text, m[3])
				}
			}
		}
	}
	if looked < 10 {
		t.Errorf("%d counts were looked at", looked)
	}
}

// TestNoneOneTwo fills every sentence with 0, 1 and 2, and checks that none contains "1
// servers" or "2 server".
func TestNoneOneTwo(t *testing.T) {
	tables, err := prose.Tables(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	one, several := regexp.MustCompile(`\b1 ([a-z]+s)\b`), regexp.MustCompile(`\b[02] (server|endpoint|message|connection|day|hour|minute|second|domain|byte|bit|line|event|question|exchanger|segment|year|remark)\b`)
	counted := 0
	for _, table := range tables {
		for _, e := range table.Entries {
			if forMany[e.ID] {
				continue
			}
			for n := range 3 {
				args := prose.Args{}
				for _, slot := range e.Template.Slots(true) {
					args[slot] = prose.Data("X")
				}
				filled := false
				for _, slot := range counts {
					if _, ok := args[slot]; ok {
						args[slot], filled = prose.Count(n), true
					}
				}
				if !filled {
					continue
				}
				counted++
				text := prose.English().Text(prose.Phrase(e.ID, args))
				if m := one.FindString(text); n == 1 && m != "" && !strings.HasSuffix(m, " ms") && m != "1 s" {
					t.Errorf("%s: %q", e.ID, text)
				}
				if m := several.FindString(text); n != 1 && m != "" {
					t.Errorf("%s: %q", e.ID, text)
				}
			}
		}
	}
	if counted < 100 {
		t.Errorf("%d sentences were filled", counted)
	}
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 2: "2 bytes", 3 << 20: "3 MB"} {
		if got := prose.English().Text(prose.Size(n)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := prose.English().Text(prose.Used(1, 2<<20)); got != "1 byte of 2 MB" {
		t.Errorf("%q", got)
	}
}
