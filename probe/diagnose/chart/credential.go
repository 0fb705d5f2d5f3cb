package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// untidiness are the oddities that nobody means to have in a password, and words for
// them.
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

// Odd reports whether the password that was refused has this oddity.
func (k *Exam) Odd(o stage.Oddity) bool { return slices.Contains(k.Login.Oddities, o) }

// Stray names what came into the password by copying.
func (k *Exam) Stray() prose.Value {
	var words []prose.Value
	for _, u := range untidiness {
		if k.Odd(u.oddity) {
			words = append(words, u.words())
		}
	}
	return prose.And(words...)
}

// otherAudiences are for whom tokens are, by the claim aud, that no mail server
// takes: Microsoft Graph by name and by number, and its forerunners.
var otherAudiences = []string{
	"graph.microsoft.com", "00000003-0000-0000-c000-000000000000", "graph.windows.net", "00000002-0000-0000-c000-000000000000", "management.azure.com",
	"management.core.windows.net",
}

// exchangeAudiences are those that Exchange Online takes.
var exchangeAudiences = []string{
	"outlook.office.com", "outlook.office365.com", "outlook.com", "00000002-0000-0ff1-ce00-000000000000",
}

// exchangeHosts end the names of Exchange Online's servers.
var exchangeHosts = []string{".office365.com", ".office.com", ".outlook.com", ".live.com"}

// OtherAudience returns for whom the token is that was sent, where that is somebody
// else than the mail server; nothing where it is the server, or nobody here knows.
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

// audienceName is the host of an audience that is a URL, or the audience.
func audienceName(a string) string {
	a = strings.ToLower(a)
	if _, rest, ok := strings.Cut(a, "://"); ok {
		a = rest
	}
	a, _, _ = strings.Cut(a, "/")
	return a
}

// RefusedByWord reports whether the login was refused by a word about what was sent,
// and not because the server could not look.
func (k *Exam) RefusedByWord() bool {
	for _, id := range []cause.ID{cause.WrongPassword, cause.OAuthTokenInvalid, cause.OAuthScopeOrAudienceWrong} {
		if _, ok := k.Guess(stage.Login, id); ok {
			return true
		}
	}
	return false
}
