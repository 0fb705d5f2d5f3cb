package auth

import (
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Reasons for a choice, as stored in stage.LoginFacts.
const (
	whyStrongest = "strongest-offered"
	whyForced    = "forced"
	whyOnlyOne   = "only-one-offered"
	whyFollowUp  = "follow-up"
)

// The orders of preference, best first.
var (
	// TLS protects the password, and the simplest mechanism works with every way in
	// which servers store passwords. SASL comes before USER: some servers list USER
	// always, whereas the administrator configures the SASL mechanisms.
	overTLS = []Mechanism{
		ScramSHA256Plus, ScramSHA1Plus, ScramSHA256, ScramSHA1,
		Plain, IMAPLogin, LoginSASL, UserPass, CramMD5, APOP,
	}

	// For a POP3 server that lists SASL mechanisms but neither PLAIN nor LOGIN, and
	// therefore accepts no cleartext password by SASL. Even if it lists USER (RFC 2449
	// 6.3), it may refuse the command like any other cleartext password.
	noneReadable = []Mechanism{
		ScramSHA256Plus, ScramSHA1Plus, ScramSHA256, ScramSHA1,
		CramMD5, UserPass, APOP,
	}

	// In cleartext, mechanisms that don't reveal the password come first.
	inClear = []Mechanism{
		ScramSHA256, ScramSHA1, CramMD5, APOP,
		Plain, IMAPLogin, UserPass, LoginSASL,
	}

	// Only these accept a token.
	withToken = []Mechanism{OAuthBearer, XOAuth2}
)

// Choose selects the mechanism to log in with. offered are the mechanisms that the
// server offers, in any letter case, including the protocols' own commands where they
// can be used. why is the reason for the choice: "strongest-offered",
// "only-one-offered", "forced" or "follow-up".
//
// A mechanism that can't transmit this user name and password (SCRAM with characters
// that SASLprep forbids, USER and PASS with line breaks) is skipped if another one can.
//
// The error is a *stage.Error. NoMechanism means that none of the offered mechanisms
// can be used, or that the forced one isn't offered. BadCredential, returned together
// with the mechanism, means that none of those offered can transmit the credential.
func Choose(offered []Mechanism, req Request) (m Mechanism, why string, err error) {
	list := canonical(offered)
	why = whyStrongest
	if len(list) == 1 {
		why = whyOnlyOne
	}
	order := overTLS
	switch {
	case req.Force != "":
		order, why = canonical([]Mechanism{req.Force}), whyForced
		if req.FollowUp {
			why = whyFollowUp
		}
	case req.Token:
		order = withToken
	case req.clear():
		order = inClear
	case slices.Contains(list, UserPass) && !slices.Contains(list, Plain) && !slices.Contains(list, LoginSASL):
		order = noneReadable
	}
	var refused error
	for _, candidate := range order {
		if !slices.Contains(list, candidate) || !possible(candidate, req) {
			continue
		}
		bad := sendable(candidate, req)
		if bad == nil {
			return candidate, why, nil
		}
		if refused == nil {
			m, refused = candidate, bad
		}
	}
	if refused != nil {
		return m, why, refused
	}
	return "", why, noMechanism(list, req)
}

// possible reports whether the connection meets the mechanism's requirements.
func possible(m Mechanism, req Request) bool {
	if !m.binds() {
		return true
	}
	_, ok := bindingOf(req.TLS)
	return ok
}

// noMechanism returns an error that lists what is offered, in the server's words.
func noMechanism(offered []Mechanism, req Request) error {
	const most = 20
	what := "no mechanism that can be used here is offered"
	switch {
	case req.Force != "" && slices.Contains(offered, canonical([]Mechanism{req.Force})[0]):
		what = "the mechanism asked for needs channel binding, which this connection does not give"
	case req.Force != "":
		what = "the mechanism asked for is not offered"
	case req.Token:
		what = "no mechanism that takes a token is offered"
	}
	names := make([]string, 0, most)
	for _, m := range offered[:min(len(offered), most)] {
		names = append(names, short(string(m)))
	}
	list := "nothing"
	if len(names) > 0 {
		list = strings.Join(names, ", ")
	}
	if more := len(offered) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return stage.Errorf(stage.NoMechanism, "%s; offered: %s", what, list)
}

// canonical returns the names in upper case and without duplicates. RFC 4422 3.1
// requires upper case, but servers differ.
func canonical(names []Mechanism) []Mechanism {
	var out []Mechanism
	known := map[Mechanism]bool{"": true} // a hostile server may send a long list
	for _, n := range names {
		n = Mechanism(strings.ToUpper(strings.TrimSpace(string(n))))
		if !known[n] {
			known[n] = true
			out = append(out, n)
		}
	}
	return out
}

// short makes a word from the server safe to show in one line of a report.
func short(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return stage.Visible(s)
}
