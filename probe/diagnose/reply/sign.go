package reply

import (
	"iter"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/atlas"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Guess is a cause that a server's reply suggests.
type Guess struct {
	Cause      cause.ID         `json:"cause"`
	Confidence cause.Confidence `json:"confidence"`
}

// sign is one row of the tables of replies: a kind of reply, and the causes that it
// suggests. Every condition that is set must be met.
type sign struct {
	in        []stage.Stage    // none: any
	protocols []stage.Protocol // none: any
	response  []string         // the response code is one of these
	enhanced  []string         // the enhanced status code is one of these or, before a *, begins with it
	codes     []int            // the reply code is, or for 4 and 5 begins with, one of these
	status    []string         // the IMAP or POP3 status is one of these
	command   []string         // the refused command is one of these
	words     []string         // the text contains one of these, in lower case
	bare      bool             // the text names nothing but the refusal of a login; see [bare]
	means     []Guess
}

// Classify returns the causes that a negative reply suggests, the likeliest first.
// It goes by the whole message, if package atlas has it, then by response code,
// enhanced status code, reply code and, if these leave it open, by words. For a reply
// that no table matches it goes by the class of the code. It returns nil only for a
// reply that refuses nothing.
func Classify(s stage.Stage, p stage.Protocol, r stage.Reply) []Guess {
	suggested := bySigns(s, p, r)
	if known := inAtlas(s, p, r); known != nil && decides(known, suggested) {
		return known
	}
	return suggested
}

// bySigns returns the causes of the first sign that matches a reply, of those that a run
// can show.
func bySigns(s stage.Stage, p stage.Protocol, r stage.Reply) []Guess {
	text := plainText(r)
	for i := range signs {
		if g := &signs[i]; g.fits(s, p, &r, text) {
			if means := shown(slices.Clone(g.means)); len(means) > 0 {
				return means
			}
		}
	}
	return nil
}

// plainText returns the text of a reply. Postfix appends "(reason unavailable)" if its
// login service gave no reason: it means nothing.
func plainText(r stage.Reply) *lowered {
	return lower(strings.ReplaceAll(r.Text(), "(reason unavailable)", ""))
}

// classify returns the index of the first sign that matches a reply, or -1.
func classify(s stage.Stage, p stage.Protocol, r stage.Reply) int {
	text := plainText(r)
	return slices.IndexFunc(signs, func(g sign) bool { return g.fits(s, p, &r, text) })
}

func (g *sign) fits(s stage.Stage, p stage.Protocol, r *stage.Reply, text *lowered) bool {
	return (g.in == nil || slices.Contains(g.in, s)) &&
		(g.protocols == nil || slices.Contains(g.protocols, p)) &&
		(g.response == nil || slices.Contains(g.response, r.ResponseCode)) &&
		(g.enhanced == nil || r.Enhanced != "" && slices.ContainsFunc(g.enhanced, func(e string) bool { return sameCode(r.Enhanced, e) })) &&
		(g.codes == nil || slices.ContainsFunc(g.codes, func(c int) bool { return r.Code == c || r.Code/100 == c })) &&
		(g.status == nil || slices.Contains(g.status, r.Status)) &&
		(g.command == nil || slices.Contains(g.command, r.Command)) &&
		(g.words == nil || slices.ContainsFunc(g.words, text.has)) &&
		(!g.bare || bare(text.text))
}

// sameCode reports whether an enhanced status code equals that of a sign, or begins
// with the part before a star: 5.7.139 is not 5.7.13.
func sameCode(code, sign string) bool {
	if begin, ok := strings.CutSuffix(sign, "*"); ok {
		return strings.HasPrefix(code, begin)
	}
	return code == sign
}

// SpeakFor reports whether a cause is among guesses.
func SpeakFor(guesses []Guess, id cause.ID) bool {
	return slices.ContainsFunc(guesses, func(g Guess) bool { return g.Cause == id })
}

// Meanings yields the stages (none: any) and the causes of each row of the tables, as
// far as a run can show them.
func Meanings() iter.Seq2[[]stage.Stage, []Guess] {
	return func(yield func([]stage.Stage, []Guess) bool) {
		for _, e := range atlas.All() {
			g := shown(guesses(e))
			if e.Kind == atlas.Reply && len(e.Stages) > 0 && len(g) > 0 && !yield(slices.Clone(e.Stages), g) {
				return
			}
		}
		for _, g := range signs {
			if means := shown(slices.Clone(g.means)); len(means) > 0 && !yield(slices.Clone(g.in), means) {
				return
			}
		}
	}
}

// FromSCRAM returns the causes that the error of a SCRAM server suggests (RFC 5802
// 7, e=); nil if the error is unknown.
func FromSCRAM(e string) []Guess { return slices.Clone(scramErrors[e]) }
