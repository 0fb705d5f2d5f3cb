package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeNamesPackages: who runs make test, or make test-more, has read what it
// installs.
func TestReadmeNamesPackages(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	readme, setup := read("README.md"), read(".ci/setup")
	var packages []string
	for _, m := range regexp.MustCompile(`want\+?=\(([^)]+)\)|apt-get install[^"\n]* --no-install-recommends ([^">\n]+)|apt-get download -qq (\S+)\)`).FindAllStringSubmatch(setup, -1) {
		packages = append(packages, strings.Fields(m[1]+m[2]+m[3])...)
	}
	if len(packages) < 15 {
		t.Fatalf("only %q found in .ci/setup", packages)
	}
	more := len(packages)
	scripts, err := os.ReadDir("../../.ci/more")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		for _, m := range regexp.MustCompile(`(?m)^\s*need \S+ (.+)$`).FindAllStringSubmatch(read(".ci/more/"+script.Name()), -1) {
			packages = append(packages, strings.Fields(m[1])...)
		}
		if !strings.Contains(readme, "`"+script.Name()+"`") {
			t.Errorf("make test-more runs %s, and the README does not say so", script.Name())
		}
	}
	if len(packages) < more+5 {
		t.Fatalf("only %q found in .ci/more", packages[more:])
	}
	for _, p := range packages {
		if !regexp.MustCompile(`(^|[^-.a-z0-9])` + regexp.QuoteMeta(p) + `([^-a-z0-9]|$)`).MatchString(readme) {
			t.Errorf("%s may be installed, and the README does not say so", p)
		}
	}
}
