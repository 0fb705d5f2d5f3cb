package smoke

import (
	"slices"

	"maildoctor/probe/stage"
)

// Expectation is one expectation of the file, with its place.
type Expectation struct {
	stage.Expectation
	At   Place // of its key
	kind *kind
	off  bool // the endpoint takes back the default
}

// kind says how one expectation is written, and what it can be expected of.
type kind struct {
	id      stage.ExpectationID
	read    form
	of      func(stage.Endpoint) bool
	only    string // what of allows, for an error
	account bool   // it takes a login
}

// kinds are all expectations, in the order in which they are judged.
var kinds = []kind{
	{id: stage.ExpectReachable, read: families, of: anywhere},
	{id: stage.ExpectSecurity, read: list(word(string(stage.TLS), string(stage.StartTLS), string(stage.StartTLSIfOffered), string(stage.None))), of: anywhere},
	{id: stage.ExpectTLSMin, read: words("1.0", "1.1", "1.2", "1.3"), of: encrypted, only: "a server with encryption"},
	{id: stage.ExpectCertificateDays, read: number(0, 36500, "days"), of: encrypted, only: "a server with encryption"},
	{id: stage.ExpectCertificateNames, read: list(certificateName), of: encrypted, only: "a server with encryption"},
	{id: stage.ExpectCertificateIssuer, read: list(part), of: encrypted, only: "a server with encryption"},
	{id: stage.ExpectCertificateKey, read: number(1, 65536, "bits"), of: encrypted, only: "a server with encryption"},
	{id: stage.ExpectStartTLSOffered, read: truth, of: startsInClear, only: "a server without implicit TLS"},
	{id: stage.ExpectLoginNeedsTLS, read: demand, of: startsInClear, only: "a server without implicit TLS"},
	{id: stage.ExpectMechanisms, read: list(mechanism), of: anywhere},
	{id: stage.ExpectNoMechanisms, read: list(mechanism), of: anywhere},
	{id: stage.ExpectCapabilities, read: list(capability), of: anywhere},
	{id: stage.ExpectLogin, read: demand, of: anywhere, account: true},
	{id: stage.ExpectWrongPassword, read: demand, of: anywhere, account: true},
	{id: stage.ExpectSender, read: sender, of: smtpOnly, only: "an SMTP server"},
	{id: stage.ExpectSize, read: size, of: smtpOnly, only: "an SMTP server"},
	{id: stage.ExpectQuota, read: percent, of: imapOnly, only: "an IMAP server", account: true},
	{id: stage.ExpectNoRelay, read: demand, of: smtpOnly, only: "an SMTP server"},
	{id: stage.ExpectGreeting, read: milliseconds, of: anywhere},
	{id: stage.ExpectReady, read: milliseconds, of: anywhere},
	{id: stage.ExpectDiscovery, read: sources, of: anywhere},
	{id: stage.ExpectNoCause, read: list(causeID), of: anywhere},
}

func anywhere(stage.Endpoint) bool        { return true }
func encrypted(e stage.Endpoint) bool     { return e.Security != stage.None }
func startsInClear(e stage.Endpoint) bool { return e.Security != stage.TLS }
func smtpOnly(e stage.Endpoint) bool      { return e.Protocol == stage.SMTP }
func imapOnly(e stage.Endpoint) bool      { return e.Protocol == stage.IMAP }

// IDs returns the ids of all expectations.
func IDs() []stage.ExpectationID {
	out := make([]stage.ExpectationID, len(kinds))
	for i, k := range kinds {
		out[i] = k.id
	}
	return out
}

// Expects returns what is expected of one server of the endpoint: its own expectations
// and the defaults, as far as they can apply to it.
func (e *Endpoint) Expects(server stage.Endpoint) []stage.Expectation {
	var out []stage.Expectation
	for i := range kinds {
		k := &kinds[i]
		if x := e.expectation(k); x != nil && !x.off && k.of(server) {
			out = append(out, x.Expectation)
		}
	}
	return out
}

// expectation returns the endpoint's own expectation of a kind, or the default; nil if
// there is neither, or the default needs an account and there is none.
func (e *Endpoint) expectation(k *kind) *Expectation {
	is := func(x *Expectation) bool { return x.kind == k }
	if i := slices.IndexFunc(e.own, is); i >= 0 {
		return e.own[i]
	}
	if i := slices.IndexFunc(e.defaults, is); i >= 0 && (!k.account || e.loggedInTo()) {
		return e.defaults[i]
	}
	return nil
}

// loggedInTo reports whether the endpoint has a user name.
func (e *Endpoint) loggedInTo() bool { return e.User != "" || e.Kind == stage.SubjectAddress }

// Inapplicable returns those of the endpoint's own expectations that can apply to none
// of its servers.
func (e *Endpoint) Inapplicable(servers []stage.Endpoint) []*Expectation {
	var out []*Expectation
	for _, x := range e.own {
		if !x.off && !slices.ContainsFunc(servers, x.kind.of) {
			out = append(out, x)
		}
	}
	return out
}

// Only says what the expectation can be expected of.
func (x *Expectation) Only() string { return x.kind.only }
