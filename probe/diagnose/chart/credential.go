package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

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

// Odd reports whether the password that was refused has this oddity.
func (k *Exam) Odd(o stage.Oddity) bool { return slices.Contains(k.Login.Oddities, o) }

// Untidy names what came into the password by copying; empty for nothing.
func (k *Exam) Untidy() string {
	var words []string
	for _, u := range untidiness {
		if k.Odd(u.oddity) {
			words = append(words, u.words)
		}
	}
	return List(words)
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

// WrongAudience returns for whom the token is that was sent, where that is somebody
// else than the mail server; empty where it is the server, or nobody here knows.
func (k *Exam) WrongAudience() string {
	audience := k.Login.TokenAudience
	others := otherAudiences
	exchange := slices.ContainsFunc(exchangeHosts, func(end string) bool { return strings.HasSuffix("."+k.Host(), end) })
	for _, a := range audience {
		name := audienceName(a)
		if slices.Contains(exchangeAudiences, name) || !exchange && !slices.Contains(others, name) {
			return ""
		}
	}
	return stage.Visible(List(audience))
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
