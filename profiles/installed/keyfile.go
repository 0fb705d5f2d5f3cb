package installed

import "strings"

// group is a group of a file of groups and keys.
type group struct {
	name string
	set  map[string]setting
}

// readGroups reads a file as GKeyFile and nsINIParser do: [group], key=value, # and ;
// begin comments. A group that stands twice is one.
func readGroups(r *reader, s string) []group {
	var groups []group
	index := make(map[string]int)
	current := -1
	for l := range lines(s) {
		t := strings.TrimSpace(l.text)
		key, value, isKey := strings.Cut(t, "=")
		switch {
		case t == "" || t[0] == '#' || t[0] == ';':
		case t[0] == '[':
			name, _, ok := strings.Cut(t[1:], "]")
			if !ok {
				r.wrong(l.at(0), "expected ] at the end of a group's name")
			}
			if current, ok = index[name]; !ok {
				current = len(groups)
				index[name] = current
				groups = append(groups, group{name, map[string]setting{}})
			}
		case !isKey || current < 0:
			r.wrong(l.at(0), "expected [group], or key=value below one")
		default:
			at := strings.IndexByte(l.text, '=') + 1
			groups[current].set[strings.TrimSpace(key)] = setting{
				position: l.at(at), value: strings.TrimSpace(value), given: true,
			}
		}
	}
	return groups
}

// in returns a group's keys; nil: there is no such group.
func in(groups []group, name string) map[string]setting {
	for _, g := range groups {
		if g.name == name {
			return g.set
		}
	}
	return nil
}

// unescaped is a value with the escapes of GKeyFile resolved.
func unescaped(s setting) setting {
	s.value = strings.NewReplacer(`\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`).Replace(s.value)
	return s
}
