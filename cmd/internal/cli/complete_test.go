package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/fault"
)

// completed is what the shell gets for a line: the values without descriptions, and
// the directive.
func completed(t *testing.T, words ...string) (values []string, directive string) {
	t.Helper()
	s := &screen{}
	run(t, fault.ExitWorks, s.pipe(), append([]string{cobra.ShellCompRequestCmd}, words...)...)
	for line := range strings.Lines(s.out.String()) {
		value, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(value, ":") {
			return values, value
		}
		values = append(values, value)
	}
	t.Fatalf("%q: no directive in %q", words, s.out.String())
	return nil, ""
}

// What the shell completes: commands, and the values that arguments and flags may have.
func TestCompletion(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	const noFiles, endings, folders, anything = ":4", ":8", ":16", ":0"
	for _, tt := range []struct {
		words     []string
		some      []string // of the values, in this order
		not       string   // none of them
		directive string
	}{
		{[]string{""}, []string{"check", "demo", "explain", "profiles", "report", "settings"}, "gmail", noFiles},
		{[]string{"gma"}, []string{"gmail"}, "demo", noFiles},
		{[]string{"check", "gm"}, []string{"gmail", "gmx"}, "posteo", noFiles},
		{[]string{"check", ""}, []string{"-", "gmail"}, "", noFiles},
		{[]string{"check", "q.com", ""}, []string{"gmail"}, "-", noFiles},
		{[]string{"check", "-", ""}, nil, "gmail", noFiles},
		{[]string{"settings", ""}, []string{"gmail"}, "-", noFiles},
		{[]string{"check", "q.c"}, []string{"q.com"}, "gmail", noFiles},
		{[]string{"settings", "pos"}, []string{"posteo"}, "", noFiles},
		{[]string{"settings", "posteo", ""}, nil, "posteo", noFiles},
		{[]string{"profiles", ""}, []string{"list", "show", "validate"}, "", noFiles},
		{[]string{"profiles", "show", "pos"}, []string{"posteo"}, "", noFiles},
		{[]string{"profiles", "validate", ""}, []string{"toml"}, "", endings},
		{[]string{"explain", "wrong-"}, []string{"wrong-password"}, "cert-expired", noFiles},
		{[]string{"demo", "cert-"}, []string{"cert-expired"}, "healthy", noFiles},
		{[]string{"report", ""}, []string{"jsonl"}, "", endings},
		{[]string{"help", ""}, []string{"check", "report"}, "", noFiles},
		{[]string{"help", "profiles", ""}, []string{"list"}, "check", noFiles},
		{[]string{"completion", ""}, []string{"bash", "fish"}, "", noFiles},
		{[]string{"check", "--format", ""}, formatNames(), "", noFiles},
		{[]string{"report", "--format", ""}, formatNames(), "", noFiles},
		{[]string{"explain", "--format", ""}, []string{"text", "markdown", "json"}, "", noFiles},
		{[]string{"check", "--protocol", ""}, []string{"imap", "pop3", "smtp"}, "", noFiles},
		{[]string{"explain", "--protocol", ""}, []string{"imap", "pop3", "smtp"}, "", noFiles},
		{[]string{"settings", "--program", "thu"}, []string{"thunderbird", "thunderbird-android"}, "outlook", noFiles},
		{[]string{"explain", "--program", ""}, []string{"apple-mail", "evolution", "outlook-new"}, "", noFiles},
		{[]string{"check", "--program", "thunderbird", "--language", ""}, []string{"de", "en", "fr"}, "", noFiles},
		{[]string{"report", "--program", "msmtp", "--language", ""}, []string{"en"}, "de", noFiles},
		{[]string{"check", "--source", ""}, append(sourceNames(), "all"), "", noFiles},
		{[]string{"check", "--auth", ""}, []string{"PLAIN", "XOAUTH2"}, "", noFiles},
		{[]string{"demo", "--color", ""}, []string{"auto", "always", "never"}, "", noFiles},
		{[]string{"check", "--ca-file", ""}, []string{"pem"}, "", endings},
		{[]string{"check", "--against", ""}, []string{"jsonl"}, "", endings},
		{[]string{"check", "--profiles", ""}, nil, "", folders},
		{[]string{"profiles", "list", "--profiles", ""}, nil, "", folders},
		{[]string{"check", "--output", ""}, nil, "", anything},
		{[]string{"check", "--save", ""}, nil, "", anything},
		{[]string{"check", "--save-chain", ""}, nil, "", anything},
		{[]string{"check", "--timeout", ""}, nil, "", noFiles},
		{[]string{"jane@q.com", "--resol"}, []string{"--resolver"}, "", noFiles},
	} {
		got, directive := completed(t, tt.words...)
		if directive != tt.directive || tt.not != "" && slices.Contains(got, tt.not) {
			t.Errorf("%q: %s, %q", tt.words, directive, got)
		}
		for _, want := range tt.some {
			if !slices.Contains(got, want) {
				t.Errorf("%q: %q is not among %q", tt.words, want, got)
			}
		}
	}
}

// Every flag has a decided completion of its value, and every shell gets a script.
func TestEveryFlagCompletes(t *testing.T) {
	for cmd := range commands(newRoot((&screen{}).pipe()), nil) {
		if cmd.Name() == "maildoctor" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
			continue // of cobra's own
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if _, ok := cmd.GetFlagCompletionFunc(f.Name); !ok && !slices.Contains([]string{"help", "output", "save", "save-chain"}, f.Name) {
				t.Errorf("%s --%s: nothing says how it completes", cmd.CommandPath(), f.Name)
			}
		})
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		s := &screen{}
		run(t, fault.ExitWorks, s.pipe(), "completion", shell)
		if !strings.Contains(s.out.String(), cobra.ShellCompRequestCmd) {
			t.Errorf("%s: no script in %d bytes", shell, len(s.out.String()))
		}
	}
}
