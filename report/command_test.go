package report_test

import (
	"os/exec"
	"slices"
	"strings"
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

// A shell makes the same words of the line again.
func TestCommandInAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh on this system")
	}
	words := []string{"printf", "%s\n", "a b", "it's", "$HOME `id` \\n", "?*[a]", "", "~", "-x", "a=b", "jörg", "!!", "a;b&c|d>e<f", "#", "(x)", "{a,b}", "\"\""}
	out, err := exec.Command(sh, "-c", report.Command("linux", words...)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); !slices.Equal(got, words[2:]) {
		t.Errorf("got  %q\nwant %q", got, words[2:])
	}
}
