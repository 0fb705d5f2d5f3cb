package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// home puts a profile of the domain mail.test into the user's own directory. Its
// servers are those of h, which accept this password; it returns them.
func home(t *testing.T, h *hall, password string) *probetest.Server {
	t.Helper()
	server, address := h.start(t, visit{mechanism: "PLAIN", secret: password, clear: true}, probetest.IMAP)
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	own := filepath.Join(dir, "maildoctor", "profiles")
	if err := os.MkdirAll(own, 0o700); err != nil {
		t.Fatal(err)
	}
	port := address[strings.LastIndexByte(address, ':')+1:]
	text := strings.NewReplacer("PORT", port).Replace(`
id = "own"
name = "Own Mail"
domains = ["mail.test"]
user_name = "local-part"
[source]
title = "a test"
read = 2026-11-22
[[endpoint]]
protocol = "imap"
host = "127.0.0.1"
port = PORT
security = "starttls-if-offered"
`)
	if err := os.WriteFile(filepath.Join(own, "own.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return server
}

// Without arguments on a terminal, it asks for address and password. Questions and
// progress go to standard error, only the report to standard output.
func TestAsk(t *testing.T) {
	home(t, newHall(t), "secret word")
	for _, tt := range []struct {
		name, typed, password string
		code, asked           int
		shown, report         []string
	}{
		{
			"an address and a password", "jane@mail.test\n", "secret word", fault.ExitProblems, 1,
			[]string{"It changes no settings", "E-mail address: ", "Password of jane\n"},
			[]string{"COULD NOT TELL   jane@mail.test", "Logins     none tried"}, // no TLS is offered there
		},
		{"an address, and Enter", "jane@mail.test\n", "", fault.ExitWorks, 1, nil, []string{"as far as tested"}},
		{"Ctrl-C at the password", "jane@mail.test\n", "^C", fault.ExitInterrupted, 1, []string{"Password of jane\n"}, nil},
		{
			"a slip, then the right one", "jane@mial.test\n  jane@MAIL.test \n", "", fault.ExitWorks, 1,
			[]string{"did you mean mail.test?", "E-mail address: "},
			[]string{"as far as tested"},
		},
		{"a domain has no password", "mail.test\n", "", fault.ExitWorks, 0, nil, []string{"as far as tested   mail.test"}},
		{"nothing", "\n", "", fault.ExitUsage, 0, []string{"no address was typed"}, nil},
		{"the end of the input", "", "", fault.ExitUsage, 0, []string{"no address was typed"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := screen{in: tt.typed, password: tt.password, environ: map[string]string{"NO_COLOR": "1"}}
			run(t, tt.code, s.terminal())
			if s.asked != tt.asked {
				t.Errorf("the password was asked for %d times; want %d", s.asked, tt.asked)
			}
			for _, want := range tt.shown {
				if !strings.Contains(s.err.String(), want) {
					t.Errorf("%q is not on the error output:\n%s", want, s.err.String())
				}
			}
			for _, want := range tt.report {
				if !strings.Contains(s.out.String(), want) {
					t.Errorf("%q is not on standard output:\n%s", want, s.out.String())
				}
			}
			if len(tt.report) == 0 && s.out.String() != "" {
				t.Errorf("standard output: %s", s.out.String())
			}
		})
	}
}

// The display is gone when the report arrives: the last thing that it writes erases
// it.
func TestProgressIsErased(t *testing.T) {
	var s screen
	run(t, fault.ExitWorks, s.terminal(), "demo", "--color", "never")
	shown := s.err.String()
	if !strings.Contains(shown, "smtp.example.test:587") {
		t.Fatalf("no progress was shown: %q", shown)
	}
	// Up three lines, to the first column, erase what is below (ECMA-48).
	if !strings.HasSuffix(shown, "\x1b[3A\r\x1b[J") {
		t.Errorf("the display ends with %q", shown[max(0, len(shown)-20):])
	}
	var piped screen
	run(t, fault.ExitWorks, piped.pipe(), "demo")
	if piped.err.String() != "" {
		t.Errorf("progress without a terminal: %q", piped.err.String())
	}
}

// A password is asked for only if it may be used.
func TestMayPrompt(t *testing.T) {
	up := stage.System{LinkUp: true}
	plan := func(user string, endpoints ...stage.Endpoint) stage.Plan {
		p := stage.Plan{Subjects: []stage.Subject{{User: user}}}
		for _, e := range endpoints {
			p.Checks = append(p.Checks, stage.Check{Endpoint: e})
		}
		return p
	}
	safe := stage.Endpoint{Host: "imap.example.net", Security: stage.TLS}
	open := stage.Endpoint{Host: "pop.example.net", Security: stage.None}
	here := stage.Endpoint{Host: "::1", Security: stage.StartTLS}
	for name, tt := range map[string]struct {
		options probe.Options
		plan    stage.Plan
		change  func(*console.Streams)
		want    bool
	}{
		"encrypted":                    {probe.Options{System: up}, plan("jane", safe), nil, true},
		"one of two":                   {probe.Options{System: up}, plan("jane", open, safe), nil, true},
		"in clear":                     {probe.Options{System: up}, plan("jane", open), nil, false},
		"in clear, allowed":            {probe.Options{System: up, CleartextLogin: true}, plan("jane", open), nil, true},
		"no user name":                 {probe.Options{System: up}, plan("", safe), nil, false},
		"no network":                   {probe.Options{}, plan("jane", safe), nil, false},
		"no network, on this computer": {probe.Options{}, plan("jane", here), nil, true},
		"input is a pipe":              {probe.Options{System: up}, plan("jane", safe), func(s *console.Streams) { s.InTerminal = false }, false},
		"errors are a pipe":            {probe.Options{System: up}, plan("jane", safe), func(s *console.Streams) { s.ErrTerminal = false }, false},
		"the report is a pipe":         {probe.Options{System: up}, plan("jane", safe), func(s *console.Streams) { s.OutTerminal = false }, true},
	} {
		s := new(screen).terminal()
		if tt.change != nil {
			tt.change(&s)
		}
		if got := mayPrompt(s, tt.options, tt.plan); got != tt.want {
			t.Errorf("%s: %v; want %v", name, got, tt.want)
		}
	}
}

// After a double click the window stays open, and the run can be saved as a file.
func TestOfferToKeep(t *testing.T) {
	t.Chdir(t.TempDir())
	now := time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)
	const name = "maildoctor-2026-11-22-1402.jsonl"
	run := `{"header":{"format":1,"version":"0.1.0","started":"2026-11-22T14:02:00Z","plan":{"subjects":[{"argument":"q.com","user":"jane@q.com"}]}}}` + "\n"
	keep := func(typed, lines string) (*screen, error) {
		var s screen
		k := new(saved.Kept)
		fmt.Fprint(k, lines)
		return &s, offerToKeep(s.terminal(), bufio.NewReader(strings.NewReader(typed)), k, now)
	}
	if _, err := keep("\n", run); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("Enter kept the run")
	}
	s, err := keep("Yes\n\n", run)
	if err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(name); !bytes.Equal(got, []byte(run)) {
		t.Errorf("kept %q; want %q", got, run)
	}
	for _, want := range []string{"Saved   " + name, "jane@q.com", "Press Enter to close"} {
		if !strings.Contains(s.err.String(), want) {
			t.Errorf("%q was not said:\n%s", want, s.err.String())
		}
	}
	if _, err := keep("y\n", run); err == nil {
		t.Error("a file that exists was written over")
	}
	if s, err := keep("\n", ""); err != nil || strings.Contains(s.err.String(), "Keep this report") {
		t.Errorf("without a run: %v, %q; want to be asked for Enter alone", err, s.err.String())
	}
}
