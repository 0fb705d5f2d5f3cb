package explain

import (
	"cmp"
	"net/netip"
	"slices"
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
	a.Guesses = a.atPort25(a.atHome(a.named.informed(a.Guesses, a.Protocol)))
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

// bridges are the ports at which bridge programs listen on the user's own computer: those
// of Proton Mail Bridge and DavMail.
var bridges = []uint16{1025, 1110, 1143}

// between are causes that lie between a computer and a server.
var between = []cause.ID{
	cause.MailPortsBlockedOnThisNetwork, cause.ServerUnreachable, cause.PortFiltered, cause.ISPPort25Filtered, cause.CloudEgressSMTPBlocked, cause.ClientIPBannedByServer,
	cause.NoNetworkRoute, cause.IPv6BrokenPath, cause.SlowPath, cause.CaptivePortal,
}

// atHome leaves out causes that lie between a computer and a server if the text is about
// a server on this computer. If a bridge program listens at the port that it names, that
// one comes first, where the connection didn't get as far as a login.
func (a *Answer) atHome(guesses []reply.Guess) []reply.Guess {
	ip, err := netip.ParseAddr(a.target.Server.Host)
	if a.target.Server.Host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return guesses
	}
	left := slices.DeleteFunc(slices.Clone(guesses), func(g reply.Guess) bool { return slices.Contains(between, g.Cause) })
	if len(left) == 0 {
		return guesses
	}
	p, ok := cause.PageOf(left[0].Cause)
	if !ok || !slices.Contains(bridges, a.target.Server.Port) || p.Stage != stage.Connect && p.Stage != stage.Greeting && p.Stage != stage.Handshake {
		return left
	}
	return reply.MergeGuesses([]reply.Guess{{Cause: cause.LocalBridgeProblem, Confidence: left[0].Confidence}}, left)
}

// atPort25 puts first that port 25 is closed to customers, as most internet providers and
// data centres have it, if no answer came from there.
func (a *Answer) atPort25(guesses []reply.Guess) []reply.Guess {
	if a.target.Server.Port != 25 || len(guesses) == 0 || guesses[0].Cause != cause.ServerUnreachable || guesses[0].Confidence != cause.Possible {
		return guesses
	}
	first := []reply.Guess{{Cause: cause.ISPPort25Filtered, Confidence: cause.Possible}, {Cause: cause.CloudEgressSMTPBlocked, Confidence: cause.Possible}}
	return reply.MergeGuesses(first, guesses)
}

// Program returns the mail program that wrote the text; empty if it isn't one whose
// settings are known.
func (a *Answer) Program() stage.ProgramID { return a.said.Writer.Program }
