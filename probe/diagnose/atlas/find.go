package atlas

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Said is a text, and what is known about it. Empty members are not known.
type Said struct {
	Text     string
	Kinds    []Kind // which kinds it may be; none: any
	Protocol stage.Protocol
	Stage    stage.Stage
	Code     int
	Enhanced string
	Response string
	Status   string
}

// Match is an entry that a text matches.
type Match struct {
	*Entry
	At    int // where the message begins in the [plain] text
	score int
}

// Find returns the entries that a text matches: the surest first and, of those alike,
// the one with the longest message, then the one that comes last in the text, which
// programs write outside in.
func Find(s Said) []Match { return loaded().find(s) }

func (x *index) find(s Said) []Match {
	text := plain(s.Text)
	var out []Match
	for _, e := range x.candidates(text) {
		if !e.allows(&s) {
			continue
		}
		if at, ok := e.within(text); ok {
			out = append(out, Match{e, at, e.size + conditionWeight*e.met(&s)})
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Means[0].Confidence.Rank(), b.Means[0].Confidence.Rank()), cmp.Compare(b.score, a.score), cmp.Compare(b.At, a.At))
	})
	return out
}

// conditionWeight is what a condition that is known to be met counts, in bytes of the
// message.
const conditionWeight = 6

// within reports whether a text contains the parts of the message in their order, and
// where they begin.
func (e *Entry) within(text string) (at int, ok bool) {
	at = strings.Index(text, e.parts[0])
	if at < 0 {
		return 0, false
	}
	rest := text[at+len(e.parts[0]):]
	for _, p := range e.parts[1:] {
		i := strings.Index(rest, p)
		if i < 0 {
			return 0, false
		}
		rest = rest[i+len(p):]
	}
	return at, true
}

// allows reports whether no condition is known not to be met.
func (w *where) allows(s *Said) bool {
	return (len(s.Kinds) == 0 || slices.Contains(s.Kinds, w.Kind)) &&
		open(w.Protocols, s.Protocol) && open(w.Stages, s.Stage) && open(w.Codes, s.Code) &&
		open(w.Enhanced, s.Enhanced) && open(w.Response, s.Response) && open(w.Status, s.Status)
}

// open reports whether a condition is met, or may be.
func open[T comparable](list []T, v T) bool {
	var none T
	return len(list) == 0 || v == none || slices.Contains(list, v)
}

// met returns the number of conditions that are known to be met.
func (w *where) met(s *Said) (n int) {
	for _, yes := range []bool{
		slices.Contains(w.Protocols, s.Protocol), slices.Contains(w.Stages, s.Stage), slices.Contains(w.Codes, s.Code),
		slices.Contains(w.Enhanced, s.Enhanced), slices.Contains(w.Response, s.Response), slices.Contains(w.Status, s.Status),
	} {
		if yes {
			n++
		}
	}
	return n
}
