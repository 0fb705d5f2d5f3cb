package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/stage"
)

// forgery is a saved run that was never made, written to overload a reader: it has
// more of one thing than any run has.
type forgery struct {
	name  string
	write func(w *stage.StreamWriter, n int)
	most  int // the number of things in a file that keeps the limits of a stream or just exceeds them
}

// forgeries are all kinds. Each generates n of its thing.
var forgeries = []forgery{
	{"contacts", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(stage.Event{Type: stage.EventContact, Check: "imap-0", Seq: i, Contact: &stage.Contact{Address: fmt.Sprintf("10.%d.%d.%d:993", i>>16, i>>8&255, i&255), Why: "resolver"}})
		}
	}, 100_000},
	{"follow-ups", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			id := fmt.Sprintf("imap-0/%d", i)
			w.Event(stage.Event{Type: stage.EventCheck, Check: id, Ordered: &stage.Check{
				ID: id, Kind: stage.KindConnect, Parents: []string{"imap-0"}, Question: stage.AskSibling, Round: 1, Endpoint: at(i),
			}})
		}
	}, 100_000},
	{"follow-ups of each other", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			id := fmt.Sprintf("imap-%d", i+1)
			w.Event(stage.Event{Type: stage.EventCheck, Check: id, Ordered: &stage.Check{
				ID: id, Kind: stage.KindEndpoint, Parents: []string{fmt.Sprintf("imap-%d", i)}, Question: stage.AskSibling, Round: 2, Endpoint: at(i),
			}})
			w.Event(failed(id))
		}
	}, 50_000},
	{"parents", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		w.Event(stage.Event{Type: stage.EventCheck, Check: "f", Ordered: &stage.Check{ID: "f", Kind: stage.KindConnect, Question: stage.AskSibling, Round: 1}})
		for i := range n {
			w.Event(stage.Event{Type: stage.EventShared, Check: "f", Seq: i, Parents: []string{fmt.Sprint("p", i)}})
		}
	}, 100_000},
	{"merged groups", func(w *stage.StreamWriter, n int) {
		w.Header(forged(n))
		for i := 1; i < n; i++ {
			w.Event(stage.Event{Type: stage.EventMerged, Check: fmt.Sprint("imap-", i), Seq: i, Merged: &stage.Merge{With: fmt.Sprint("imap-", i-1)}})
		}
	}, 50_000},
	{"failed endpoints of one host", func(w *stage.StreamWriter, n int) {
		w.Header(forged(n))
		for i := range n {
			w.Event(failed(fmt.Sprint("imap-", i)))
		}
	}, 20_000},
	{"subjects", func(w *stage.StreamWriter, n int) {
		h := forged(n)
		for i := range n {
			h.Plan.Subjects = append(h.Plan.Subjects, stage.Subject{Argument: fmt.Sprint("u", i, "@example.net"), Kind: stage.SubjectAddress, User: fmt.Sprint("user-", i), Address: fmt.Sprint("u", i, "@example.net")})
			h.Plan.Checks[i].Subject = i + 1
			h.Plan.Checks[i].User = fmt.Sprint("other-", i)
		}
		w.Header(h)
		for i := range n {
			w.Event(stage.Event{Type: stage.EventLine, Check: fmt.Sprint("imap-", i), Line: &stage.Line{From: stage.Server, Text: fmt.Sprint("* OK user-", i, " other-", i)}})
		}
	}, 20_000},
	{"user names of all lengths", func(w *stage.StreamWriter, n int) {
		h := forged(1)
		for i := range n {
			h.Plan.Subjects = append(h.Plan.Subjects, stage.Subject{User: strings.Repeat("x", i) + "q"})
		}
		w.Header(h)
		w.Event(line(0, strings.Repeat("x ", 100*n)))
	}, 2_000},
	{"results", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Seq: n - i, Result: &stage.Result{Stage: stage.Greeting, Status: stage.Fail, Fault: stage.Silent}})
		}
	}, 100_000},
	{"attempts", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(stage.Event{Type: stage.EventAttempt, Check: "imap-0", Seq: i, Attempt: &stage.Attempt{Index: n - i, Address: fmt.Sprintf("10.%d.%d.%d:993", i>>16, i>>8&255, i&255), Outcome: stage.DialTimeout}})
		}
		w.Event(failed("imap-0"))
	}, 100_000},
	{"lookups", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(stage.Event{Type: stage.EventLookup, Check: "imap-0", Seq: i, Lookup: &stage.Lookup{Index: i, Server: fmt.Sprintf("10.%d.%d.%d:53", i>>16, i>>8&255, i&255), Type: "A", Outcome: stage.LookupTimeout}})
		}
	}, 100_000},
	{"lines", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(line(i, strings.Repeat("a b ", 20)))
		}
	}, 500_000},
	{"a line", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		w.Event(line(0, strings.Repeat("a-b.", n)))
	}, 250_000},
	{"a word", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		w.Event(line(0, strings.Repeat("a", n)))
	}, 1_000_000},
	{"a line that is escaped", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		w.Event(line(0, strings.Repeat("\u202e", n)))
	}, 150_000},
	{"a greeting", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Result: &stage.Result{Stage: stage.Greeting, Status: stage.Fail, Fault: stage.Rejected, Facts: &stage.GreetingFacts{
			Reply: stage.Reply{Status: "BYE", Lines: []string{"* BYE " + strings.Repeat("blocked 192.0.2.1 https://x.example/ ", n)}},
		}}})
	}, 25_000},
	{"lines of a greeting", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		f := &stage.GreetingFacts{Reply: stage.Reply{Code: 554}}
		for i := range n {
			f.Lines = append(f.Lines, fmt.Sprint("554-", i))
		}
		w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Result: &stage.Result{Stage: stage.Greeting, Status: stage.Fail, Fault: stage.Rejected, Facts: f}})
	}, 50_000},
	{"certificates", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		f := &stage.TLSFacts{}
		for i := range n {
			f.Chain = append(f.Chain, stage.Certificate{Subject: fmt.Sprint("CN=", i), Issuer: fmt.Sprint("CN=", i+1), Names: []string{fmt.Sprint(i)}})
			f.Faults = append(f.Faults, stage.CertFault{ID: stage.CertNameMismatch, Depth: i})
		}
		w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Result: &stage.Result{Stage: stage.Handshake, Status: stage.Fail, Fault: stage.BadCertificate, Facts: f}})
	}, 3_000},
	{"names of a certificate", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		f := &stage.TLSFacts{Chain: []stage.Certificate{{Subject: "CN=a"}}, Faults: []stage.CertFault{{ID: stage.CertNameMismatch}}}
		for i := range n {
			f.Chain[0].Names = append(f.Chain[0].Names, fmt.Sprint("www", i, ".example"))
		}
		w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Result: &stage.Result{Stage: stage.Handshake, Status: stage.Fail, Fault: stage.BadCertificate, Facts: f}})
	}, 40_000},
	{"capabilities", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		f := &stage.CapabilityFacts{}
		for i := range n {
			f.List = append(f.List, fmt.Sprint("X-", i))
			f.Mechanisms = append(f.Mechanisms, fmt.Sprint("M-", i))
		}
		w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Result: &stage.Result{Stage: stage.Capabilities, Status: stage.Pass, Facts: f}})
		w.Event(stage.Event{Type: stage.EventResult, Check: "imap-0", Result: &stage.Result{Stage: stage.Login, Status: stage.Fail, Fault: stage.NoMechanism}})
	}, 40_000},
	{"sources", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(stage.Event{Type: stage.EventSource, Seq: n - i, Source: &stage.Source{ID: stage.SourceSRV, Asked: []string{fmt.Sprint(i)}, Outcome: stage.SourceAbsent}})
		}
	}, 100_000},
	{"servers of a profile", func(w *stage.StreamWriter, n int) {
		h := forged(1)
		p := &stage.Profile{ID: "x", Name: "X"}
		for i := range n {
			p.Endpoints = append(p.Endpoints, at(i))
			p.Domains = append(p.Domains, fmt.Sprint("d", i, ".example"))
		}
		h.Plan.Subjects[0].Profile = p
		w.Header(h)
		w.Event(failed("imap-0"))
	}, 100_000},
	{"tiny events", func(w *stage.StreamWriter, n int) {
		w.Header(forged(1))
		for i := range n {
			w.Event(stage.Event{Type: stage.EventDone, Check: fmt.Sprint(i)})
		}
	}, 1_000_000},
	{"other programs' handshakes", func(w *stage.StreamWriter, n int) {
		h := forged(1)
		h.Options.Programs = true
		w.Header(h)
		for i := range n {
			id := fmt.Sprintf("imap-0/as-%d", i)
			w.Event(stage.Event{Type: stage.EventCheck, Check: id, Ordered: &stage.Check{
				ID: id, Kind: stage.KindProgram, Parents: []string{"imap-0"}, Round: 1, Endpoint: at(i), Manner: stage.Manner{Hello: stage.HelloTLS10},
			}})
		}
	}, 100_000},
}

// forged returns the header of a run of n endpoints at one host.
func forged(n int) stage.Header {
	h := stage.Header{
		Format: stage.StreamFormat, Version: "0", Started: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), System: stage.System{OS: "linux"},
		Options: stage.Options{FollowUps: true},
		Plan:    stage.Plan{Subjects: []stage.Subject{{Argument: "imaps://imap.example.net", Kind: stage.SubjectURL}}},
	}
	for i := range n {
		h.Plan.Checks = append(h.Plan.Checks, stage.Check{ID: fmt.Sprint("imap-", i), Kind: stage.KindEndpoint, Endpoint: at(i), Group: i})
	}
	return h
}

func at(i int) stage.Endpoint {
	return stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: uint16(i), Security: stage.TLS}
}

func failed(check string) stage.Event {
	return stage.Event{Type: stage.EventResult, Check: check, Result: &stage.Result{Stage: stage.Connect, Status: stage.Fail, Fault: stage.Refused}}
}

func line(i int, text string) stage.Event {
	return stage.Event{Type: stage.EventLine, Check: "imap-0", Seq: i, Line: &stage.Line{From: stage.Server, Stage: stage.Greeting, Text: text}}
}

// file writes a forgery with n of its thing.
func (f forgery) file(t testing.TB, n int) string {
	t.Helper()
	var b bytes.Buffer
	f.write(stage.NewStreamWriter(&b), n)
	name := filepath.Join(t.TempDir(), "run.jsonl")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// replays are the ways in which a saved run is read.
var replays = []struct {
	name string
	args func(t testing.TB, file string) []string
}{
	{"v", func(_ testing.TB, file string) []string { return []string{"report", file, "-v"} }},
	{"json", func(_ testing.TB, file string) []string { return []string{"report", file, "--format", "json"} }},
	{"redact", func(t testing.TB, file string) []string {
		return []string{"report", file, "--redact", "--save", filepath.Join(t.TempDir(), "case.jsonl")}
	}},
	{"against", func(_ testing.TB, file string) []string { return []string{"report", file, "--against", file} }},
}

// TestForgeries reads forged files, each with n and with twice as many things. The
// allocated memory must about double, or the file must be refused with the limit
// that it exceeds. No error is a fault of this program.
func TestForgeries(t *testing.T) {
	for _, f := range forgeries {
		t.Run(f.name, func(t *testing.T) {
			n := max(f.most/200, 40)
			for _, r := range replays {
				half, whole := f.work(t, n, r.args), f.work(t, 2*n, r.args)
				if whole > 3*half+1<<20 {
					t.Errorf("%s: %d of them take %d bytes, %d take %d", r.name, n, half, 2*n, whole)
				}
			}
		})
	}
}

// work reads a forgery and returns how many bytes were allocated meanwhile.
func (f forgery) work(t *testing.T, n int, args func(testing.TB, string) []string) uint64 {
	t.Helper()
	file := f.file(t, n)
	line := args(t, file)
	var s screen
	st := s.pipe()
	st.Out = io.Discard
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	code := Main(line, st)
	runtime.ReadMemStats(&after)
	switch code {
	case fault.ExitWorks, fault.ExitProblems, fault.ExitInterrupted:
	case fault.ExitUsage:
		if !strings.Contains(s.err.String(), ", which no ") {
			t.Errorf("%q: %s", line, s.err.String())
		}
	default:
		t.Errorf("%q: exit code %d, %s", line, code, s.err.String())
	}
	return after.TotalAlloc - before.TotalAlloc
}
