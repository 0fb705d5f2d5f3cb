package discover

import "context"

// askOwn looks the domain up in the user's own profiles; nobody is asked.
func askOwn(_ context.Context, q *question) answer { return q.inCatalogue(false) }

// askCatalogue looks it up in those that the program has itself.
func askCatalogue(_ context.Context, q *question) answer { return q.inCatalogue(true) }

// inCatalogue returns what the profile of the domain says, where it comes from there.
// The user's own wins over the built-in one.
func (q *question) inCatalogue(builtin bool) answer {
	m, err := q.Catalogue.Find(q.whom())
	if err != nil || m.Profile == nil || m.Profile.Builtin != builtin || len(m.Profile.Endpoints) == 0 {
		return absent
	}
	return fromProfile(m.Profile, q.address)
}
