package discover

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// askISPDB asks the database of Thunderbird's files, which is told the domain alone.
func askISPDB(ctx context.Context, q *question) answer {
	if q.Private {
		return outsider
	}
	return q.first(func(d string) answer { return q.inISPDB(ctx, d) })
}

// outsider is the answer of a source that somebody else than the domain would be asked
// for.
var outsider = answer{outcome: stage.SourceSkipped, detail: "it would tell somebody else about the domain (--private)"}

// bases returns those of the ISPDB, in the order in which they are asked.
func (a *Asker) bases() []string {
	if a.ISPDB == nil {
		return DefaultISPDB
	}
	return a.ISPDB
}

// inISPDB asks one base after the other.
func (q *question) inISPDB(ctx context.Context, domain string) answer {
	last := absent
	for _, base := range q.bases() {
		a := q.file(ctx, base+domain, published.ReadAutoconfig)
		if a.settings != nil {
			return a
		}
		if last.outcome == stage.SourceAbsent {
			last = a
		}
	}
	return last
}
