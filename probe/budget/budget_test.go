package budget_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"maildoctor/probe/account"
	"maildoctor/probe/auth"
	"maildoctor/probe/budget"
	"maildoctor/probe/stage"
)

// login is an attempted login in a test.
type login struct {
	run      *budget.Run
	host     string // host of jane's account
	protocol stage.Protocol
	secret   string
	token    bool
	extra    bool
	asker    string
	settings string
	ends     stage.Fault // the outcome, if allowed; empty: accepted
	unsent   bool
	broken   bool // it is interrupted
}

// make attempts the login, and returns the earlier one because of which it was skipped,
// or nil.
func (l login) make(t *testing.T) *stage.Spared {
	t.Helper()
	if l.protocol == "" {
		l.protocol = stage.IMAP
	}
	turn, err := l.run.Wait(t.Context(), account.Login{User: "jane", Host: l.host}, l.protocol)
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Done()
	if s := turn.Spent(l.extra); s != nil {
		return s
	}
	s := turn.Take(budget.Try{
		Secret: auth.NewSecret(l.secret), Token: l.token, Check: l.host, Extra: l.extra, Asker: l.asker, Settings: l.settings,
	})
	if s == nil && !l.broken {
		turn.Ended(!l.unsent, l.ends)
	}
	return s
}

// step is one run in the life of a budget.
type step struct {
	after  time.Duration
	logins []login
	made   string // which of them are made: y or n for each
	forget string // the host to pass to Forget before
}

const no = stage.Rejected

func refused(host, secret string) login { return login{host: host, secret: secret, ends: no} }

func TestLifeOfABudget(t *testing.T) {
	a := refused("a.test", "1")
	with := func(l login, f func(*login)) login { f(&l); return l }
	pop := with(a, func(l *login) { l.protocol = stage.POP3 })
	extra := with(a, func(l *login) { l.extra = true })
	extraPop := with(pop, func(l *login) { l.extra = true })
	ok := with(a, func(l *login) { l.ends = "" })
	silent := with(a, func(l *login) { l.ends = stage.Silent })
	asked := func(asker, settings string) login {
		return with(a, func(l *login) { l.asker, l.settings = asker, settings })
	}
	second := func(l login) login { return with(l, func(l *login) { l.secret = "2" }) }
	token := with(a, func(l *login) { l.token = true })
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"one refused login for each protocol", []step{{logins: []login{a, a, pop, pop, refused("b.test", "1")}, made: "ynyny"}}},
		{"one more in the run", []step{{logins: []login{a, extra, extra, with(extra, func(l *login) { l.host = "b.test" })}, made: "yynn"}}},
		{"accepted ones cost nothing", []step{{logins: []login{ok, ok, with(extra, func(l *login) { l.ends = "" }), extra, ok, a, ok}, made: "yyyyyyn"}}},
		{"nor do those that were not sent", []step{{logins: []login{with(a, func(l *login) { l.unsent = true }), a, a}, made: "yyn"}}},
		{"another password in the same run is one more try", []step{{logins: []login{a, second(a)}, made: "yn"}}},
		{"refused for good", []step{{logins: []login{a}, made: "y"}, {after: 1000 * time.Hour, logins: []login{a, pop}, made: "ny"}}},
		{"the extra one too", []step{{logins: []login{a, extra}, made: "yy"}, {logins: []login{pop, extraPop}, made: "yn"}}},
		{"until the password changes", []step{{logins: []login{a}, made: "y"}, {logins: []login{second(a)}, made: "y"}, {logins: []login{second(a)}, made: "n"}, {logins: []login{a}, made: "n"}}},
		{"a token is no password", []step{{logins: []login{a}, made: "y"}, {logins: []login{token}, made: "y"}, {logins: []login{token}, made: "n"}}},
		{"until somebody asks", []step{
			{logins: []login{a, pop}, made: "yy"},
			{forget: "b.test", logins: []login{a}, made: "n"},
			{forget: "imap.a.test", logins: []login{a, a, pop}, made: "yny"},
			{forget: "", logins: []login{a}, made: "n"},
		}},
		{"until the settings change", []step{
			{logins: []login{asked("x", "1")}, made: "y"},
			{logins: []login{asked("x", "1")}, made: "n"},
			{logins: []login{asked("x", "2")}, made: "y"},
			{logins: []login{asked("x", "1")}, made: "n"},
			{logins: []login{asked("x", "2")}, made: "n"},
		}},
		{"another who asks is no change", []step{
			{logins: []login{asked("x", "1")}, made: "y"},
			{logins: []login{asked("y", "2")}, made: "n"},
			{logins: []login{asked("y", "2")}, made: "n"},
			{logins: []login{asked("y", "3")}, made: "y"},
		}},
		{"nor where both ask in one run", []step{
			{logins: []login{asked("x", "1"), asked("y", "2")}, made: "yn"},
			{logins: []login{asked("y", "2"), asked("x", "1")}, made: "nn"},
		}},
		{"no answer is a pause", []step{
			{logins: []login{silent, silent}, made: "yn"},
			{after: 4 * time.Minute, logins: []login{silent}, made: "n"},
			{after: 2 * time.Minute, logins: []login{silent}, made: "y"},
			{after: 6 * time.Minute, logins: []login{silent}, made: "n"},
			{after: 5 * time.Minute, logins: []login{silent}, made: "y"},
			{after: 15 * time.Minute, logins: []login{second(silent)}, made: "n"},
			{after: 6 * time.Minute, logins: []login{second(ok)}, made: "y"},
			{logins: []login{silent}, made: "y"},
			{after: 6 * time.Minute, logins: []login{silent}, made: "y"},
		}},
		{"so is a login that was broken off", []step{
			{logins: []login{with(a, func(l *login) { l.broken = true })}, made: "y"},
			{after: 4 * time.Minute, logins: []login{ok}, made: "n"},
			{after: 2 * time.Minute, logins: []login{ok}, made: "y"},
		}},
		{"success clears this password alone", []step{
			{logins: []login{asked("x", "1")}, made: "y"},
			{logins: []login{second(asked("x", "1"))}, made: "y"},
			{logins: []login{with(asked("x", "2"), func(l *login) { l.ends = "" })}, made: "y"},
			{logins: []login{asked("x", "1")}, made: "y"},
			{logins: []login{second(asked("x", "1"))}, made: "n"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := budget.New()
				for i, s := range tt.steps {
					time.Sleep(s.after)
					if s.forget != "" {
						b.Forget("Jane", s.forget)
					}
					run := b.Begin()
					made := ""
					for _, l := range s.logins {
						l.run = run
						made += map[bool]string{true: "y", false: "n"}[l.make(t) == nil]
					}
					run.End()
					if made != s.made {
						t.Errorf("step %d: made %s, want %s", i+1, made, s.made)
					}
				}
			})
		})
	}
}

// After many refused passwords in a row, such as tokens that are new each time, nothing
// more is tried. An accepted one resets the count.
func TestManyPasswords(t *testing.T) {
	b := budget.New()
	tries := func(from, to int, ends stage.Fault) (made int) {
		for i := from; i < to; i++ {
			run := b.Begin()
			if (login{run: run, host: "a.test", secret: fmt.Sprint(i), token: true, ends: ends}).make(t) == nil {
				made++
			}
			run.End()
		}
		return made
	}
	if n := tries(0, 5, no); n != 5 {
		t.Errorf("%d made, want 5", n)
	}
	if n := tries(5, 6, ""); n != 1 {
		t.Error("the good one was not made")
	}
	if n := tries(6, 100, no); n != 8 {
		t.Errorf("%d made, want 8", n)
	}
	if n := tries(0, 5, no); n != 0 {
		t.Errorf("%d made of those refused before, want none", n)
	}
	if n := b.Forget("jane", ""); n != 1 {
		t.Errorf("%d accounts forgotten, want 1", n)
	}
	if n := tries(50, 51, no); n != 1 {
		t.Error("not even when somebody asks")
	}
}

// A skipped login names the one because of which it was skipped.
func TestSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New()
		first := b.Begin()
		started := time.Now().UTC()
		l := refused("a.test", "1")
		l.run = first
		l.make(t)
		if s := l.make(t); s == nil || s.Check != "a.test" || !s.Refused || !s.At.IsZero() {
			t.Errorf("in the same run: %+v", s)
		}
		silent := login{run: first, host: "a.test", protocol: stage.SMTP, secret: "1", ends: stage.Silent}
		silent.make(t)
		if s := silent.make(t); s == nil || s.Check != "a.test" || s.Refused {
			t.Errorf("without an answer: %+v", s)
		}
		first.End()
		time.Sleep(time.Minute)
		l.run, l.host = b.Begin(), "x.a.test"
		if s := l.make(t); s == nil || s.Check != "" || !s.Refused || s.Host != "a.test" || !s.At.Equal(started) || !s.Again.IsZero() {
			t.Errorf("in a later run: %+v", s)
		}
		silent.run = l.run
		if s := silent.make(t); s == nil || s.Refused || !s.At.Equal(started) || !s.Again.Equal(started.Add(5*time.Minute)) {
			t.Errorf("in a later run, without an answer: %+v", s)
		}
		want := []budget.Refusal{
			{User: "jane", Host: "a.test", Protocol: stage.IMAP, At: started, Fault: no},
			{User: "jane", Host: "a.test", Protocol: stage.SMTP, At: started, Fault: stage.Silent, Again: started.Add(5 * time.Minute)},
		}
		if diff := cmp.Diff(want, b.Remembered(), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Error(diff)
		}
	})
}

// Forget during a run doesn't give that run a second try.
func TestForgetDuringARun(t *testing.T) {
	b := budget.New()
	run := b.Begin()
	l := refused("a.test", "1")
	l.run = run
	l.make(t)
	if n := b.Forget("jane", "a.test"); n != 1 {
		t.Errorf("%d accounts forgotten, want 1", n)
	}
	if n := b.Forget("jane", "a.test"); n != 0 {
		t.Errorf("%d accounts forgotten again, want 0", n)
	}
	if l.make(t) == nil {
		t.Error("the same run tried again")
	}
	other := l
	other.run = b.Begin()
	if other.make(t) != nil {
		t.Error("another run did not")
	}
}

// Sessions of an account take turns in order of arrival, across runs. Those that gave
// up waiting are skipped.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New()
		runs := []*budget.Run{b.Begin(), b.Begin()}
		var order []int
		var mu sync.Mutex
		var wg sync.WaitGroup
		gone := errors.New("gone")
		for i := range 6 {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			wg.Go(func() {
				turn, err := runs[i%2].Wait(ctx, account.Login{User: "jane", Host: "a.test"}, stage.POP3)
				if i == 2 {
					if err != gone {
						t.Errorf("gave up with %v", err)
					}
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				time.Sleep(time.Second)
				turn.Done()
				turn.Done() // calling it twice has no further effect
			})
			synctest.Wait()
			if i == 2 {
				cancel(gone)
			}
		}
		start := time.Now()
		wg.Wait()
		if got := fmt.Sprint(order); got != "[0 1 3 4 5]" || time.Since(start) != 5*time.Second {
			t.Errorf("order %s, after %v", got, time.Since(start))
		}
	})
}

// A turn given at the moment when its session gives up goes to the next.
func TestTurnThatComesTooLate(t *testing.T) {
	who := account.Login{User: "jane", Host: "a.test"}
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			run := budget.New().Begin()
			first, err := run.Wait(t.Context(), who, stage.POP3)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				if second, err := run.Wait(ctx, who, stage.POP3); err == nil {
					second.Done()
				}
			}()
			synctest.Wait()
			cancel()
			first.Done()
			last, err := run.Wait(t.Context(), who, stage.POP3)
			if err != nil {
				t.Fatal(err)
			}
			last.Done()
		})
	}
}

// Two hosts count as two accounts until a third has an address of both. A later session
// waits for both sessions, and is skipped if either was refused.
func TestAccountsThatTurnOutToBeOne(t *testing.T) {
	for _, tt := range []struct {
		name   string
		first  stage.Fault
		second stage.Fault
		want   bool
	}{{"both refused", no, no, false}, {"one refused", "", no, false}, {"the other refused", no, "", false}, {"both accepted", "", "", true}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := budget.New()
				run := b.Begin()
				begin := func(host string, addresses ...string) *budget.Turn {
					turn, err := run.Wait(t.Context(), account.Login{User: "jane", Host: host, Addresses: addresses}, stage.IMAP)
					if err != nil {
						t.Error(err)
					}
					return turn
				}
				try := budget.Try{Secret: auth.NewSecret("1")}
				one, two := begin("a.test", "192.0.2.1"), begin("b.test", "192.0.2.2")
				if one.Take(try) != nil || two.Take(try) != nil {
					t.Error("two accounts have no ticket each")
				}
				start := time.Now()
				var third *budget.Turn
				var took time.Duration
				done := make(chan struct{})
				go func() {
					third = begin("c.test", "192.0.2.2", "192.0.2.1")
					took = time.Since(start)
					close(done)
				}()
				time.Sleep(time.Second)
				one.Ended(true, tt.first)
				one.Done()
				time.Sleep(time.Second)
				two.Ended(true, tt.second)
				two.Done()
				<-done
				if took != 2*time.Second {
					t.Errorf("the third waited %v, want for both", took)
				}
				if got := third.Take(try) == nil; got != tt.want {
					t.Errorf("the third logs in: %v, want %v", got, tt.want)
				}
				third.Ended(true, "")
				fourth := make(chan *budget.Turn, 1)
				go func() { fourth <- begin("a.test") }()
				synctest.Wait()
				if len(fourth) > 0 {
					t.Error("two at a time")
				}
				third.Done()
				(<-fourth).Done()
				if n := b.Forget("jane", "192.0.2.1"); n != map[bool]int{true: 0, false: 1}[tt.want] {
					t.Errorf("%d accounts remembered", n)
				}
			})
		})
	}
}

// Of many sessions of many runs, under many names of one account, only one is refused,
// whichever is first, and there are never two at a time.
func TestManyAtOnce(t *testing.T) {
	b := budget.New()
	var mu sync.Mutex
	made, inside := 0, 0
	var wg sync.WaitGroup
	for r := range 4 {
		run := b.Begin()
		for i := range 50 {
			wg.Go(func() {
				who := account.Login{User: "jane", Host: fmt.Sprintf("mail.d%d.test", i%10), Addresses: []string{"192.0.2.1", fmt.Sprintf("192.0.2.%d", 2+i%7)}}
				turn, err := run.Wait(context.Background(), who, stage.IMAP)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if inside++; inside > 1 {
					t.Error("two at a time")
				}
				mu.Unlock()
				if turn.Take(budget.Try{Secret: auth.NewSecret("1"), Asker: fmt.Sprint(r, i)}) == nil {
					mu.Lock()
					made++
					mu.Unlock()
					turn.Ended(true, no)
				}
				mu.Lock()
				inside--
				mu.Unlock()
				turn.Done()
			})
		}
	}
	wg.Wait()
	if made != 1 {
		t.Errorf("%d logins, want 1", made)
	}
}

// No formatter prints a password, or anything from which it could be guessed.
func TestNothingSecretIsPrinted(t *testing.T) {
	const secret = "Kq7vZx9wTm2jXrHp"
	b := budget.New()
	l := refused("a.test", secret)
	l.run = b.Begin()
	l.make(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, b.Remembered()) + fmt.Sprintf(verb, *l.run); strings.Contains(text, secret) {
			t.Errorf("%s: %s", verb, text)
		}
	}
}
