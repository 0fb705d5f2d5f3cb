package hostname

import "testing"

func TestServer(t *testing.T) {
	for in, want := range map[string]string{
		"Mail.Example.COM.":         "mail.example.com",
		"mail":                      "mail",
		"192.0.2.1":                 "192.0.2.1",
		"2001:DB8::0:1":             "2001:db8::1",
		"r3---a.example":            "r3---a.example",
		"1and1.example":             "1and1.example",
		"straße.example":            "xn--strae-oqa.example", // and not strasse, as before UTS #46 revision 27
		"xn--strae-oqa.example":     "xn--strae-oqa.example",
		"ＭＡＩＬ．example":              "mail.example",
		"fe80::1%eth0":              "",
		"[2001:db8::1]":             "",
		"1.2.3.4.5":                 "",
		"mail_1.example":            "",
		"mail-.example":             "",
		"mail..example":             "",
		"mail.example..":            "",
		".":                         "",
		"":                          "",
		"xn--a.example":             "",
		"a\u200bb\u0000.example":    "",
		"\u05d0a\u05d01b.example":   "", // breaks the Bidi rule (RFC 5893)
		"mail.example:993":          "",
		"\xe4.example":              "",
		"\u2488com":                 "", // a digit with its full stop in one character
		"https://mail.example/path": "",
	} {
		got, ok := Server(in)
		if !ok {
			got = ""
		}
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", in, got, ok, want)
		}
	}
}
