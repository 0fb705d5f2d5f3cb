package profiles

import (
	"maps"
	"slices"
	"strings"
)

// Places are the lines of a profile's file at which its parts are.
type Places struct {
	Profile int            // the profile as a whole
	Names   map[string]int // domains, patterns and mail exchangers
	Servers []int          // in the order of [Profile.Endpoints]
}

// Places reads a profile's file once more and returns where everything is. The error
// is that of reading, or a [*LoadError] if the file is no profile any more.
func (p *Profile) Places() (Places, error) {
	switch {
	case p.Imported:
		return compactPlaces(p.ID), nil
	case p.Builtin:
		text, err := builtin.ReadFile(p.File)
		if err != nil {
			return Places{}, err
		}
		return places(p.File, text)
	}
	text, err := readFile(p.File)
	if err != nil {
		return Places{}, loadError([]Problem{fileProblem(p.File, err)})
	}
	return places(p.File, text)
}

func places(file string, text []byte) (Places, error) {
	p := parseForeign(file, text)
	if err := loadError(p.d.Problems()); err != nil {
		return Places{}, err
	}
	out := Places{Profile: p.d.Line(p.idAt), Names: map[string]int{}}
	for _, list := range []entries{p.domains, p.mx} {
		for name, at := range list {
			out.Names[name] = p.d.Line(at)
		}
	}
	for _, at := range p.endpointsAt {
		out.Servers = append(out.Servers, p.d.Line(at))
	}
	return out, nil
}

// compactPlaces returns the places of a profile of the imported part.
func compactPlaces(id string) Places {
	all := importedPlaces(importedText)
	i := slices.IndexFunc(all, func(c compactPlace) bool { return c.id == id })
	if i < 0 {
		return Places{}
	}
	out := all[i].Places
	out.Names = maps.Clone(out.Names)
	return out
}

// compactPlace has the places of one profile in the compact text.
type compactPlace struct {
	id string
	Places
}

// importedPlaces reads the compact text for nothing but lines: see [ReadCompact].
func importedPlaces(text string) []compactPlace {
	var all []compactPlace
	n := 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if f[0] == "profile" && len(f) > 1 {
			all = append(all, compactPlace{id: f[1], Places: Places{Profile: n, Names: map[string]int{}}})
			continue
		}
		if len(all) == 0 {
			continue
		}
		last := &all[len(all)-1]
		switch f[0] {
		case "domains", "mx":
			for name := range strings.SplitSeq(f[1], " ") {
				last.Names[name] = n
			}
		case "imap", "pop3", "smtp":
			last.Servers = append(last.Servers, n)
		}
	}
	return all
}
