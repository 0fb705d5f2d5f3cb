package discover

import (
	"cmp"
	"context"
	"net"
	"slices"
)

// askMX goes by who takes mail for the domain: a provider of the catalogue, else one
// that the ISPDB knows by the exchanger's domain. That is not always where mail is read,
// and whoever can answer for the name servers can make it up.
func askMX(ctx context.Context, q *question) answer {
	host, bad := q.bestExchanger(ctx)
	if host == "" {
		return bad
	}
	a := q.known(host)
	if a.settings == nil && !q.Private {
		a = q.byExchanger(ctx, host)
	}
	a.forgeable = true
	return a
}

// bestExchanger returns the mail exchanger of the lowest number (RFC 5321 5.1), and of
// several the first by name, so that two runs agree.
func (q *question) bestExchanger(ctx context.Context) (string, answer) {
	bad := absent
	for _, d := range q.about() {
		q.asks(d + " MX")
		all, err := q.Names.MX(ctx, d)
		switch {
		case err != nil && !missing(err):
			bad = failed(err)
		case len(all) > 0:
			best := slices.MinFunc(all, func(x, y *net.MX) int {
				return cmp.Or(cmp.Compare(x.Pref, y.Pref), cmp.Compare(x.Host, y.Host))
			})
			if best.Host != "." { // takes no mail (RFC 7505)
				return best.Host, absent
			}
		}
	}
	return "", bad
}

// known is what the catalogue says of an exchanger.
func (q *question) known(host string) answer {
	p, _ := q.Catalogue.FindMX(host)
	if p == nil {
		return absent
	}
	return fromProfile(p, q.address)
}

// byExchanger asks the ISPDB for the domain of an exchanger.
func (q *question) byExchanger(ctx context.Context, host string) answer {
	var all []asking
	for _, d := range slices.Compact([]string{parent(host), registered(host)}) {
		if d != "" && registered(d) != "" {
			all = append(all, func(ctx context.Context) answer { return q.inISPDB(ctx, d) })
		}
	}
	return inOrder(ctx, all...)
}
