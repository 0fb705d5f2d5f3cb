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
	return q.first(ctx, func(ctx context.Context, d string) answer {
		return q.file(ctx, "https://"+autoconfigURL(d)+q.withAddress(), published.ReadAutoconfig)
	})
}

func askWellKnown(ctx context.Context, q *question) answer {
	return q.first(ctx, func(ctx context.Context, d string) answer {
		return q.file(ctx, "https://"+wellKnownURL(d), published.ReadAutoconfig)
	})
}

// askInClear asks at both places without TLS. Anybody on the way may have written what
// comes, unless it comes by a redirect to HTTPS... which nobody vouches for either: the
// redirect itself came in clear.
func askInClear(ctx context.Context, q *question) answer {
	var all []asking
	for _, d := range q.about() {
		for _, at := range []string{autoconfigURL(d), wellKnownURL(d)} {
			all = append(all, func(ctx context.Context) answer { return q.file(ctx, "http://"+at, published.ReadAutoconfig) })
		}
	}
	a := inOrder(ctx, all...)
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
