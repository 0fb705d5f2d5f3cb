package question

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// maxNear limits the names that are tried in place of one that does not exist.
const maxNear = 4

// usualLabels are usual first labels of a protocol's servers.
var usualLabels = map[stage.Protocol][]string{
	stage.IMAP: {"imap", "mail"},
	stage.POP3: {"pop", "pop3", "mail"},
	stage.SMTP: {"smtp", "mail"},
}

// nearPlaces returns the endpoints that may have been meant instead of k's: those of
// known profiles first, and then the names that servers of its domain usually have.
func nearPlaces(k *chart.Exam) []stage.Endpoint {
	e := k.Check.Endpoint
	var all []stage.Endpoint
	add := func(o stage.Endpoint) {
		known := func(n stage.Endpoint) bool { return strings.EqualFold(n.Host, o.Host) }
		if !strings.EqualFold(o.Host, e.Host) && !slices.ContainsFunc(all, known) && len(all) < maxNear {
			all = append(all, o)
		}
	}
	for _, o := range k.Subject.Near {
		if o.Protocol == e.Protocol {
			add(o)
		}
	}
	_, domain, _ := strings.Cut(k.Host(), ".")
	if !strings.Contains(domain, ".") {
		domain = k.Host()
		if k.Fault(stage.Resolve) == stage.NameNotFound {
			return all // nothing exists below a name that does not exist (RFC 8020 2)
		}
	}
	for _, label := range usualLabels[e.Protocol] {
		o := e
		o.Host = label + "." + domain
		add(o)
	}
	return all
}
