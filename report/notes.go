package report

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// notes says what is wrong with a connection, or what is worth knowing about one
// that works.
func notes(rec *stage.Record, b book, c *stage.CheckRecord) []prose.Value {
	if c.Check.FollowUp() {
		return []prose.Value{followUpNote(rec, c)}
	}
	var out []prose.Value
	for i := range c.Results {
		if v := stageNote(rec, b, c, &c.Results[i]); !v.Empty() {
			out = append(out, v)
		}
	}
	if v := chart.ShowsTries(c); !v.Empty() {
		out = append(out, v)
	}
	for _, f := range b.followUps[c.Check.ID] {
		if f.Check.Kind == stage.KindLogin {
			out = append(out, followUpNote(rec, f))
		}
	}
	// What an endpoint holds is left out if its remark says enough: the required one
	// beside it holds the same.
	if v := good(rec, c); !v.Empty() && c.Failed() == nil && !unsupported(rec, c) {
		out = append(out, v)
	}
	if c.Check.Optional {
		out = optional(rec, c, out)
	}
	return out
}

// followUpNote returns the line of a follow-up. It names the encryption if only that
// distinguishes its row from the one above.
func followUpNote(rec *stage.Record, c *stage.CheckRecord) prose.Value {
	e := c.Check.Endpoint
	asked := prose.Sentences(question.Ask(c.Check), question.AnswerIn(rec, *c).Said)
	if len(c.Check.Parents) > 0 && c.Check.Kind != stage.KindLogin {
		if p := rec.Check(c.Check.Parents[0]); p != nil && p.Check.Endpoint.Address() == e.Address() {
			if e.Security == stage.None {
				return say.FollowUpInClear(asked)
			}
			return say.FollowUpEncrypted(Security(e.Security), asked)
		}
	}
	return say.FollowUpSaid(asked)
}

// stageNote returns the line for a stage that isn't a plain pass.
func stageNote(rec *stage.Record, b book, c *stage.CheckRecord, r *stage.Result) (note prose.Value) {
	name := stageName(r.Stage)
	if f, ok := r.Facts.(*stage.SubmitFacts); ok && f.Recipient != "" && f.Accepted {
		name = say.StageRecipient()
	}
	switch r.Status {
	case stage.Fail, stage.Warn:
		what := clause(r, rec.Header.Options)
		if what.Empty() {
			what = b.concluded(c, r)
		}
		switch {
		case what.Empty():
			return note
		case r.Fault == stage.Rejected || r.Fault == stage.TemporarilyOut:
			note = say.CellRefusal(name, what) // "login refused: -ERR ..."
		default:
			note = say.CellStage(name, what)
		}
		if r.Stage == stage.Handshake && r.Status == stage.Fail && chart.LoginAsked(rec, c) {
			note = say.CellNotSent(note)
		}
	case stage.Pass:
		if what := b.concluded(c, r); !what.Empty() {
			note = say.CellStage(name, what)
		}
	case stage.Skip:
		if why, ok := whySkipped(r); ok && firstSkipped(c, r) {
			note = say.CellSkipped(name, untried(rec, c, r, why))
		}
	}
	return note
}

// concluded returns what a warning finding has seen in a stage, if the stage itself
// has no fault to show.
func (b book) concluded(c *stage.CheckRecord, r *stage.Result) prose.Value {
	return b.said[seenAt{c.Check.ID, r.Stage}]
}

// firstSkipped reports whether r is the first stage of its check that was skipped
// for its reason; the later ones need no line of their own.
func firstSkipped(c *stage.CheckRecord, r *stage.Result) bool {
	for i := range c.Results {
		if c.Results[i].Status == stage.Skip && c.Results[i].Reason == r.Reason {
			return c.Results[i].Stage == r.Stage
		}
	}
	return false
}

// good returns the line for a connection that works.
func good(rec *stage.Record, c *stage.CheckRecord) (line prose.Value) {
	if f := stage.FactsOf[*stage.MailboxFacts](c); f != nil {
		var messages prose.Value
		if f.Messages != nil {
			messages = say.CellMessages(prose.Count(int(*f.Messages)))
		}
		return prose.All(messages, room(rec, c, f))
	}
	if f := stage.FactsOf[*stage.SubmitFacts](c); f != nil && f.Accepted && c.Result(stage.Submit).Status == stage.Pass {
		var most prose.Value
		if f.SizeLimit != nil && *f.SizeLimit > 0 {
			most = prose.Size(*f.SizeLimit)
		}
		login := c.Result(stage.Login)
		switch to := prose.Data(f.Recipient); {
		case f.Recipient == "":
			return say.CellSenderAccepted(most)
		case login != nil && login.Status == stage.Pass:
			return say.CellRecipientAccepted(to, most)
		default:
			return say.CellRelays(to, most)
		}
	}
	return line
}

// room says how much of a mailbox is used, and of how much if that is known.
func room(rec *stage.Record, c *stage.CheckRecord, f *stage.MailboxFacts) (used prose.Value) {
	switch {
	case f.QuotaUsed != nil && f.QuotaLimit != nil && *f.QuotaLimit > 0:
		return prose.Used(*f.QuotaUsed, *f.QuotaLimit)
	case f.QuotaUsed != nil:
		return prose.Size(*f.QuotaUsed) // 0 means no limit
	case f.Bytes != nil && mailboxLimit(rec, c) > 0:
		return prose.Used(*f.Bytes, mailboxLimit(rec, c))
	case f.Bytes != nil:
		return prose.Size(*f.Bytes)
	}
	return used
}

// mailboxLimit returns the mailbox limit in the profile, in bytes; 0 if there is
// none.
func mailboxLimit(rec *stage.Record, c *stage.CheckRecord) int64 {
	if s := rec.Subject(c); s != nil && s.Profile != nil {
		return s.Profile.MailboxBytes
	}
	return 0
}

// unsupported reports whether the provider's page lists an optional endpoint and
// says that it isn't supported.
func unsupported(rec *stage.Record, c *stage.CheckRecord) bool {
	s := rec.Subject(c)
	return c.Check.Optional && c.Check.Note == stage.NoteIMAPUnsupported && s != nil && s.Profile != nil
}

// optional marks the notes of an optional endpoint, and adds the profile's reason if
// there is one.
func optional(rec *stage.Record, c *stage.CheckRecord, lines []prose.Value) []prose.Value {
	if c.Failed() == nil && unsupported(rec, c) {
		name := prose.Data(rec.Subject(c).Profile.Name)
		why := say.CellOptionalListed(name)
		if r := c.Result(stage.Login); r != nil && r.Status == stage.Pass {
			why = say.CellOptionalWorks(name)
		}
		return append([]prose.Value{why}, lines...)
	}
	if len(lines) == 0 {
		return []prose.Value{say.CellOptional()}
	}
	return append([]prose.Value{say.CellOptionalAnd(lines[0])}, lines[1:]...)
}
