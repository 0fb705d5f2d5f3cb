package display

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report/term"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// locked is a buffer that the display writes to from its own goroutine.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// While a command asks for a password the display is hidden, and afterwards it comes
// back; without a display the command still runs.
func TestCurtain(t *testing.T) {
	var screen locked
	var c Curtain
	ran := 0
	c.Lower(func() { ran++ })
	p := Start(console.Streams{
		Err: &screen, ErrTerminal: true, Language: prose.English(),
		LookupEnv: func(string) (string, bool) { return "", false },
	}, term.ProgressOptions{Width: 100, Height: 40})
	c.Cover(p)
	p.Header(stage.Header{Plan: stage.Plan{Checks: []stage.Check{{ID: "imap-993", Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993}}}}})
	const wiped = "\x1b[1A\r\x1b[J"
	c.Lower(func() {
		ran++
		time.Sleep(2 * refresh)
		if text := screen.String(); !strings.Contains(text, "IMAP") || !strings.HasSuffix(text, wiped) {
			t.Errorf("on the screen: %q", text)
		}
	})
	time.Sleep(2 * refresh)
	if text := screen.String(); !strings.Contains(text, wiped+"  IMAP") {
		t.Errorf("not drawn again: %q", text)
	}
	p.Stop()
	c.Lower(func() { ran++ })
	if ran != 3 {
		t.Errorf("ran %d times, want 3", ran)
	}
}
