package report

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	said "maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// notes says in words what is not in order with a connection, and what is
// worth knowing about one that is.
func notes(rec *stage.Record, d diagnose.Diagnosis, c *stage.CheckRecord) []string {
	if c.Check.FollowUp() {
		return []string{followUpNote(rec, c)}
	}
	var out []string
	for i := range c.Results {
		if s := stageNote(rec, d, c, &c.Results[i]); s != "" {
			out = append(out, s)
		}
	}
	for i := range rec.Checks {
		f := &rec.Checks[i]
		if f.Check.Kind == stage.KindLogin && f.Check.FollowUp() && slices.Contains(f.Check.Parents, c.Check.ID) {
			out = append(out, followUpNote(rec, f))
		}
	}
	// What an endpoint holds is not told where its remark says enough: the required
	// one beside it holds the same.
	if s := good(rec, c); s != "" && c.Failed() == nil && !unsupported(rec, c) {
		out = append(out, s)
	}
	if c.Check.Optional {
		out = optional(rec, c, out)
	}
	return out
}

// followUpNote is the line of a follow-up. It names the encryption where that is
// all that tells its row from the one above.
func followUpNote(rec *stage.Record, c *stage.CheckRecord) string {
	e := c.Check.Endpoint
	asked := prose.Sentences(question.Ask(c.Check), question.AnswerIn(rec, *c).Said)
	line := said.FollowUpSaid(asked)
	if len(c.Check.Parents) > 0 && c.Check.Kind != stage.KindLogin {
		if p := rec.Check(c.Check.Parents[0]); p != nil && p.Check.Endpoint.Address() == e.Address() {
			line = said.FollowUpEncrypted(prose.Data(SecurityWords(e.Security)), asked)
			if e.Security == stage.None {
				line = said.FollowUpInClear(asked)
			}
		}
	}
	return prose.English().Text(line)
}

// stageNote is the line for a stage that isn't a plain pass.
func stageNote(rec *stage.Record, d diagnose.Diagnosis, c *stage.CheckRecord, r *stage.Result) string {
	name := StageWords(r.Stage)
	switch r.Status {
	case stage.Fail, stage.Warn:
		sep := ": "
		if r.Fault == stage.Rejected || r.Fault == stage.TemporarilyOut {
			sep = " " // "login refused: -ERR ..."
		}
		words := clause(r, rec.Header.Options)
		if words == "" {
			words = concluded(d, c, r)
		}
		if words == "" {
			return ""
		}
		s := name + sep + words
		if r.Stage == stage.Handshake && r.Status == stage.Fail && loginAsked(rec, c) {
			s += "; password not sent"
		}
		return s
	case stage.Pass:
		if words := concluded(d, c, r); words != "" {
			return name + ": " + words
		}
	case stage.Skip:
		if words := skipWords[r.Reason]; words != "" && firstSkipped(c, r) {
			if o := chart.RefusedFor(rec, c); o != nil {
				words += say(wordsRefusedThere, "place", placeBeside(c, o))
			}
			return name + " " + words
		}
	}
	return ""
}

// placeBeside names the server of o in a line about c: its port alone where the host
// is the same.
func placeBeside(c, o *stage.CheckRecord) string {
	port := "port " + strconv.Itoa(int(o.Check.Endpoint.Port))
	if strings.EqualFold(o.Check.Endpoint.Host, c.Check.Endpoint.Host) {
		return port
	}
	return port + " of " + o.Check.Endpoint.Host
}

// concluded returns what a finding that warns has seen in a stage, where the
// stage itself has no fault to show.
func concluded(d diagnose.Diagnosis, c *stage.CheckRecord, r *stage.Result) string {
	for _, f := range d.Findings {
		if f.SuppressedBy != "" || f.Severity == cause.Info {
			continue
		}
		for _, e := range f.Evidence {
			if e.Check == c.Check.ID && e.Stage == r.Stage {
				return stage.Visible(e.Text(prose.English()))
			}
		}
	}
	return ""
}

// firstSkipped reports whether r is the first stage of its check that was
// skipped for its reason; the later ones need no line of their own.
func firstSkipped(c *stage.CheckRecord, r *stage.Result) bool {
	for i := range c.Results {
		if c.Results[i].Status == stage.Skip && c.Results[i].Reason == r.Reason {
			return c.Results[i].Stage == r.Stage
		}
	}
	return false
}

// good is the line for a connection that is in order.
func good(rec *stage.Record, c *stage.CheckRecord) string {
	var parts []string
	if f := stage.FactsOf[*stage.MailboxFacts](c); f != nil {
		if f.Messages != nil {
			parts = append(parts, strconv.FormatInt(*f.Messages, 10)+either(int(*f.Messages), " message", " messages"))
		}
		switch {
		case f.QuotaUsed != nil && f.QuotaLimit != nil && *f.QuotaLimit > 0:
			parts = append(parts, ofBytes(*f.QuotaUsed, *f.QuotaLimit))
		case f.QuotaUsed != nil:
			parts = append(parts, Bytes(*f.QuotaUsed)) // 0 is no limit
		case f.Bytes != nil && mailboxLimit(rec, c) > 0:
			parts = append(parts, ofBytes(*f.Bytes, mailboxLimit(rec, c)))
		case f.Bytes != nil:
			parts = append(parts, Bytes(*f.Bytes))
		}
		return strings.Join(parts, ", ")
	}
	if f := stage.FactsOf[*stage.SubmitFacts](c); f != nil && f.Accepted && c.Result(stage.Submit).Status == stage.Pass {
		s := "login and sender address accepted"
		if f.SizeLimit != nil && *f.SizeLimit > 0 {
			s += "; messages up to " + Bytes(*f.SizeLimit)
		}
		return s
	}
	return ""
}

// mailboxLimit is what the profile says that a mailbox may hold, in bytes; 0
// where it doesn't.
func mailboxLimit(rec *stage.Record, c *stage.CheckRecord) int64 {
	if s := subjectOf(rec, c); s != nil && s.Profile != nil {
		return s.Profile.MailboxBytes
	}
	return 0
}

// ofBytes writes a part of a whole: "38 of 700 MB".
func ofBytes(used, limit int64) string {
	u, l := Bytes(used), Bytes(limit)
	if n, unit, ok := strings.Cut(u, " "); ok && strings.HasSuffix(l, " "+unit) {
		u = n
	}
	return u + " of " + l
}

// unsupported reports whether the provider's page lists an optional endpoint and
// says that it isn't supported.
func unsupported(rec *stage.Record, c *stage.CheckRecord) bool {
	s := subjectOf(rec, c)
	return c.Check.Optional && c.Check.Note == stage.NoteIMAPUnsupported && s != nil && s.Profile != nil
}

// optional marks the notes of an optional endpoint, and says why it is one
// where the profile knows.
func optional(rec *stage.Record, c *stage.CheckRecord, lines []string) []string {
	s := "optional"
	if c.Failed() == nil && unsupported(rec, c) {
		name := stage.Visible(subjectOf(rec, c).Profile.Name)
		s = "optional: " + name + "'s page lists it and calls IMAP unsupported"
		if r := c.Result(stage.Login); r != nil && r.Status == stage.Pass {
			s = "optional: it works now, but " + name + "'s page calls IMAP unsupported"
		}
	}
	if len(lines) == 0 {
		return []string{s}
	}
	if s != "optional" {
		return append([]string{s}, lines...)
	}
	return append([]string{s + ". " + lines[0]}, lines[1:]...)
}
