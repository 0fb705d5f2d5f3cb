package main

import (
	"cmp"
	"fmt"
	"os/exec"
	"path"
	"strings"

	"maildoctor/profiles/importer"
)

// checkout is one state of the database.
type checkout struct {
	commit, date string            // of the whole
	changed      map[string]string // the day of each file's last change, by its name without the ending
	files        []importer.File
}

// open reads the state that a repository is at.
func open(dir string) (*checkout, error) {
	git := func(args ...string) (string, error) {
		out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w", args[0], err)
		}
		return string(out), nil
	}
	head, err := git("log", "-1", "--format=%H %cs")
	if err != nil {
		return nil, err
	}
	c := &checkout{}
	c.commit, c.date, _ = strings.Cut(strings.TrimSpace(head), " ")
	log, err := git("log", "--no-merges", "--format=@%cs", "--name-only")
	if err != nil {
		return nil, err
	}
	c.changed = lastChanges(log)
	names, err := git("ls-tree", "--name-only", "HEAD", "ispdb/")
	if err != nil {
		return nil, err
	}
	for name := range strings.Lines(names) {
		name = strings.TrimSpace(name)
		if path.Ext(name) != ".xml" {
			continue
		}
		text, err := git("show", "HEAD:"+name)
		if err != nil {
			return nil, err
		}
		c.files = append(c.files, importer.File{Name: name, Text: []byte(text)})
	}
	return c, nil
}

// sweeping is how many files a commit changes that is about their form: a new layout,
// another word for the same thing. It says nothing about the settings in them.
const sweeping = 12

// lastChanges reads a log, the latest commit first: a line "@2026-03-10" for each, and
// the paths that it changed below. A file whose commits were all sweeping is as old as
// the first of them.
func lastChanges(log string) map[string]string {
	changed, first := map[string]string{}, map[string]string{}
	for commit := range strings.SplitSeq(log, "@") {
		day, paths, _ := strings.Cut(strings.TrimSpace(commit), "\n")
		names := strings.Fields(paths)
		for _, name := range names {
			// The directory and the ending are those of a later layout.
			name = strings.TrimSuffix(path.Base(name), ".xml")
			first[name] = day
			if changed[name] == "" && len(names) <= sweeping {
				changed[name] = day
			}
		}
	}
	for name, day := range first {
		changed[name] = cmp.Or(changed[name], day)
	}
	return changed
}
