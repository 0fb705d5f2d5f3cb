package handover

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/export"
	"maildoctor/report"
)

// FromRun are the settings that a run ends in: what worked, in the place of what
// failed.
func FromRun(rec *stage.Record, r *report.Report) (Settings, error) {
	i, err := accountOf(rec)
	if err != nil {
		return Settings{}, err
	}
	subject := rec.Header.Plan.Subjects[i]
	e := Settings{Settings: export.Settings{Address: subject.Address, Domain: subject.Domain}}
	e.Note(say.ExportRun(prose.Data(r.Started.Format("2006-01-02"))))
	servers := serversOf(rec, r, i)
	if len(servers) == 0 {
		return e, fmt.Errorf("the run found no server of %s that works; expected a run in which one does", stage.Visible(subject.Argument))
	}
	for _, v := range servers {
		e.proven(rec, i, v)
	}
	for _, p := range missing(rec, r, i) {
		e.caution(stage.Endpoint{}, say.ExportMissing(prose.Data(chart.ProtocolName(p))))
	}
	if slices.ContainsFunc(servers, func(v report.Server) bool { return v.Unchanged }) {
		e.Note(say.ExportUnchanged())
	}
	return e, nil
}

// proven adds a server with what the run tells of it.
func (e *Settings) proven(rec *stage.Record, subject int, v report.Server) {
	s := rec.Header.Plan.Subjects[subject]
	host := prose.Data(v.Host)
	switch {
	case v.Confirmed:
		e.Notes = append(e.Notes, Note{Said: say.ExportConfirmed(host), Server: v.Endpoint})
	case !v.Unchanged:
		e.caution(v.Endpoint, say.ExportDoubtful(host))
	}
	e.add(export.Server{Endpoint: v.Endpoint, User: userAt(rec, subject, v.Endpoint), Token: tokens(s)})
	if c := plannedAs(rec, subject, v.Endpoint); c != nil && c.Forgeable {
		e.caution(v.Endpoint, say.ExportForgeable(host, prose.Data(s.Domain)))
	}
}

// accountOf returns the index of the one account whose settings a run is about.
func accountOf(rec *stage.Record) (int, error) {
	found := -1
	for i, s := range rec.Header.Plan.Subjects {
		switch {
		case s.Profile == nil:
			continue
		case found >= 0:
			return 0, errors.New("the run is about several accounts; expected a run about one")
		}
		found = i
	}
	if found < 0 {
		return 0, errors.New("the run is about servers whose account nobody has named; expected a run about an address")
	}
	return found, nil
}

// serversOf returns the servers of an account as they are to be typed in, those that the
// run has confirmed first, otherwise in the order of [order]. Where nothing is to
// be changed they are those of the plan.
func serversOf(rec *stage.Record, r *report.Report, subject int) []report.Server {
	var all []report.Server
	for _, s := range r.Settings {
		if s.Subject != stage.Visible(rec.Header.Plan.Subjects[subject].Argument) {
			continue
		}
		all = toType(s)
		if len(s.Servers) == 0 && s.OneLine.Text != "" {
			all = planned(rec, subject)
		}
	}
	slices.SortStableFunc(all, func(a, b report.Server) int {
		doubtful := func(v report.Server) int {
			if v.Confirmed {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(doubtful(a), doubtful(b)), cmp.Compare(slices.Index(order, a.Protocol), slices.Index(order, b.Protocol)))
	})
	return append(all, spare(rec, subject, all)...)
}

// toType are the servers to type in, and in the place of one that is missing what answers
// there.
func toType(s report.Settings) []report.Server {
	var all []report.Server
	for _, v := range s.Servers {
		switch {
		case !v.Missing:
			all = append(all, v)
		case v.Answers != nil:
			all = append(all, report.Server{Endpoint: *v.Answers})
		}
	}
	return all
}

// spare are the optional servers that worked as well: for a program that speaks nothing
// else.
func spare(rec *stage.Record, subject int, others []report.Server) []report.Server {
	var all []report.Server
	for _, c := range rec.Checks {
		known := slices.ContainsFunc(others, func(v report.Server) bool { return v.Endpoint == c.Check.Endpoint })
		if c.Check.Subject == subject && c.Check.Optional && !c.Check.FollowUp() && c.Done && c.Failed() == nil && !known {
			all = append(all, report.Server{Endpoint: c.Check.Endpoint, Confirmed: true, Optional: true})
		}
	}
	return all
}

// missing are the protocols of an account for which nothing works.
func missing(rec *stage.Record, r *report.Report, subject int) []stage.Protocol {
	var all []stage.Protocol
	for _, s := range r.Settings {
		for _, v := range s.Servers {
			if v.Missing && v.Answers == nil && s.Subject == stage.Visible(rec.Header.Plan.Subjects[subject].Argument) {
				all = append(all, v.Protocol)
			}
		}
	}
	return all
}

// planned are the servers of an account that the plan has, as far as none is optional.
func planned(rec *stage.Record, subject int) []report.Server {
	var all []report.Server
	for _, c := range rec.Header.Plan.Checks {
		if c.Subject == subject && !c.Optional {
			all = append(all, report.Server{Endpoint: c.Endpoint, Unchanged: true})
		}
	}
	return all
}

// plannedAs returns the check of the plan for a server; nil for one that was found by
// trying.
func plannedAs(rec *stage.Record, subject int, e stage.Endpoint) *stage.Check {
	for i, c := range rec.Header.Plan.Checks {
		if c.Subject == subject && c.Endpoint == e {
			return &rec.Header.Plan.Checks[i]
		}
	}
	return nil
}

// userAt is the user name that logs in to a server.
func userAt(rec *stage.Record, subject int, e stage.Endpoint) string {
	s := rec.Header.Plan.Subjects[subject]
	if c := plannedAs(rec, subject, e); c != nil && c.User != "" {
		return c.User
	}
	if s.User == "" && s.Profile.UserName == stage.FullAddress {
		return s.Address
	}
	return s.User
}

// tokens reports whether a provider takes OAuth2 alone.
func tokens(s stage.Subject) bool {
	_, only := s.Profile.Note(stage.NoteOAuthOnly)
	return only
}
