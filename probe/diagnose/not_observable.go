package diagnose

import "maildoctor/probe/diagnose/cause"

// unseen are the causes that the facts of a run can't speak for: what such a
// cause is about lies outside of what is examined. They are never findings. The
// words say what would show the cause.
var unseen = []struct {
	cause cause.ID
	shows string
}{
	{cause.AutoconfigOrSRVWrong, "the answers of every source of settings for the domain (SRV, autoconfig, Autodiscover, ISPDB), side by side, each tried"},
	{cause.OpenRelay, "RCPT TO for a foreign domain, accepted without login from an address that the server has no reason to trust"},
}

// Unseen says what would show a cause that the facts of a run can't speak for;
// ok is false where a rule may find it.
func Unseen(id cause.ID) (shows string, ok bool) {
	for _, u := range unseen {
		if u.cause == id {
			return u.shows, true
		}
	}
	return "", false
}
