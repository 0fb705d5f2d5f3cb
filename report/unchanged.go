package report

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// notOfSettings are causes that no setting of a mail program changes: the server was
// found by the settings, and says or shows why it doesn't serve now.
var notOfSettings = []cause.ID{
	cause.ServerBusyGreeting, cause.CertExpired, cause.CertNotYetValid, cause.AuthBackendTemporaryFailure, cause.PasswordExpired, cause.AccountSuspended,
	cause.AccountLockedTooManyAttempts, cause.RateLimitedLogin, cause.TooManyConnectionsPerUser, cause.POP3MaildropLocked, cause.MailboxFull,
	cause.MailboxBackendUnavailable, cause.OutboundSendingRestricted, cause.Greylisted,
}

// rightAsItStands reports whether the settings of a check that failed have no part in
// that, as far as its leading cause is more than possible.
func (w weighed) rightAsItStands(c *stage.CheckRecord) bool {
	return slices.ContainsFunc(w.outcomes, func(o Outcome) bool {
		return o.Check == c.Check.ID && o.Confidence != cause.Possible && slices.Contains(notOfSettings, o.Cause)
	})
}
