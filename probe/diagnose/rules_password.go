package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// passwordRefused are the causes that a refusal suggests if the real reason is the
// form of the password, or how it was sent.
var passwordRefused = []cause.ID{
	cause.WrongPassword, cause.WrongUsernameFormat, cause.SMTPAndIMAPCredentialsDiffer, cause.AppPasswordRequired, cause.ProtocolDisabledForAccount, cause.WebLoginChallenge,
	cause.WrongRegionalServer, cause.BasicAuthDisabled,
}

// acceptedTidy: the password was accepted in another encoding, or without what
// copying had added.
func acceptedTidy(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	switch {
	case c.Tried(k, stage.AskTidyPassword) == chart.Yes:
		return proven().with(cause.SlotStray, k.Stray()).says(prose.Then(chart.Shows(k, r), say.AcceptedWithout(k.Stray())))
	case c.Tried(k, stage.AskOtherEncoding) == chart.Yes:
		latin1 := prose.Data("Latin-1")
		return proven().with(cause.SlotEncoding, latin1).says(prose.Then(chart.Shows(k, r), say.AcceptedIn(latin1)))
	}
	return nil
}

// oddPassword: the password has characters that may be the reason, and it was not
// tried without them.
func oddPassword(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !k.RefusedLogin() || c.OtherwiseAccepted(k) || c.AcceptedElsewhere(k) != nil {
		return nil
	}
	odd := k.Stray()
	switch {
	case !odd.Empty() && c.Tried(k, stage.AskTidyPassword) != chart.No:
		return likely().with(cause.SlotOdd, odd).says(prose.Then(chart.Shows(k, r), say.PasswordHas(odd)))
	case odd.Empty() && (k.Odd(stage.LettersOfLatin1) || k.Odd(stage.LettersBeyond)) && c.Tried(k, stage.AskOtherEncoding) != chart.No:
		return possible().with(cause.SlotOdd, say.LettersBeyond()).says(prose.Then(chart.Shows(k, r), say.PasswordHas(say.LettersBeyond())))
	}
	return nil
}
