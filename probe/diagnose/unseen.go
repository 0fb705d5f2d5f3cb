package diagnose

// unseen are the causes that the facts of a run can't speak for: what such a
// cause is about lies outside of what is examined. They are never findings. The
// words say what would show the cause.
var unseen = []struct {
	cause CauseID
	shows string
}{
	{AutoconfigOrSRVWrong, "the answers of every source of settings for the domain (SRV, autoconfig, Autodiscover, ISPDB), side by side, each tried"},
	{OpenRelay, "RCPT TO for a foreign domain, accepted without login from an address that the server has no reason to trust"},
}

// Unseen says what would show a cause that the facts of a run can't speak for;
// ok is false where a rule may find it.
func Unseen(id CauseID) (shows string, ok bool) {
	for _, u := range unseen {
		if u.cause == id {
			return u.shows, true
		}
	}
	return "", false
}
