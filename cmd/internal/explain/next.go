package explain

import (
	"slices"

	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// next is a command to run, and what it is good for.
type next struct {
	words []string
	why   prose.Value
}

// What stands in a command for what the text doesn't name.
const (
	someAddress   = "ADDRESS"
	someRecipient = "RECIPIENT"
)

// ofRecipient are causes that lie with the recipient of a message: only a run with it
// shows them.
var ofRecipient = []cause.ID{cause.RecipientUnknown, cause.RecipientMailboxFull, cause.RecipientBlocked}

// next returns the command that finds out more, filled with what the text names.
func (a *Answer) next() next {
	switch {
	case a.Symptom != nil:
		return a.plan(a.Symptom.Next)
	case slices.Contains(ofRecipient, a.Lead()):
		return a.plan(pasted.RunTo)
	case a.target.Server.Host != "":
		words := []string{"maildoctor", "check", mailurl.Of(a.target.Server)}
		if a.target.Account != "" {
			words = append(words, "--user", a.target.Account)
		}
		return next{words, say.ExplainNextServer()}
	}
	return a.plan(pasted.RunCheck)
}

// plan returns the command for what is to be run.
func (a *Answer) plan(n pasted.Next) next {
	account, recipient := someAddress, someRecipient
	if a.target.Account != "" {
		account = a.target.Account
	}
	if a.target.Recipient != "" {
		recipient = a.target.Recipient
	}
	words := func(words ...string) []string { return append([]string{"maildoctor"}, words...) }
	switch n {
	case pasted.RunClients:
		return next{words("check", account, "--clients"), say.ExplainNextClients()}
	case pasted.RunElsewhere:
		return next{words("check", account, "--save", "here.jsonl"), say.ExplainNextElsewhere()}
	case pasted.RunSettings:
		return next{words("settings", account), say.ExplainNextSettings()}
	case pasted.RunTo:
		return next{words("check", account, "--to", recipient), say.ExplainNextTo()}
	case pasted.RunCompare:
		return next{words("check", account), say.ExplainNextCompare()}
	}
	return next{words("check", account), say.ExplainNextCheck()}
}
