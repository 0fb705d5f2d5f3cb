package probe

import (
	"slices"

	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

// listsNone reports whether sending is to be tried where nobody can log in.
func (s *session) listsNone() bool {
	talk, ok := s.talk.(*smtp.Session)
	return ok && s.opt.Recipient != "" && !s.check.FollowUp() && !talk.ListsLogin()
}

// relays reports whether sending is tried though there was no login, for this reason:
// a recipient was named, and who sends there need not be a customer.
func (s *session) relays(reason stage.Reason) bool {
	return s.opt.Recipient != "" && !s.check.FollowUp() && s.check.Endpoint.Protocol == stage.SMTP &&
		slices.Contains([]stage.Reason{stage.NotApplicable, stage.NotAsked, stage.NoUser, stage.NoPassword}, reason)
}
