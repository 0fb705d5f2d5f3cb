package discover

import (
	"context"
	"net/url"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// The places of Thunderbird's file at a domain (draft-ietf-mailmaint-autoconfig).
func autoconfigURL(domain string) string { return "autoconfig." + domain + "/mail/config-v1.1.xml" }

func wellKnownURL(domain string) string {
	return domain + "/.well-known/autoconfig/mail/config-v1.1.xml"
}

func askAutoconfig(ctx context.Context, q *question) answer {
	return q.first(func(d string) answer {
		return q.file(ctx, "https://"+autoconfigURL(d)+q.withAddress(), published.ReadAutoconfig)
	})
}

func askWellKnown(ctx context.Context, q *question) answer {
	return q.first(func(d string) answer { return q.file(ctx, "https://"+wellKnownURL(d), published.ReadAutoconfig) })
}

// askInClear asks at both places without TLS. Anybody on the way may have written what
// comes, unless it comes by a redirect to HTTPS... which nobody vouches for either: the
// redirect itself came in clear.
func askInClear(ctx context.Context, q *question) answer {
	a := q.first(func(d string) answer {
		a := q.file(ctx, "http://"+autoconfigURL(d), published.ReadAutoconfig)
		if a.settings == nil {
			if b := q.file(ctx, "http://"+wellKnownURL(d), published.ReadAutoconfig); b.settings != nil || a.outcome == stage.SourceAbsent {
				a = b
			}
		}
		return a
	})
	if a.settings != nil {
		a.outcome, a.detail, a.forgeable = stage.SourceUnsafe, "it came without TLS", true
	}
	return a
}

// withAddress is what autoconfig's URLs end in where the user lets the domain know his
// address.
func (q *question) withAddress() string {
	if !q.SendAddress || q.address == "" {
		return ""
	}
	return "?" + url.Values{"emailaddress": {q.address}}.Encode()
}
