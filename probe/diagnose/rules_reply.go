package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// readable are the mechanisms that send the password as it is, which programs call
// "normal password".
var readable = []string{"PLAIN", "LOGIN", "USER/PASS", "IMAP LOGIN"}

// telling adds to a hit what the page of its cause says about the reply in a stage.
type telling func(k *chart.Exam, h *Hit, s stage.Stage)

// quoted quotes the reply.
func quoted(k *chart.Exam, h *Hit, s stage.Stage) {
	if said := k.Reply(s); said != nil {
		h.with(cause.SlotReply, prose.Cut(said.Text(), maxReply))
	}
}

// loggedIn says that a login is demanded although one was made.
func loggedIn(k *chart.Exam, h *Hit, s stage.Stage) {
	if s != stage.Submit || !k.Passed(stage.Login) {
		return
	}
	h.with(cause.SlotLoggedIn, prose.Set(true))
	if k.Says(s, reply.FetchFirstWords) || k.Says(s, []string{"check for new mail", "pop before smtp"}) {
		h.with(cause.SlotFetchFirst, prose.Set(true))
	}
}

// withoutLogin says that sending was tried without a login.
func withoutLogin(k *chart.Exam, h *Hit, s stage.Stage) {
	if s == stage.Submit && !k.Passed(stage.Login) {
		h.with(cause.SlotNoLogin, prose.Set(true))
	}
}

// underTLS says that encryption is demanded on an encrypted connection.
func underTLS(k *chart.Exam, h *Hit, s stage.Stage) {
	if (s == stage.Login || s == stage.Mailbox || s == stage.Submit) && k.Encrypted() {
		h.with(cause.SlotUnderTLS, prose.Set(true))
	}
}

// normalPassword names the refused mechanism that sends the password as it is.
func normalPassword(k *chart.Exam, h *Hit, s stage.Stage) {
	if s == stage.Login && slices.Contains(readable, k.Login.Mechanism) {
		h.with(cause.SlotTried, prose.Data(k.Login.Mechanism))
	}
}

// atLogin says that the login failed.
func atLogin(_ *chart.Exam, h *Hit, s stage.Stage) {
	if s == stage.Login {
		h.with(cause.SlotAtLogin, prose.Set(true))
	}
}

// atSender says that the mail was refused, and not the connection.
func atSender(_ *chart.Exam, h *Hit, s stage.Stage) {
	if s == stage.Submit {
		h.with(cause.SlotAtSender, prose.Set(true))
	}
}

// onPage adds what the provider's note says about the reply.
func onPage(id stage.NoteID, cite citing) telling {
	return func(k *chart.Exam, h *Hit, s stage.Stage) {
		if n, whose, ok := k.Note(id); ok && s == stage.Login {
			cite(h, n).with(cause.SlotProvider, whose)
		}
	}
}

// offAtFirst adds the provider's note that the protocol has to be switched on.
func offAtFirst(k *chart.Exam, h *Hit, s stage.Stage) {
	onPage(chart.OffByDefault[k.Check.Endpoint.Protocol], (*Hit).withNote)(k, h, s)
}

// throughBrowser adds the provider's note that mail programs sign in by a web page.
func throughBrowser(k *chart.Exam, h *Hit, s stage.Stage) {
	if _, _, ok := k.Note(stage.NoteBrowserSignIn); ok && s == stage.Login {
		h.with(cause.SlotBrowser, prose.Set(true))
	}
}

// refusals are the faults that come with a reply.
var refusals = []stage.Fault{stage.Rejected, stage.TemporarilyOut, stage.Bye, stage.Closed}

// maxReply bounds the part of a reply that an action quotes, in bytes.
const maxReply = 160

// byReply returns the rule of a cause that the server's reply shows.
func byReply(id cause.ID, tells ...telling) Rule {
	return Rule{
		Cause: id,
		Needs: []chart.Need{
			chart.Met(stage.Greeting, refusals...), chart.Met(stage.Upgrade, refusals...), chart.Met(stage.Capabilities, refusals...),
			chart.Met(stage.Login, refusals...), chart.Met(stage.Mailbox, refusals...), chart.Met(stage.Submit, refusals...),
		},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			g, ok := k.Guess(r.Stage, id)
			h := &Hit{Confidence: g.Confidence, Severity: weigh(c, k, r, cause.Fail), refusal: true}
			for _, tell := range tells {
				tell(k, h, r.Stage)
			}
			if id == cause.SASLDialectIncompatible && r.Stage == stage.Login && c.ToldElsewhere(k) {
				h.Confidence = cause.Possible
			}
			return h.holds(ok)
		},
	}
}
