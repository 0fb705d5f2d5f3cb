package auth

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/xdg-go/stringprep"

	"maildoctor/probe/stage"
)

// Oddities returns the kinds of unusual characters in a password, but not which they
// are, how many, or where: see [stage.Oddity]. A password of visible ASCII characters
// usually has none.
func (s Secret) Oddities() []stage.Oddity {
	text := s.Reveal()
	var out []stage.Oddity
	for _, o := range []struct {
		name  stage.Oddity
		found bool
	}{
		{stage.SpaceAtEnd, strings.TrimSpace(text) != text},
		{stage.InvisibleInside, strings.ContainsFunc(strings.TrimSpace(text), invisible)},
		{stage.UnusualSpace, strings.ContainsFunc(strings.TrimSpace(text), unusualSpace)},
		{stage.CurlyQuotes, curly.Replace(text) != text},
		{stage.GroupsOfFour, groupsOfFour.MatchString(tidied(text))},
		{stage.Decomposed, composed(plainly(text)) != plainly(text)},
		{stage.LettersOfLatin1, latin1(text) != ""},
		{stage.LettersBeyond, !ascii(tidied(text)) && latin1(text) == ""},
		{stage.AppPasswordLike, appPasswordLike.MatchString(text)},
	} {
		if o.found {
			out = append(out, o.name)
		}
	}
	return out
}

// appPasswordLike matches the app passwords of Yahoo and Google, QQ and NetEase, and
// Apple.
var appPasswordLike = regexp.MustCompile(`^([a-z]{16}|[A-Z]{16}|[a-z]{4}(-[a-z]{4}){3})$`)

// Tidy returns the secret as it was probably meant: without surrounding white space or
// invisible characters, with ordinary spaces and straight quotes, composed (NFKC), and,
// for an app password, without the spaces with which it is displayed. It returns the
// secret unchanged if none of that applies, or if nothing would be left.
func (s Secret) Tidy() Secret { return s.as(tidy(s.Reveal())) }

// Latin1 returns the secret in ISO 8859-1, as old programs send it. It returns the
// secret unchanged if the encoding makes no difference or can't represent it.
func (s Secret) Latin1() Secret { return s.as(latin1(s.Reveal())) }

// as returns a form of the secret that still hides all the forms.
func (s Secret) as(form string) Secret {
	if form == "" {
		return s
	}
	return Secret{reveal: func() string { return form }, traces: s.traces}
}

// forms returns a secret and its other forms that may be sent, without duplicates.
func forms(secret string) []string {
	list := []string{secret}
	for _, form := range []string{tidy(secret), latin1(secret)} {
		if form != "" && !slices.Contains(list, form) {
			list = append(list, form)
		}
	}
	return list
}

// tidy implements [Secret.Tidy]. It returns "" if nothing is left.
func tidy(text string) string {
	text = tidied(text)
	if groupsOfFour.MatchString(text) {
		return strings.ReplaceAll(text, " ", "")
	}
	return text
}

// tidied is tidy without the handling of app passwords.
func tidied(text string) string { return strings.TrimSpace(composed(plainly(text))) }

// plainly replaces unusual spaces and quotes, and removes invisible characters.
func plainly(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unusualSpace(r):
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	return curly.Replace(text)
}

// composed combines letters and accents, as servers do that prepare passwords (RFC 4013
// 2.2).
func composed(text string) string {
	if prepared, err := composing.Prepare(text); err == nil {
		return prepared
	}
	return text
}

var composing = stringprep.Profile{Normalize: true}

// latin1 returns the tidied text in ISO 8859-1. It returns "" if the text is ASCII, or
// has a character outside ISO 8859-1.
func latin1(text string) string {
	text = tidy(text)
	if ascii(text) {
		return ""
	}
	var out []byte
	for _, r := range text {
		if r > unicode.MaxLatin1 || r >= 0x7f && r < 0xa0 {
			return ""
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// groupsOfFour matches app passwords as providers' web pages display them: abcd efgh
// ijkl mnop.
var groupsOfFour = regexp.MustCompile(`^[a-z0-9]{4}(?: [a-z0-9]{4}){3}$`)

// curly replaces curly quotes by straight ones.
var curly = strings.NewReplacer("\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`)

// unusualSpace reports whether r is white space that the space bar doesn't produce,
// such as U+00A0, which is common on web pages.
func unusualSpace(r rune) bool { return unicode.IsSpace(r) && r > ' ' }

// invisible reports whether r is an invisible character: a control or format character,
// such as U+200B and U+FEFF.
func invisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) && !unusualSpace(r) }
