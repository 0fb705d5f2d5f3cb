package explain

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/lazy"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Patterns for hosts of web pages and for host names in a pasted message.
var (
	pageIn = lazy.Pattern(`https?://([A-Za-z0-9.-]+)`)
	hostIn = lazy.Pattern(`[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z][A-Za-z0-9-]+`)
)

// maxNamed limits the names that are looked up in the catalogue.
const maxNamed = 16

// named is what the catalogue knows of the hosts that a text names.
type named struct {
	provider *stage.Profile   // who owns one; nil if none or several do
	all      []*stage.Profile // all who do
}

// known returns what is needed of a profile here: its name and its notes.
func known(p *profiles.Profile) *stage.Profile {
	return &stage.Profile{ID: p.ID, Name: p.Name, Notes: p.NotesForRules()}
}

// domainsOf returns the registered domains of hosts, in lower case.
func domainsOf(pages [][]string, hosts []string) (out []string) {
	for _, m := range pages {
		hosts = append(hosts, m[1])
	}
	for _, host := range hosts {
		if d, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(strings.Trim(host, "."))); err == nil {
			out = append(out, d)
		}
	}
	return out
}

// providerIn looks up the web pages and servers that a message names in the embedded
// catalogue: the first that is there counts.
func providerIn(message string) (named, error) {
	pages, hosts := pageIn().FindAllStringSubmatch(message, maxNamed), hostIn().FindAllString(message, maxNamed)
	if len(pages)+len(hosts) == 0 {
		return named{}, nil
	}
	c, err := profiles.LoadAbout(domainsOf(pages, hosts)...)
	if err != nil {
		return named{}, fault.Own("%w", err)
	}
	for _, m := range pages {
		if p := c.Linked(m[1], ""); p != nil {
			owner := known(p)
			return named{owner, []*stage.Profile{owner}}, nil
		}
	}
	for _, host := range hosts {
		var n named
		for _, p := range c.AllServing(host) {
			n.all = append(n.all, known(p))
		}
		if p := c.Serving(host, ""); p != nil {
			n.provider = known(p)
		}
		if n.all != nil {
			return n, nil
		}
	}
	return named{}, nil
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

// informed adds what the catalogue knows to what a text suggests. A provider's servers
// are not too old, and their certificates are in order: it is the program that is old, or
// somebody on the way who shows his own. Servers refuse a password that they would
// take from nobody in the same words as a wrong one: what the provider's page says leads,
// as it does for a run, but the password may still be wrong.
func (n named) informed(guesses []reply.Guess, protocol stage.Protocol) []reply.Guess {
	if len(n.all) == 0 || len(guesses) == 0 || guesses[0].Confidence == cause.Proven {
		return guesses
	}
	add, sure := cause.ID(""), guesses[0].Confidence
	switch guesses[0].Cause {
	case cause.TLSServerTooOld:
		add = cause.TLSClientTooOld
	case cause.CertMissingIntermediate, cause.CertSelfSigned, cause.CertPrivateCA:
		add = cause.ClientTrustStoreOutdated
		guesses = reply.MergeGuesses([]reply.Guess{{Cause: cause.AntivirusTLSInterception, Confidence: cause.Possible}, {Cause: cause.CorporateTLSInspection, Confidence: cause.Possible}}, belowLikely(guesses))
	case cause.WrongPassword:
		add = n.insteadOfPassword(protocol)
	}
	if add == "" {
		return guesses
	}
	return reply.MergeGuesses([]reply.Guess{{Cause: add, Confidence: sure}}, guesses)
}

// belowLikely returns guesses as merely possible.
func belowLikely(guesses []reply.Guess) []reply.Guess {
	out := slices.Clone(guesses)
	for i := range out {
		out[i].Confidence = cause.Possible
	}
	return out
}

// insteadOfPassword returns what all providers want in place of the account's password;
// empty if one of them takes it.
func (n named) insteadOfPassword(protocol stage.Protocol) cause.ID {
	have := func(id stage.NoteID) bool {
		return !slices.ContainsFunc(n.all, func(p *stage.Profile) bool {
			_, ok := p.Note(id)
			return !ok
		})
	}
	switch {
	case have(stage.NoteOAuthOnly) && (protocol != stage.SMTP || !have(stage.NoteSMTPNeedsAdmin)):
		return cause.BasicAuthDisabled
	case have(stage.NoteAppPassword):
		return cause.AppPasswordRequired
	}
	return ""
}
