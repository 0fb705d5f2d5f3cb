package cli

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
)

// only fails if a directory has other files than these.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the directory has %q, want %q", got, names)
	}
}

// TestMetricsAreReplaced: whoever has the file open reads the old metrics to their end,
// and nothing stays beside the new ones.
func TestMetricsAreReplaced(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "mail.prom")
	var s screen
	run(t, fault.ExitWorks, s.pipe(), "demo", "--output", name)
	only(t, dir, "mail.prom")
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o044 == 0 {
		t.Errorf("%v, %v: its reader is another user", info.Mode(), err)
	}
	before := read(t, name)
	if !strings.Contains(before, "maildoctor_run_success 1\n") {
		t.Fatal(before)
	}
	if runtime.GOOS == "windows" {
		return // an open file can't be replaced there
	}
	old, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	run(t, fault.ExitProblems, s.pipe(), "demo", "cert-expired", "--output", name)
	if b, err := io.ReadAll(old); err != nil || string(b) != before {
		t.Errorf("who had it open reads %d bytes, %v; want the %d old ones", len(b), err, len(before))
	}
	if after := read(t, name); !strings.Contains(after, "maildoctor_run_success 0\n") {
		t.Error(after)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	only(t, dir, "mail.prom")

	// A link stays one, and its target is replaced.
	link := filepath.Join(dir, "link.prom")
	if err := os.Symlink("mail.prom", link); err != nil {
		t.Fatal(err)
	}
	run(t, fault.ExitWorks, s.pipe(), "demo", "--output", link)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || !strings.Contains(read(t, name), "maildoctor_run_success 1\n") {
		t.Errorf("%v, %v", info, err)
	}
	only(t, dir, "link.prom", "mail.prom")
	run(t, fault.ExitWorks, s.pipe(), "demo", "--output", "prometheus="+os.DevNull)
}

// TestMetricsStay: a run that doesn't begin leaves the old metrics, and nothing new.
func TestMetricsStay(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "mail.prom")
	if err := os.WriteFile(name, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"demo", "--output", name, "--output", filepath.Join(dir, "no", "such.json")},
		{"demo", "--output", name, "--output", "text=" + name},
		{"demo", "--output", "text=" + name, "--output", name},
		{"demo", "--output", filepath.Join(dir, "new.prom"), "--output", "prometheus=" + dir + "/./new.prom"},
		{"demo", "--output", filepath.Join(dir, "no", "such.prom")},
		{"demo", "--output", "prometheus=" + dir},
	} {
		var s screen
		run(t, fault.ExitUsage, s.pipe(), args...)
		if !strings.Contains(s.err.String(), "--output ") || read(t, name) != "old\n" {
			t.Errorf("%q: %s", args, s.err.String())
		}
		only(t, dir, "mail.prom")
	}
}
