package laboratory

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
)

// outcome says how a scenario ended.
type outcome string

const (
	ok         outcome = "right"
	off        outcome = "wrong"       // another cause leads
	missing    outcome = "missing"     // nothing was found, or there was no report
	falseAlarm outcome = "false alarm" // something was found although nothing is wrong
	skipped    outcome = "skipped"     // a server is not installed
)

// result is a scenario that has ended.
type result struct {
	scenario scenario
	outcome  outcome
	led      cause.ID // the cause that led; empty: none
}

// judge compares a report with what the scenario expects.
func (r *result) judge(d document) {
	if f := d.leading(); f != nil {
		r.led = f.Cause
	}
	s := r.scenario
	alarm := slices.IndexFunc(d.Findings, func(f finding) bool { return f.Severity == "fail" || f.Severity == "warn" })
	switch {
	case s.cause == "" && alarm >= 0:
		r.outcome, r.led = falseAlarm, d.Findings[alarm].Cause
	case s.cause == "" && d.Verdict != "works":
		r.outcome = off
	case s.cause == "" || r.led == s.cause || slices.Contains(s.also, r.led):
		r.outcome = ok
	case r.led == "":
		r.outcome = missing
	default:
		r.outcome = off
	}
}

// explain says what is wrong with the report.
func (r *result) explain(d document) string {
	want := string(r.scenario.cause)
	if want == "" {
		want = "nothing"
	}
	text := fmt.Sprintf("%s: want %s; the verdict is %s, and found was:", r.outcome, want, d.Verdict)
	for _, f := range d.Findings {
		text += fmt.Sprintf("\n  %s (%s, %s) %s", f.Cause, f.Severity, f.Confidence, f.Title)
		if f.SuppressedBy != "" {
			text += " [explained by " + f.SuppressedBy + "]"
		}
	}
	return text
}

// results are the results of this run.
var results resultList

type resultList struct {
	mu  sync.Mutex
	all []result
}

func (l *resultList) add(r result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, r)
}

// table shows the results of each cause; empty if nothing ran.
func (l *resultList) table(took time.Duration) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.all) == 0 {
		return ""
	}
	slices.SortFunc(l.all, func(a, b result) int { return strings.Compare(a.scenario.id, b.scenario.id) })
	var b strings.Builder
	count := make(map[outcome]int)
	well := 0
	for _, r := range l.all {
		count[r.outcome]++
		if r.scenario.cause == "" {
			well++
		}
	}
	b.WriteString("\n")
	for _, id := range append(cause.All(), "") {
		b.WriteString(l.line(id))
	}
	fmt.Fprintf(&b, "laboratory: %d of %d scenarios right, %d wrong, %d missing, %d skipped, %d false alarms in %d healthy ones, in %v\n",
		count[ok], len(l.all), count[off], count[missing], count[skipped], count[falseAlarm], well, took.Round(time.Second))
	return b.String()
}

// line shows the scenarios of a cause, the failed ones with the cause that led
// instead.
func (l *resultList) line(id cause.ID) string {
	var good, bad []string
	sign := "right"
	for _, r := range l.all {
		if r.scenario.cause == id && r.outcome != ok && r.outcome != skipped {
			sign = "WRONG"
		}
		switch {
		case r.scenario.cause != id:
		case r.outcome == ok:
			good = append(good, r.scenario.id)
		case r.led == "":
			bad = append(bad, r.scenario.id+" ("+string(r.outcome)+")")
		default:
			bad = append(bad, r.scenario.id+" ("+string(r.outcome)+": "+string(r.led)+")")
		}
	}
	if len(good)+len(bad) == 0 {
		return ""
	}
	name := string(id)
	if id == "" {
		name = "healthy"
	}
	if len(good) == 0 && sign == "right" {
		sign = "-----"
	}
	return fmt.Sprintf("%-36s %s %d/%d  %s\n", name, sign, len(good), len(good)+len(bad), strings.Join(append(bad, good...), " "))
}

// TestProofTable compares the list of the causes that have a scenario, which other
// packages read, with the tables. With -update it writes it.
func TestProofTable(t *testing.T) {
	by := make(map[string][]string)
	ids := make(map[string]bool)
	for _, s := range scenarios() {
		if ids[s.id] {
			t.Errorf("two scenarios are called %s", s.id)
		}
		ids[s.id] = true
		for _, c := range append([]cause.ID{s.cause}, s.also...) {
			if c != "" && !slices.Contains(cause.All(), c) {
				t.Errorf("%s: %q is no cause", s.id, c)
			}
		}
		if s.cause != "" {
			by[string(s.cause)] = append(by[string(s.cause)], s.id)
		}
	}
	text := "# The causes that are produced in the laboratory, and the scenarios that do it.\n"
	for _, id := range slices.Sorted(maps.Keys(by)) {
		text += fmt.Sprintf("%s %s\n", id, strings.Join(by[id], " "))
	}
	const golden = "testdata/causes.txt"
	if *update {
		write(t, golden, text)
	}
	if got, _ := os.ReadFile(golden); string(got) != text {
		t.Errorf("%s is out of date; go test ./probe/laboratory -run TestProofTable -update writes it", golden)
	}
}
