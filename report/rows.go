package report

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Sign is the state of a cell.
type Sign string

const (
	SignPass       Sign = "pass"
	SignWarn       Sign = "warn"
	SignFail       Sign = "fail"
	SignNotReached Sign = "not-reached" // or not tried; a note below the row says which
	SignNotPart    Sign = "not-part"    // not a part of this connection
)

// Legend has the meanings of the signs, in the order in which they are explained.
var Legend = []struct {
	Sign Sign
	Said prose.Value
}{
	{SignPass, say.SignPass()},
	{SignWarn, say.SignWarn()},
	{SignFail, say.SignFail()},
	{SignNotReached, say.SignNotReached()},
	{SignNotPart, say.SignNotPart()},
}

// Columns is the number of cells in a [Row].
const Columns = 8

// Heads are the headings of the cells of a [Row], in the order of their stages. TLS
// is implicit TLS; STLS is STARTTLS and the TLS that follows it. If neither has a
// tick, the connection is in clear text.
var Heads = [Columns]prose.Value{
	say.ColumnName(), say.ColumnConn(), say.ColumnTLS(), say.ColumnGreet(), say.ColumnStls(), say.ColumnCaps(), say.ColumnLogin(), say.ColumnMail(),
}

// Row shows how far one connection got.
type Row struct {
	Check    string // Check.ID
	Protocol string // "POP3"
	Address  string // host:port
	Security stage.Security
	Sends    bool // its last stage is that of sending
	FollowUp bool
	Optional bool
	Cells    [Columns]Sign // by [Heads]
	Time     stage.Millis
	Notes    []prose.Value // lines below the row
}

// rows returns a row for each endpoint, and below it one for each way round that a
// follow-up has found. Follow-ups that found none are only evidence: if everything
// is dropped, nobody reads a dozen rows.
func rows(rec *stage.Record, w weighed) []Row {
	planned := endpointChecks(rec)
	out := make([]Row, 0, len(planned))
	whose := owners(rec)
	shown := make(map[string]bool)
	for _, c := range planned {
		r := row(rec, w.book, c)
		if whose := whose[c.Check.ID]; !whose.Empty() {
			r.Notes = slices.Insert(r.Notes, 0, whose)
		}
		out = append(out, r)
		if f := shownBelow(rec, c, w); f != nil && !shown[f.Check.ID] {
			shown[f.Check.ID] = true
			out = append(out, row(rec, w.book, f))
		}
	}
	return out
}

// shownBelow returns the follow-up that has a row below its check: the best way
// round, or else a server of a similar name; nil if there is neither.
func shownBelow(rec *stage.Record, c *stage.CheckRecord, w weighed) *stage.CheckRecord {
	if w.endings[c.Check.ID] != chart.Broke && !w.ways[c.Check.ID].Works {
		return nil
	}
	if v, ok := w.ways[c.Check.ID]; ok {
		if v.Planned {
			return nil // the way has its own row
		}
		return rec.Check(v.Shown)
	}
	for _, f := range w.book.followUps[c.Check.ID] {
		if f.Check.Question == stage.AskNearName && f.Failed() == nil && chart.Reached(f) {
			return f
		}
	}
	return nil
}

func row(rec *stage.Record, b book, c *stage.CheckRecord) Row {
	e := c.Check.Endpoint
	return Row{
		Check:    c.Check.ID,
		Protocol: protocolName(e.Protocol),
		Address:  stage.Visible(e.Address()),
		Security: e.Security,
		Sends:    !e.Protocol.Receives(),
		FollowUp: c.Check.FollowUp(),
		Optional: c.Check.Optional,
		Cells:    cells(c),
		Time:     c.Time,
		Notes:    notes(rec, b, c),
	}
}

func cells(c *stage.CheckRecord) [Columns]Sign {
	upgraded := c.Result(stage.Upgrade) != nil
	atOnce, later := sign(c.Result(stage.Handshake)), SignNotPart
	if upgraded {
		atOnce, later = SignNotPart, upgradeSign(c)
	}
	last := c.Result(stage.Mailbox)
	if c.Check.Endpoint.Protocol == stage.SMTP {
		last = c.Result(stage.Submit)
	}
	return [...]Sign{
		sign(c.Result(stage.Resolve)), sign(c.Result(stage.Connect)), atOnce, sign(c.Result(stage.Greeting)),
		later, sign(c.Result(stage.Capabilities)), sign(c.Result(stage.Login)), sign(last),
	}
}

// upgradeSign combines starttls and the TLS that follows it into one cell.
func upgradeSign(c *stage.CheckRecord) Sign {
	upgrade, tls := sign(c.Result(stage.Upgrade)), sign(c.Result(stage.Handshake))
	switch {
	case upgrade == SignFail || tls == SignFail:
		return SignFail
	case upgrade == SignWarn || tls == SignWarn:
		return SignWarn
	case upgrade == SignPass && tls == SignPass:
		return SignPass
	case upgrade == SignNotPart:
		return SignNotPart
	}
	return SignNotReached
}

func sign(r *stage.Result) Sign {
	switch {
	case r == nil:
		return SignNotPart
	case r.Status == stage.Pass:
		return SignPass
	case r.Status == stage.Warn:
		return SignWarn
	case r.Status == stage.Fail:
		return SignFail
	case r.Reason == stage.NotApplicable:
		return SignNotPart
	}
	return SignNotReached
}

// allAlike returns the sentence that replaces rows which would all say the same:
// without a network, every connection fails in its first stages.
func allAlike(rec *stage.Record, w weighed) (said prose.Value) {
	checks := endpointChecks(rec)
	if !w.noNetwork || len(checks) < 2 {
		return said
	}
	var at stage.Stage
	for _, c := range checks {
		f := c.Failed()
		if f == nil || at != "" && f.Stage != at {
			return said
		}
		at = f.Stage
	}
	first := checks[0].Failed()
	why := faultOf(first, rec.Header.Options)
	if !rec.Header.System.LinkUp {
		why = say.CellsNoLink()
	}
	if len(checks) == 2 {
		return say.CellsAlikeBoth(stageNoun(at), why)
	}
	return say.CellsAlike(prose.Count(len(checks)), stageNoun(at), why)
}

func stageNoun(s stage.Stage) prose.Value {
	if s == stage.Connect {
		return say.StageConnection()
	}
	return stageName(s)
}
