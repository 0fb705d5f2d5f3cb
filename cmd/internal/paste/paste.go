// Package paste finds secrets in text that somebody pasted: the log of a mail program, a
// dialogue typed by hand, a command, a configuration. [Find] says in which lines they
// are, and [Redact] replaces them.
//
// It knows what a secret looks like only by its surroundings: the answers of AUTH and
// AUTHENTICATE, the arguments of LOGIN, PASS and APOP, passwords in URLs and data source
// names, what follows a word for a password, and the forms of tokens. What was found in
// one place is replaced wherever else it stands. A password by itself, without any of
// that, is not recognized. If in doubt, a word is taken for a secret: less can be read
// then, but nothing is given away.
package paste

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// Kind says what kind of secret it is.
type Kind string

const (
	Exchange Kind = "sasl-answer"   // of AUTH or AUTHENTICATE
	Command  Kind = "login-command" // an argument of LOGIN, PASS or APOP
	URL      Kind = "url-password"  // in a URL or data source name
	Setting  Kind = "password"      // after a word for it
	Token    Kind = "token"
)

// Secret is a place in a text that holds a secret.
type Secret struct {
	Line int  `json:"line"` // from 1
	Kind Kind `json:"kind"`

	from, to int // bytes of the text
}

// Stand is what a secret is replaced with.
const Stand = "***"

// Find returns the secrets in a text, each line and kind once.
func Find(text string) []Secret {
	all := find(text)
	slices.SortStableFunc(all, func(a, b Secret) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind)) })
	return slices.CompactFunc(all, func(a, b Secret) bool { return a.Line == b.Line && a.Kind == b.Kind })
}

// Redact returns the text with [Stand] in place of each secret. Redacting twice changes
// nothing more.
func Redact(text string) string {
	for range rounds {
		next := replaced(text, find(text))
		if next == text {
			break
		}
		text = next
	}
	return text
}

// rounds bounds how often a text is looked through. What is cut out may bring to light
// another secret beside it; each round leaves fewer letters.
const rounds = 16

// find returns all places of secrets, in their order.
func find(text string) []Secret {
	found := surrounded(text)
	found = append(found, elsewhere(text, found)...)
	slices.SortStableFunc(found, func(a, b Secret) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	line, at := 1, 0
	for i := range found {
		line += strings.Count(text[at:found[i].from], "\n")
		at = found[i].from
		found[i].Line = line
	}
	return apart(found)
}

// elsewhere returns the places where what was found stands again.
func elsewhere(text string, found []Secret) (out []Secret) {
	known := make(map[string]bool)
	type value struct {
		text string
		kind Kind
	}
	by := make(map[string][]value) // by the first bytes
	for _, s := range found {
		for _, v := range meant(text[s.from:s.to], s.Kind) {
			if !known[v] {
				known[v] = true
				by[v[:alone]] = append(by[v[:alone]], value{v, s.Kind})
			}
		}
	}
	if len(by) == 0 {
		return nil
	}
	for at := range max(len(text)-alone+1, 0) {
		for _, v := range by[text[at:at+alone]] {
			if strings.HasPrefix(text[at:], v.text) {
				out = append(out, Secret{Kind: v.kind, from: at, to: at + len(v.text)})
			}
		}
	}
	return out
}

// apart leaves out places that lie in one before them, in their order.
func apart(found []Secret) []Secret {
	end := 0
	return slices.DeleteFunc(found, func(s Secret) bool {
		if s.to <= end {
			return true
		}
		end = s.to
		return false
	})
}

// replaced cuts out secrets.
func replaced(text string, secrets []Secret) string {
	var b strings.Builder
	at := 0
	for _, s := range secrets {
		if s.from >= at {
			b.WriteString(text[at:s.from])
			b.WriteString(Stand)
		}
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// alone is the least length of a secret that is replaced elsewhere, in bytes: a shorter
// one would be found by chance.
const alone = 6

// meant returns what else a secret says, by which it can be recognized elsewhere: itself,
// and what it carries in base64.
func meant(secret string, kind Kind) (out []string) {
	add := func(s string) {
		if len(s) >= alone && !harmless[strings.ToLower(s)] && !strings.Contains(s, Stand) {
			out = append(out, s)
		}
	}
	add(strings.Trim(secret, `"'`))
	if kind != Exchange {
		return out
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.Trim(secret, `"'`))
	if err != nil || !readable(string(decoded)) {
		return out
	}
	parts := strings.FieldsFunc(string(decoded), func(r rune) bool { return r == 0 || r == 1 })
	last := parts[len(parts)-1:]
	if len(parts) == 1 && strings.Contains(parts[0], "@") {
		return out // the user name in an answer to LOGIN
	}
	for _, p := range last {
		_, token, bearer := strings.Cut(p, "Bearer ")
		if bearer {
			p = token
		}
		add(p)
	}
	return out
}

// readable reports whether something decoded is text, with the separators of SASL.
func readable(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case r == 0 || r == 1:
		case r < ' ' || r == 0x7f || r == '\ufffd':
			return false
		default:
			letters++
		}
	}
	return letters > 0
}
