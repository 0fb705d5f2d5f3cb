package discover

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// maxHops bounds how often Autodiscover may send us elsewhere by what it says.
const maxHops = 3

// autodiscoverURL is where a host answers (MS-OXDSCLI 3.1.5.1).
func autodiscoverURL(host string) string {
	return "https://" + host + "/autodiscover/autodiscover.xml"
}

// askAutodiscover asks the domain's hosts by the plain old XML, which can't be asked
// without the address: over verified HTTPS alone, so that nobody else learns it.
func askAutodiscover(ctx context.Context, q *question) answer {
	if q.address == "" {
		return answer{outcome: stage.SourceSkipped, detail: "it can be asked with an address alone"}
	}
	var all []asking
	for _, d := range q.about() {
		for _, host := range []string{"autodiscover." + d, d} {
			all = append(all, func(ctx context.Context) answer { return q.autodiscover(ctx, autodiscoverURL(host), false) })
		}
		all = append(all, func(ctx context.Context) answer { return q.autodiscoverBySRV(ctx, d) })
	}
	return inOrder(ctx, all...)
}

// autodiscoverBySRV asks the host that the DNS names.
func (q *question) autodiscoverBySRV(ctx context.Context, domain string) answer {
	name := "_autodiscover._tcp." + domain
	q.asks(name + " SRV")
	found, err := q.Names.SRV(ctx, name)
	switch {
	case missing(err) || len(found) == 0 && err == nil:
		return absent
	case err != nil:
		return failed(err)
	}
	target := strings.TrimSuffix(found[0].Target, ".")
	if target == "" {
		return absent
	}
	if q.Private && !q.ours(target) {
		return outsider
	}
	if p := found[0].Port; p != 443 && p != 0 {
		target += ":" + strconv.Itoa(int(p))
	}
	return q.autodiscover(ctx, autodiscoverURL(target), true)
}

// autodiscover asks at a URL, and where that sends us. led says that somebody else than
// the domain's own host named the place.
func (q *question) autodiscover(ctx context.Context, at string, led bool) answer {
	address := q.address
	for range maxHops {
		page, bad := q.fetch(ctx, Request{URL: at, Body: published.AutodiscoverRequest(address)})
		if page == nil {
			return bad
		}
		led = led || len(page.Via) > 0
		said, err := published.ReadAutodiscover(page.Body)
		switch {
		case err != nil:
			return page.unreadable(err)
		case said.RedirectURL != "":
			next, err := url.Parse(said.RedirectURL)
			if err != nil || next.Scheme != "https" {
				return answer{outcome: stage.SourceInvalid, detail: "it sends to an address without HTTPS"}
			}
			if q.Private && !q.ours(next.Hostname()) {
				return outsider
			}
			at, led = said.RedirectURL, true
		case said.RedirectAddress != "":
			i := strings.LastIndexByte(said.RedirectAddress, '@')
			host := said.RedirectAddress[i+1:]
			if q.Private && !q.ours(host) {
				return outsider
			}
			address, at, led = said.RedirectAddress, autodiscoverURL("autodiscover."+host), true
		default:
			a := q.told(said)
			a.forgeable = led
			return a
		}
	}
	return answer{outcome: stage.SourceFailed, detail: "it sends from one place to the next"}
}

// told takes what Autodiscover says, where that is no other place.
func (q *question) told(said *published.Answer) answer {
	switch {
	case len(said.Servers)+len(said.Others) > 0:
		return q.offered(&said.Document) // of Exchange's own protocols alone: absent
	case said.ErrorCode == "500" || said.ErrorCode == "601": // no such address, or no provider (MS-OXDSCLI 2.2.4.1.1.3)
		return absent
	}
	return answer{outcome: stage.SourceFailed, detail: "error " + said.ErrorCode + " " + said.ErrorMessage}
}
