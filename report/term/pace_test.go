package term_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
	"maildoctor/report/term"
)

// speaks is the wait of a check that is answered.
const speaks = queue.Wait(-1)

// probed is a check that takes a while, in which it speaks or waits in vain.
type probed struct {
	id    string
	n     int
	takes time.Duration
	waits queue.Wait
	tell  func(stage.Event)
	start time.Time
	done  *sync.WaitGroup
}

func (p *probed) Host() string        { return p.id }
func (p *probed) Addresses() []string { return []string{fmt.Sprintf("192.0.%d.%d", p.n/256, p.n%256)} }

func (p *probed) Run(s *queue.Seat) {
	defer p.done.Done()
	defer s.Leave()
	at := func() stage.Millis { return stage.Ms(time.Since(p.start)) }
	p.tell(stage.Event{Type: stage.EventStart, Check: p.id, Stage: stage.Connect, At: at()})
	if p.waits != speaks {
		s.Wait(p.waits)
		defer s.Heard(false)
	}
	time.Sleep(p.takes)
	p.tell(stage.Event{Type: stage.EventDone, Check: p.id, At: at()})
}

// estimate is what was shown at a time.
type estimate struct {
	at   time.Duration
	text string
}

// shown runs checks of a plan as a queue of 64 seats does, and returns what was said of the
// remaining time whenever that changed, and how long all took.
func shown(t *testing.T, all int, linear bool, of func(i int) (takes time.Duration, waits queue.Wait)) (said []estimate, took time.Duration) {
	t.Helper()
	var b bytes.Buffer
	p := term.NewProgress(&b, prose.English(), term.ProgressOptions{Width: 100, Height: 8, Linear: linear})
	var plan stage.Plan
	var done sync.WaitGroup
	q, start := queue.New(queue.Options{Seats: 64}), time.Now()
	var jobs []queue.Job
	for i := range all {
		id := fmt.Sprint("imap-", i)
		plan.Checks = append(plan.Checks, stage.Check{ID: id, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: id + ".example", Port: 993}})
		takes, waits := of(i)
		jobs = append(jobs, &probed{id: id, n: i, takes: takes, waits: waits, tell: p.Event, start: start, done: &done})
	}
	p.Plan(plan)
	done.Add(all)
	q.Add(jobs...)
	ended := make(chan struct{})
	go func() { done.Wait(); took = time.Since(start); close(ended) }()
	for {
		select {
		case <-ended:
			return said, took
		case <-time.After(200 * time.Millisecond):
		}
		b.Reset()
		p.Tick(time.Since(start))
		lines := strings.Split(strings.TrimRight(b.String(), "\n\x1b[JK"), "\n")
		if last := lines[len(lines)-1]; last != "" && (len(said) == 0 || said[len(said)-1].text != last) {
			said = append(said, estimate{time.Since(start), last})
		}
	}
}

var minutesLeft = regexp.MustCompile(`(?:about (\d+) min|(less than a minute)) left`)

// left reads an estimate: at least and at most so long.
func left(text string) (least, most time.Duration, ok bool) {
	m := minutesLeft.FindStringSubmatch(text)
	switch {
	case m == nil:
		return 0, 0, false
	case m[2] != "":
		return 0, time.Minute, true
	}
	n, _ := strconv.Atoi(m[1])
	return time.Duration(n)*time.Minute - 30*time.Second, time.Duration(n)*time.Minute + 30*time.Second, true
}

// Wherever something is said about the remaining time, it fits what then happens.
func TestRemainingTime(t *testing.T) {
	steady := func(takes time.Duration) func(int) (time.Duration, queue.Wait) {
		return func(i int) (time.Duration, queue.Wait) { return takes + time.Duration(i%7)*takes/10, speaks }
	}
	for _, tt := range []struct {
		name  string
		all   int
		of    func(int) (time.Duration, queue.Wait)
		total time.Duration // at least, and at most half as much more
		by    time.Duration // when something is said for the first time, at the latest; zero: never
		off   float64       // how far an estimate may be off, as a part of what remains
	}{
		{"servers that answer", 3000, steady(10 * time.Second), 9 * time.Minute, 45 * time.Second, 0.12},
		{"servers that answer at once", 2000, steady(100 * time.Millisecond), 4 * time.Second, 0, 0.1},
		{"silent ports", 10_000, func(int) (time.Duration, queue.Wait) { return 10 * time.Second, queue.Connect }, 10 * time.Second, 0, 0},
		{"silent servers", 3000, func(int) (time.Duration, queue.Wait) { return 30 * time.Second, queue.Reply }, 40 * time.Second, 45 * time.Second, 0},
		{"half of the ports are silent", 20_000, func(i int) (time.Duration, queue.Wait) {
			if i%2 == 0 {
				return 10 * time.Second, queue.Connect
			}
			return time.Second, speaks
		}, 2 * time.Minute, 20 * time.Second, 0.2},
		{"few silent ports among them", 3000, func(i int) (time.Duration, queue.Wait) {
			if i%20 == 0 {
				return 10 * time.Second, queue.Connect
			}
			return 6 * time.Second, speaks
		}, 4 * time.Minute, 35 * time.Second, 0.15},
		{"the second half is slower", 3000, func(i int) (time.Duration, queue.Wait) {
			if i < 1500 {
				return 5 * time.Second, speaks
			}
			return 10 * time.Second, speaks
		}, 5 * time.Minute, 25 * time.Second, 0.5},
	} {
		for _, linear := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, ", linear ", linear), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					said, took := shown(t, tt.all, linear, tt.of)
					if took < tt.total || took > tt.total*3/2 {
						t.Fatalf("took %v, want about %v", took, tt.total)
					}
					fits(t, said, took, tt.off)
					first := firstSaid(said)
					if linear && first != 0 {
						first = min(first, tt.by) // only every ten seconds
					}
					if tt.by == 0 && first != 0 || tt.by != 0 && (first == 0 && !linear || first > tt.by) {
						t.Errorf("something is said after %v, want %v: %v", first, tt.by, said)
					}
				})
			})
		}
	}
}

// firstSaid returns when something was first said about the remaining time; zero if never.
func firstSaid(said []estimate) time.Duration {
	for _, e := range said {
		if _, _, ok := left(e.text); ok {
			return e.at
		}
	}
	return 0
}

// fits fails where what was said is not what came.
func fits(t *testing.T, said []estimate, took time.Duration, off float64) {
	t.Helper()
	const late = 4 * time.Second // until an estimate is made anew
	for _, e := range said {
		least, most, ok := left(e.text)
		rest := took - e.at
		slack := late + time.Duration(off*float64(rest))
		if ok && (rest < least-slack || rest > most+slack) {
			t.Errorf("after %v of %v: %q", e.at, took, e.text)
		}
	}
}

// As much is told as is known: nothing while too few have ended, and whole hours of hours.
func TestRemainingTimeInWords(t *testing.T) {
	for _, tt := range []struct {
		each time.Duration // one check begins and ends in each
		want string
	}{
		{10 * time.Millisecond, "and 994 more: 100 of 1000 done"},
		{20 * time.Millisecond, "and 994 more: 100 of 1000 done, less than a minute left"},
		{100 * time.Millisecond, "and 994 more: 100 of 1000 done, about 2 min left"},
		{time.Second, "and 994 more: 100 of 1000 done, about 16 min left"},
		{5 * time.Second, "and 994 more: 100 of 1000 done, about 79 min left"},
		{10 * time.Second, "and 994 more: 100 of 1000 done, about 3 h left"},
	} {
		var b bytes.Buffer
		p := term.NewProgress(&b, prose.English(), term.ProgressOptions{Width: 100, Height: 8})
		var plan stage.Plan
		for i := range 1000 {
			plan.Checks = append(plan.Checks, stage.Check{ID: fmt.Sprint(i), Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "a.example", Port: 993}})
		}
		p.Plan(plan)
		var s screen
		p.Tick(0)
		for i := range 100 {
			from, to := time.Duration(i)*tt.each, time.Duration(i+1)*tt.each
			p.Event(stage.Event{Type: stage.EventStart, Check: fmt.Sprint(i), Stage: stage.Connect, At: stage.Ms(from)})
			p.Event(stage.Event{Type: stage.EventDone, Check: fmt.Sprint(i), At: stage.Ms(to)})
			p.Event(stage.Event{Type: stage.EventDone, Check: fmt.Sprint(i), At: stage.Ms(to)}) // counts once
			p.Tick(to)
		}
		p.Tick(100*tt.each + 3*time.Second)
		s.write(t, b.String())
		if got := strings.TrimSpace(s.lines[len(s.lines)-1]); got != tt.want {
			t.Errorf("%v each: %q, want %q", tt.each, got, tt.want)
		}
	}
}
