package wire

import (
	"sync"

	"maildoctor/probe/stage"
)

// Limits on the transcript of one connection.
const (
	maxTapeLines = 2000
	maxTapeBytes = 256 << 10
)

// tape passes on the lines of a transcript one at a time. The limit keeps a verbose
// server from filling memory or a saved run.
type tape struct {
	record func(stage.Line) // if nil, nothing is recorded

	mu    sync.Mutex
	lines int
	bytes int
	full  bool
}

// off reports whether nothing is recorded.
func (t *tape) off() bool { return t.record == nil }

func (t *tape) add(l stage.Line) {
	if t.off() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full {
		return
	}
	t.lines++
	t.bytes += len(l.Text)
	if t.lines > maxTapeLines || t.bytes > maxTapeBytes {
		t.full = true
		l = stage.Line{From: stage.Remark, Stage: l.Stage, Text: "the transcript ends here: the rest is beyond its limit"}
	}
	t.record(l)
}
