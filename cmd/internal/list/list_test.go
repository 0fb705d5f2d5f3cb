package list

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRead(t *testing.T) {
	long := strings.Repeat("a", MaxLine)
	for _, tt := range []struct {
		name, in string
		want     []Line
		wrong    string
	}{
		{"nothing", "", nil, ""},
		{"a line", "q.com\n", []Line{{1, "q.com"}}, ""},
		{"without an end", "q.com", []Line{{1, "q.com"}}, ""},
		{"of Windows", "\ufeffq.com\r\ngmail\r\n", []Line{{1, "q.com"}, {2, "gmail"}}, ""},
		{"skipped", "\n# all of them\n  \t\n  # indented\nq.com\n", []Line{{5, "q.com"}}, ""},
		{"no comment", "jane#1@q.com # hers\n", []Line{{1, "jane#1@q.com # hers"}}, ""},
		{"spaces around", "  imaps://h.example \t\n", []Line{{1, "imaps://h.example"}}, ""},
		{"as long as can be", long + "\r\nb\n", []Line{{1, long}, {2, "b"}}, ""},
		{"as long as can be, at the end", long, []Line{{1, long}}, ""},
		{"one too many", long + "a\nb\n", []Line{{2, "b"}}, "list:1: more than 1024 bytes in one line; expected one target"},
		{"too long", long + "aaa\nb\n", []Line{{2, "b"}}, "list:1: more than 1024 bytes in one line; expected one target"},
		{"too long, at the end", "b\n" + strings.Repeat(long, 9), []Line{{1, "b"}}, "list:2: more than 1024 bytes in one line; expected one target"},
		{"no text", "q.com\nj\xe4ne@q.com\nq\x00.com\ngmail", []Line{{1, "q.com"}, {4, "gmail"}}, "list:2: not UTF-8 text; expected a target\nlist:3: not UTF-8 text; expected a target"},
	} {
		for _, r := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in)), iotest.DataErrReader(strings.NewReader(tt.in))} {
			p := NewProblems("list")
			got, err := Read(r, p)
			wrong := ""
			if err := p.Err(); err != nil {
				wrong = err.Error()
			}
			if !reflect.DeepEqual(got, tt.want) || err != nil || wrong != tt.wrong {
				t.Errorf("%s: %.200q, %v, %q; want %.200q, %q", tt.name, fmt.Sprint(got), err, wrong, fmt.Sprint(tt.want), tt.wrong)
			}
		}
	}
}

// endless never ends.
type endless string

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e[i%len(e)]
	}
	return len(b) / len(e) * len(e), nil
}

func TestReadEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    io.Reader
		lines int
		wrong string
	}{
		{"lines", endless("a\n"), MaxLines, fmt.Sprintf("list:%d: more than 100000 lines; expected a list of no more", MaxLines+1)},
		{"empty lines", endless("\n"), 0, fmt.Sprintf("list:%d: more than 100000 lines; expected a list of no more", MaxLines+1)},
		{"as many as can be", strings.NewReader(strings.Repeat("a\n", MaxLines)), MaxLines, ""},
		{"one line", endless("a"), 0, "list:1: more than 16 MB so far; expected a list of targets, one a line"},
		{"long lines", endless(strings.Repeat("a", MaxLine/2-1) + "\n"), MaxSize/(MaxLine/2) - 1, "list:32768: more than 16 MB so far; expected a list of targets, one a line"},
	} {
		p := NewProblems("list")
		got, err := Read(tt.in, p)
		if len(got) != tt.lines || err != nil || fmt.Sprint(p.Err()) != tt.wrong && (tt.wrong != "" || p.Err() != nil) {
			t.Errorf("%s: %d lines, %v, %v; want %d, %q", tt.name, len(got), err, p.Err(), tt.lines, tt.wrong)
		}
	}
	broken := errors.New("broken")
	if _, err := Read(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), NewProblems("list")); !errors.Is(err, broken) {
		t.Errorf("%v, want that it is broken", err)
	}
}

// Of something that is no list, not every line is shown.
func TestManyProblems(t *testing.T) {
	p := NewProblems("list")
	for n := range 150 {
		p.Wrong(n+1, "bad \x1b[31m")
	}
	said := p.Err().Error()
	if strings.Count(said, "\n") != maxProblems || !strings.HasSuffix(said, "\nlist: 50 more problems are not shown") || strings.Contains(said, "\x1b") {
		t.Errorf("%q", said)
	}
}
