package probe

import (
	"slices"

	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

// listsNone reports whether to try sending because a recipient was given and the server
// offers no login.
func (s *session) listsNone() bool {
	talk, ok := s.talk.(*smtp.Session)
	return ok && s.opt.Recipient != "" && !s.check.FollowUp() && !talk.ListsLogin()
}

// relays reports whether to try sending although login was skipped for this reason. It
// is tried if a recipient was given, because a sender need not be a customer.
func (s *session) relays(reason stage.Reason) bool {
	return s.opt.Recipient != "" && !s.check.FollowUp() && s.check.Endpoint.Protocol == stage.SMTP &&
		slices.Contains([]stage.Reason{stage.NotApplicable, stage.NotAsked, stage.NoUser, stage.NoPassword}, reason)
}
