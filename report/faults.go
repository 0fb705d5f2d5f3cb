package report

import (
	"cmp"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// skipped say why a stage was not tried, where the report has to say so.
var skipped = map[stage.Reason]prose.Value{
	stage.CleartextNotAllowed: say.CellReadable(),
	stage.SettingsNotVerified: say.CellForgeable(),
	stage.NoSender:            say.CellNoSender(),
	stage.NotPossible:         say.CellNotPossible(),
	stage.LoginBudget:         say.CellBudget(),
	stage.PasswordUnavailable: say.CellNoPassword(),
}

// whySkipped says why a stage was not tried, or not finished; ok is false where a report
// has no need to.
func whySkipped(r *stage.Result) (why prose.Value, ok bool) {
	var waited prose.Value
	if r.Time > 0 {
		waited = prose.Duration(r.Time)
	}
	switch r.Reason {
	case stage.Interrupted:
		return say.CellInterrupted(waited), true
	case stage.OutOfTime:
		return say.CellOutOfTime(waited), true
	}
	why, ok = skipped[r.Reason]
	return why, ok
}

// clause says how a stage failed, or what it warns of.
func clause(r *stage.Result, o stage.Options) prose.Value {
	switch f := r.Facts.(type) {
	case *stage.ConnectFacts:
		if v := attempts(f.Attempts, o); !v.Empty() {
			return v
		}
	case *stage.TLSFacts:
		if v := certificateFaults(f); !v.Empty() {
			return v
		}
	}
	what, detail := faultOf(r, o), prose.Data(detailOf(r))
	switch {
	case detail.Empty():
		return what
	case what.Empty():
		return detail
	}
	return say.CellDetail(what, detail)
}

// faultOf says what happened in a stage.
func faultOf(r *stage.Result, o stage.Options) prose.Value {
	return chart.Fault(r.Stage, r.Fault, prose.Seconds(waited(r, o)))
}

// waited is how long a stage waited: until its limit, or less where it was clear before
// that nothing would come.
func waited(r *stage.Result, o stage.Options) stage.Millis {
	limit := o.StageTimeout
	if r.Stage == stage.Connect {
		limit = o.ConnectTimeout
	}
	if limit == 0 || r.Time > 0 && r.Time < limit {
		limit = r.Time
	}
	return limit
}

// detailOf returns what a stage saw of a refusal, in the server's words where
// it had any. The errors of this machine's libraries are for the facts: they name
// local ports and mean nothing to most readers.
func detailOf(r *stage.Result) string {
	if f, ok := r.Facts.(*stage.StartTLSFacts); ok && r.Fault == stage.EarlyData {
		return chart.FirstLine(f.EarlyText) // the reply before it was in order
	}
	if reply := ReplyOf(r.Facts); reply != nil && len(reply.Lines) > 0 {
		return replyWords(reply)
	}
	switch f := r.Facts.(type) {
	case *stage.ResolveFacts:
		if r.Fault == stage.BadAddress {
			return strings.Join(f.Addresses, ", ")
		}
	case *stage.TLSFacts:
		return cmp.Or(f.Alert, chart.FirstLine(f.FirstBytes))
	case *stage.GreetingFacts:
		return chart.FirstLine(f.FirstBytes)
	}
	return ""
}

// replyWords is a reply on one line. An IMAP reply loses the tag of the command,
// which means nothing outside the dialogue.
func replyWords(r *stage.Reply) string {
	text := r.Text()
	if tag, rest, ok := strings.Cut(text, " "); ok && r.Status != "" && tag != r.Status && strings.HasPrefix(rest, r.Status) {
		text = rest
	}
	return text
}

// ReplyOf returns the server's reply among the facts of a stage; nil where it
// gave none.
func ReplyOf(facts stage.Facts) *stage.Reply {
	switch f := facts.(type) {
	case *stage.GreetingFacts:
		return &f.Reply
	case *stage.StartTLSFacts:
		return f.Reply
	case *stage.CapabilityFacts:
		return cmp.Or(f.Reply, f.HelloRefused)
	case *stage.LoginFacts:
		return f.Reply
	case *stage.MailboxFacts:
		return f.Reply
	case *stage.SubmitFacts:
		return f.Reply
	}
	return nil
}

// attempts says how each address took the connection, those alike together: "no
// answer in 10 s from 198.51.100.25 or 2001:db8::25".
func attempts(all []stage.Attempt, o stage.Options) prose.Value {
	var order []stage.DialOutcome
	by := make(map[stage.DialOutcome][]prose.Value)
	var parts []prose.Value
	for _, a := range all {
		host := prose.Data(hostOf(a.Address))
		if who := rejecter(a); who != "" {
			parts = append(parts, say.CellRejected(prose.Data(who), host))
			continue
		}
		if by[a.Outcome] == nil {
			order = append(order, a.Outcome)
		}
		by[a.Outcome] = append(by[a.Outcome], host)
	}
	for _, outcome := range order {
		parts = append(parts, dialled(outcome, by[outcome], o))
	}
	return prose.Then(parts...)
}

// dialled says how several addresses took the connection; nothing for those that took
// it.
func dialled(outcome stage.DialOutcome, all []prose.Value, o stage.Options) (said prose.Value) {
	hosts := prose.And(all...)
	switch outcome {
	case stage.DialConnected:
		return said
	case stage.DialTimeout:
		return say.CellNoAnswer(prose.Seconds(o.ConnectTimeout), prose.Or(all...))
	case stage.DialRefused:
		return say.CellRefusedBy(hosts)
	case stage.DialNetworkUnreachable:
		return say.CellNoNetwork(hosts)
	case stage.DialHostUnreachable:
		return say.CellUnreachable(hosts)
	case stage.DialProhibited:
		return say.CellForbidden(hosts)
	case stage.DialInterrupted:
		return say.CellUnfinished(hosts)
	case stage.DialReset:
		return say.CellReset(hosts)
	}
	return say.CellNotMade(hosts)
}

// rejecter is the machine on the way that said by a message that a rule of its own
// ends the attempt; empty where none did.
func rejecter(a stage.Attempt) string {
	r := a.Rejection
	rule := r != nil && (r.Why == stage.RejectProhibited || r.Why == stage.RejectPort)
	if !rule || a.Outcome == stage.DialProhibited || r.By == strings.Trim(hostOf(a.Address), "[]") {
		return ""
	}
	return r.By
}

// hostOf cuts the port off an address.
func hostOf(address string) string {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return address
	}
	return strings.Trim(address[:i], "[]")
}
