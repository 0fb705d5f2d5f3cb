// Snippets writes the configuration files that the README shows, and the scripts of the
// GitHub action, below a directory, so that the programs that they are for can check
// them.
//
//	go run -C .ci/tools ./snippets -root ../.. -out DIRECTORY
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

func main() {
	root := flag.String("root", ".", "the repository's `directory`")
	out := flag.String("out", "", "write below this `directory`")
	flag.Parse()
	if err := run(*root, *out); err != nil {
		fmt.Fprintln(os.Stderr, "snippets:", err)
		os.Exit(1)
	}
}

func run(root, out string) error {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return err
	}
	files := snippets(string(readme))
	a, err := readAction(root)
	if err != nil {
		return err
	}
	for i, s := range a.Runs.Steps {
		if s.Run != "" {
			files[fmt.Sprintf("action/%d.sh", i+1)] = "#!/bin/bash -e\n" + s.Run
		}
	}
	for name, content := range files {
		path := filepath.Join(out, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// title matches the comment that a snippet begins with: the name of its file.
var title = regexp.MustCompile(`^    (?:#|//) (\S*[./]\S+|Jenkinsfile)$`)

// snippets returns the files that a text in Markdown shows, by name: what is indented
// and follows a title, up to the next, or to where the indentation ends.
func snippets(markdown string) map[string]string {
	files := map[string]string{}
	name := ""
	for line := range strings.Lines(markdown) {
		bare := strings.TrimRight(line, "\n")
		if m := title.FindStringSubmatch(bare); m != nil {
			name = strings.TrimPrefix(m[1], "/")
			files[name] = ""
			continue
		}
		inside, indented := strings.CutPrefix(line, "    ")
		switch {
		case name == "":
		case indented:
			files[name] += inside
		case bare == "":
			files[name] += "\n"
		default:
			name = ""
		}
	}
	for name, content := range files {
		files[name] = strings.TrimRight(content, "\n") + "\n"
	}
	return files
}

// action is what GitHub reads of a composite action.
type action struct {
	Name, Description, Author string
	Branding                  struct{ Icon, Color string }
	Inputs                    map[string]struct{ Description, Default string }
	Outputs                   map[string]struct{ Description, Value string }
	Runs                      struct {
		Using string
		Steps []step
	}
}

type step struct {
	ID, If, Uses, Shell, Run string
	With, Env                map[string]string
}

// actionFile is where the action is, within the repository.
const actionFile = ".github/actions/maildoctor/action.yml"

// readAction reads the action. A key that it doesn't know is an error.
func readAction(root string) (*action, error) {
	b, err := os.ReadFile(filepath.Join(root, actionFile))
	if err != nil {
		return nil, err
	}
	var a action
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&a); err != nil {
		return nil, fmt.Errorf("%s: %w", actionFile, err)
	}
	return &a, nil
}
