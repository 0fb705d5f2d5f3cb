package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenceName matches the names of files with terms that go along with the program.
var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright)([-.].*)?$`)

// licences returns the terms of everything that the program for t is made of, each
// text under the module and file that it comes from. A module without any is an error:
// then somebody has to look.
func (r *release) licences(t target) ([]byte, error) {
	form := `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}|{{.Dir}}|{{$.Dir}}{{end}}{{end}}`
	out, err := r.run(r.environment(t), "go", "list", "-deps", "-f", form, "./cmd/maildoctor")
	if err != nil {
		return nil, err
	}
	goroot, err := r.run(nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := section(&b, "Go", filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE")); err != nil {
		return nil, err
	}
	if err := section(&b, "profiles of Thunderbird's database", filepath.Join(r.root, "profiles", "imported", "NOTICE")); err != nil {
		return nil, err
	}
	lines := strings.Fields(strings.ReplaceAll(string(out), " ", "@"))
	slices.Sort(lines)
	found := map[string]bool{} // a module: whether it has terms; a file: that it was taken
	var modules []string
	for _, line := range slices.Compact(lines) {
		part := strings.Split(line, "|")
		module, top, dir := part[0], part[1], part[2]
		if !slices.Contains(modules, module) {
			modules = append(modules, module)
		}
		if err := above(&b, found, module, top, dir); err != nil {
			return nil, err
		}
	}
	for _, m := range modules {
		if !found[m] {
			return nil, fmt.Errorf("%s has no file with its licence", m)
		}
	}
	return b.Bytes(), nil
}

// above appends the terms in a package's directory and those above it, up to the
// module's.
func above(b *bytes.Buffer, found map[string]bool, module, top, dir string) error {
	for ; len(dir) >= len(top); dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if e.IsDir() || found[path] || strings.HasSuffix(path, ".go") || !licenceName.MatchString(e.Name()) {
				continue
			}
			found[module], found[path] = true, true
			within, err := filepath.Rel(top, path)
			if err != nil {
				return err
			}
			if err := section(b, module+" "+filepath.ToSlash(within), path); err != nil {
				return err
			}
		}
	}
	return nil
}

// section appends one text under its title.
func section(b *bytes.Buffer, title, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "== %s\n\n%s\n\n", title, bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	return nil
}
