package cli

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// While a command asks for a password the display is hidden, and afterwards it comes
// back; without a display the command still runs.
func TestCurtain(t *testing.T) {
	var s screen
	var c curtain
	ran := 0
	c.lower(func() { ran++ })
	p := showProgress(s.terminal(), outputFlags{})
	c.before.Store(p)
	p.Header(stage.Header{Plan: stage.Plan{Checks: []stage.Check{{ID: "imap-993", Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993}}}}})
	const wiped = "\x1b[1A\r\x1b[J"
	c.lower(func() {
		ran++
		time.Sleep(2 * refresh)
		if text := s.err.String(); !strings.Contains(text, "IMAP") || !strings.HasSuffix(text, wiped) {
			t.Errorf("on the screen: %q", text)
		}
	})
	time.Sleep(2 * refresh)
	if text := s.err.String(); !strings.Contains(text, wiped+"  IMAP") {
		t.Errorf("not drawn again: %q", text)
	}
	p.stop()
	c.lower(func() { ran++ })
	if ran != 3 {
		t.Errorf("ran %d times, want 3", ran)
	}
}
