package auth

import "slices"

// MaxMechanisms bounds what is kept of a server's list: a line may hold
// thousands. Real servers name up to about ten.
const MaxMechanisms = 64

// AddMechanisms adds the names that a server lists, each once and up to
// [MaxMechanisms] in all.
func AddMechanisms(list []Mechanism, names []string) []Mechanism {
	for _, name := range names {
		if len(list) == MaxMechanisms {
			break
		}
		if m := Mechanism(name); !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// Names returns the mechanisms as strings, as facts have them; nil for none.
func Names(list []Mechanism) (out []string) {
	for _, m := range list {
		out = append(out, string(m))
	}
	return out
}
