package cli

import (
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"

	"maildoctor/cmd/internal/system"
	"maildoctor/probe/auth"
	"maildoctor/probe/prose"
)

// Streams is a command's connection to the outside; tests make their own.
type Streams struct {
	In          io.Reader
	Out, Err    io.Writer
	LookupEnv   func(string) (string, bool)
	Environ     func() []string
	InTerminal  bool // a person can be asked
	OutTerminal bool // colour may be used
	ErrTerminal bool // progress and prompts may be shown
	Width       int  // of the terminal, in columns; 0 if unknown
	Height      int  // of the terminal, in lines
	ASCII       bool // the console can't draw the signs
	EastAsian   bool // the console may draw characters of ambiguous width in two columns

	// Language is the language of all texts; nil: English.
	Language *prose.Language

	// ReadPassword reads a line from the terminal without showing it. An interrupt
	// makes it return errInterrupted.
	ReadPassword func() (string, error)

	// newSecret makes a secret of a password; nil: [auth.NewSecret]. Tests replace
	// it to show that they would notice an exposed password.
	newSecret func(string) auth.Secret
}

// language returns the language. It is chosen only here.
func (s Streams) language() *prose.Language {
	if s.Language != nil {
		return s.Language
	}
	return prose.English()
}

func (s Streams) secret(v string) auth.Secret {
	if s.newSecret != nil {
		return s.newSecret(v)
	}
	return auth.NewSecret(v)
}

// Standard returns the streams of this process.
func Standard() Streams {
	terminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		LookupEnv: os.LookupEnv, Environ: os.Environ,
		InTerminal: terminal(os.Stdin), OutTerminal: terminal(os.Stdout), ErrTerminal: terminal(os.Stderr),
		ReadPassword: func() (string, error) { return readHidden(os.Stdin) },
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil {
			s.Width, s.Height = w, h
			break
		}
	}
	s.ASCII = !drawsSigns(s.LookupEnv)
	s.EastAsian = runewidth.IsEastAsian()
	return s
}

// drawsSigns reports whether the console is likely to draw ✓ and ✗: on Windows by
// the output code page, elsewhere by the locale (POSIX 8.2). No locale at all means
// a bare environment such as cron or a CI job, where UTF-8 is usual.
func drawsSigns(env func(string) (string, bool)) bool {
	if runtime.GOOS == "windows" {
		return system.ConsoleIsUTF8()
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, ok := env(name); ok && v != "" {
			v = strings.ToUpper(v)
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return true
}
