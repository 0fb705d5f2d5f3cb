package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// unseen are the causes that the facts of a run can't support, because they lie
// outside what is examined. They are never findings. The words say what would show
// the cause.
var unseen = map[cause.ID]func() prose.Value{
	cause.OpenRelay:            say.UnseenOpenRelay,
	cause.MessageTooLarge:      say.UnseenMessageTooLarge,
	cause.MessageRefusedAsSpam: say.UnseenMessageRefusedAsSpam,
	cause.WrongOutgoingServer:  say.UnseenWrongOutgoingServer,
}

// Unseen says what would show a cause that the facts of a run can't support; ok is
// false if a rule may find it.
func Unseen(id cause.ID) (shows prose.Value, ok bool) {
	words, ok := unseen[id]
	if !ok {
		return prose.Value{}, false
	}
	return words(), true
}
