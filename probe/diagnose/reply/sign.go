package reply

import (
	"iter"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Guess is a cause that a server's reply speaks for.
type Guess struct {
	Cause      cause.ID         `json:"cause"`
	Confidence cause.Confidence `json:"confidence"`
}

// sign is one row of the table in replies.go: a kind of reply, and what it
// speaks for. Every condition that is set must be met.
type sign struct {
	in        []stage.Stage    // none: any
	protocols []stage.Protocol // none: any
	response  []string         // response code is one of these
	enhanced  []string         // enhanced status code is one of these or, before a *, begins with it
	codes     []int            // reply code is, or for 4 and 5 begins with, one of these
	status    []string         // IMAP and POP3 status is one of these
	command   []string         // the command refused
	words     []string         // the text has one of these, in lower case
	means     []Guess
}

// Classify says what a negative reply speaks for, the likeliest cause first. It
// goes by response code, enhanced status code, reply code and, where these leave
// it open, by words. A reply that the table doesn't know falls back to the class
// of its code; nil is returned only for a reply that refuses nothing.
func Classify(s stage.Stage, p stage.Protocol, r stage.Reply) []Guess {
	if i := classify(s, p, r); i >= 0 {
		return slices.Clone(signs[i].means)
	}
	return nil
}

// classify returns the row of the table that a reply fits, -1 for none.
func classify(s stage.Stage, p stage.Protocol, r stage.Reply) int {
	// Postfix appends this where its login service gave no reason: it says nothing.
	text := lower(strings.ReplaceAll(r.Text(), "(reason unavailable)", ""))
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
		(g.words == nil || slices.ContainsFunc(g.words, text.has))
}

// sameCode reports whether an enhanced status code is the one of a sign, or
// begins with it before a star: 5.7.139 is not 5.7.13.
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

// Meanings yields, of each row of the table, the stages that it is for (none: any)
// and what it speaks for.
func Meanings() iter.Seq2[[]stage.Stage, []Guess] {
	return func(yield func([]stage.Stage, []Guess) bool) {
		for _, g := range signs {
			if !yield(slices.Clone(g.in), slices.Clone(g.means)) {
				return
			}
		}
	}
}

// FromSCRAM says what the error of a SCRAM server speaks for (RFC 5802 7, e=); nil
// for one that is not known.
func FromSCRAM(e string) []Guess { return slices.Clone(scramErrors[e]) }
