package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// untidiness lists the oddities that nobody intends to have in a password, and words
// for them.
var untidiness = []struct {
	oddity stage.Oddity
	words  func() prose.Value
}{
	{stage.SpaceAtEnd, say.OddSpaceAtEnd},
	{stage.InvisibleInside, say.OddInvisible},
	{stage.UnusualSpace, say.OddUnusualSpace},
	{stage.GroupsOfFour, say.OddGroupsOfFour},
	{stage.CurlyQuotes, say.OddCurlyQuotes},
	{stage.Decomposed, say.OddDecomposed},
}

// Odd reports whether the refused password has this oddity.
func (k *Exam) Odd(o stage.Oddity) bool { return slices.Contains(k.Login.Oddities, o) }

// Stray names the characters that copying brought into the password.
func (k *Exam) Stray() prose.Value {
	var words []prose.Value
	for _, u := range untidiness {
		if k.Odd(u.oddity) {
			words = append(words, u.words())
		}
	}
	return prose.And(words...)
}

// otherAudiences are values of the claim aud that no mail server accepts: Microsoft
// Graph by name and by number, and its predecessors.
var otherAudiences = []string{
	"graph.microsoft.com", "00000003-0000-0000-c000-000000000000", "graph.windows.net", "00000002-0000-0000-c000-000000000000", "management.azure.com",
	"management.core.windows.net",
}

// exchangeAudiences are the audiences that Exchange Online accepts.
var exchangeAudiences = []string{
	"outlook.office.com", "outlook.office365.com", "outlook.com", "00000002-0000-0ff1-ce00-000000000000",
}

// exchangeHosts are the domain suffixes of Exchange Online's servers.
var exchangeHosts = []string{".office365.com", ".office.com", ".outlook.com", ".live.com"}

// OtherAudience returns the audience of the token that was sent, if it is not the
// mail server; nothing if it is, or if that isn't known.
func (k *Exam) OtherAudience() prose.Value {
	audience := k.Login.TokenAudience
	others := otherAudiences
	exchange := slices.ContainsFunc(exchangeHosts, func(end string) bool { return strings.HasSuffix("."+k.Host(), end) })
	for _, a := range audience {
		name := audienceName(a)
		if slices.Contains(exchangeAudiences, name) || !exchange && !slices.Contains(others, name) {
			return prose.Value{}
		}
	}
	return prose.And(prose.Datas(audience)...)
}

// audienceName returns the host of an audience that is a URL, else the audience.
func audienceName(a string) string {
	a = strings.ToLower(a)
	if _, rest, ok := strings.Cut(a, "://"); ok {
		a = rest
	}
	a, _, _ = strings.Cut(a, "/")
	return a
}

// RefusedByWord reports whether the reply says that the login itself was refused,
// and not that the server was unable to check it.
func (k *Exam) RefusedByWord() bool {
	for _, id := range []cause.ID{cause.WrongPassword, cause.OAuthTokenInvalid, cause.OAuthScopeOrAudienceWrong} {
		if _, ok := k.Guess(stage.Login, id); ok {
			return true
		}
	}
	return false
}
