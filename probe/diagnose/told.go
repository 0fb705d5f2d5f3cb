package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// ofTheAccount are the causes that hold for an account as a whole, whichever protocol
// tells of them.
var ofTheAccount = []cause.ID{
	cause.ConditionalAccessBlocked, cause.AccountSuspended, cause.PasswordExpired, cause.AccountLockedTooManyAttempts, cause.AppPasswordRequired, cause.WebLoginChallenge,
	cause.GeoOrIPLoginBlock, cause.BasicAuthDisabled,
}

// toldElsewhere reports whether another server of the same account says in so many
// words what a bare refusal leaves open.
func (c *Case) toldElsewhere(k *Check) bool {
	return slices.ContainsFunc(c.Checks, func(o *Check) bool {
		return o != k && o.sameAccount(k) && slices.Contains(refused, o.fault(stage.Login)) &&
			slices.ContainsFunc(o.guesses(stage.Login), func(g reply.Guess) bool {
				return g.Confidence != cause.Possible && slices.Contains(ofTheAccount, g.Cause)
			})
	})
}
