package report

import (
	"cmp"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// skipped says why a stage was not tried, for reasons that the report has to
// mention.
var skipped = map[stage.Reason]prose.Value{
	stage.CleartextNotAllowed: say.CellReadable(),
	stage.SettingsNotVerified: say.CellForgeable(),
	stage.NoSender:            say.CellNoSender(),
	stage.NotPossible:         say.CellNotPossible(),
	stage.LoginBudget:         say.CellBudget(),
	stage.PasswordUnavailable: say.CellNoPassword(),
}

// whySkipped says why a stage was not tried, or not finished; ok is false if a
// report need not mention it.
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

// waited returns how long a stage waited: until its limit, or less if it was known
// earlier that nothing would arrive.
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

// detailOf returns details of a refusal, in the server's words if it sent any. Error
// texts of this machine's libraries are only in the facts: they name local ports and
// mean nothing to most readers.
func detailOf(r *stage.Result) string {
	if f, ok := r.Facts.(*stage.StartTLSFacts); ok && r.Fault == stage.EarlyData {
		return chart.FirstLine(f.EarlyText) // the reply before it was valid
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

// replyWords returns a reply on one line. An IMAP reply loses the tag of the
// command, which means nothing outside the dialogue.
func replyWords(r *stage.Reply) string {
	text := r.Text()
	if tag, rest, ok := strings.Cut(text, " "); ok && r.Status != "" && tag != r.Status && strings.HasPrefix(rest, r.Status) {
		text = rest
	}
	return text
}

// ReplyOf returns the server's reply among the facts of a stage; nil if it sent
// none.
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

// attempts says how each address responded to the connection attempt, grouping equal
// results: "no answer in 10 s from 198.51.100.25 or 2001:db8::25".
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

// dialled says how several addresses responded to the connection attempt; nothing
// for those that accepted it.
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

// rejecter returns the address of the router that reported that a filter rule of its
// own ended the attempt; empty if none did.
func rejecter(a stage.Attempt) string {
	r := a.Rejection
	rule := r != nil && (r.Why == stage.RejectProhibited || r.Why == stage.RejectPort)
	if !rule || a.Outcome == stage.DialProhibited || r.By == strings.Trim(hostOf(a.Address), "[]") {
		return ""
	}
	return r.By
}

// hostOf removes the port from an address.
func hostOf(address string) string {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return address
	}
	return strings.Trim(address[:i], "[]")
}
