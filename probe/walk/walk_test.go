package walk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/walk"
)

// visits notes when each item was visited, and how many were at a time.
type visits struct {
	mu        sync.Mutex
	start     time.Time
	at        map[string]time.Duration
	now, most int
}

func newVisits() *visits { return &visits{start: time.Now(), at: map[string]time.Duration{}} }

// visit takes a second.
func (v *visits) visit(ctx context.Context, i walk.Item) string {
	v.mu.Lock()
	v.at[i.ID] = time.Since(v.start)
	v.now++
	v.most = max(v.most, v.now)
	v.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now--
	return "saw " + i.ID
}

func items(lanes ...string) (out []walk.Item) {
	for n, lane := range lanes {
		out = append(out, walk.Item{ID: fmt.Sprintf("%s%d", lane, n), Lane: lane})
	}
	return out
}

// TestPause: one lane's items come one after the other with the pause between them,
// other lanes' meanwhile, and never more than allowed.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVisits()
		told := 0
		got, err := walk.Visit(t.Context(), items("a", "a", "a", "b", "c"), walk.Options{
			Parallel: 2, Pause: 5 * time.Second, Told: func(done, all int) { told = done*10 + all },
		}, v.visit)
		if err != nil || len(got) != 5 || got["b3"] != "saw b3" || told != 55 {
			t.Errorf("%v, %v, told %d", got, err, told)
		}
		want := map[string]time.Duration{"a0": 0, "b3": 0, "c4": time.Second, "a1": 6 * time.Second, "a2": 12 * time.Second}
		for id, at := range want {
			if v.at[id] != at {
				t.Errorf("%s was visited after %s, want %s", id, v.at[id], at)
			}
		}
		if v.most != 2 {
			t.Errorf("%d at a time, want 2", v.most)
		}
	})
}

var origin = walk.Origin{Kind: "test", Digest: "1234567890abcdef", Title: "5 things"}

func open(t *testing.T, name string) *walk.Journal {
	t.Helper()
	j, err := walk.Open(name, origin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// TestResume: what an interrupted walk has finished is known to the next one, and what
// it hadn't is visited, half a line at the end or not.
func TestResume(t *testing.T) {
	for _, tail := range []string{"", `{"id":"a1","resu`} {
		name := filepath.Join(t.TempDir(), "journal")
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
			defer cancel()
			got, err := walk.Visit(ctx, items("a", "b", "c", "d"), walk.Options{Journal: open(t, name)}, newVisits().visit)
			if err != nil || len(got) != 2 {
				t.Errorf("%v, %v", got, err)
			}
		})
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(tail)
		f.Close()
		synctest.Test(t, func(t *testing.T) {
			v, j := newVisits(), open(t, name)
			got, err := walk.Visit(t.Context(), items("a", "b", "c", "d"), walk.Options{Journal: j}, v.visit)
			if err != nil || j.Known() != 2 || len(got) != 4 || got["a0"] != "saw a0" || len(v.at) != 2 {
				t.Errorf("%v, %v; %d known, %d visited", got, err, j.Known(), len(v.at))
			}
		})
		synctest.Test(t, func(t *testing.T) {
			v := newVisits()
			again := func(raw json.RawMessage) bool { return string(raw) == `"saw c2"` }
			walk.Visit(t.Context(), items("a", "b", "c", "d"), walk.Options{Journal: open(t, name), Again: again}, v.visit)
			if len(v.at) != 1 {
				t.Errorf("visited %v, want c2", v.at)
			}
		})
		text, err := os.ReadFile(name)
		if err != nil || strings.Count(string(text), "\n") != 6 || strings.Contains(string(text), `{"id":"a1"`) {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// TestForeignJournal: what belongs to something else is refused, and left as it is.
func TestForeignJournal(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	const ours = `{"journal":1,"kind":"test","digest":"1234567890abcdef","title":"5 things"}` + "\n"
	for text, want := range map[string]string{
		strings.Replace(ours, "123456", "654321", 1):  "journal:1: found the journal of 5 things (654321789",
		strings.Replace(ours, `"test"`, `"check"`, 1): `journal:1: found a journal of the kind "check", expected one of the kind "test"`,
		strings.Replace(ours, "1", "2", 1):            "journal:1: found a journal of format 2, expected format 1",
		"dear diary":                                  `journal:1: found "dear diary", expected a journal, or no file of that name`,
		"{}\n":                                        `journal:1: found "{}\n", expected a journal`,
		ours + "\n{\"id\":\"a\",\"result\":1}\n":      `journal:2: found "\n", expected an id and a result in JSON`,
		ours + strings.Repeat("x", 1<<20) + "\n":      "journal:2: found more than 1048576 bytes",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := walk.Open(name, origin)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v; want %s", text, err, want)
		}
		if after, _ := os.ReadFile(name); string(after) != text {
			t.Errorf("%.80q was changed", text)
		}
	}
	if _, err := walk.Open(os.DevNull, origin); err == nil {
		t.Error("a device is a journal")
	}
	if err := os.Truncate(name, 1<<30+1); err != nil { // it takes no room on the disk
		t.Fatal(err)
	}
	if _, err := walk.Open(name, origin); err == nil || !strings.Contains(err.Error(), "journal:1: found 1073741825 bytes, expected at most 1073741824") {
		t.Error(err)
	}
}

// TestTornFirstLine: an interruption may leave half of the first line.
func TestTornFirstLine(t *testing.T) {
	for _, begin := range []string{"", "{", `{"journal":1,"ki`} {
		name := filepath.Join(t.TempDir(), "journal")
		if err := os.WriteFile(name, []byte(begin), 0o600); err != nil {
			t.Fatal(err)
		}
		open(t, name)
		text, err := os.ReadFile(name)
		if err != nil || !strings.HasPrefix(string(text), `{"journal":1,"kind":"test"`) || !strings.HasSuffix(string(text), "\n") {
			t.Errorf("%q: %v, %s", begin, err, text)
		}
	}
}

// TestFullDisk: what can't be kept is returned, and told once.
func TestFullDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	j := open(t, name)
	j.Close()
	got, err := walk.Visit(t.Context(), items("a", "a"), walk.Options{Journal: j}, func(context.Context, walk.Item) int { return 7 })
	if len(got) != 2 || !errors.Is(err, os.ErrClosed) || strings.Count(err.Error(), "closed") != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestOtherResults: a journal whose results have another form is no journal of ours.
func TestOtherResults(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	_, err := walk.Visit(t.Context(), items("a"), walk.Options{Journal: open(t, name)}, func(context.Context, walk.Item) string { return "x" })
	if err != nil {
		t.Fatal(err)
	}
	_, err = walk.Visit(t.Context(), items("a"), walk.Options{Journal: open(t, name)}, func(context.Context, walk.Item) int { return 7 })
	if err == nil || !strings.Contains(err.Error(), `the result of "a0"`) {
		t.Error(err)
	}
}

// TestOrder: lanes begin in the order of their items.
func TestOrder(t *testing.T) {
	var got []string
	_, err := walk.Visit(t.Context(), items("c", "a", "b"), walk.Options{}, func(_ context.Context, i walk.Item) bool {
		got = append(got, i.ID)
		return true
	})
	if err != nil || !slices.Equal(got, []string{"c0", "a1", "b2"}) {
		t.Errorf("%v, %v", got, err)
	}
}
