package wire

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// A truncated transcript ends with one remark, whether it had too many lines or too
// much text.
func TestTranscriptIsBounded(t *testing.T) {
	for _, line := range []string{"x\r\n", strings.Repeat("x", 9000) + "\r\n", strings.Repeat("\x00", 9000) + "\r\n"} {
		c, tape := dialogue(t, Limits{}, endless(line, 0))
		within(t, c, time.Minute)
		for range maxTapeLines + 50 {
			if _, err := c.ReadLine(); err != nil {
				break
			}
		}
		c.Remark("more")
		n := len(tape.lines)
		if n > maxTapeLines+1 {
			t.Errorf("%.4q: %d lines", line, n)
		}
		if size := len(tape.text()); size > maxTapeBytes+4*n+100 {
			t.Errorf("%.4q: %d bytes", line, size)
		}
		last := tape.lines[n-1]
		if last.From != stage.Remark || !strings.Contains(last.Text, "beyond its limit") {
			t.Errorf("%.4q: the last line is %+.80v", line, last)
		}
		if strings.Count(tape.text(), "beyond its limit") != 1 {
			t.Errorf("%.4q: more than one remark", line)
		}
	}
}
