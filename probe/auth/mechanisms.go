package auth

import "slices"

// MaxMechanisms is how many mechanisms of a server's list are kept. A line could
// contain thousands; real servers offer up to about ten.
const MaxMechanisms = 64

// AddMechanisms adds names to a list, without duplicates and up to [MaxMechanisms] in
// all.
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

// Names returns the mechanisms as strings, for facts. It returns nil for an empty list.
func Names(list []Mechanism) (out []string) {
	for _, m := range list {
		out = append(out, string(m))
	}
	return out
}
