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
		if g := shown(guesses(m.Entry)); len(g) > 0 {
			return g
		}
	}
	return nil
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

// leading puts what is known word for word before what the words only suggest, which is
// then merely possible. If a message by itself leaves it open, the words decide.
func leading(known, suggested []Guess) []Guess {
	if surest(known) <= sureness(cause.Possible) {
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
