package auth

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

func TestOddities(t *testing.T) {
	for _, c := range []struct {
		secret, tidy, latin1 string // empty: the secret itself
		want                 []stage.Oddity
	}{
		{"correct horse", "", "", nil},
		{"with \"straight\" quotes", "", "", nil},
		{"abcd efgh ijkl", "", "", nil},
		{" Tr0ub4dor&3", "Tr0ub4dor&3", "", []stage.Oddity{stage.SpaceAtEnd}},
		{"Tr0ub4dor&3\r\n", "Tr0ub4dor&3", "", []stage.Oddity{stage.SpaceAtEnd}},
		{"Tr0ub4dor&3\u00a0", "Tr0ub4dor&3", "", []stage.Oddity{stage.SpaceAtEnd}},
		{"\u200bTr0ub4dor&3\ufeff", "Tr0ub4dor&3", "", []stage.Oddity{stage.InvisibleInside}},
		{"Tr0u\u00adb4dor", "Tr0ub4dor", "", []stage.Oddity{stage.InvisibleInside}},
		{"correct\u00a0horse", "correct horse", "", []stage.Oddity{stage.UnusualSpace}},
		{"abcd efgh ijkl mnop", "abcdefghijklmnop", "", []stage.Oddity{stage.GroupsOfFour}},
		{"abcd\u00a0efgh\u00a0ijkl\u00a0mnop", "abcdefghijklmnop", "", []stage.Oddity{stage.UnusualSpace, stage.GroupsOfFour}},
		{"\u201cquoted\u2019", `"quoted'`, "", []stage.Oddity{stage.CurlyQuotes}},
		{"p\u00e4ss", "", "p\xe4ss", []stage.Oddity{stage.LettersOfLatin1}},
		{"pa\u0308ss", "p\u00e4ss", "p\xe4ss", []stage.Oddity{stage.Decomposed, stage.LettersOfLatin1}},
		{"has\u0142o", "", "", []stage.Oddity{stage.LettersBeyond}},
		{" \u200b ", "", "", []stage.Oddity{stage.SpaceAtEnd, stage.InvisibleInside}}, // nothing would be left
		{"", "", "", nil},
		{"abcdefghijklmnop", "", "", []stage.Oddity{stage.AppPasswordLike}},
		{"ABCDEFGHIJKLMNOP", "", "", []stage.Oddity{stage.AppPasswordLike}},
		{"abcd-efgh-ijkl-mnop", "", "", []stage.Oddity{stage.AppPasswordLike}},
		{"abcdefghijklmno", "", "", nil},
		{"Abcdefghijklmnop", "", "", nil},
	} {
		s := NewSecret(c.secret)
		if got := s.Oddities(); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.secret, got, c.want)
		}
		for name, form := range map[string]struct {
			got  Secret
			want string
		}{"tidy": {s.Tidy(), c.tidy}, "Latin-1": {s.Latin1(), c.latin1}} {
			if form.want == "" {
				form.want = c.secret
			}
			if got := form.got.Reveal(); got != form.want {
				t.Errorf("%q, %s: %q, want %q", c.secret, name, got, form.want)
			}
		}
	}
}

// Whichever form is sent, all forms are withheld.
func TestFormsHideEachOther(t *testing.T) {
	s := NewSecret("\u00e4bc\u00a0d\u00e9fg\u200bhij\u00fc ")
	all := []Secret{s, s.Tidy(), s.Latin1()}
	for _, form := range all {
		for _, other := range all {
			for _, line := range []string{"535 " + form.Reveal() + " is wrong", base64.StdEncoding.EncodeToString([]byte("\x00jane\x00" + form.Reveal()))} {
				if !other.In(line) {
					t.Errorf("%q is not withheld where %q was sent", line, other.Reveal())
				}
			}
		}
	}
}

func TestClaims(t *testing.T) {
	token := func(claims string) string {
		return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for _, c := range []struct {
		token    string
		audience []string
		expires  int64
	}{
		{token(`{"aud":"https://graph.microsoft.com","exp":1795398000}`), []string{"https://graph.microsoft.com"}, 1795398000},
		{token(`{"aud":["a","b","a",7],"exp":1795398000.5}`), []string{"a", "b"}, 1795398000},
		{token(`{"aud":7,"exp":"soon"}`), nil, 0},
		{token(`{"aud":"a\nb","exp":-1}`), []string{`a\x0ab`}, 0},
		{token(`{"exp":1e300}`), nil, 0},
		{token(`no JSON`), nil, 0},
		{"opaque", nil, 0},
		{"a.b.c", nil, 0},
		{"..", nil, 0},
		{"ya29." + strings.Repeat("x", 20_000) + ".y", nil, 0},
	} {
		audience, expires := NewSecret(c.token).Claims()
		if !slices.Equal(audience, c.audience) {
			t.Errorf("%.60s: audience %q, want %q", c.token, audience, c.audience)
		}
		if c.expires == 0 != expires.IsZero() || c.expires != 0 && !expires.Equal(time.Unix(c.expires, 0)) {
			t.Errorf("%.60s: expires %v, want %d", c.token, expires, c.expires)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("abcd\u00a0efgh\u00a0ijkl\u00a0mnop")
	f.Add("eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIn0.c2ln")
	f.Add("p\xe4ss \u201c\x00")
	f.Fuzz(func(t *testing.T, secret string) {
		s := NewSecret(secret)
		tidy := s.Tidy()
		if again := tidy.Tidy().Reveal(); tidy.Reveal() != secret && again != tidy.Reveal() {
			t.Errorf("%q is tidied to %q, and that to %q", secret, tidy.Reveal(), again)
		}
		s.Oddities()
		s.Latin1()
		s.Claims()
	})
}
