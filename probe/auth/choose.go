package auth

import (
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Reasons for a choice, as they stand in stage.LoginFacts.
const (
	whyStrongest = "strongest-offered"
	whyForced    = "forced"
	whyOnlyOne   = "only-one-offered"
	whyFollowUp  = "follow-up"
)

// The orders of preference, best first.
var (
	// Over TLS a password that is sent is safe from others, and the simplest way
	// to send it works with every kind of stored password. USER stands in every list
	// of some servers: what the administrator has chosen is named by SASL.
	overTLS = []Mechanism{
		ScramSHA256Plus, ScramSHA1Plus, ScramSHA256, ScramSHA1,
		Plain, IMAPLogin, LoginSASL, UserPass, CramMD5, APOP,
	}

	// A POP3 server that names mechanisms, and neither PLAIN nor LOGIN among them, takes
	// no readable password by them. Where it lists USER all the same (RFC 2449 6.3), the
	// command may be refused like any other password in the clear.
	noneReadable = []Mechanism{
		ScramSHA256Plus, ScramSHA1Plus, ScramSHA256, ScramSHA1,
		CramMD5, UserPass, APOP,
	}

	// In clear, what doesn't show the password comes first.
	inClear = []Mechanism{
		ScramSHA256, ScramSHA1, CramMD5, APOP,
		Plain, IMAPLogin, UserPass, LoginSASL,
	}

	// A token is of use to these alone.
	withToken = []Mechanism{OAuthBearer, XOAuth2}
)

// Choose picks the mechanism to log in with. offered is what the server offers,
// in any letter case, with the protocols' own commands among them where they can
// be used. It returns why this one was chosen: "strongest-offered",
// "only-one-offered", "forced" or "follow-up".
//
// A mechanism that cannot carry this name and password (SCRAM and what SASLprep
// forbids, USER and PASS and line breaks) is passed over where another can.
//
// The error is a *stage.Error: NoMechanism where nothing that is offered could
// be used, or the forced one isn't offered; BadCredential, together with the
// mechanism, where none of those offered could carry the credential.
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

// possible reports whether the connection has what the mechanism needs.
func possible(m Mechanism, req Request) bool {
	if !m.binds() {
		return true
	}
	_, ok := bindingOf(req.TLS)
	return ok
}

// noMechanism names what is offered, which is the server's text.
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

// canonical returns the names in capitals (RFC 4422 3.1 has no other letters;
// servers do), each once.
func canonical(names []Mechanism) []Mechanism {
	var out []Mechanism
	known := map[Mechanism]bool{"": true} // a hostile list may be long
	for _, n := range names {
		n = Mechanism(strings.ToUpper(strings.TrimSpace(string(n))))
		if !known[n] {
			known[n] = true
			out = append(out, n)
		}
	}
	return out
}

// short makes a word from the server fit for one line of a report.
func short(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return stage.Visible(s)
}
