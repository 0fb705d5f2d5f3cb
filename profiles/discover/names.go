package discover

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/probe/stage"
)

// registered returns the domain below a public suffix that a name belongs to; empty
// where it is a suffix itself.
func registered(domain string) string {
	r, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return r
}

// OfDomain reports whether a host belongs to the registered domain of a mail domain.
func OfDomain(host, domain string) bool {
	d := registered(domain)
	return d != "" && registered(host) == d
}

// parent returns a host's name without its first label.
func parent(host string) string {
	_, rest, _ := strings.Cut(host, ".")
	return rest
}

// missing reports whether an error says that there is no such name, or no such record.
func missing(err error) bool {
	e, ok := errors.AsType[*stage.Error](err)
	return ok && (e.Fault == stage.NameNotFound || e.Fault == stage.NoAddress)
}

// failed is the answer of a source that could not be asked.
func failed(err error) answer {
	a := answer{outcome: stage.SourceFailed, detail: err.Error()}
	if errors.Is(err, context.DeadlineExceeded) {
		a.detail = "no answer in time"
	}
	if e, ok := errors.AsType[*stage.Error](err); ok {
		a.fault = e.Fault
	}
	return a
}

var absent = answer{outcome: stage.SourceAbsent}
