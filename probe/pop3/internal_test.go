package pop3

import (
	"strings"
	"testing"
)

func TestResponseCode(t *testing.T) {
	for text, want := range map[string]string{
		"-ERR [AUTH] no":           "AUTH",
		"-ERR  [in-use] no":        "IN-USE",
		"-ERR [SYS/TEMP]":          "SYS/TEMP",
		"+OK [X-OWN.code_1] hello": "X-OWN.CODE_1",
		"-ERR no [AUTH]":           "",
		"-ERR [AUTH":               "",
		"-ERR []":                  "",
		"-ERR [two words]":         "",
		"-ERR":                     "",
		"[AUTH]":                   "",
	} {
		if got := responseCode(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A status line is parsed only in the format of RFC 1939 3, and nothing in angle
// brackets of a greeting is shown.
func FuzzStatusLine(f *testing.F) {
	for _, s := range []string{"+OK", "+OK ready <1.2@x>", "-ERR [AUTH] no", "+OKAY", "", "+OK <<a@b>", "+OK <a@b>c<d@e>", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		status, rest := splitStatus(line)
		switch status {
		case positive, negative:
			if !strings.HasPrefix(line, status) || !strings.Contains(line, rest) {
				t.Errorf("%q: %q, %q", line, status, rest)
			}
		case "":
		default:
			t.Errorf("%q: status %q", line, status)
		}
		if code := responseCode(line); code != "" && (status == "" || strings.ContainsAny(code, " []")) {
			t.Errorf("%q: code %q", line, code)
		}
		var s Session
		shown, withheld := s.withholdTimestamp(line)
		if s.timestamp != "" && (!withheld || strings.Contains(shown, s.timestamp)) {
			t.Errorf("%q: %q shows the timestamp", line, shown)
		}
	})
}
