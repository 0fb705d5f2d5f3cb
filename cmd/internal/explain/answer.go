package explain

import (
	"cmp"
	"strings"
	"sync"

	"maildoctor/cmd/internal/paste"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// Answer is the answer to a pasted text.
type Answer struct {
	Guesses  []reply.Guess   // what it suggests, the likeliest first
	Symptom  *pasted.Symptom // set if it has no message, but a person's own words
	Protocol stage.Protocol  // that was given or that the text shows; empty: neither

	named   named // what the catalogue knows of the hosts in it
	said    pasted.Answer
	target  pasted.Target
	lines   []string // of the text as it was read, without secrets
	secrets []paste.Secret
}

// Of returns the answer to a text. The protocol is guessed from it unless p is given. The
// error is that the catalogue can't be read.
func Of(text string, p stage.Protocol) (*Answer, error) {
	a := &Answer{}
	var err error
	var beside sync.WaitGroup
	beside.Go(func() { a.named, err = providerIn(text) })
	beside.Go(func() { a.secrets = paste.Find(text) })
	a.said = pasted.Read(text, p)
	a.Guesses = a.said.Guesses
	if len(a.Guesses) == 0 {
		if a.Symptom = pasted.Recognize(text); a.Symptom != nil {
			a.Guesses = a.Symptom.Guesses
		}
	}
	a.lines = strings.Split(paste.Redact(a.said.Text), "\n")
	lead := 1
	if s := a.said.Lead(); s != nil {
		lead = s.Line
		if p == "" {
			p = reply.ProtocolOf(s.Text)
		}
	}
	a.target = pasted.About(a.lines, lead, p)
	a.Protocol = cmp.Or(p, a.target.Server.Protocol)
	beside.Wait()
	a.Guesses = a.named.informed(a.Guesses, a.Protocol)
	return a, err
}

// Lead returns the cause that leads; empty if there is none.
func (a *Answer) Lead() cause.ID {
	if len(a.Guesses) == 0 {
		return ""
	}
	return a.Guesses[0].Cause
}

// line returns a line of the text without what is secret in it; empty if there is none.
func (a *Answer) line(n int) string {
	if n < 1 || n > len(a.lines) {
		return ""
	}
	_, text := pasted.Speaker(strings.TrimSpace(a.lines[n-1]))
	return stage.Visible(text)
}

// Program returns the mail program that wrote the text; empty if it isn't one whose
// settings are known.
func (a *Answer) Program() stage.ProgramID { return a.said.Writer.Program }
