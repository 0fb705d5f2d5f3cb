package discover

import (
	"context"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// askPACC asks for the file of draft-ietf-mailmaint-pacc and holds it against the digest
// in the DNS.
func askPACC(ctx context.Context, q *question) answer {
	return q.first(ctx, func(ctx context.Context, d string) answer {
		page, bad := q.fetch(ctx, Request{URL: "https://ua-auto-config." + d + "/.well-known/user-agent-configuration.json"})
		if page == nil {
			return bad
		}
		a := q.read(page, published.ReadPACC)
		if a.settings == nil {
			return a
		}
		if why := q.unverified(ctx, "_ua-auto-config."+d, page.Body); why != "" {
			a.outcome, a.detail, a.forgeable = stage.SourceUnsafe, why, true
		}
		return a
	})
}

// unverified says why the digest in the DNS doesn't vouch for a file; empty where it does.
func (q *question) unverified(ctx context.Context, name string, body []byte) string {
	q.asks(name + " TXT")
	texts, err := q.Names.TXT(ctx, name)
	why := "there is no digest of it in the DNS"
	if err != nil && !missing(err) {
		return why + ": " + err.Error()
	}
	for _, text := range texts {
		ok, err := published.PACCDigest(text, body)
		switch {
		case ok:
			return ""
		case err != nil:
			why = err.Error()
		default:
			why = "the digest in the DNS is of another file"
		}
	}
	return why
}
