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
	return q.first(ctx, q.inISPDB)
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

// inISPDB asks one base after the other. They have the same files.
func (q *question) inISPDB(ctx context.Context, domain string) answer {
	var all []asking
	for _, base := range q.bases() {
		all = append(all, func(ctx context.Context) answer { return q.file(ctx, base+domain, published.ReadAutoconfig) })
	}
	return whoeverIsFirst(ctx, all...)
}
