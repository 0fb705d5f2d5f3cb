package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/probetest"
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

// TestSmokeTLSA: a file expects the certificate that the domain publishes. The name server
// is asked even with --private, and a saved run says the same later.
func TestSmokeTLSA(t *testing.T) {
	k := newKnown(t, "imap.known.test", "imap.known.test")
	sum := sha256.Sum256(k.leaf)
	right, wrong := hex.EncodeToString(sum[:]), strings.Repeat("0", 64)
	for _, tt := range []struct {
		name   string
		record probetest.Name
		want   int
		says   []string
	}{
		{"fits", probetest.Name{Records: []string{"TLSA 3 0 1 " + right}, Signed: true}, fault.ExitWorks, []string{"WORKS", "1 of 1 expectation met"}},
		{"fits unsigned", probetest.Name{Records: []string{"TLSA 3 0 1 " + right}}, fault.ExitWorks, []string{"WORKS", "1 of 1 expectation met"}},
		{"differs", probetest.Name{Records: []string{"TLSA 3 0 1 " + wrong}, Signed: true}, fault.ExitProblems, []string{"as published in tlsa, seen 3 0 1 " + right[:16] + "..., where TLSA has 3 0 1 0000000000000000..."}},
		{"none", probetest.Name{}, fault.ExitProblems, []string{"as published in tlsa, seen no TLSA record"}},
		{"SERVFAIL", probetest.Name{Fault: probetest.DNSServFail}, fault.ExitWorks, []string{"tlsa could not be read"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dns, err := probetest.StartDNS(probetest.Zone{
				"imap.known.test": {Addresses: []string{"127.0.0.1"}, Signed: true},
				fmt.Sprintf("_%d._tcp.imap.known.test", k.port): tt.record,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer dns.Close()
			file := smokeFile(t, fmt.Sprintf("discovery-agrees = \"tlsa\"\n[[endpoint]]\nurl = \"imaps://imap.known.test:%d\"\n", k.port))
			saved := filepath.Join(t.TempDir(), "run.jsonl")
			s := &screen{}
			run(t, tt.want, s.pipe(), "check", "--file", file, "--ca-file", k.root, "--resolver", dns.Addr(), "--private", "--no-login", "--width", "200", "--save", saved)
			again := &screen{}
			run(t, tt.want, again.pipe(), "report", saved, "--width", "200")
			for _, out := range []string{s.out.String(), again.out.String()} {
				out = strings.Join(strings.Fields(out), " ")
				for _, say := range tt.says {
					if !strings.Contains(out, say) {
						t.Errorf("%q is not said:\n%s", say, out)
					}
				}
			}
		})
	}
}
