package report

import (
	"cmp"
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
)

// MostRows is how many connections have a row each where nobody asked for all of them.
// Of more, what is not in order is told in groups ([Report.Troubles]).
const MostRows = 30

// Trouble is what several connections have in common that are not in order.
type Trouble struct {
	Cause       cause.ID // empty: none was found
	Confidence  cause.Confidence
	Verdict     Verdict // the worst of them
	Connections int
	Servers     []TroubledServer
}

// TroubledServer is a server of a [Trouble].
type TroubledServer struct {
	Host   string
	Places []prose.Value // "IMAP 993", each once
	Notes  []prose.Value // of their rows, each once
}

// Troubles puts the connections that are not in order into groups, by cause and server:
// the worst first, else in the order of the findings. fine is how many are in order.
func (r *Report) Troubles() (list []Trouble, fine int) {
	rows := make(map[string]*Row)
	for i := range r.Rows {
		rows[r.Rows[i].Check] = &r.Rows[i]
	}
	place, server := make(map[cause.ID]int), make(map[troubledAt]int)
	for _, o := range r.Outcomes {
		row := rows[o.Check]
		if o.Verdict == Works || row == nil {
			fine++
			continue
		}
		i, ok := place[o.Cause]
		if !ok {
			i = len(list)
			place[o.Cause] = i
			list = append(list, Trouble{Cause: o.Cause, Confidence: o.Confidence})
		}
		t := &list[i]
		t.Verdict, t.Connections = worst(t.Verdict, o.Verdict), t.Connections+1
		at := troubledAt{o.Cause, o.Tested.Host}
		k, ok := server[at]
		if !ok {
			k = len(t.Servers)
			server[at] = k
			t.Servers = append(t.Servers, TroubledServer{Host: o.Tested.Host})
		}
		t.Servers[k].add(o, row)
	}
	rank := func(t Trouble) int {
		i := slices.IndexFunc(r.Findings, func(f Explanation) bool { return f.Cause == t.Cause })
		if i < 0 {
			i = len(r.Findings)
		}
		return i
	}
	slices.SortStableFunc(list, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(weight[b.Verdict], weight[a.Verdict]), cmp.Compare(rank(a), rank(b)))
	})
	return list, fine
}

// troubledAt is a server that a cause strikes.
type troubledAt struct {
	cause cause.ID
	host  string
}

// add takes in one of the server's connections.
func (s *TroubledServer) add(o Outcome, row *Row) {
	s.Places = prose.AppendNew(s.Places, prose.Data(row.Protocol+" "+strconv.Itoa(int(o.Tested.Port))))
	for _, n := range row.Notes {
		s.Notes = prose.AppendNew(s.Notes, n)
	}
}
