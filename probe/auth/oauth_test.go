package auth

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

func TestOAuthFirstMessage(t *testing.T) {
	const (
		token  = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
		google = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
	)
	cases := []struct {
		name string
		m    Mechanism
		req  Request
		want string // base64, or the text itself
	}{
		{
			"RFC 7628 4.1", OAuthBearer,
			Request{User: "user@example.com", Secret: NewSecret(token), Host: "server.example.com", Port: 143},
			"bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
		},
		{
			"Google's example", XOAuth2,
			Request{User: "someuser@example.com", Secret: NewSecret(google)},
			"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==",
		},
		{"name with separators", OAuthBearer, Request{User: "a=b,c", Secret: NewSecret("t")}, "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01"},
		{"no name", OAuthBearer, Request{Secret: NewSecret("t")}, "n,,\x01auth=Bearer t\x01\x01"},
	}
	for _, c := range cases {
		client, err := NewClient(c.m, c.req)
		if err != nil {
			t.Fatal(err)
		}
		mech, ir, err := client.Start()
		want := c.want
		if b, err := base64.StdEncoding.DecodeString(want); err == nil {
			want = string(b)
		}
		if mech != string(c.m) || string(ir) != want || err != nil {
			t.Errorf("%s: %s, %q, %v; want %q", c.name, mech, ir, err, want)
		}
		if err := client.Done(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestOAuthError(t *testing.T) {
	cases := []struct{ name, challenge, status, scope string }{
		{"RFC 7628 4.3", `{"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/.well-known/openid-configuration"}`, "invalid_token", "example_scope"},
		{"Google", `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`, "400", "https://mail.google.com/"},
		{"status is a number", `{"status":401}`, "401", ""},
		{"scope is none", `{"status":"invalid_token","scope":["a"]}`, "invalid_token", ""},
		{"draws", `{"status":"\u001b[2J\u202e"}`, `\x1b[2J\u202e`, ""},
		{"repeats the token", `{"status":"no such tokenValue99","scope":"dG9rZW5WYWx1ZTk5"}`, repeatsSecret, repeatsSecret},
		{"long", `{"status":"` + strings.Repeat("x", 1000) + `"}`, strings.Repeat("x", 200) + "...", ""},
		{"too long", `{"status":"a","scope":"` + strings.Repeat("x", 5000) + `"}`, "", ""},
		{"empty", "", "", ""},
		{"no JSON", "nope", "", ""},
		{"no object", `["status"]`, "", ""},
		{"deep", strings.Repeat("[", 4000), "", ""},
	}
	for m, dummy := range map[Mechanism]string{XOAuth2: "", OAuthBearer: "\x01"} {
		for _, c := range cases {
			client, err := NewClient(m, Request{User: "jane", Secret: NewSecret("tokenValue99")})
			if err != nil {
				t.Fatal(err)
			}
			client.Start()
			out, err := client.Next([]byte(c.challenge))
			if err != nil || out == nil || string(out) != dummy {
				t.Errorf("%s, %s: %q, %v; want %q", m, c.name, out, err, dummy)
			}
			if got := client.Seen(); got != (Seen{OAuthStatus: c.status, OAuthScope: c.scope}) {
				t.Errorf("%s, %s: %+v", m, c.name, got)
			}
			if err := client.Done(); faultOf(err) != stage.Malformed {
				t.Errorf("%s, %s: yes after an error: %v, want malformed", m, c.name, err)
			}
			if _, err := client.Next(nil); faultOf(err) != stage.TooManyRounds {
				t.Errorf("%s, %s: a second challenge: %v, want too-many-rounds", m, c.name, err)
			}
		}
	}
}

// FuzzOAuthError checks that text from a server gets into the facts only if it is
// short, safe to show and free of the token.
func FuzzOAuthError(f *testing.F) {
	f.Add([]byte(`{"status":"invalid_token","scope":"example_scope"}`))
	f.Add([]byte(`{"status":400,"scope":null}`))
	f.Add([]byte(`{"status":"\ud800 tokenValue99"}`))
	f.Add([]byte("{\"status\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, challenge []byte) {
		secret := NewSecret("tokenValue99")
		client := newOAuth(OAuthBearer, Request{Secret: secret})
		if out, err := client.Next(challenge); err != nil || string(out) != "\x01" {
			t.Fatalf("%q, %v", out, err)
		}
		for _, s := range []string{client.Seen().OAuthStatus, client.Seen().OAuthScope} {
			if !utf8.ValidString(s) || stage.Visible(s) != s || len(s) > 10*200 || secret.In(s) {
				t.Errorf("kept %q", s)
			}
		}
	})
}
