package report

import (
	"cmp"
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
)

// MostRows limits the connections that get a row each, unless all were requested. If
// there are more, those with problems are grouped ([Report.Troubles]).
const MostRows = 30

// Trouble is a group of connections with a common problem.
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

// Troubles groups the connections with problems by cause and server, the worst
// first, else in the order of the findings. fine is the number of the others.
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

// troubledAt identifies a cause at a server.
type troubledAt struct {
	cause cause.ID
	host  string
}

// add adds one of the server's connections.
func (s *TroubledServer) add(o Outcome, row *Row) {
	s.Places = prose.AppendNew(s.Places, prose.Data(row.Protocol+" "+strconv.Itoa(int(o.Tested.Port))))
	for _, n := range row.Notes {
		s.Notes = prose.AppendNew(s.Notes, n)
	}
}
