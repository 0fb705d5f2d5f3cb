package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
)

// A long list is read and planned, also of servers and domains that
// nobody knows, with a name to log in with, or with the same name twice.
func TestLongListIsPlanned(t *testing.T) {
	var b strings.Builder
	for i := range 2_000 {
		fmt.Fprintf(&b, "imaps://imap.host%d.example\n", i)
	}
	text := b.String()
	for _, args := range [][]string{{"check", "-", "--dry-run"}, {"check", "-", "--dry-run", "--user", "jane@q.com"}} {
		s := &screen{}
		st := s.pipe()
		st.In = strings.NewReader(text + text)
		if code := Main(args, st); code != fault.ExitWorks {
			t.Fatalf("exit code %d: %s", code, s.err.String())
		}
		if n := strings.Count(s.out.String(), "\nimaps://"); n < 1_999 {
			t.Errorf("%d targets", n)
		}
		if !strings.Contains(s.err.String(), "2000 lines mean the same") && !strings.Contains(s.err.String(), "2,000 lines mean the same") {
			t.Errorf("says %q", s.err.String())
		}
	}
}

// Whoever types the list is told what is expected, and is asked for nothing else.
func TestListIsTyped(t *testing.T) {
	s := &screen{}
	st := s.terminal()
	st.In = strings.NewReader("q.com\n")
	if code := Main([]string{"check", "-", "--dry-run"}, st); code != fault.ExitWorks {
		t.Errorf("exit code %d", code)
	}
	if said := strings.Join(strings.Fields(s.err.String()), " "); !strings.HasPrefix(said, "type the targets, one a line:") || !strings.Contains(said, "end with Ctrl-D") {
		t.Errorf("says %q", said)
	}
}

// At a terminal, too, what this computer's mail programs have isn't read for a list.
func TestListIsNotOfThisComputer(t *testing.T) {
	for _, given := range []bool{false, true} {
		f := checkFlags{list: new(targetList), run: time.Minute}
		f.smoke.given = func(string) bool { return given }
		st := new(screen).terminal()
		st.In = strings.NewReader("q.com\n")
		if !f.kept.looks(st) {
			t.Fatal("they are not read in any case")
		}
		if err := f.readList(st, []string{dash}); err != nil || f.kept.looks(st) {
			t.Errorf("they are read: %t, %v", f.kept.looks(st), err)
		}
		if want := map[bool]time.Duration{false: probe.NoLimit, true: time.Minute}[given]; f.run != want {
			t.Errorf("--run-timeout given %t: the limit is %v", given, f.run)
		}
	}
}

// A list that can't be read is our failure, and not an empty one.
func TestListIsBroken(t *testing.T) {
	s := &screen{}
	st := s.pipe()
	st.In = iotest.ErrReader(errors.New("broken pipe"))
	if code := Main([]string{"check", "-", "--dry-run"}, st); code != fault.ExitOwnFault || !strings.Contains(s.err.String(), "standard input could not be read") {
		t.Errorf("exit code %d, %s", code, s.err.String())
	}
}
