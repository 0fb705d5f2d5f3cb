package installed

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// format is a kind of file.
type format struct {
	name    string
	program stage.ProgramID
	read    func(r *reader, env Environment, path string, data []byte, open opener)
}

// formats are all of them, in the order in which they are listed.
var formats = []format{
	{"thunderbird", stage.ProgramThunderbird, ofText(readThunderbird)},
	{"evolution", stage.ProgramEvolution, nil}, // a folder
	{"neomutt", stage.ProgramNeomutt, ofMutt},
	{"mutt", stage.ProgramMutt, ofMutt},
	{"msmtp", stage.ProgramMsmtp, ofText(readMsmtp)},
	{"isync", stage.ProgramIsync, ofText(readIsync)},
	{"fetchmail", stage.ProgramFetchmail, ofText(readFetchmail)},
	{"k9", stage.ProgramThunderbirdAndroid, ofBytes(readK9)},
	{"mobileconfig", stage.ProgramAppleProfile, ofBytes(readApple)},
	{"outlook", stage.ProgramOutlook, ofText(readOutlook)},
	{"env", stage.ProgramEnvironment, ofText(func(r *reader, s string) { keepVariables(r, readDotenv(r, s)) })},
}

func ofText(read func(*reader, string)) func(*reader, Environment, string, []byte, opener) {
	return func(r *reader, _ Environment, _ string, data []byte, _ opener) { read(r, decoded(data)) }
}

func ofBytes(read func(*reader, []byte)) func(*reader, Environment, string, []byte, opener) {
	return func(r *reader, _ Environment, _ string, data []byte, _ opener) { read(r, data) }
}

func ofMutt(r *reader, env Environment, path string, data []byte, open opener) {
	readMutt(r, env, path, decoded(data), open)
}

// Formats are the names that [ReadFile] knows.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// formatOf finds a format by its name.
func formatOf(name string) (format, bool) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return format{}, false
	}
	return formats[i], true
}

// SplitFile splits FORMAT:PATH. The path may have colons of its own.
func SplitFile(argument string) (name, path string, err error) {
	name, path, ok := strings.Cut(argument, ":")
	if _, known := formatOf(name); !ok || !known || path == "" {
		return "", "", fmt.Errorf("expected FORMAT:PATH, with one of %s for FORMAT", strings.Join(Formats(), ", "))
	}
	return name, path, nil
}

// ReadFile reads a file in a format, which may be somebody else's: other files that it
// names are read only where they lie in its own folder or below, and no variable of this
// process is put into it. A folder is a profile of Thunderbird, or Evolution's sources.
// The error is for a name that isn't a format; what is wrong with the file is a problem.
func ReadFile(name, path string) (Found, error) {
	var found Found
	f, ok := formatOf(name)
	if !ok {
		return found, fmt.Errorf("expected one of %s", strings.Join(Formats(), ", "))
	}
	if name == "thunderbird" && isFolder(path) {
		path = filepath.Join(path, "prefs.js")
	}
	if name == "evolution" {
		readEvolution(&found, Environment{}, path)
		return found, nil
	}
	f.readAt(&found, Environment{}, path, below(filepath.Dir(path)))
	return found, nil
}

// readAt reads a file that must be there.
func (f format) readAt(found *Found, env Environment, path string, open opener) {
	r := &reader{program: f.program, place: env.short(path), found: found}
	data, err := load(path)
	if err != nil {
		r.wrong(position{}, "%v", err)
		return
	}
	f.read(r, env, path, data, open)
}

// below opens files in a folder and those below it.
func below(dir string) opener {
	return func(path string) (string, string, error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return "", "", cause(err)
		}
		defer root.Close()
		inside, err := filepath.Rel(dir, path)
		if err != nil || !filepath.IsLocal(inside) {
			return "", "", errElsewhere
		}
		info, err := root.Stat(inside) // a link doesn't lead out of it
		data, err := read(info, err, func() (*os.File, error) { return root.Open(inside) })
		return decoded(data), path, err
	}
}

// anywhere opens any file, as the program itself would.
func anywhere(env Environment) opener {
	return func(path string) (string, string, error) {
		data, err := load(path)
		return decoded(data), env.short(path), err
	}
}

// readEvolution reads Evolution's sources: a folder, or one file, which is seldom enough.
func readEvolution(found *Found, env Environment, path string) {
	names := []string{path}
	if isFolder(path) {
		names, _ = filepath.Glob(filepath.Join(globbed(path), "*.source"))
	}
	var sources []source
	for i, name := range names {
		r := &reader{program: stage.ProgramEvolution, place: env.short(name), found: found}
		if i == maxFiles {
			r.wrong(position{}, "at most %d files of a folder are read; this one and those behind it are left out", maxFiles)
			break
		}
		data, err := load(name)
		if err != nil {
			r.wrong(position{}, "%v", err)
			continue
		}
		sources = append(sources, readSource(r, filepath.Base(name), decoded(data)))
	}
	keepEvolution(sources)
}

// globbed is a path in which nothing has a meaning to filepath.Glob.
func globbed(path string) string {
	if filepath.Separator == '\\' {
		return path // which Windows can't escape
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}
