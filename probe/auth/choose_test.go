package auth

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

func TestChoose(t *testing.T) {
	bound := tlsPair(t, tls.VersionTLS13, ecdsaCertificate(t, p256)).client
	everything := []Mechanism{
		APOP, CramMD5, LoginSASL, UserPass, IMAPLogin, Plain, ScramSHA1, ScramSHA256,
		ScramSHA1Plus, ScramSHA256Plus, XOAuth2, OAuthBearer, "GSSAPI",
	}
	without := func(gone ...Mechanism) []Mechanism {
		return slices.DeleteFunc(slices.Clone(everything), func(m Mechanism) bool { return slices.Contains(gone, m) })
	}
	plus := []Mechanism{ScramSHA256Plus, ScramSHA1Plus}
	scrams := append(slices.Clone(plus), ScramSHA256, ScramSHA1)
	enc := Request{User: "jane", Secret: NewSecret("secret99"), TLS: &tls.ConnectionState{}, Encrypted: true}
	clear := Request{User: "jane", Secret: NewSecret("secret99")}
	with := func(r Request, f func(*Request)) Request { f(&r); return r }

	cases := []struct {
		name    string
		offered []Mechanism
		req     Request
		want    Mechanism
		why     string
		fault   stage.Fault
	}{
		{"TLS that can be bound", everything, with(enc, func(r *Request) { r.TLS = &bound }), ScramSHA256Plus, whyStrongest, ""},
		{"SHA-1-PLUS before SHA-256", without(ScramSHA256Plus), with(enc, func(r *Request) { r.TLS = &bound }), ScramSHA1Plus, whyStrongest, ""},
		{"TLS that cannot be bound", everything, enc, ScramSHA256, whyStrongest, ""},
		{"no SHA-256", without(ScramSHA256), enc, ScramSHA1, whyStrongest, ""},
		{"PLAIN", without(scrams...), enc, Plain, whyStrongest, ""},
		{"IMAP LOGIN", without(append(scrams, Plain)...), enc, IMAPLogin, whyStrongest, ""},
		{"USER/PASS before APOP", []Mechanism{APOP, UserPass}, with(enc, func(r *Request) { r.Secret = NewSecret("a b") }), UserPass, whyStrongest, ""},
		{"LOGIN before USER/PASS, which stands in every list", []Mechanism{APOP, CramMD5, UserPass, LoginSASL}, enc, LoginSASL, whyStrongest, ""},
		{"LOGIN before CRAM-MD5", []Mechanism{APOP, CramMD5, LoginSASL}, enc, LoginSASL, whyStrongest, ""},
		{"CRAM-MD5 before USER/PASS, no readable one beside", []Mechanism{UserPass, CramMD5}, enc, CramMD5, whyStrongest, ""},
		{"USER/PASS, for SCRAM cannot carry it", []Mechanism{UserPass, ScramSHA1}, with(enc, func(r *Request) { r.Secret = NewSecret("p\U0001F600ss") }), UserPass, whyStrongest, ""},
		{"CRAM-MD5 before APOP", []Mechanism{APOP, CramMD5}, enc, CramMD5, whyStrongest, ""},
		{"encrypted, state unknown", []Mechanism{CramMD5, Plain}, with(clear, func(r *Request) { r.Encrypted = true }), Plain, whyStrongest, ""},

		{"in clear", everything, clear, ScramSHA256, whyStrongest, ""},
		{"in clear, no SCRAM", without(scrams...), clear, CramMD5, whyStrongest, ""},
		{"in clear, APOP before PLAIN", []Mechanism{UserPass, Plain, APOP}, clear, APOP, whyStrongest, ""},
		{"in clear, PLAIN before LOGIN", []Mechanism{LoginSASL, Plain}, clear, Plain, whyStrongest, ""},

		{"token", everything, with(enc, func(r *Request) { r.Token = true }), OAuthBearer, whyStrongest, ""},
		{"token, XOAUTH2", []Mechanism{Plain, XOAuth2}, with(enc, func(r *Request) { r.Token = true }), XOAuth2, whyStrongest, ""},
		{"token, no OAuth", []Mechanism{Plain}, with(enc, func(r *Request) { r.Token = true }), "", "", stage.NoMechanism},
		{"password, OAuth only", []Mechanism{XOAuth2, OAuthBearer}, enc, "", "", stage.NoMechanism},

		{"one", []Mechanism{Plain}, enc, Plain, whyOnlyOne, ""},
		{"one, twice", []Mechanism{Plain, "plain"}, enc, Plain, whyOnlyOne, ""},
		{"other letter case", []Mechanism{"scram-sha-256", " Plain "}, enc, ScramSHA256, whyStrongest, ""},
		{"nothing", nil, enc, "", "", stage.NoMechanism},
		{"nothing known", []Mechanism{"GSSAPI", "NTLM"}, enc, "", "", stage.NoMechanism},
		{"-PLUS alone, cannot be bound", plus, enc, "", "", stage.NoMechanism},

		{"forced", everything, with(enc, func(r *Request) { r.Force = LoginSASL }), LoginSASL, whyForced, ""},
		{"forced, other letter case", everything, with(enc, func(r *Request) { r.Force = "cram-md5" }), CramMD5, whyForced, ""},
		{"forced by a question", everything, with(enc, func(r *Request) { r.Force, r.FollowUp = Plain, true }), Plain, whyFollowUp, ""},
		{"forced, not offered", []Mechanism{Plain}, with(enc, func(r *Request) { r.Force = CramMD5 }), "", "", stage.NoMechanism},
		{"forced, cannot be bound", everything, with(enc, func(r *Request) { r.Force = ScramSHA256Plus }), "", "", stage.NoMechanism},
		{"forced, can be bound", everything, with(enc, func(r *Request) { r.Force, r.TLS = ScramSHA1Plus, &bound }), ScramSHA1Plus, whyForced, ""},

		{"SCRAM cannot carry it", everything, with(enc, func(r *Request) { r.Secret = NewSecret("p\U0001F600ss") }), Plain, whyStrongest, ""},
		{"USER cannot carry it", []Mechanism{UserPass, LoginSASL}, with(enc, func(r *Request) { r.Secret = NewSecret("a\r\nb") }), LoginSASL, whyStrongest, ""},
		{"nothing can carry it", []Mechanism{UserPass, APOP}, with(enc, func(r *Request) { r.User = "a\nb" }), UserPass, "", stage.BadCredential},
		{"NUL", everything, with(enc, func(r *Request) { r.Secret = NewSecret("a\x00b") }), ScramSHA256, "", stage.BadCredential},
		{"forced one cannot carry it", everything, with(enc, func(r *Request) { r.Force, r.Secret = ScramSHA1, NewSecret("\U0001F600") }), ScramSHA1, "", stage.BadCredential},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, why, err := Choose(c.offered, c.req)
			if got != c.want || faultOf(err) != c.fault {
				t.Errorf("got %q, %v; want %q, %q", got, err, c.want, c.fault)
			}
			if err == nil && why != c.why {
				t.Errorf("why %q, want %q", why, c.why)
			}
		})
	}
}

// The error lists what is offered, safe to show and short.
func TestNoMechanismNamesTheOffered(t *testing.T) {
	_, _, err := Choose([]Mechanism{"NTLM", "evil\x1b[2J", Mechanism(strings.Repeat("X", 9999))}, Request{})
	text := err.Error()
	if !strings.Contains(text, `NTLM, EVIL\x1b[2J, XXX`) || len(text) > 600 {
		t.Errorf("%d bytes: %.300s", len(text), text)
	}
	many := make([]Mechanism, 500)
	for i := range many {
		many[i] = Mechanism(strings.Repeat("Y", i+1))
	}
	if _, _, err = Choose(many, Request{}); !strings.Contains(err.Error(), "480 more") {
		t.Errorf("%.9000s", err)
	}
}

func TestNewClientOfACommand(t *testing.T) {
	for _, m := range []Mechanism{IMAPLogin, UserPass, APOP, "GSSAPI", ""} {
		if c, err := NewClient(m, Request{}); c != nil || faultOf(err) != stage.NoMechanism {
			t.Errorf("%s: %v, %v", m, c, err)
		}
	}
}

func TestBadCredentials(t *testing.T) {
	const part = "Geheim7"
	cases := []struct {
		m            Mechanism
		user, secret string
		bad          bool
	}{
		{Plain, "jane", part + "\x00", true},
		{Plain, part + "\x00", "x", true},
		{Plain, "jane", part + "\r\n \"\\ ä\U0001F600", false},
		{LoginSASL, "jane", part + "\n", false},
		{LoginSASL, "jane", part + "\x00", true},
		{CramMD5, "jane", part + " \"\\", false},
		{ScramSHA256, "jane", part + "\x07", true},
		{ScramSHA256, "jane", part + "\u0221", true}, // not assigned in Unicode 3.2
		{ScramSHA256, "jane", part + "\xff", true},
		{ScramSHA256, part + "\x07", "x", true},
		{ScramSHA1, "jane", part + " \"\\ ä", false},
		{XOAuth2, "jane", part + "\n", true},
		{XOAuth2, "jane", part + " ", true},
		{XOAuth2, part + "\x01", "x", true},
		{OAuthBearer, "jane", part + "\x01", true},
		{OAuthBearer, "jane", part + "ä", true},
		{OAuthBearer, "jane", part + "-._~+/==", false},
	}
	for _, c := range cases {
		_, err := NewClient(c.m, Request{User: c.user, Secret: NewSecret(c.secret)})
		if (faultOf(err) == stage.BadCredential) != c.bad || (err != nil) != c.bad {
			t.Errorf("%s, %q, %q: %v", c.m, c.user, c.secret, err)
		}
		if err != nil && strings.Contains(err.Error(), part) {
			t.Errorf("%s: the error repeats the value: %v", c.m, err)
		}
	}
	// The protocols' own commands have no client; Choose checks them.
	for _, c := range []struct {
		m            Mechanism
		user, secret string
		bad          bool
	}{
		{UserPass, "jane", "a b\"\\ä", false},
		{UserPass, "jane\r\nDELE 1", "x", true},
		{UserPass, "jane", "x\nDELE 1", true},
		{APOP, "jane", "a\nb", false}, // only a digest of it is sent
		{APOP, "jane\n", "x", true},
		{APOP, "jane doe", "x", true},
		{IMAPLogin, "jane", "a\r\nb", false}, // as a literal
		{IMAPLogin, "jane", "a\x00b", true},
	} {
		m, _, err := Choose([]Mechanism{c.m}, Request{User: c.user, Secret: NewSecret(c.secret)})
		if m != c.m || (faultOf(err) == stage.BadCredential) != c.bad {
			t.Errorf("%s, %q, %q: %v", c.m, c.user, c.secret, err)
		}
	}
}
