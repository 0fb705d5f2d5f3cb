package auth

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
)

// inCases are lines of servers that repeat a secret, and lines that don't.
var inCases = []struct {
	name, secret, line string
	want               bool
}{
	{"nothing there", "correct horse", "535 5.7.8 authentication failed", false},
	{"empty secret", "", "* OK ready", false},
	{"empty line", "secret99", "", false},
	{"whole", "secret99", "-ERR PASS secret99?", true},
	{"other case", "sEcret99", "-ERR unknown command PASS SECRET99", true},
	{"non-ASCII, other case", "pässwörd", "-ERR PASS PÄSSWÖRD", true},
	{"non-ASCII beside a stray byte", "pässwörd", "-ERR \xff PÄSSWÖRD", true},
	{"Latin-1", "p\xe4ssw\xf6rd", "-ERR PASS p\xe4ssw\xf6rd", true},
	{"half of a long one", "0123456789abcdefghij", "BAD LOGIN jane 01234567", false},
	{"ten of twenty", "0123456789abcdefghij", "BAD x6789abcdefx", true},
	{"nine of twenty", "0123456789abcdefghij", "BAD x6789abcdex", false},
	{"six of eight", "secret99", "BAD secret", true},
	{"five of eight", "secret99", "BAD secre", false},
	{"backwards", "secret99", "BAD 99TERCES", true},
	{"backwards, half", "0123456789abcdefghij", "BAD jihgfedcba", true},
	{"backwards in base64", "secret99", "no " + base64.StdEncoding.EncodeToString([]byte("99terces")), true},
	{"UTF-16", "secret99", "BAD s\x00e\x00c\x00r\x00e\x00t\x009\x009\x00", true},
	{"UTF-16, big-endian", "secret99", "BAD \x00s\x00e\x00c\x00r\x00e\x00t\x009\x009", true},
	{"UTF-16 in base64", "secret99", "no " + base64.StdEncoding.EncodeToString([]byte("s\x00e\x00c\x00r\x00e\x00t\x009\x009\x00")), true},
	{"base32", "secret99", "no " + base32.StdEncoding.EncodeToString([]byte("secret99")), true},
	{"base32, small letters", "secret99", "no " + strings.ToLower(base32.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99"))), true},
	{"base32, cut in front", "secret99", "no " + base32.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99"))[7:], true},
	{"base32 of something else", "secret99", "no " + base32.StdEncoding.EncodeToString([]byte("postoffice.example.net")), false},
	{"base64, wrapped", "secret99secret99secret99", "no " + base64.StdEncoding.EncodeToString([]byte("secret99secret99secret99"))[:12], true},
	{"short one, whole", "four", "BAD xfourx", true},
	{"quoted string", `a"b\c d`, `* BAD LOGIN jane "a\"b\\c d"`, true},
	{"JSON escapes", `a<b"c`, `{"pass":"a\u003cb\"c"}`, true},
	{"C escapes", "pass word", `no \x70\x61\x73\x73\x20\x77ord`, true},
	{"per cent", "p@ss wörd", "no p%40ss%20w%C3%B6rd", true},
	{"form", "p@ss word", "no p%40ss+word", true},
	{"quoted-printable", "p=ss wörd", "no p=3Dss w=C3=B6rd", true},
	{"HTML", "p<ss&word", "no p&lt;ss&amp;word", true},
	{"base64", "secret99", "no " + base64.StdEncoding.EncodeToString([]byte("secret99")), true},
	{"base64 in other case", "secret99", "no " + strings.ToUpper(base64.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99"))), true},
	{"PLAIN message", "secret99", "no AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99")), true},
	{"base64, cut in front", "secret99", "no " + base64.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99"))[3:], true},
	{"base64, cut in the group where it begins", "secr", "no gBzZWNy0rC8", true},
	{"base64, cut behind", "secret99", "no " + base64.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99"))[:14], true},
	{"base64, cut to less than four bytes", "secret99", "no " + base64.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99"))[:12], false},
	{"base64 without padding, in quotes", "secret99", `no "` + base64.RawStdEncoding.EncodeToString([]byte("xsecret99")) + `"`, true},
	{"URL alphabet", "se\xff\xfe\xfbcr", "no " + base64.RawURLEncoding.EncodeToString([]byte("se\xff\xfe\xfbcr")), true},
	{"standard alphabet, per cent", "\xff\xfe\xfb\xff\xef\xbe", "no " + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("\xff\xfe\xfb\xff\xef\xbe"))), true},
	{"base64 of a line with base64", "secret99", base64.StdEncoding.EncodeToString([]byte("a1 AUTHENTICATE PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00jane\x00secret99")))), true},
	{"hex of a line with base64", "secret99", hex.EncodeToString([]byte("PASS " + base64.StdEncoding.EncodeToString([]byte("secret99")))), true},
	{"other base64", "secret99", base64.StdEncoding.EncodeToString([]byte("<1896.697170952@postoffice.example.net>")), false},
	{"hex", "secret99", "no " + hex.EncodeToString([]byte("secret99")), true},
	{"hex in capitals, at an odd place", "secret99", "no 0" + strings.ToUpper(hex.EncodeToString([]byte("secret99"))), true},
	{"hex, a piece", "secret99", "no " + hex.EncodeToString([]byte("cret")), true},
	{"hex, three bytes", "secret99", "no " + hex.EncodeToString([]byte("cre")), false},
	{"hex dump", "secret99", "73 65 63 72 65 74 39 39  secr", true},
	{"hex with colons", "secret99", "73:65:63:72:65:74", true},
	{"hex with 0x", "secret99", "0x73, 0x65, 0x63, 0x72", true},
	{"three bytes", "abc", `BAD LOGIN jane "abc"`, false},
}

func TestSecretIn(t *testing.T) {
	for _, c := range inCases {
		t.Run(c.name, func(t *testing.T) {
			if got := NewSecret(c.secret).In(c.line); got != c.want {
				t.Errorf("In(%q) of %q = %v, want %v", c.line, c.secret, got, c.want)
			}
		})
	}
	if (Secret{}).In("anything") {
		t.Error("the zero Secret is in a line")
	}
}

func TestShortSecrets(t *testing.T) {
	for secret, want := range map[string]bool{"": false, "a": true, "abc": true, "abcd": false} {
		if got := NewSecret(secret).Short(); got != want {
			t.Errorf("%q: %v, want %v", secret, got, want)
		}
	}
}

// Common server lines don't match common passwords.
func TestSecretInOrdinaryLines(t *testing.T) {
	lines := []string{
		"* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN] Dovecot ready.",
		"a1 NO [AUTHENTICATIONFAILED] Authentication failed.",
		"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
		"334 VXNlcm5hbWU6", "+OK Logged in.", "250-SIZE 10485760",
		"* OK [UIDVALIDITY 1732284000] UIDs valid",
		"+OK <5e2a1f.deadbeef0123456789abcdef@mail.example.net>",
		"* ID (\"name\" \"Dovecot\" \"x-session\" \"Vd8ZNnonF9B/AAAB\")",
	}
	for _, secret := range []string{"hunter2hunter2", "Tr0ub4dor&3", "correct horse battery staple", "Sommer2024!", "äöü€ß", "qwertz12"} {
		s := NewSecret(secret)
		for _, l := range lines {
			if s.In(l) {
				t.Errorf("%q is found in %q", secret, l)
			}
		}
	}
}

// FuzzSecretIn checks that a secret of at least four bytes is found plain, in base64
// and in hex, whatever surrounds it, and that any line can be searched.
func FuzzSecretIn(f *testing.F) {
	for _, c := range inCases {
		f.Add(c.secret, c.line, "", byte(0))
		f.Add(c.secret, "AUTH PLAIN ", c.line, byte(3))
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, cut byte) {
		s := NewSecret(secret)
		s.In(before)
		if len(secret) < encodedPiece {
			return
		}
		if !s.In(before + secret + after) {
			t.Errorf("%q not found plain", secret)
		}
		data := []byte(before + "\x00" + secret + after)
		b64 := base64.StdEncoding.EncodeToString(data)
		at := min(int(cut), len(before)) // the part cut off at the beginning precedes the secret
		if !s.In(b64[at:]) {
			t.Errorf("%q not found in base64 %q", secret, b64[at:])
		}
		if x := hex.EncodeToString(data); !s.In(x[at:]) {
			t.Errorf("%q not found in hex %q", secret, x[at:])
		}
	})
}

func BenchmarkSecretIn(b *testing.B) {
	text := strings.Repeat("The quick brown fox % jumps = over \\ the lazy & dog. ", 400)
	data := base64.StdEncoding.EncodeToString([]byte(text))
	for _, c := range []struct {
		name, line string
	}{
		{"text/1KiB", text[:1<<10]},
		{"base64/1KiB", data[:1<<10]},
		{"base64/16KiB", data[:16<<10]},
		{"hex/1KiB", hex.EncodeToString([]byte(text))[:1<<10]},
		{"worst/16KiB", strings.Repeat("VjJWdA", 3000)[:16<<10]},
	} {
		for _, secret := range []string{"correct horse 9", strings.Repeat("eyJhbGciOiJSUzI1NiJ9", 100)} {
			s := NewSecret(secret)
			s.In("warm up")
			b.Run(c.name+"/"+map[bool]string{true: "password", false: "token"}[len(secret) < 100], func(b *testing.B) {
				b.SetBytes(int64(len(c.line)))
				b.ReportAllocs()
				for b.Loop() {
					if s.In(c.line) {
						b.Fatal("found")
					}
				}
			})
		}
	}
}
