package report

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// maxActions bounds the list of what to do: nobody follows a longer one. Causes
// that are merely possible beside the leading one add to it only while it is
// shorter than manyActions.
const (
	maxActions  = 4
	manyActions = 3
)

// findings joins each conclusion to the words of its page.
func findings(d diagnose.Diagnosis) []Finding {
	var out []Finding
	for _, f := range d.Findings {
		g := Finding{Finding: f, Title: string(f.Cause)}
		if p, ok := cause.PageOf(f.Cause); ok {
			g.Title = p.Title(prose.English(), f.Args)
			if a := p.Actions(prose.English(), f.Args); len(a) > 0 {
				g.Who, g.Action = a[0].Who, capital(a[0].Text)
			}
		}
		out = append(out, g)
	}
	return out
}

// pageSentence is what a finding says in the summary; empty where it has no
// page.
func pageSentence(f diagnose.Finding) string {
	if p, ok := cause.PageOf(f.Cause); ok {
		return p.Sentence(prose.English(), f.Args)
	}
	return ""
}

// actions lists what to do about the findings, the leading one's first. Each
// finding of which something is known gets room for its first action before an
// earlier one gets room for its last. Of causes that are merely possible beside
// the leading one, only what is cheap and harmless is named: the list is to be
// followed, not studied.
func actions(rec *stage.Record, d diagnose.Diagnosis, found []way) []Action {
	out := append(wayActions(rec, found), ourRule(rec)...)
	major, minor := ranked(d)
	for i, f := range major {
		room := max(maxActions-len(out)-(len(major)-1-i), 1)
		out = appendActions(out, f, found, room, false)
	}
	for _, f := range minor {
		out = appendActions(out, f, found, min(manyActions-len(out), 1), true)
	}
	return out
}

// ranked divides the findings that call for action into the leading one with
// those of which something is known, and those that are merely possible beside
// it.
func ranked(d diagnose.Diagnosis) (major, minor []diagnose.Finding) {
	for _, f := range d.Findings {
		switch {
		case f.SuppressedBy != "" || f.Severity == cause.Info:
		case len(major) > 0 && f.Confidence == cause.Possible:
			minor = append(minor, f)
		default:
			major = append(major, f)
		}
	}
	return major, minor
}

// appendActions adds up to room actions of a finding, if minor is set only
// those that may be named beside another cause's, and none that the list has.
func appendActions(out []Action, f diagnose.Finding, found []way, room int, minor bool) []Action {
	p, ok := cause.PageOf(f.Cause)
	if !ok {
		return out
	}
	for _, a := range beside(p.Actions(prose.English(), f.Args), f, found) {
		known := slices.ContainsFunc(out, func(o Action) bool { return firstSentence(o.Text) == firstSentence(a.Text) })
		if room <= 0 || len(out) >= maxActions || known || minor && !a.Beside {
			continue
		}
		out = append(out, Action{Who: a.Who, Party: parties[a.Who], Text: a.Text})
		room--
	}
	return out
}

// firstSentence is what an action asks for; what follows says why, or what then.
// Two causes may ask for the same thing.
func firstSentence(s string) string {
	first, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(first, ".")
}

// ourRule is the action that lifts a rule of maildoctor's own: that no password
// crosses a network readable unless the user says so. It can be lifted only where
// the settings themselves ask for no encryption.
func ourRule(rec *stage.Record) []Action {
	if rec.Header.Options.CleartextLogin {
		return nil
	}
	var args []string
	for _, c := range endpointChecks(rec) {
		r, s := c.Result(stage.Login), subjectOf(rec, c)
		if r == nil || s == nil || r.Reason != stage.CleartextNotAllowed || c.Check.Endpoint.Security != stage.None || !loginAsked(rec, c) {
			continue
		}
		if a := stage.Visible(s.Argument); !slices.Contains(args, a) {
			args = append(args, a)
		}
	}
	if len(args) == 0 {
		return nil
	}
	text := say(wordsAllowCleartext, "arguments", strings.Join(args, " "))
	return []Action{you(text)}
}

// notKnown is what this run cannot decide. That no message was sent is said of
// every run that says sending works.
func notKnown(d diagnose.Diagnosis, w weighed) []string {
	out := diagnose.NotKnown(prose.English(), d)
	if len(out) == 0 && w.sending == Works && !w.partly && weight[w.overall()] <= weight[WorksWithWarnings] {
		out = append(out, wordsUnknownSent)
	}
	return out
}

// transcripts returns what was said on each connection.
func transcripts(rec *stage.Record) []Transcript {
	labels := shortLabels(rec)
	var out []Transcript
	for i := range rec.Checks {
		if c := &rec.Checks[i]; len(c.Transcript) > 0 {
			out = append(out, Transcript{c.Check.ID, labels[c.Check.ID], c.Transcript})
		}
	}
	return out
}

// shortLabels names checks as briefly as tells them apart: "POP3 995", else
// with the host; a follow-up by its id.
func shortLabels(rec *stage.Record) map[string]string {
	count := make(map[string]int)
	short := func(c *stage.CheckRecord) string {
		return protocolName(c.Check.Endpoint.Protocol) + " " + strconv.Itoa(int(c.Check.Endpoint.Port))
	}
	for _, c := range endpointChecks(rec) {
		count[short(c)]++
	}
	out := make(map[string]string)
	whose := owners(rec)
	for i := range rec.Checks {
		c := &rec.Checks[i]
		switch {
		case whose[c.Check.ID] != "":
			out[c.Check.ID] = stage.Visible(protocolName(c.Check.Endpoint.Protocol)+" "+c.Check.Endpoint.Address()) + " " + whose[c.Check.ID]
		case c.Check.FollowUp():
			out[c.Check.ID] = stage.Visible(c.Check.ID)
		case count[short(c)] > 1:
			out[c.Check.ID] = stage.Visible(protocolName(c.Check.Endpoint.Protocol) + " " + c.Check.Endpoint.Address())
		default:
			out[c.Check.ID] = short(c)
		}
	}
	return out
}
