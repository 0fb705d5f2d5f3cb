package laboratory

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
)

// scenario is one world and the expected conclusion.
type scenario struct {
	id    string
	cause cause.ID   // that leads; empty: healthy
	also  []cause.ID // that may lead as well
	build func(w *world) []string
}

// scenarios returns the scenarios of all tables.
func scenarios() []scenario {
	return slices.Concat(healthy, network, names, wire, certificates, accounts,
		egress, unreached, lookups, greetings, handshakes, authorities, clocks, neighbours, publicRoots,
		well, offers, logins, standing, tokens, rules, mailboxes, settings, lookalikes, leads, namesakes, published, outdated)
}

// customer are the arguments with which a customer checks the provider's profile.
var customer = []string{user}

// finding is a conclusion in a JSON report.
type finding struct {
	Cause        cause.ID `json:"cause"`
	Severity     string   `json:"severity"`
	Confidence   string   `json:"confidence"`
	SuppressedBy string   `json:"suppressed_by"`
	Title        string   `json:"title"`
}

// document has the parts of a JSON report that matter here.
type document struct {
	Verdict  string    `json:"verdict"`
	Findings []finding `json:"findings"`
	Exit     int       `json:"exit"`

	Expectations struct {
		Met       int
		Unmet     []struct{ ID, Check string }
		NotJudged []struct{ ID, Check string } `json:"not_judged"`
	} `json:"expectations"`
}

// leading returns the first finding that no other explains; nil if there is none.
func (d document) leading() *finding {
	i := slices.IndexFunc(d.Findings, func(f finding) bool { return f.SuppressedBy == "" })
	if i < 0 {
		return nil
	}
	return &d.Findings[i]
}

// program builds maildoctor, once.
var program = sync.OnceValues(func() (string, error) {
	if *examined != "" {
		return filepath.Abs(*examined)
	}
	path := filepath.Join(places(os.Getpid()), "maildoctor")
	out, err := exec.Command("go", "build", "-o", path, "maildoctor/cmd/maildoctor").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestLaboratory(t *testing.T) {
	need(t, "ip", "nft", "unbound", "openssl")
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios() {
		t.Run(s.id, func(t *testing.T) {
			t.Parallel()
			// A test that ends early has proven nothing.
			r := result{scenario: s, outcome: missing}
			defer func() {
				if t.Skipped() {
					r.outcome = skipped
				}
				results.add(r)
			}()
			w, arguments := built(t, s)
			d, text := w.check(s.id, arguments)
			if r.judge(d); r.outcome != ok {
				t.Errorf("%s\n%s", r.explain(d), text)
			}
			replays(t, w.saved)
			for _, wrong := range refuted(t, w.saved) {
				t.Errorf("%s\n%s", wrong, text)
			}
		})
	}
}

// building limits the worlds that are built at the same time: starting servers uses
// all CPU time, and the runs need some of it.
var building = make(chan bool, 3)

// built returns the world of a scenario, with everything in it running, and the
// arguments for maildoctor.
func built(t *testing.T, s scenario) (*world, []string) {
	t.Helper()
	building <- true
	defer func() { <-building }()
	w := newWorld(t)
	arguments := s.build(w)
	if w.resolver != nil {
		w.resolver()
	}
	return w, arguments
}

// need skips the test if the laboratory can't run, or fails it if it must.
func need(t *testing.T, programs ...string) {
	t.Helper()
	lacks := ""
	if os.Geteuid() != 0 {
		lacks = "not root"
	}
	for _, p := range programs {
		if !installed(p) {
			lacks += " " + p + " is not installed"
		}
	}
	if lacks == "" {
		lacks = refused()
	}
	switch {
	case lacks == "":
	case os.Getenv("MAILDOCTOR_REAL_SERVERS") == "required":
		t.Fatalf("required: %s", lacks)
	default:
		t.Skip(lacks + " (make test installs it)")
	}
}

// refused says why namespaces can't be made here, such as in a container without the
// privilege; empty if they can. It tries only once, because worlds that are built at
// the same time would make the same one.
var refused = sync.OnceValue(func() string {
	name := prefix(os.Getpid()) + "0"
	defer remove(name)
	if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
		return fmt.Sprintf("no network namespaces: %v: %s", err, out)
	}
	return ""
})

// longest is the time limit of a run, longer than its own limit.
const longest = 2 * time.Minute

// check runs maildoctor on the customer's machine, and returns its report as
// JSON and as text.
func (w *world) check(id string, arguments []string) (document, string) {
	w.t.Helper()
	path, err := w.program()
	if err != nil {
		w.t.Fatal(err)
	}
	dir := filepath.Join(w.dir, "run")
	if *keep != "" {
		dir = filepath.Join(*keep, id)
		os.RemoveAll(dir)
	}
	root, home := filepath.Join(w.dir, "root.pem"), filepath.Join(w.dir, "home")
	write(w.t, root, string(w.authority().root.PEM()))
	for _, d := range []string{dir, home} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			w.t.Fatal(err)
		}
	}
	output := filepath.Join(dir, "json")
	all := append([]string{"check"}, arguments...)
	if !slices.Contains(arguments, "--ca-file") {
		all = append(all, "--ca-file", root)
	}
	if w.profiles != "" {
		all = append(all, "--profiles", w.profiles)
	}
	w.saved = filepath.Join(dir, "run.jsonl")
	all = append(all, "--output", "json="+output, "--save", w.saved)
	ctx, cancel := context.WithTimeout(w.t.Context(), longest)
	defer cancel()
	line := w.client.command(path, all...)
	cmd := exec.CommandContext(ctx, line.Path, line.Args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // show the goroutines of a run that hangs
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + home, "LANG=C.UTF-8"}, w.env...)
	if w.password != "" {
		cmd.Env = append(cmd.Env, "MAILDOCTOR_PASSWORD="+w.password)
	}
	var text, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &text, &complaints
	started := time.Now()
	err = cmd.Run()
	shown := fmt.Sprintf("maildoctor %q: %v after %v\n%s%s", all, err, time.Since(started).Round(time.Millisecond), text.String(), complaints.String())
	write(w.t, filepath.Join(dir, "text"), shown)
	var d document
	if b, err := os.ReadFile(output); err != nil {
		w.t.Fatalf("no report: %v\n%s", err, shown)
	} else if err := json.Unmarshal(b, &d); err != nil {
		w.t.Fatalf("%v\n%s", err, shown)
	}
	return d, shown
}
