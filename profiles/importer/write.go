package importer

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/profiles"
)

// Write puts profiles into a directory, which it makes where there is none, each in a
// file named after its id, and reports what became of them. What files there have
// already stays theirs, but for those that were written here before. An error is one of
// the directory or its files; a [*profiles.LoadError] where one of them is no profile.
func Write(dir string, all []*profiles.Profile, report *Report) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	there, err := profiles.Validate(dir)
	if err != nil {
		return err
	}
	w := &target{dir: dir, report: report}
	for _, p := range all {
		w.rename(p)
	}
	for _, p := range there {
		ours := slices.ContainsFunc(all, func(n *profiles.Profile) bool { return w.path(n) == filepath.Clean(p.File) })
		if !ours || !written(p.File) {
			w.theirs = append(w.theirs, p)
		}
	}
	for _, p := range all {
		if err := w.write(p); err != nil {
			return err
		}
	}
	return nil
}

// target is a directory with the profiles that stay as they are.
type target struct {
	dir    string
	theirs []*profiles.Profile
	report *Report
}

func (w *target) path(p *profiles.Profile) string { return filepath.Join(w.dir, p.ID+".toml") }

// rename gives a profile an id of its own where a hand-kept one of the program has it: to
// have the same id is to replace all of that.
func (w *target) rename(p *profiles.Profile) {
	if kept, err := profiles.HandKept(); err == nil && kept.Profile(p.ID) != nil {
		p.ID += "-imported"
	}
}

func (w *target) write(p *profiles.Profile) error {
	file, path := p.File, w.path(p)
	_, err := os.Lstat(path)
	there := !errors.Is(err, fs.ErrNotExist)
	if there && !written(path) {
		w.report.add(Conflict, file, 0, "%s was written by hand, and stays as it is", path)
		return nil
	}
	if i := slices.IndexFunc(w.theirs, func(t *profiles.Profile) bool { return t.ID == p.ID }); i >= 0 {
		w.report.add(Conflict, file, 0, "the id %s is that of %s, which stays as it is", p.ID, w.theirs[i].File)
		return nil
	}
	w.leave(p)
	if len(p.Domains)+len(p.MX) == 0 {
		w.report.add(Skipped, file, 0, "all that it is found by belongs to other files")
		return nil
	}
	text := TOML(p)
	if _, err := profiles.Parse(file, text); err != nil {
		w.report.add(Skipped, file, 0, "no profile can hold it: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
		return nil
	}
	w.over(p)
	if old, err := os.ReadFile(path); there && err == nil && bytes.Equal(old, text) {
		w.report.add(Imported, file, 0, "%s is as it was", path)
		return nil
	}
	w.report.add(Imported, file, 0, "%s, %s", path, counted(len(p.Domains), "domain"))
	return replace(path, text)
}

// leave takes out of a profile what files beside it have.
func (w *target) leave(p *profiles.Profile) {
	taken := func(list func(*profiles.Profile) []string) func(string) bool {
		return func(name string) bool {
			i := slices.IndexFunc(w.theirs, func(t *profiles.Profile) bool { return slices.Contains(list(t), name) })
			if i >= 0 {
				w.report.add(Conflict, p.File, 0, "%s belongs to %s, which stays as it is", name, w.theirs[i].File)
			}
			return i >= 0
		}
	}
	p.Domains = slices.DeleteFunc(p.Domains, taken(func(t *profiles.Profile) []string { return t.Domains }))
	p.MX = slices.DeleteFunc(p.MX, taken(func(t *profiles.Profile) []string { return t.MX }))
}

// over reports the hand-kept profiles of the program over which a profile wins.
func (w *target) over(p *profiles.Profile) {
	kept, err := profiles.HandKept()
	if err != nil {
		return // the program's own, which Load reports
	}
	owners := map[string]int{}
	for _, d := range p.Domains {
		if m, err := kept.Find(d); err == nil {
			owners[m.Profile.ID]++
		}
	}
	for _, id := range sorted(owners) {
		w.report.add(Conflict, p.File, 0, "%s of the program's own profile %s: there it is known by hand, and the file wins where it is read", counted(owners[id], "domain"), id)
	}
}

// written reports whether a file was written here, and not by hand.
func written(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	text, err := os.ReadFile(path)
	return err == nil && bytes.HasPrefix(text, []byte(mark))
}

// replace writes a file so that nobody reads half of it. While it is written its name
// begins with a dot, which keeps it from being read as a profile.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".import-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
