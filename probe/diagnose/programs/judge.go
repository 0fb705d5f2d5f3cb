package programs

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// Verdict says whether a program would connect.
type Verdict string

const (
	Connects Verdict = "connects"  // as far as encryption, which is as far as it was tried
	Fails    Verdict = "fails"     // for the reason given
	NotKnown Verdict = "not-known" // it can't be known from here
)

// Reason says why a program would not connect, or why that is not known. Ids are
// stable.
type Reason string

const (
	BecauseVersion     Reason = "version"            // the server accepts no TLS version that the program has
	BecauseSuites      Reason = "cipher-suites"      // they have none in common
	BecauseName        Reason = "name"               // without SNI the server refuses, or presents another certificate
	BecauseRefused     Reason = "refused"            // the server breaks off, and gives another reason or none
	BecauseCertificate Reason = "certificate"        // it is invalid
	BecauseClientCert  Reason = "client-certificate" // the server requires one of the program
	BecauseNoIPv4      Reason = "no-ipv4"            // there is no IPv4 address
	BecauseUnreached   Reason = "unreachable"        // there is one, but nothing answers there
	BecauseRoot        Reason = "root"               // the program's root store lacks the root

	BecauseNotTried  Reason = "not-tried"  // the run ended before that
	BecauseNoTLS     Reason = "no-tls"     // the connection did not get that far, or has no TLS
	BecauseSilent    Reason = "no-answer"  // no answer in time
	BecauseUnlisted  Reason = "not-listed" // the table does not have the root
	BecauseAnotherCA Reason = "cross-sign" // it depends on another root
)

// Judgement says how one kind of programs would fare at one endpoint.
type Judgement struct {
	Check   string // Check.ID, of the plan
	Verdict Verdict
	Reason  Reason // empty for Connects
	Said    prose.Value
	Shown   string // Check.ID of the check that shows it
}

// Row is one kind of programs, at each endpoint of the plan in plan order.
type Row struct {
	Kind
	Judgements []Judgement
}

// Judge says which programs would connect to the servers of a run; nothing if that
// was not requested.
func Judge(rec *stage.Record) []Row {
	if !rec.Header.Options.Programs {
		return nil
	}
	exams := examsOf(rec)
	rows := make([]Row, len(kinds))
	for i, k := range kinds {
		rows[i] = Row{Kind: k, Judgements: make([]Judgement, len(exams))}
		for n, e := range exams {
			j := k.judge(e, k)
			j.Check = e.own.Check.ID
			if j.Shown == "" {
				j.Shown = j.Check
			}
			rows[i].Judgements[n] = j
		}
	}
	return rows
}

// exam is one endpoint of the plan, and the handshakes of other programs there.
type exam struct {
	own    *stage.CheckRecord
	others map[stage.Hello]*stage.CheckRecord
}

func examsOf(rec *stage.Record) []exam {
	var all []exam
	place := make(map[string]int)
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if !c.Check.FollowUp() {
			place[c.Check.ID] = len(all)
			all = append(all, exam{own: c, others: make(map[stage.Hello]*stage.CheckRecord)})
		}
	}
	for i := range rec.Programs {
		c := &rec.Programs[i]
		for _, parent := range c.Check.Parents {
			if n, ok := place[parent]; ok {
				all[n].others[c.Check.Manner.Hello] = c
			}
		}
	}
	return all
}

func fails(why Reason, said prose.Value) Judgement {
	return Judgement{Verdict: Fails, Reason: why, Said: said}
}

func notKnown(why Reason, said prose.Value) Judgement {
	return Judgement{Verdict: NotKnown, Reason: why, Said: said}
}

func connects(said prose.Value) Judgement { return Judgement{Verdict: Connects, Said: said} }
