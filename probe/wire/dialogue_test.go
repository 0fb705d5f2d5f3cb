package wire

import (
	"strings"
	"testing"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

func TestDialogue(t *testing.T) {
	c, tape := dialogue(t, Limits{}, says(""))
	d := NewDialogue(c)
	if d.Lost(nil) != nil || d.Over {
		t.Error("lost without an error")
	}
	d.Begin(t.Context(), stage.Login)()
	end := d.BeginAgain(t.Context())
	d.Remark("here")
	end()
	if tape.lines[0].Stage != stage.Login {
		t.Errorf("told under %q", tape.lines[0].Stage)
	}
	if got := faultOf(d.Send("two\r\nlines")); got != stage.InternalProblem || !d.Over {
		t.Errorf("fault %q, over %v", got, d.Over)
	}
}

func TestForeign(t *testing.T) {
	tests := []struct{ said, want, remark string }{
		{"SSH-2.0-x\r\nmore\r\n", "SSH-2.0-x", ""},
		{"login:", "login:", ""},
		{"\x15\x03\x01", `\x15\x03\x01`, `the server sent \x15\x03\x01`},
		{strings.Repeat("ä", 100) + "\r\n", strings.Repeat("ä", 60), strings.Repeat("ä", 60)},
	}
	for _, tt := range tests {
		c, tape := dialogue(t, Limits{}, saysAndCloses(tt.said))
		first, err := c.Peek(FirstBytes)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Foreign(first); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, got, tt.want)
		}
		if !strings.Contains(tape.text(), tt.remark) {
			t.Errorf("%q: recorded %q", tt.said, tape.text())
		}
	}
}

func TestClip(t *testing.T) {
	for _, text := range []string{"", "short", strings.Repeat("a", 120), strings.Repeat("a", 121), "a" + strings.Repeat("ä", 100), strings.Repeat("✓", 50)} {
		got := Clip(text)
		if !strings.HasPrefix(text, got) || len(got) > FirstBytes || !utf8.ValidString(got) || len(got) < min(len(text), FirstBytes-utf8.UTFMax) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestUnasked(t *testing.T) {
	c, _ := dialogue(t, Limits{}, says("220 go\r\n250 injected\r\n"))
	facts := &stage.StartTLSFacts{}
	if err := c.Unasked(facts); err != nil || facts.EarlyBytes != 0 {
		t.Errorf("before anything: %v, %+v", err, facts)
	}
	if _, err := c.ReadLine(); err != nil {
		t.Fatal(err)
	}
	if got := faultOf(c.Unasked(facts)); got != stage.EarlyData || facts.EarlyBytes != 14 || facts.EarlyText != `250 injected\x0d\x0a` {
		t.Errorf("fault %q, %+v", got, facts)
	}
}

func TestMidAnswer(t *testing.T) {
	for fault, want := range map[stage.Fault]stage.Fault{stage.Silent: stage.Stalled, stage.Closed: stage.Closed, stage.Stalled: stage.Stalled} {
		if got := faultOf(MidAnswer(stage.Errorf(fault, "it"))); got != want {
			t.Errorf("%q became %q, want %q", fault, got, want)
		}
	}
}
