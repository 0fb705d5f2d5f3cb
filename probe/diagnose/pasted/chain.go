package pasted

import (
	"regexp"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/lazy"
	"maildoctor/probe/stage"
)

// Fact is what a server's line shows that went well.
type Fact string

const (
	Greeted   Fact = "greeting"
	Encrypted Fact = "encryption-accepted"
	LoggedIn  Fact = "login-accepted"
	Accepted  Fact = "message-accepted"
)

// facts are the replies of servers that say so (RFC 5321 4.2, RFC 4954 6, RFC 3207 4,
// RFC 9051 7.1, RFC 1939), the particular first.
var facts = []struct {
	fact Fact
	says func() *regexp.Regexp
}{
	{Encrypted, lazy.Pattern(`^220[ -].*(?i:\btls\b|\bssl\b|ready to start|go ahead|begin)`)},
	{Greeted, lazy.Pattern(`^220[ -]`)},
	{Greeted, lazy.Pattern(`^\* (?:OK|PREAUTH)\b.*(?i:ready|imap|welcome|courier|cyrus|dovecot|server)`)},
	{LoggedIn, lazy.Pattern(`^235[ -]`)},
	{LoggedIn, lazy.Pattern(`^(?i:[a-z]{0,8}\d+) OK\b.*(?i:logged in|authenticat|login)`)},
	{Encrypted, lazy.Pattern(`^(?:(?i:[a-z]{0,8}\d+) OK|\+OK)\b.*(?i:begin tls|tls neg|starttls|stls)`)},
	{LoggedIn, lazy.Pattern(`^\+OK\b.*(?i:logged in|maildrop|mailbox|messages?\b)`)},
	{Greeted, lazy.Pattern(`^\+OK\b.*(?i:ready|pop|hello|welcome|<[^<> ]+@[^<> ]+>)`)},
	{Accepted, lazy.Pattern(`^250[ -].*(?i:queued|accepted for delivery|message accepted|\bid=)`)},
}

// factOf returns what a server's line shows that went well; empty if nothing does.
func factOf(said string) Fact {
	if said == "" || !strings.ContainsRune("2*+aAbBtT.0123456789", rune(said[0])) {
		return ""
	}
	for _, f := range facts {
		if f.says().MatchString(said) {
			return f.fact
		}
	}
	return ""
}

// chain says of each line whether another explains it. What programs say after the line
// that leads, and what is less sure than it, follows from it; so does what a program
// makes of a server's words, and that the client takes its leave.
func (a *Answer) chain() {
	lead := a.Lead()
	if lead == nil {
		return
	}
	for i := range a.Statements {
		s := &a.Statements[i]
		retold := s.Leads && s.Who == ByProgram && lead.Who == ByServer
		unsure := !s.Leads && len(s.Guesses) > 0 && sureness(s.Guesses) < sureness(lead.Guesses)
		if s.Line > lead.Line && (retold || unsure || s.Who == ByClient) {
			s.Follows, s.Leads = lead.Line, false
		}
	}
}

// settle leaves out causes that the text itself rules out: once a server has said
// something, it was found and reached. Only a merely possible cause of which no line
// speaks is left out, and none where several sessions are told of.
func (a *Answer) settle() {
	sessions, spoken := 0, false
	for _, s := range a.Statements {
		spoken = spoken || s.Who == ByServer
		if s.Fact == Greeted {
			sessions++
		}
	}
	if !spoken || sessions > 1 {
		return
	}
	a.Guesses = slices.DeleteFunc(a.Guesses, func(g reply.Guess) bool {
		p, ok := cause.PageOf(g.Cause)
		return ok && (p.Stage == stage.Resolve || p.Stage == stage.Connect) && g.Confidence == cause.Possible && !a.says(g.Cause)
	})
}

// says reports whether a line by itself says that a cause is likely.
func (a *Answer) says(id cause.ID) bool {
	return slices.ContainsFunc(a.Statements, func(s Statement) bool {
		return len(s.Guesses) > 0 && s.Guesses[0].Cause == id && s.Guesses[0].Confidence != cause.Possible
	})
}

// Lead returns the first line that says what leads over the whole text; nil if none does.
func (a *Answer) Lead() *Statement {
	for i := range a.Statements {
		if a.Statements[i].Leads {
			return &a.Statements[i]
		}
	}
	return nil
}

// leave are the commands with which a client ends a session.
var leave = []string{"QUIT", "LOGOUT"}

// leaves reports whether a client's line is one of these, with an IMAP tag or without.
func leaves(said string) bool {
	words := strings.Fields(strings.ToUpper(strings.Trim(said, `'"`)))
	return len(words) > 0 && len(words) <= 2 && slices.Contains(leave, strings.TrimSuffix(words[len(words)-1], `\R\N`))
}
