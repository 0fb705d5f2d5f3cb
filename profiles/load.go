package profiles

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"maildoctor/profiles/regular"
	"maildoctor/profiles/strict"
)

//go:embed builtin/*.toml
var builtin embed.FS

// maxFile bounds a profile file, in bytes.
const maxFile = 1 << 20

// Load returns the embedded catalogue overlaid with the profiles of directories,
// later ones over earlier ones. In the catalogue, hand-kept profiles override
// imported ones. A missing directory is an error. The error is a [*LoadError] with
// all problems of all files.
func Load(dirs ...string) (*Catalogue, error) {
	imported, problems := readImportedOnce()
	kept, more := embedded()
	problems = append(slices.Clone(problems), more...)
	origins := [][]*Profile{imported, kept}
	for _, dir := range dirs {
		files, err := tomlFiles(dir)
		if err != nil {
			problems = append(problems, fileProblem(dir, err))
			continue
		}
		profiles, more := origin(files)
		origins = append(origins, profiles)
		problems = append(problems, more...)
	}
	if err := loadError(problems); err != nil {
		return nil, err
	}
	return newCatalogue(origins...), nil
}

// Public reports whether a host is in the embedded catalogue, in any profile.
// Certificates of such hosts lead to public roots. A host on this machine, where a
// bridge program answers, doesn't count. Hosts of the imported part count as well:
// Thunderbird's database includes only servers whose certificates its users'
// programs accept. An outdated entry in it means that a host is gone, not that its
// certificate is a private one.
func Public(host string) bool { return publicHosts()[host] }

var publicHosts = sync.OnceValue(func() map[string]bool {
	kept, _ := embedded()
	imported, _ := readImportedOnce()
	hosts := make(map[string]bool)
	for _, p := range slices.Concat(imported, kept) {
		for _, e := range p.servers() {
			ip, err := netip.ParseAddr(e.Host)
			hosts[e.Host] = e.Host != "localhost" && (err != nil || !ip.IsLoopback())
		}
	}
	return hosts
})

// DefaultDirs returns the directories that are always read, if they exist:
// maildoctor/profiles in the user's configuration directory (see [os.UserConfigDir]:
// $XDG_CONFIG_HOME or ~/.config on most systems).
func DefaultDirs() []string {
	dir, err := UserDir()
	if err != nil {
		return nil
	}
	_, err = os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil // if HOME is a file, nothing can be in it
	}
	// Load reports any other error.
	return []string{dir}
}

// UserDir returns the directory of the user's own profiles, whether it exists or not.
func UserDir() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(config, "maildoctor", "profiles"), nil
}

// Validate parses profile files, and all those in directories, wherever they are.
// Files of one directory are compared with each other as [Load] does. It returns the
// valid profiles; the error is a [*LoadError], with paths that cannot be read first.
func Validate(paths ...string) ([]*Profile, error) {
	var problems []Problem
	var dirs []string
	byDir := map[string][]string{}
	for _, path := range paths {
		files := []string{path}
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			files, err = tomlFiles(path)
		}
		if err != nil {
			problems = append(problems, fileProblem(path, err))
			continue
		}
		for _, f := range files {
			dir := filepath.Dir(f)
			if byDir[dir] == nil {
				dirs = append(dirs, dir)
			}
			byDir[dir] = append(byDir[dir], filepath.Clean(f))
		}
	}
	var all []*Profile
	for _, dir := range dirs {
		slices.Sort(byDir[dir])
		profiles, more := origin(slices.Compact(byDir[dir]))
		all = append(all, profiles...)
		problems = append(problems, more...)
	}
	return all, loadError(problems)
}

// embedded reads the catalogue inside the program, once. Callers share the result:
// they may append to it (its capacity equals its length) but not change it.
var embedded = sync.OnceValues(func() ([]*Profile, []Problem) {
	profiles, problems := readEmbedded()
	return slices.Clip(profiles), slices.Clip(problems)
})

// readImportedOnce reads the imported part of the catalogue, once. Callers share it.
var readImportedOnce = sync.OnceValues(readImported)

// LoadAbout returns a catalogue of those embedded profiles whose files contain one of these
// texts, such as domains: whoever asks for nothing else gets the same answers from it as
// from all of them, sooner. The imported ones are among them only if no other is.
func LoadAbout(texts ...string) (*Catalogue, error) {
	contains := func(file []byte) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return bytes.Contains(file, []byte(t)) })
	}
	kept, problems := readThose(contains)
	var imported []*Profile
	if len(kept) == 0 && contains([]byte(importedText)) {
		var more []Problem
		imported, more = readImportedOnce()
		problems = append(problems, more...)
	}
	if err := loadError(problems); err != nil {
		return nil, err
	}
	return newCatalogue(imported, kept), nil
}

func readEmbedded() ([]*Profile, []Problem) {
	return readThose(func([]byte) bool { return true })
}

// readThose reads the embedded files that are wanted, side by side: nearly every command
// begins with it.
func readThose(wanted func(text []byte) bool) ([]*Profile, []Problem) {
	names, err := fs.Glob(builtin, "builtin/*.toml")
	if err != nil {
		panic(err) // impossible: the pattern above is valid
	}
	all := make([]*parsed, len(names))
	var read sync.WaitGroup
	for i, name := range names {
		text, err := builtin.ReadFile(name)
		if err != nil {
			panic(err) // impossible: the names are the program's own
		}
		if !wanted(text) {
			continue
		}
		read.Go(func() {
			all[i] = parse(name, text)
			all[i].Builtin = true
		})
	}
	read.Wait()
	return settle(slices.DeleteFunc(all, func(p *parsed) bool { return p == nil }))
}

// origin reads files of one directory.
func origin(files []string) ([]*Profile, []Problem) {
	var all []*parsed
	for _, file := range files {
		text, err := readFile(file)
		if err != nil {
			all = append(all, &parsed{Profile: &Profile{}, d: strict.New(file, nil), unread: err})
			continue
		}
		all = append(all, parseForeign(file, text))
	}
	return settle(all)
}

// settle records conflicts between the profiles of one origin. It returns the valid
// profiles, and the problems of the others.
func settle(all []*parsed) ([]*Profile, []Problem) {
	ids, domains, mx := map[string]*parsed{}, map[string]*parsed{}, map[string]*parsed{}
	for _, p := range all {
		if first := ids[p.ID]; first != nil {
			p.d.Wrong(p.idAt, "id: %q is taken by %s", p.ID, first.d.Place(first.idAt))
		} else if p.ID != "" {
			ids[p.ID] = p
		}
		p.claim("domains", domains, func(p *parsed) entries { return p.domains })
		p.claim("mx", mx, func(p *parsed) entries { return p.mx })
	}
	var profiles []*Profile
	var problems []Problem
	for _, p := range all {
		if p.unread != nil {
			problems = append(problems, fileProblem(p.d.File, p.unread))
			continue
		}
		if found := p.d.Problems(); len(found) > 0 {
			problems = append(problems, found...)
			continue
		}
		profiles = append(profiles, p.Profile)
	}
	return profiles, problems
}

// tomlFiles lists the profile files of a directory, sorted.
func tomlFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.EqualFold(filepath.Ext(name), ".toml") && !strings.HasPrefix(name, ".") {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, nil
}

// readFile reads a profile file.
func readFile(name string) ([]byte, error) {
	text, err := regular.Read(name, maxFile)
	if errors.Is(err, regular.ErrTooLarge) {
		return nil, fmt.Errorf("larger than %d bytes, the most that a profile may have", maxFile)
	}
	return text, err
}

// fileProblem is a problem with a file or directory as a whole.
func fileProblem(name string, err error) Problem {
	if e, ok := errors.AsType[*fs.PathError](err); ok { // the name precedes the message already
		err = fmt.Errorf("%w; expected a profile file, or a directory of them", e.Err)
	}
	return Problem{File: name, Message: fmt.Sprintf("cannot be read: %v", err)}
}

// HandKept returns only the hand-kept profiles of the embedded catalogue.
func HandKept() (*Catalogue, error) {
	kept, problems := embedded()
	return newCatalogue(kept), loadError(problems)
}
