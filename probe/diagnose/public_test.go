package diagnose_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// publicRight is how many lines of testdata/public.txt Search got right at the last look. The lines were collected and
// judged before anybody looked how Search does on them, so the number measures and doesn't aim: whoever raises it moves
// this ratchet along, and nobody lowers it to let a change pass.
const publicRight = 0

// publicReply is a line that somebody met in public, and what may be said of it.
type publicReply struct {
	acceptable []string
	protocol   stage.Protocol
	line       string
	source     string
}

// publicReplies reads testdata/public.txt. A line may hold the separator itself, so the two columns before it are
// counted from the front and the source from the back.
func publicReplies(t *testing.T) []publicReply {
	t.Helper()
	file, err := os.Open("testdata/public.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var replies []publicReply
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if lines.Text() == "" || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		columns := strings.Split(lines.Text(), " | ")
		if len(columns) < 4 {
			t.Fatalf("not four columns: %s", lines.Text())
		}
		last := len(columns) - 1
		protocol := stage.Protocol(columns[1])
		if columns[1] == "-" {
			protocol = ""
		}
		replies = append(replies, publicReply{
			acceptable: strings.Split(columns[0], ","),
			protocol:   protocol,
			line:       strings.Join(columns[2:last], " | "),
			source:     columns[last],
		})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return replies
}

// publicNone is the judgement that a line tells of nothing in the catalogue.
const publicNone = "none"

// TestPublicReplies counts how often Search leads with a cause that the line's own thread found, has it among its guesses,
// guesses something else, or knows nothing.
func TestPublicReplies(t *testing.T) {
	t.Parallel()
	known := make(map[string]bool)
	for _, id := range diagnose.Causes() {
		known[string(id)] = true
	}
	replies := publicReplies(t)
	var leading, among, wrong, silent int
	for _, reply := range replies {
		for _, id := range reply.acceptable {
			if id != publicNone && !known[id] {
				t.Errorf("no such cause: %s (%s)", id, reply.source)
			}
		}
		var guesses []string
		for _, guess := range diagnose.Search(reply.line, reply.protocol) {
			guesses = append(guesses, string(guess.Cause))
		}
		if guesses == nil {
			guesses = []string{publicNone}
		}
		right := func(id string) bool { return slices.Contains(reply.acceptable, id) }
		switch {
		case right(guesses[0]):
			leading++
			continue
		case slices.ContainsFunc(guesses, right):
			among++
			t.Logf("among: %v, wanted %v: %s (%s)", guesses, reply.acceptable, reply.line, reply.source)
		case guesses[0] == publicNone:
			silent++
			t.Logf("silent: wanted %v: %s (%s)", reply.acceptable, reply.line, reply.source)
		default:
			wrong++
			t.Logf("wrong: %v, wanted %v: %s (%s)", guesses, reply.acceptable, reply.line, reply.source)
		}
	}
	t.Logf("%d lines: leading guess right %d (%.0f%%), right among the guesses %d, wrong %d, nothing known %d",
		len(replies), leading, 100*float64(leading)/float64(len(replies)), among, wrong, silent)
	if leading < publicRight {
		t.Errorf("leading guess right %d times, formerly %d", leading, publicRight)
	}
}
