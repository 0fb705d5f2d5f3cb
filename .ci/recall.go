//go:build ignore

// Recall reads texts that a server can say, one a line with its file, as
// .ci/tools/atlas/extract.sh lists them, and counts how many of them the atlas knows.
//
//	sh .ci/tools/atlas/extract.sh dovecot TREE | go run .ci/recall.go -speaker dovecot
//
// Texts that say nothing of a failure on the way to a mailbox or into a submission stand in
// .ci/tools/atlas/aside.tsv, with the reason. What is neither there nor known is printed.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"

	"maildoctor/probe/diagnose/atlas"
)

// gaps are what a source has where a value comes: printf's verbs, and quotation marks
// and line ends as they are written.
var gaps = regexp.MustCompile(`%[-+ #0-9.*]*[a-zA-Z]+|\\"|\\r|\\n`)

func main() {
	speaker := flag.String("speaker", "", "the server, as in aside.tsv")
	flag.Parse()
	aside := asideOf(*speaker)
	texts, known, left := 0, 0, 0
	in := bufio.NewScanner(os.Stdin)
	seen := make(map[string]bool)
	for in.Scan() {
		file, text, _ := strings.Cut(in.Text(), ": ")
		text = strings.TrimSpace(gaps.ReplaceAllString(text, " x7 "))
		if text == "" || seen[text] {
			continue
		}
		seen[text] = true
		texts++
		switch {
		case aside[text]:
			left++
		case len(atlas.Find(atlas.Said{Text: text})) > 0:
			known++
		default:
			fmt.Printf("%s\t%s\t%s\n", *speaker, text, file)
		}
	}
	fmt.Fprintf(os.Stderr, "%-10s %4d texts, %4d aside, %4d on the way, %4d known: %.0f %%\n", *speaker, texts, left, texts-left, known, 100*float64(known)/float64(max(texts-left, 1)))
}

// asideOf returns the texts of a speaker that stand in aside.tsv.
func asideOf(speaker string) map[string]bool {
	text, err := os.ReadFile(".ci/tools/atlas/aside.tsv")
	if err != nil {
		fmt.Fprintln(os.Stderr, "recall:", err)
		os.Exit(1)
	}
	out := make(map[string]bool)
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) == 3 && fields[0] == speaker {
			out[fields[1]] = true
		}
	}
	return out
}
