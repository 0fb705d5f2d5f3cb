package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// maxNear is how many names are tried in the place of one that does not exist.
const maxNear = 4

// usualLabels are how the names of a protocol's servers usually begin.
var usualLabels = map[stage.Protocol][]string{
	stage.IMAP: {"imap", "mail"},
	stage.POP3: {"pop", "pop3", "mail"},
	stage.SMTP: {"smtp", "mail"},
}

// nearPlaces are the endpoints that may have been meant by k's: those of known
// profiles first, and then the names that servers of its domain usually have.
func nearPlaces(k *Check) []stage.Endpoint {
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
	_, domain, _ := strings.Cut(k.host(), ".")
	if !strings.Contains(domain, ".") {
		domain = k.host()
		if k.fault(stage.Resolve) == stage.NameNotFound {
			return all // nothing below a name that does not exist (RFC 8020 2)
		}
	}
	for _, label := range usualLabels[e.Protocol] {
		o := e
		o.Host = label + "." + domain
		add(o)
	}
	return all
}

// publishedBeside are the endpoints that known settings have for k's protocol in the
// domain of its host, where that was typed in and this run looks at none of them.
func (c *Case) publishedBeside(k *Check) []stage.Endpoint {
	_, domain, _ := strings.Cut(k.host(), ".")
	if k.Subject.Kind != stage.SubjectURL || !strings.Contains(domain, ".") || c.openBeside(k) != nil {
		return nil
	}
	var all []stage.Endpoint
	for _, e := range k.Subject.Near {
		planned := func(o *Check) bool { return strings.EqualFold(o.host(), e.Host) }
		if e.Protocol == k.Check.Endpoint.Protocol && strings.HasSuffix(strings.ToLower(e.Host), "."+domain) && !slices.ContainsFunc(c.Checks, planned) {
			all = append(all, e)
		}
	}
	return all
}

// meant lists the names like k's at which a mail server was found.
func (c *Case) meant(k *Check) string {
	var found []string
	for _, f := range c.followUps[k.Check.ID] {
		if f.Check.Question == stage.AskNearName && mailAnswers(f) == yes {
			found = appendNew(found, stage.Visible(f.Check.Endpoint.Host))
		}
	}
	return strings.Join(found, " or ")
}
