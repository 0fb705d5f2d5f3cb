package report

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// notOfSettings are causes that no setting of a mail program changes: the settings
// led to the server, and it states or shows why it doesn't work now.
var notOfSettings = []cause.ID{
	cause.ServerBusyGreeting, cause.CertExpired, cause.CertNotYetValid, cause.AuthBackendTemporaryFailure, cause.PasswordExpired, cause.AccountSuspended,
	cause.AccountLockedTooManyAttempts, cause.RateLimitedLogin, cause.TooManyConnectionsPerUser, cause.POP3MaildropLocked, cause.MailboxFull,
	cause.MailboxBackendUnavailable, cause.OutboundSendingRestricted, cause.Greylisted,
}

// rightAsItStands reports whether the settings of a failed check are not the reason,
// if its leading cause is more than possible.
func (w weighed) rightAsItStands(c *stage.CheckRecord) bool {
	return slices.ContainsFunc(w.outcomes, func(o Outcome) bool {
		return o.Check == c.Check.ID && o.Confidence != cause.Possible && slices.Contains(notOfSettings, o.Cause)
	})
}
