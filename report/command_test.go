package report_test

import (
	"testing"

	"maildoctor/report"
)

// Words that a shell would change are quoted, and no others.
func TestCommand(t *testing.T) {
	for _, tt := range []struct{ system, word, want string }{
		{"linux", "jane@q.com", "jane@q.com"},
		{"linux", "--resolver=192.0.2.53:53", "--resolver=192.0.2.53:53"},
		{"linux", "imaps://mail.example.net:993", "imaps://mail.example.net:993"},
		{"linux", "jörg@example.net", "jörg@example.net"},
		{"linux", "imap://a.test?starttls=never", "'imap://a.test?starttls=never'"},
		{"linux", "imap://[::1]:143", "'imap://[::1]:143'"},
		{"linux", "my run.jsonl", "'my run.jsonl'"},
		{"linux", "it's", `'it'\''s'`},
		{"linux", "$(rm -r)", "'$(rm -r)'"},
		{"linux", "~/x", "'~/x'"},
		{"linux", `C:\x`, `'C:\x'`},
		{"linux", "", "''"},
		{"darwin", "a b", "'a b'"},
		{"windows", `C:\runs\x.jsonl`, `C:\runs\x.jsonl`},
		{"windows", `C:\my runs\x.jsonl`, `"C:\my runs\x.jsonl"`},
		{"windows", "imap://a.test?starttls=never", `"imap://a.test?starttls=never"`},
	} {
		if got := report.Command(tt.system, "maildoctor", "check", tt.word); got != "maildoctor check "+tt.want {
			t.Errorf("%s, %q: %s, want %s", tt.system, tt.word, got, tt.want)
		}
	}
}
