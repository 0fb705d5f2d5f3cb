package cli

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/prose"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// screen is what a person sees, and what they type.
type screen struct {
	in       string
	password string // typed at a hidden prompt
	environ  map[string]string
	out, err locked
	asked    int // number of times that the password was asked for
}

// locked is a buffer that the display may write to from its own goroutine.
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

// terminal returns streams of an interactive terminal.
func (s *screen) terminal() console.Streams {
	st := s.pipe()
	st.InTerminal, st.OutTerminal, st.ErrTerminal = true, true, true
	st.Width, st.Height = 100, 40
	st.ReadPassword = func() (string, error) {
		s.asked++
		if s.password == "^C" {
			return "", console.ErrInterrupted
		}
		return s.password, nil
	}
	return st
}

// pipe returns streams without a terminal.
func (s *screen) pipe() console.Streams {
	return console.Streams{
		In: strings.NewReader(s.in), Out: &s.out, Err: &s.err, Language: prose.English(),
		LookupEnv: func(name string) (string, bool) { v, ok := s.environ[name]; return v, ok },
		Environ:   os.Environ,
		ReadPassword: func() (string, error) {
			s.asked++
			return "", errors.New("no terminal")
		},
	}
}

// run runs a command line.
func run(t *testing.T, want int, s console.Streams, args ...string) {
	t.Helper()
	if code := Main(args, s); code != want {
		t.Errorf("maildoctor %s: exit code %d; want %d", strings.Join(args, " "), code, want)
	}
}
