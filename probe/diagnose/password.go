package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// passwordRefused are what a refusal reads like whose reason is the form of the
// password, or the way it was sent.
var passwordRefused = []cause.ID{
	cause.WrongPassword, cause.WrongUsernameFormat, cause.SMTPAndIMAPCredentialsDiffer, cause.AppPasswordRequired, cause.ProtocolDisabledForAccount, cause.WebLoginChallenge,
	cause.WrongRegionalServer, cause.BasicAuthDisabled,
}

// untidiness are the oddities that nobody means to have in a password, and words for
// them.
var untidiness = []struct {
	oddity stage.Oddity
	words  string
}{
	{stage.SpaceAtEnd, "white space at an end"},
	{stage.InvisibleInside, "invisible characters"},
	{stage.UnusualSpace, "unusual spaces"},
	{stage.GroupsOfFour, "spaces between groups of four"},
	{stage.CurlyQuotes, "curly quotation marks"},
	{stage.Decomposed, "letters in an unusual form of Unicode"},
}

// odd reports whether the password that was refused has this oddity.
func (k *Check) odd(o stage.Oddity) bool { return slices.Contains(k.login.Oddities, o) }

// untidy names what came into the password by copying; empty for nothing.
func (k *Check) untidy() string {
	var words []string
	for _, u := range untidiness {
		if k.odd(u.oddity) {
			words = append(words, u.words)
		}
	}
	return list(words)
}

// acceptedTidy: without what came into it by copying, or in another encoding, the
// password was accepted.
func acceptedTidy(c *Case, k *Check, r *stage.Result) *Hit {
	switch {
	case c.tried(k, stage.AskTidyPassword) == yes:
		return proven().with("stray", k.untidy()).says(short(describe(k, r) + "; without " + k.untidy() + " the password was accepted"))
	case c.tried(k, stage.AskOtherEncoding) == yes:
		return proven().with("encoding", "Latin-1").says(short(describe(k, r) + "; in Latin-1 the password was accepted"))
	}
	return nil
}

// oddPassword: the password has characters that may be the reason, and nobody has
// tried it without them.
func oddPassword(c *Case, k *Check, r *stage.Result) *Hit {
	if !k.refusedLogin() || c.otherwiseAccepted(k) || c.acceptedElsewhere(k) != nil {
		return nil
	}
	words := k.untidy()
	switch {
	case words != "" && c.tried(k, stage.AskTidyPassword) != no:
		return likely().with("odd", words).says(short(describe(k, r) + "; the password has " + words))
	case words == "" && (k.odd(stage.LettersOfLatin1) || k.odd(stage.LettersBeyond)) && c.tried(k, stage.AskOtherEncoding) != no:
		return possible().with("odd", "letters beyond A to Z").says(short(describe(k, r) + "; the password has letters beyond A to Z"))
	}
	return nil
}
