package dialogs

import (
	"cmp"
	"embed"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"maildoctor/probe/stage"
)

//go:embed programs/*.toml
var table embed.FS

// IDs returns the ids of all programs of the table, sorted.
func IDs() []stage.ProgramID { return slices.Clone(ids()) }

var ids = sync.OnceValue(func() []stage.ProgramID {
	files, err := table.ReadDir("programs")
	if err != nil {
		panic(err) // impossible: it is embedded
	}
	var all []stage.ProgramID
	for _, f := range files {
		all = append(all, stage.ProgramID(strings.TrimSuffix(f.Name(), ".toml")))
	}
	return all
})

// read has the files that were asked for.
var read = struct {
	sync.Mutex
	files map[stage.ProgramID]*file
}{files: make(map[stage.ProgramID]*file)}

// fileOf returns the file of a program; nil if there is none.
func fileOf(id stage.ProgramID) *file {
	read.Lock()
	defer read.Unlock()
	if f, ok := read.files[id]; ok || !slices.Contains(ids(), id) {
		return f
	}
	name := path.Join("programs", string(id)+".toml")
	text, err := table.ReadFile(name)
	if err != nil {
		panic(err) // impossible: ids has it from there
	}
	f, err := parse(name, text)
	if err != nil {
		panic(err) // impossible: a test reads all of them
	}
	read.files[id] = f
	return f
}

// For returns a program with its labels in a language such as "de", "pt-BR" or
// "de_AT.UTF-8", or in English if it isn't known in that language; nil if the table
// doesn't have the program.
func For(id stage.ProgramID, language string) *Program {
	f := fileOf(id)
	if f == nil {
		return nil
	}
	code := cmp.Or(f.nearest(language), English)
	own, english := f.Language[code], f.Language[English]
	p := &Program{
		ID: f.ID, Name: f.Name, Version: f.Version, Export: f.Export, File: f.File, Remake: f.Remake, Namesake: f.Namesake,
		Relayed: f.Relayed != nil, Language: code, Source: own.source(), protocols: f.Protocols, own: own, english: english,
	}
	if p.Relayed {
		p.RelayedBy = f.Relayed.source()
	}
	return p
}

// Languages returns the languages in which a program is known, sorted.
func Languages(id stage.ProgramID) []string {
	f := fileOf(id)
	if f == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(f.Language))
}

// Speaks reports whether a program is known in a language, in any form that [For] takes.
func Speaks(id stage.ProgramID, language string) bool {
	f := fileOf(id)
	return f != nil && f.nearest(language) != ""
}

// nearest returns the language that a file has for one, or for the language that it is a
// form of; empty if there is none.
func (f *file) nearest(language string) string {
	tag, _, _ := strings.Cut(language, ".") // as in LANG=de_AT.UTF-8
	tag, _, _ = strings.Cut(tag, "@")
	base, region, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	base = strings.ToLower(base)
	for _, code := range []string{base + "-" + strings.ToUpper(region), base} {
		if f.Language[code] != nil {
			return code
		}
	}
	return ""
}
