package dialogs

import (
	"slices"
	"strings"
	"unicode"

	"maildoctor/probe/slip"
	"maildoctor/probe/stage"
)

// maxNear limits the programs that are suggested.
const maxNear = 3

// Find returns the program that somebody calls by a name: its id or any of its names,
// however they are written, with or without a version behind ("outlook 2021", "K-9"). If
// there is none, ok is false, and near has the ids that may have been meant, at most
// three, the nearest first.
func Find(name string) (id stage.ProgramID, near []stage.ProgramID, ok bool) {
	if id := stage.ProgramID(strings.ToLower(name)); slices.Contains(ids(), id) {
		return id, nil, true
	}
	names := namesOf()
	words := strings.Fields(name)
	for n := len(words); n > 0; n-- {
		if id, ok := names[plain(strings.Join(words[:n], ""))]; ok {
			return id, nil, true
		}
		if !strings.ContainsFunc(words[n-1], unicode.IsDigit) {
			break
		}
	}
	return "", nearNames(plain(name), names), false
}

// nearNames returns the programs of which a name may be a misspelling or else a part.
func nearNames(name string, names map[string]stage.ProgramID) []stage.ProgramID {
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		return nil
	}
	var known []string
	for n := range names {
		known = append(known, n)
	}
	slices.Sort(known)
	var near []stage.ProgramID
	add := func(id stage.ProgramID) {
		if len(near) < maxNear && !slices.Contains(near, id) {
			near = append(near, id)
		}
	}
	for _, n := range slip.Nearest(name, known, len(known)) {
		add(names[n])
	}
	if len(near) > 0 {
		return near
	}
	for _, n := range known {
		if len(name) > 2 && (strings.Contains(n, name) || strings.Contains(name, n) && len(n) > 2) {
			add(names[n])
		}
	}
	return near
}

// namesOf returns the programs by all of their names, as [plain] has them.
func namesOf() map[string]stage.ProgramID {
	names := make(map[string]stage.ProgramID)
	for _, id := range ids() {
		f := fileOf(id)
		for _, n := range append(slices.Clone(f.Also), string(id), f.Name) {
			names[plain(n)] = id
		}
	}
	return names
}

// plain returns a name without what people write differently: case, spaces and marks.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
