package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/fault"
)

// foreign matches the error texts of libraries.
var foreign = regexp.MustCompile(`invalid argument|invalid character|needs an argument|accepts |unknown command|unknown shorthand|bad flag|strconv|parsing|parse error|bufio|json:|x509|asn1|pflag|cobra|time: |open .*: |read .*: |lookup `)

// commands returns all commands with their paths.
func commands(c *cobra.Command, path []string) map[*cobra.Command][]string {
	all := map[*cobra.Command][]string{c: path}
	for _, sub := range c.Commands() {
		for k, v := range commands(sub, append(path[:len(path):len(path)], sub.Name())) {
			all[k] = v
		}
	}
	return all
}

// refused runs an invalid command line, and checks what is common to all errors of
// ours: it gives exit code 2, the words are ours, and it says what was expected.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	s := &screen{}
	run(t, fault.ExitUsage, s.pipe(), args...)
	said := s.err.String()
	if bad := foreign.FindString(said); bad != "" || !regexp.MustCompile(`(?i)expected|lists them|names them|did you mean|are known`).MatchString(said) {
		t.Errorf("maildoctor %q: %q is not ours in:\n%s", args, bad, said)
	}
	if s.out.String() != "" {
		t.Errorf("maildoctor %q: on standard output:\n%s", args, s.out.String())
	}
	return said
}

// Every flag of every command, with no value and with an impossible one: the error
// is ours, names the flag, and repeats nothing after a flag that takes no value.
func TestBadFlags(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	seen := 0
	for cmd, path := range commands(newRoot((&screen{}).pipe()), nil) {
		cmd.InitDefaultHelpFlag()
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if len(path) == 0 {
				return // what stands behind them is checked
			}
			seen++
			flag := "--" + f.Name
			switch {
			case f.Value.Type() == "bool":
				if said := refused(t, append(path, flag+"=hunter2")...); !strings.Contains(said, flag) || strings.Contains(said, "hunter2") {
					t.Errorf("%s %s: %s", path, flag, said)
				}
			case f.Value.Type() == "count":
				refused(t, append(path, flag+"=hunter")...)
			default:
				if said := refused(t, append(path, flag)...); !strings.Contains(said, flag+": expected ") {
					t.Errorf("%s %s: %s", path, flag, said)
				}
				if f.Value.Type() != "string" && f.Value.Type() != "stringArray" {
					if said := refused(t, append(path, flag, `so"on`)...); !strings.Contains(said, flag) {
						t.Errorf("%s %s: %s", path, flag, said)
					}
				}
			}
		})
		refused(t, append(path, "--no-such-flag")...)
		refused(t, append(path, "-ö")...)
		if len(path) > 0 {
			refused(t, append(path, "--=x")...)
		}
	}
	if seen < 60 {
		t.Errorf("only %d flags were tried", seen)
	}
}

// Arguments where none are allowed, too few of them and too many, values that only a
// command can refuse, and files with other contents.
func TestBadArguments(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, line := range []string{
		"demo a b", "demo no-such-case", "report", "report a b", "settings", "settings a.test b.test", "settings nobody",
		"profiles show", "profiles show a b", "profiles list all", "profiles validate", "profiles lst", "profiles validate no.toml",
		"help chekc", "help profiles lst", "completion fsh", "completion bash zsh", "explain no-such-cause", "explain x y --protocol ftp",
		"check", "check q.com --dry-run --run-timeout -1s", "check q.com --dry-run --parallel 99999999999999999999",
		"check q.com --dry-run --resolver 1.2.3", "check q.com --dry-run --resolver 192.0.2.1:99999", "check q.com --dry-run --control-resolver 192.0.2.1:dns",
		"check imaps://x:y --dry-run", "check imaps://[::1 --dry-run", "check imaps://%zz --dry-run", "check imaps://h:1x --dry-run",
		"check imaps://a.test?starttls=%zz --dry-run", "check imap://a.test?%zz --dry-run", "check imaps:// --dry-run", "check ://a.test --dry-run",
		"check q.com --dry-run --ca-file no.pem", "check q.com --dry-run --ca-file testdata", "check q.com --dry-run --ca-file flags_test.go",
		"check q.com --dry-run --against no.jsonl", "check q.com --dry-run --against testdata", "check q.com --dry-run --against flags_test.go",
		"check q.com --dry-run --profiles no-dir", "check q.com --dry-run --profiles flags_test.go", "check q.com --save no/dir/run.jsonl",
		"report no.jsonl", "report testdata", "report flags_test.go", "report flags_test.go --save x", "check q.com --dry-run --width 0x",
	} {
		refused(t, strings.Fields(line)...)
	}
}
