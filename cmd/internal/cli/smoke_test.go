package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/stage"
)

// smokeFile writes a smoke file, and returns its name.
func smokeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "smoke.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestSmokePlan: a plan of a file has its labels, lines and expectations, and no limit of
// time unless one is given.
func TestSmokePlan(t *testing.T) {
	name := smokeFile(t, `
tls-min = "1.2"
size-at-least = "1 MB"

[[account]]
name = "one"
user = "jane"
password-command = "exit 1"

[[endpoint]]
name = "inbox"
labels = ["production"]
url = "imaps://imap.example.com"
account = "one"

[[endpoint]]
url = "smtp://smtp.example.com"
account = "one"
certificate-days = { value = 3, severity = "warn" }
`)
	for _, limited := range []bool{false, true} {
		f := checkFlags{smoke: smokeFlags{name: name, given: func(flag string) bool { return limited && flag == "run-timeout" }}, run: probe.DefaultRunTimeout}
		if err := f.readSmoke(nil); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]bool{true: f.run == probe.DefaultRunTimeout, false: f.run == probe.NoLimit}; !want[limited] {
			t.Errorf("limited %t: %s", limited, f.run)
		}
		catalogue, err := loadCatalogue(nil)
		if err != nil {
			t.Fatal(err)
		}
		ts, unknown, err := f.examined(nil, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := f.plan(ts, nil, unknown, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := plan.Subjects[0]
		if plan.File.Path != stage.Visible(name) || s.Label != "inbox" || s.Labels[0] != "production" || s.Line != 13 || s.User != "jane" {
			t.Errorf("%+v, %+v", plan.File, s)
		}
		if len(plan.Checks[0].Expects) != 1 || len(plan.Checks[1].Expects) != 3 || plan.Checks[1].Expects[1].Line != 19 {
			t.Errorf("%+v", plan.Checks)
		}
		given, err := f.smoke.credentials(t.Context(), (&screen{}).pipe(), nil)
		if err != nil || given[0].Source == nil || given[0].Source != given[1].Source {
			t.Errorf("%v, %v: want one source for one account", given, err)
		}
	}
}

// TestSmokeErrorsHaveNoPassword: a password that somebody has put where its source
// belongs is repeated by no error of the command.
func TestSmokeErrorsHaveNoPassword(t *testing.T) {
	for name, canary := range canaries {
		for _, key := range []string{"password", "password-env", "password-file", "password-command", "token-command", "token", "url", "address", "domain"} {
			quoted := "'''" + strings.ReplaceAll(canary, "'", "") + "'''"
			if key == "url" || key == "address" || key == "domain" {
				quoted = "'''imaps://jane:" + strings.ReplaceAll(canary, "'", "") + "@imap.example.com'''"
			}
			file := smokeFile(t, "[[endpoint]]\nuser = \"jane\"\n"+key+" = "+quoted+"\n")
			s := &screen{}
			run(t, fault.ExitUsage, s.pipe(), "check", "--file", file)
			for _, found := range scan(s.out.String()+s.err.String(), canary) {
				t.Errorf("%s as %s: %s", name, key, found)
			}
		}
	}
}
