package reply

import (
	"maildoctor/probe/diagnose/atlas"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// replies are what a server may have said.
var replies = []atlas.Kind{atlas.Reply}

// inAtlas returns the causes of the message of a reply, if it is known word for word.
// It leaves out what no run can show.
func inAtlas(s stage.Stage, p stage.Protocol, r stage.Reply) []Guess {
	said := atlas.Said{
		Text: r.Text(), Kinds: replies, Protocol: p, Stage: s,
		Code: r.Code, Enhanced: r.Enhanced, Response: r.ResponseCode, Status: r.Status,
	}
	for _, m := range atlas.Find(said) {
		if known := shown(guesses(m.Entry)); len(known) > 0 {
			return known
		}
	}
	return nil
}

// decides reports whether what is known word for word counts more than what the words and
// codes around it suggest. A message that by itself leaves it open doesn't, and neither
// does a bare refusal of a login: what follows it in the same reply may say why.
func decides(known, suggested []Guess) bool {
	switch {
	case surest(known) <= sureness(cause.Possible):
		return len(suggested) == 0
	case known[0].Cause == cause.WrongPassword && known[0].Confidence != cause.Proven && len(suggested) > 0:
		return suggested[0].Cause == cause.WrongPassword || surest(suggested) < surest(known)
	}
	return true
}

// recognized returns the causes of the messages in a text that are known word for word,
// the surest message first.
func recognized(message string, p stage.Protocol) (out []Guess) {
	said := atlas.Said{Text: message, Protocol: p}
	if found, ok := findReply(message, p); ok {
		said.Protocol, said.Code = found.protocol, found.reply.Code
		said.Enhanced, said.Response, said.Status = found.reply.Enhanced, found.reply.ResponseCode, found.reply.Status
	}
	for _, m := range atlas.Find(said) {
		out = MergeGuesses(out, guesses(m.Entry))
	}
	return out
}

// Known returns how many bytes of a text are a message that is known word for word: of
// the longest such message.
func Known(text string) int {
	longest := 0
	for _, m := range atlas.Find(atlas.Said{Text: text}) {
		longest = max(longest, m.Size())
	}
	return longest
}

// leading puts what is known word for word before what the words only suggest, which is
// then merely possible. If a message by itself leaves it open, the words decide.
func leading(known, suggested []Guess) []Guess {
	if !decides(known, suggested) {
		return MergeGuesses(suggested, known)
	}
	return MergeGuesses(known, doubted(suggested))
}

// guesses returns what an entry of the atlas means.
func guesses(e *atlas.Entry) []Guess {
	out := make([]Guess, len(e.Means))
	for i, g := range e.Means {
		out[i] = Guess(g)
	}
	return out
}
