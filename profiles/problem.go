package profiles

import "maildoctor/profiles/strict"

// Problem is one thing that is wrong with a profile file.
type Problem = strict.Problem

// LoadError has all problems of the files that were to be loaded.
type LoadError = strict.Error

// loadError returns a [*LoadError], or nil if there are no problems.
func loadError(problems []Problem) error { return strict.Join(problems) }

// Limits on the text of a profile, in characters.
const (
	maxTitle = 200
	maxText  = 2000
)
