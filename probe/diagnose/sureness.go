package diagnose

import "maildoctor/probe/diagnose/cause"

// surely are words for titles, which have no lines to choose from: what is proven
// is said, and what is not may be.
var surely = []struct{ slot, proven, open string }{
	{"get_lost", "get lost", "may get lost"},
	{"understands", "does not understand", "may not understand"},
	{"have_none", "have", "may have"},
	{"are_offered", "are offered", "may be offered"},
	{"takes_out", "takes", "may take"},
}

// bySureness returns those words for a finding.
func bySureness(c cause.Confidence) map[string]string {
	words := make(map[string]string, len(surely))
	for _, w := range surely {
		words[w.slot] = w.open
		if c == cause.Proven {
			words[w.slot] = w.proven
		}
	}
	return words
}
