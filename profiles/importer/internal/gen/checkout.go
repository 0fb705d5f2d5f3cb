package main

import (
	"fmt"
	"os/exec"
	"path"
	"strings"

	"maildoctor/profiles/importer"
)

// checkout is one state of the database.
type checkout struct {
	commit, date string            // of the whole
	changed      map[string]string // the day of each file's last change, by its name
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
	log, err := git("log", "--no-merges", "--format=@%cs", "--name-only", "--", "ispdb")
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

// lastChanges reads a log, the latest commit first: a line "@2026-03-10" for each, and
// the paths that it changed below.
func lastChanges(log string) map[string]string {
	changed := map[string]string{}
	day := ""
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "@"); ok {
			day = rest
		} else if name := path.Base(line); line != "" && changed[name] == "" {
			changed[name] = day
		}
	}
	return changed
}
