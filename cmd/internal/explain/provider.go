package explain

import (
	"regexp"
	"strings"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Patterns for hosts of web pages and for host names in a pasted message.
var (
	pageIn = regexp.MustCompile(`https?://([A-Za-z0-9.-]+)`)
	hostIn = regexp.MustCompile(`[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z][A-Za-z0-9-]+`)
)

// maxNamed limits the names that are looked up in the catalogue.
const maxNamed = 16

// providerIn returns the provider in the embedded catalogue that owns a web page or
// server named in a message; nil if there is none.
func providerIn(message string) (*stage.Profile, error) {
	pages, hosts := pageIn.FindAllStringSubmatch(message, maxNamed), hostIn.FindAllString(message, maxNamed)
	if len(pages)+len(hosts) == 0 {
		return nil, nil
	}
	c, err := profiles.Load()
	if err != nil {
		return nil, fault.Own("%w", err)
	}
	for _, m := range pages {
		if p := c.Linked(m[1], ""); p != nil {
			return p.ForRules(), nil
		}
	}
	for _, host := range hosts {
		if p := c.Serving(strings.ToLower(host), ""); p != nil {
			return p.ForRules(), nil
		}
	}
	return nil, nil
}

// notesOn has the notes of a profile that are relevant to a cause found by words
// only.
var notesOn = map[cause.ID][]stage.NoteID{
	cause.AppPasswordRequired:        {stage.NoteAppPassword, stage.NoteAppPasswordForSome},
	cause.BasicAuthDisabled:          {stage.NoteOAuthOnly},
	cause.ProtocolDisabledForAccount: {stage.NoteIMAPOffByDefault, stage.NotePOPOffByDefault, stage.NoteSMTPOffByDefault},
	cause.WebLoginChallenge:          {stage.NoteWebSignInChallenge},
}

// noteOn returns a provider's note about a cause.
func noteOn(p *stage.Profile, id cause.ID) (n stage.Note, ok bool) {
	for _, note := range notesOn[id] {
		if n, ok = p.Note(note); ok {
			return n, true
		}
	}
	return n, false
}
