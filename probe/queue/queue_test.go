package queue

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// world counts what is in progress concurrently.
type world struct {
	t       *testing.T
	q       *Queue
	mu      sync.Mutex
	known   map[string][]string // addresses by host, once a job has found them
	begun   []string            // names of jobs, in the order of dialling
	talking map[string]int      // dialogues by address
	most    int                 // maximum number of concurrent dialogues
	waiting sync.WaitGroup
}

func newWorld(t *testing.T, seats int) *world {
	return &world{t: t, q: New(Options{Seats: seats}), known: make(map[string][]string), talking: make(map[string]int)}
}

// visit is a job that looks up, dials and talks to a host.
type visit struct {
	*world
	name, host string
	addresses  []string      // addresses of the host; the dialogue is with the first
	lookup     time.Duration // time until the name server answers
	connect    time.Duration // time until the connection is answered
	dead       bool          // no answer: connect is the timeout
	talk       time.Duration
	looked     bool
}

func (v *visit) Host() string { return v.host }

func (v *visit) Addresses() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.looked {
		return v.addresses
	}
	return v.known[v.host]
}

func (v *visit) Run(s *Seat) {
	if !v.looked {
		s.Wait(Lookup)
		time.Sleep(v.lookup)
		s.Heard(true)
		v.mu.Lock()
		v.looked = true
		v.known[v.host] = v.addresses
		v.mu.Unlock()
		if !s.MoveTo(v.addresses) {
			return
		}
	}
	v.mu.Lock()
	v.begun = append(v.begun, v.name)
	v.mu.Unlock()
	s.Wait(Connect)
	time.Sleep(v.connect)
	s.Heard(!v.dead)
	if !v.dead {
		if err := s.Talk(context.Background(), v.addresses[0]+":993"); err != nil {
			v.t.Error(err)
		}
		v.speak(v.addresses[0], 1)
		time.Sleep(v.talk)
		v.speak(v.addresses[0], -1)
	}
	s.Leave()
	v.waiting.Done()
}

func (w *world) speak(address string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.talking[address] += n
	all := 0
	for a, n := range w.talking {
		all += n
		if n > Dialogues {
			w.t.Errorf("%d dialogues with %s", n, a)
		}
	}
	w.most = max(w.most, all)
	if all > w.q.seats {
		w.t.Errorf("%d dialogues, and %d seats", all, w.q.seats)
	}
}

// add puts visits into the queue.
func (w *world) add(visits ...*visit) {
	jobs := make([]Job, len(visits))
	for i, v := range visits {
		v.world = w
		jobs[i] = v
	}
	w.waiting.Add(len(visits))
	w.q.Add(jobs...)
}

// many returns n visits, each as f says.
func many(n int, f func(i int) visit) []*visit {
	all := make([]*visit, n)
	for i := range all {
		v := f(i)
		all[i] = &v
	}
	return all
}

func address(i int) string { return fmt.Sprintf("192.0.%d.%d", 2+i/250, 1+i%250) }

// There are as many concurrent dialogues as seats, and no more.
func TestSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 8)
		start := time.Now()
		w.add(many(80, func(i int) visit {
			return visit{host: fmt.Sprint("host", i), addresses: []string{address(i)}, connect: 10 * time.Millisecond, talk: 90 * time.Millisecond}
		})...)
		w.waiting.Wait()
		if took := time.Since(start); took != time.Second || w.most != 8 {
			t.Errorf("80 jobs of 100 ms at 8 seats took %v, with up to %d dialogues at a time", took, w.most)
		}
	})
}

// An address has at most four dialogues at a time, whatever the host names, and other
// addresses need not wait.
func TestDialoguesOfAnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 16)
		start := time.Now()
		w.add(many(40, func(i int) visit {
			return visit{host: fmt.Sprint("host", i), addresses: []string{address(0)}, lookup: time.Millisecond, talk: time.Second}
		})...)
		w.add(&visit{name: "another", host: "another", addresses: []string{address(1)}})
		var alone time.Duration
		go func() {
			for !slices.Contains(w.order(), "another") {
				time.Sleep(time.Millisecond)
			}
			alone = time.Since(start)
		}()
		w.waiting.Wait()
		synctest.Wait()
		if took := time.Since(start); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("40 jobs of a second at one address took %v", took)
		}
		if alone > 100*time.Millisecond {
			t.Errorf("another address had to wait for %v", alone)
		}
	})
}

func (w *world) order() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.begun)
}

// Unanswered connections occupy no seat and no place: however many there are, they cost
// little more than one timeout.
func TestNobodyAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		host    func(int) string
		address func(int) string
	}{
		{"many hosts", func(i int) string { return fmt.Sprint("host", i) }, address},
		{"one address", func(i int) string { return fmt.Sprint("host", i) }, func(int) string { return address(0) }},
		{"one host", func(int) string { return "host" }, func(int) string { return address(0) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const timeout = 10 * time.Second
				w := newWorld(t, 64)
				start := time.Now()
				w.add(many(800, func(i int) visit {
					return visit{host: tt.host(i), addresses: []string{tt.address(i)}, connect: timeout, dead: true}
				})...)
				w.waiting.Wait()
				most := timeout + time.Duration(float64(patience)*(2+math.Log(800/Dialogues)))
				if took := time.Since(start); took > most {
					t.Errorf("took %v, want at most %v", took, most)
				}
			})
		})
	}
}

// A job with a late answer waits for a seat, and goes before those that have not
// started.
func TestLateAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1)
		w.add(many(3, func(i int) visit {
			return visit{name: fmt.Sprint("late", i), host: fmt.Sprint("host", i), addresses: []string{address(i)}, connect: time.Second, talk: time.Second}
		})...)
		time.Sleep(1500 * time.Millisecond) // the first of them is in its dialogue, the others wait
		w.add(&visit{name: "new", host: "new", addresses: []string{address(9)}})
		w.waiting.Wait()
		if got := w.order(); got[len(got)-1] != "new" {
			t.Errorf("dialled in the order %v", got)
		}
	})
}

// A wait for a seat ends with its context.
func TestLateAnswerAndTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var late, after error
		q.Add(job{"a", func(s *Seat) {
			s.Wait(Connect)
			time.Sleep(time.Second)
			s.Heard(true)
			late = s.Talk(ctx, "192.0.2.1:993")
			s.Leave()
		}}, job{"b", func(s *Seat) {
			time.Sleep(time.Minute)
			s.Leave()
		}}, job{"c", func(s *Seat) { after = s.Talk(ctx, ""); s.Leave() }})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if late != context.DeadlineExceeded {
			t.Errorf("waited for a seat: %v", late)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if after != nil {
			t.Errorf("the seat was not free afterwards: %v", after)
		}
	})
}

// job is a job without known addresses.
type job struct {
	host string
	run  func(*Seat)
}

func (j job) Host() string        { return j.host }
func (j job) Addresses() []string { return nil }
func (j job) Run(s *Seat)         { j.run(s) }

// A host with many ports doesn't delay another.
func TestHostsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4)
		w.add(many(200, func(i int) visit {
			return visit{name: "large", host: "large", addresses: []string{address(0)}, lookup: time.Millisecond, talk: time.Second}
		})...)
		w.add(many(3, func(i int) visit {
			return visit{name: "small", host: "small", addresses: []string{address(1)}, lookup: time.Millisecond, talk: time.Second}
		})...)
		w.waiting.Wait()
		if got := w.order()[:12]; slices.Index(got, "small") < 0 || slices.Index(w.order()[12:], "small") >= 0 {
			t.Errorf("the first to dial were %v", got)
		}
	})
}

// A lane that doesn't need the place it waited for passes it on to the next lane.
func TestRoomIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 64)
		quick, slow := address(0), address(1)
		for i := range Dialogues {
			w.known[fmt.Sprint("both", i)] = []string{quick, slow}
		}
		w.known["quick"] = []string{quick}
		visits := many(Dialogues, func(i int) visit {
			return visit{host: "slow", addresses: []string{slow}, talk: time.Minute}
		})
		visits = append(visits, many(Dialogues, func(i int) visit {
			return visit{host: fmt.Sprint("first", i), addresses: []string{quick}, talk: time.Second}
		})...)
		w.add(visits...)
		time.Sleep(time.Millisecond)
		w.add(many(Dialogues, func(i int) visit {
			return visit{host: fmt.Sprint("both", i), addresses: []string{quick, slow}}
		})...)
		w.add(&visit{name: "quick", host: "quick", addresses: []string{quick}})
		time.Sleep(2 * time.Second)
		if !slices.Contains(w.order(), "quick") {
			t.Error("the quick address was free, and nobody went there")
		}
		w.waiting.Wait()
	})
}

// Jobs added to a group that has started don't wait for all others, so that it ends
// before the hundredth host starts.
func TestBegunGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4)
		w.add(many(400, func(i int) visit {
			return visit{name: fmt.Sprint("host", i/2), host: fmt.Sprint("host", i/2), addresses: []string{address(i / 2)}, talk: time.Second}
		})...)
		time.Sleep(1500 * time.Millisecond)
		more := &visit{world: w, name: "more", host: "host0", addresses: []string{address(0)}}
		w.waiting.Add(1)
		w.q.AddNext(more)
		w.waiting.Wait()
		order := w.order()
		if i := slices.Index(order, "more"); i > 20 {
			t.Errorf("the job of a host that has begun was number %d", i)
		}
		for i := range 200 {
			name := fmt.Sprint("host", i)
			first, last := slices.Index(order, name), len(order)-1
			for order[last] != name {
				last--
			}
			if last-first > 16 {
				t.Errorf("%s dialled as numbers %d and %d", name, first, last)
			}
		}
	})
}

// A waiting job needs no goroutine and less than half a kilobyte.
func TestWaitingIsCheap(t *testing.T) {
	w := newWorld(t, 1)
	hold := make(chan struct{})
	w.q.Add(job{"first", func(s *Seat) { <-hold; s.Leave() }})
	const n = 10000
	visits := many(n, func(i int) visit {
		return visit{world: w, host: fmt.Sprint("host", i), addresses: []string{address(i)}}
	})
	jobs := make([]Job, n)
	for i, v := range visits {
		jobs[i] = v
	}
	before, running := inUse(), runtime.NumGoroutine()
	w.waiting.Add(n)
	w.q.Add(jobs...)
	if each := (inUse() - before) / n; each > 512 {
		t.Errorf("a job that waits costs %d bytes", each)
	}
	if more := runtime.NumGoroutine() - running; more > 0 {
		t.Errorf("%d goroutines more", more)
	}
	if got := len(w.q.Drain()); got != n {
		t.Errorf("%d jobs were waiting, want %d", got, n)
	}
	close(hold)
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// Whatever names resolve to, and however long things take, all jobs complete within the
// limits.
func TestAllJobsAreDone(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			w := newWorld(t, 1+random.IntN(12))
			hosts, addresses := 1+random.IntN(30), 1+random.IntN(12)
			leads := make([][]string, hosts)
			for i := range leads {
				for _, a := range random.Perm(addresses)[:1+random.IntN(min(addresses, 3))] {
					leads[i] = append(leads[i], address(a))
				}
			}
			pause := func() time.Duration { return time.Duration(random.IntN(800)) * time.Millisecond }
			w.add(many(300, func(i int) visit {
				h := random.IntN(hosts)
				return visit{host: fmt.Sprint("host", h), addresses: leads[h], lookup: pause(), connect: pause(), talk: pause(), dead: random.IntN(4) == 0}
			})...)
			w.waiting.Wait()
			synctest.Wait()
			if w.q.taken != 0 || len(w.q.lanes) != 0 || w.q.places[found].taken != 0 {
				t.Errorf("seed %d: %d seats taken, %d lanes, %d wait", seed, w.q.taken, len(w.q.lanes), w.q.places[found].taken)
			}
			for key, p := range w.q.places {
				if p.taken != 0 || p.waiting.len() != 0 {
					t.Errorf("seed %d: at %s %d are left", seed, key, p.taken)
				}
			}
		})
	}
}

// A job whose server stays silent gives up seat and place. When the server responds
// after all, the job waits until there is capacity again.
func TestSilentServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 2)
		start := time.Now()
		var spoke, began time.Duration
		w.waiting.Add(2)
		for range 2 {
			w.q.Add(job{"silent", func(s *Seat) {
				defer w.waiting.Done()
				s.Wait(Reply)
				time.Sleep(6 * time.Second)
				s.Heard(true)
				if err := s.Talk(t.Context(), "192.0.2.1:993"); err != nil {
					t.Error(err)
				}
				w.mu.Lock()
				spoke = time.Since(start)
				w.mu.Unlock()
				s.Leave()
			}})
		}
		w.add(many(2, func(i int) visit {
			return visit{host: fmt.Sprint("host", i), addresses: []string{address(1 + i)}, talk: 3 * time.Second}
		})...)
		go func() {
			for len(w.order()) < 2 {
				time.Sleep(time.Millisecond)
			}
			began = time.Since(start)
		}()
		w.waiting.Wait()
		synctest.Wait()
		if began < silence || began > silence+10*time.Millisecond || spoke != silence+3*time.Second {
			t.Errorf("others began after %v, and the silent ones went on after %v", began, spoke)
		}
	})
}

// A job that waits for its turn lends its seat and keeps its place, as long as there
// are no more of them than seats. It has a seat again before it continues.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 2)
		turn := make(chan bool)
		var waiting, back int
		visit := func(s *Seat) {
			w.mu.Lock()
			waiting++
			w.mu.Unlock()
			s.Wait(Turn)
			<-turn
			if err := s.Back(t.Context()); err != nil {
				t.Error(err)
			}
			w.speak("192.0.2.1", 1)
			w.mu.Lock()
			back++
			w.mu.Unlock()
			time.Sleep(time.Second)
			w.speak("192.0.2.1", -1)
			s.Leave()
		}
		for i := range 9 {
			w.q.Add(job{fmt.Sprint("host", i), visit})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if waiting != 4 {
			t.Errorf("%d wait for their turn, want 2 without a seat and 2 with one", waiting)
		}
		close(turn)
		time.Sleep(time.Minute)
		synctest.Wait()
		if back != 9 || w.most > 2 || w.q.taken != 0 || w.q.lent != 0 {
			t.Errorf("%d had their turn, %d at a time; %d seats are taken, and %d lent", back, w.most, w.q.taken, w.q.lent)
		}
	})
}

// A wait for a turn ends with the context, and leaves nothing behind.
func TestTurnAndTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var err error
		q.Add(job{"waits", func(s *Seat) {
			s.Wait(Turn)
			time.Sleep(time.Second)
			err = s.Back(ctx)
			s.Leave()
		}}, job{"talks", func(s *Seat) { time.Sleep(time.Minute); s.Leave() }})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if err != context.DeadlineExceeded || q.taken != 0 || q.lent != 0 || len(q.owed) != 0 {
			t.Errorf("%v; %d seats are taken, %d lent, %d owed", err, q.taken, q.lent, len(q.owed))
		}
	})
}

// More jobs than seats that take turns all complete: a waiting job with a seat gives it
// to the one whose turn it is.
func TestTurnsOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 2)
		start := time.Now()
		turn := make(chan bool, 1)
		w.waiting.Add(12)
		for i := range 12 {
			w.q.Add(job{fmt.Sprint("host", i), func(s *Seat) {
				defer w.waiting.Done()
				s.Wait(Turn)
				turn <- true
				if err := s.Back(t.Context()); err != nil {
					t.Error(err)
				}
				w.speak("192.0.2.1", 1)
				time.Sleep(2 * time.Second)
				w.speak("192.0.2.1", -1)
				<-turn
				s.Leave()
			}})
		}
		w.waiting.Wait()
		synctest.Wait()
		if took := time.Since(start); took != 24*time.Second || w.q.taken != 0 || w.q.lent != 0 || len(w.q.idle) != 0 {
			t.Errorf("took %v; %d seats are taken, %d lent, %d idle", took, w.q.taken, w.q.lent, len(w.q.idle))
		}
	})
}
