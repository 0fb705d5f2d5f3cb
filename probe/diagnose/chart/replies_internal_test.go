package chart

import (
	"slices"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
)

// A token that may be wrong among other possibilities is none where a password was
// sent; a server that speaks of tokens alone is believed.
func TestWithoutTokens(t *testing.T) {
	refused, token := reply.One(cause.WrongPassword, cause.Possible), reply.One(cause.OAuthTokenInvalid, cause.Possible)
	sure := reply.One(cause.OAuthTokenInvalid, cause.Likely)
	for _, test := range []struct{ given, want []reply.Guess }{
		{slices.Concat(refused, token), refused},
		{slices.Concat(token, refused, reply.One(cause.OAuthScopeOrAudienceWrong, cause.Possible)), refused},
		{slices.Concat(sure, refused), slices.Concat(sure, refused)},
		{token, token},
		{nil, nil},
	} {
		if got := withoutTokens(test.given); !slices.Equal(got, test.want) {
			t.Errorf("%v: %v; want %v", test.given, got, test.want)
		}
	}
}
