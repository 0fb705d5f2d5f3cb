package auth

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/xdg-go/stringprep"

	"maildoctor/probe/stage"
)

// Oddities tells what is unusual about the characters of a password, and nothing
// of which they are, how many, or where: see [stage.Oddity]. A password of plain
// visible characters has none.
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

// appPasswordLike are the forms in which providers make them: Yahoo and Google,
// QQ and NetEase, Apple.
var appPasswordLike = regexp.MustCompile(`^([a-z]{16}|[A-Z]{16}|[a-z]{4}(-[a-z]{4}){3})$`)

// Tidy returns the secret as it was probably meant: without white space at its
// ends, without invisible characters, with ordinary spaces and straight quotes,
// composed (NFKC), and an app password without the spaces that it is shown with. It
// is the secret itself where nothing of that applies, or nothing would be left.
func (s Secret) Tidy() Secret { return s.as(tidy(s.Reveal())) }

// Latin1 returns the secret in ISO 8859-1, as old programs send it. It is the
// secret itself where that is no other, or has no room for it.
func (s Secret) Latin1() Secret { return s.as(latin1(s.Reveal())) }

// as returns a form of the secret. It hides all the forms.
func (s Secret) as(form string) Secret {
	if form == "" {
		return s
	}
	return Secret{reveal: func() string { return form }, traces: s.traces}
}

// forms lists a secret and what else of it may be sent, each once.
func forms(secret string) []string {
	list := []string{secret}
	for _, form := range []string{tidy(secret), latin1(secret)} {
		if form != "" && !slices.Contains(list, form) {
			list = append(list, form)
		}
	}
	return list
}

// tidy is what [Secret.Tidy] says; empty where nothing is left.
func tidy(text string) string {
	text = tidied(text)
	if groupsOfFour.MatchString(text) {
		return strings.ReplaceAll(text, " ", "")
	}
	return text
}

// tidied is tidy without what concerns app passwords.
func tidied(text string) string { return strings.TrimSpace(composed(plainly(text))) }

// plainly makes spaces and quotes ordinary, and leaves out what shows nothing.
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

// composed puts letters and their accents together, as servers do that prepare
// passwords (RFC 4013 2.2).
func composed(text string) string {
	if prepared, err := composing.Prepare(text); err == nil {
		return prepared
	}
	return text
}

var composing = stringprep.Profile{Normalize: true}

// latin1 returns a tidy text with letters beyond ASCII in ISO 8859-1; empty where
// there are none, or where one isn't of ISO 8859-1.
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

// groupsOfFour are app passwords as the web pages show them that give them out:
// abcd efgh ijkl mnop.
var groupsOfFour = regexp.MustCompile(`^[a-z0-9]{4}(?: [a-z0-9]{4}){3}$`)

// curly makes the quotes straight that word processors bend.
var curly = strings.NewReplacer("\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`)

// unusualSpace reports white space that no space bar gives, such as U+00A0, which
// web pages are full of.
func unusualSpace(r rune) bool { return unicode.IsSpace(r) && r > ' ' }

// invisible reports a character that shows nothing: control and format characters,
// such as U+200B and U+FEFF.
func invisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) && !unusualSpace(r) }
