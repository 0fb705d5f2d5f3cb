package auth

import (
	"testing"

	"maildoctor/probe/stage"
)

// Passwords that quoting, encoding or normalizing might change.
var passwords = []string{
	"tanstaaftanstaaf", `"quoted"`, `back\slash\`, " spaces  inside and around ", "pässwörd€ß", "日本語", "a=b,c", "\t", "x",
}

func TestPlain(t *testing.T) {
	for _, p := range passwords {
		c, err := NewClient(Plain, Request{User: "tim", Secret: NewSecret(p)})
		if err != nil {
			t.Fatal(err)
		}
		mech, ir, err := c.Start()
		if want := "\x00tim\x00" + p; mech != "PLAIN" || string(ir) != want || err != nil { // RFC 4616 4
			t.Errorf("%s, %q, %v; want %q", mech, ir, err, want)
		}
		if _, err := c.Next(nil); faultOf(err) != stage.TooManyRounds {
			t.Errorf("a challenge: %v, want too-many-rounds", err)
		}
		if err := c.Done(); err != nil {
			t.Error(err)
		}
	}
}

// The wording of the prompts doesn't matter, nor whether there are any.
func TestLogin(t *testing.T) {
	prompts := [][2]string{
		{"Username:", "Password:"},
		{"User Name\x00", "Password\x00"},
		{"", ""},
		{"Benutzername", "Kennwort"},
		{"Password:", "Username:"},
		{"\xff", "\x00"},
	}
	for _, p := range prompts {
		for _, password := range passwords {
			c, err := NewClient(LoginSASL, Request{User: "tim", Secret: NewSecret(password)})
			if err != nil {
				t.Fatal(err)
			}
			mech, ir, err := c.Start()
			if mech != "LOGIN" || ir != nil || err != nil {
				t.Errorf("Start: %s, %q, %v; want no initial response", mech, ir, err)
			}
			if err := c.Done(); faultOf(err) != stage.Malformed {
				t.Errorf("Done at the start: %v, want malformed", err)
			}
			if got, err := c.Next([]byte(p[0])); string(got) != "tim" || err != nil {
				t.Errorf("to %q: %q, %v", p[0], got, err)
			}
			if err := c.Done(); faultOf(err) != stage.Malformed {
				t.Errorf("Done after the name: %v, want malformed", err)
			}
			if got, err := c.Next([]byte(p[1])); string(got) != password || err != nil {
				t.Errorf("to %q: %q, %v", p[1], got, err)
			}
			if err := c.Done(); err != nil {
				t.Error(err)
			}
			if _, err := c.Next([]byte("One more:")); faultOf(err) != stage.TooManyRounds {
				t.Errorf("a third challenge: %v, want too-many-rounds", err)
			}
		}
	}
}

func TestCramMD5(t *testing.T) {
	c, err := NewClient(CramMD5, Request{User: "tim", Secret: NewSecret("tanstaaftanstaaf")})
	if err != nil {
		t.Fatal(err)
	}
	mech, ir, err := c.Start()
	if mech != "CRAM-MD5" || ir != nil || err != nil {
		t.Errorf("Start: %s, %q, %v", mech, ir, err)
	}
	if err := c.Done(); faultOf(err) != stage.Malformed {
		t.Errorf("Done at the start: %v, want malformed", err)
	}
	if _, err := c.Next(nil); faultOf(err) != stage.Malformed {
		t.Errorf("empty challenge: %v, want malformed", err)
	}
	// The example of RFC 2195 2.
	got, err := c.Next([]byte("<1896.697170952@postoffice.reston.mci.net>"))
	if want := "tim b913a602c7eda7a495b4e6e7334d3890"; string(got) != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if err := c.Done(); err != nil {
		t.Error(err)
	}
	if _, err := c.Next([]byte("<2@x>")); faultOf(err) != stage.TooManyRounds {
		t.Errorf("a second challenge: %v, want too-many-rounds", err)
	}
}
