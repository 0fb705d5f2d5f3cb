package cli

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pastedLogs are what somebody may give to explain, with a secret at §, or its base64
// at €.
var pastedLogs = map[string]string{
	"answer":   "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: amFuZQ==\nS: 334 UGFzc3dvcmQ6\nC: €\nS: 535 5.7.8 Error: authentication failed: §",
	"plain":    "C: AUTH PLAIN €\nS: 535 5.7.8 Error: authentication failed",
	"LOGIN":    `a1 LOGIN jane@mail.qq.com "§"` + "\na1 NO Login Fail. https://service.mail.qq.com/detail/0/53",
	"PASS":     "C: PASS §\nS: -ERR [AUTH] §",
	"URL":      "smtp://jane:§@smtp.gmail.com:587: 534-5.7.9 Application-specific password required",
	"setting":  "password: §",
	"unquoted": "MAILDOCTOR_PASSWORD=§ maildoctor: 535 no",
	"token":    "Authorization: Bearer § was refused: invalid_token",
	"nothing":  "my password is §, and the printer is out of paper",
	"alone":    "§",
}

// Whatever is pasted into explain, no answer in any form has the secret in it, nor an
// error. Redacted, the text hasn't either, as far as something around it says that it is
// one.
func TestCanaryOfPastedLogs(t *testing.T) {
	for name, log := range pastedLogs {
		for _, canary := range []string{"plain", "token"} {
			secret := canaries[canary]
			coded := base64.StdEncoding.EncodeToString([]byte(secret))
			if name == "plain" {
				coded = base64.StdEncoding.EncodeToString([]byte("\x00jane\x00" + secret))
			}
			text := strings.NewReplacer("§", secret, "€", coded).Replace(log)
			file := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{
				{text},
				{file},
				strings.Fields(text),
				{text, "--format", "json"},
				{text, "--format", "markdown"},
				{text, "--program", "outlook"},
				{text, "--protocol", "smtp"},
				{text, "--redact"},
				{file, "--redact"},
				{text, "--redact", "--format", "json"},
			} {
				if name == "alone" && args[len(args)-1] == "--redact" {
					continue // nothing says what it is
				}
				var s screen
				Main(append([]string{"explain"}, args...), s.pipe())
				if found := scan(s.out.String()+s.err.String(), secret); found != nil {
					t.Errorf("%s, %q: the secret is in the answer:\n%s", name, args[1:], strings.Join(found, "\n"))
				}
				if s.out.String()+s.err.String() == "" {
					t.Errorf("%s, %q: no answer", name, args[1:])
				}
			}
		}
	}
}
