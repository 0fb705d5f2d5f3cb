package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// passwordRefused are what a refusal reads like whose reason is the form of the
// password, or the way it was sent.
var passwordRefused = []cause.ID{
	cause.WrongPassword, cause.WrongUsernameFormat, cause.SMTPAndIMAPCredentialsDiffer, cause.AppPasswordRequired, cause.ProtocolDisabledForAccount, cause.WebLoginChallenge,
	cause.WrongRegionalServer, cause.BasicAuthDisabled,
}

// acceptedTidy: without what came into it by copying, or in another encoding, the
// password was accepted.
func acceptedTidy(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	switch {
	case c.Tried(k, stage.AskTidyPassword) == chart.Yes:
		return proven().with(cause.SlotStray, prose.Raw(k.Untidy())).says(prose.Raw(chart.Short(chart.Describe(k, r) + "; without " + k.Untidy() + " the password was accepted")))
	case c.Tried(k, stage.AskOtherEncoding) == chart.Yes:
		return proven().with(cause.SlotEncoding, prose.Raw("Latin-1")).says(prose.Raw(chart.Short(chart.Describe(k, r) + "; in Latin-1 the password was accepted")))
	}
	return nil
}

// oddPassword: the password has characters that may be the reason, and nobody has
// tried it without them.
func oddPassword(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !k.RefusedLogin() || c.OtherwiseAccepted(k) || c.AcceptedElsewhere(k) != nil {
		return nil
	}
	words := k.Untidy()
	switch {
	case words != "" && c.Tried(k, stage.AskTidyPassword) != chart.No:
		return likely().with(cause.SlotOdd, prose.Raw(words)).says(prose.Raw(chart.Short(chart.Describe(k, r) + "; the password has " + words)))
	case words == "" && (k.Odd(stage.LettersOfLatin1) || k.Odd(stage.LettersBeyond)) && c.Tried(k, stage.AskOtherEncoding) != chart.No:
		return possible().with(cause.SlotOdd, prose.Raw("letters beyond A to Z")).says(prose.Raw(chart.Short(chart.Describe(k, r) + "; the password has letters beyond A to Z")))
	}
	return nil
}
