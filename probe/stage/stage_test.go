package stage_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, größe ✓": "plain text, größe ✓",
		"\x1b[31mred\x07":     `\x1b[31mred\x07`,
		"a\tb\r\nc\x00":       `a\x09b\x0d\x0ac\x00`,
		"evil\u202egnp.exe":   `evil\u202egnp.exe`,
		"zero\u200bwidth":     `zero\u200bwidth`,
		"c1\u009bcsi":         `c1\x9bcsi`,
		"bad \xff utf-8 \xc3": `bad \xff utf-8 \xc3`,
		"\ufffd stays":        "\ufffd stays",
		"line\u2028sep":       `line\u2028sep`,
		"tag\U000e0041":       `tag\U000e0041`,
	} {
		got := stage.Visible(in)
		if got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
		if again := stage.Visible(got); again != got {
			t.Errorf("Visible(%q) changed to %q when applied again", got, again)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("\x1b[2J\u202e\xff")
	f.Fuzz(func(t *testing.T, in string) {
		got := stage.Visible(in)
		if !utf8.ValidString(got) || stage.Visible(got) != got {
			t.Errorf("Visible(%q) = %q", in, got)
		}
		for _, r := range got {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				t.Errorf("Visible(%q) = %q: control character %U", in, got, r)
			}
		}
	})
}

func TestMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                    "0",
		1500 * time.Microsecond:              "1.5",
		10 * time.Second:                     "10000",
		999 * time.Nanosecond:                "0.001",
		48*time.Hour + 1001*time.Microsecond: "172800001.001",
	} {
		b, err := json.Marshal(stage.Ms(d))
		if err != nil || string(b) != want {
			t.Errorf("Ms(%v) = %s, %v; want %s", d, b, err, want)
		}
		var back stage.Millis
		if err := json.Unmarshal(b, &back); err != nil || back != stage.Ms(d) {
			t.Errorf("%s read back = %v, %v", b, back, err)
		}
	}
	var m stage.Millis
	if err := json.Unmarshal([]byte(`"soon"`), &m); err == nil {
		t.Error(`"soon" was taken for a number of milliseconds`)
	}
	if err := json.Unmarshal([]byte(`1e300`), &m); err == nil {
		t.Error("1e300 milliseconds were taken for a time")
	}
}

// Every endpoint has the last stage of its protocol, and TLS at the position that its
// security requires.
func TestOrder(t *testing.T) {
	index := func(order []stage.Stage, s stage.Stage) int {
		for i, o := range order {
			if o == s {
				return i
			}
		}
		return -1
	}
	for _, p := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		for _, sec := range []stage.Security{stage.TLS, stage.StartTLS, stage.StartTLSIfOffered, stage.None} {
			order := stage.Endpoint{Protocol: p, Security: sec}.Order()
			last := order[len(order)-1]
			if (last == stage.Submit) != (p == stage.SMTP) || (last == stage.Mailbox) == (p == stage.SMTP) {
				t.Errorf("%s %s ends with %s", p, sec, last)
			}
			tls, greet, up := index(order, stage.Handshake), index(order, stage.Greeting), index(order, stage.Upgrade)
			switch sec {
			case stage.TLS:
				if tls > greet || up >= 0 {
					t.Errorf("%s %s: %v", p, sec, order)
				}
			case stage.None:
				if tls >= 0 || up >= 0 {
					t.Errorf("%s %s: %v", p, sec, order)
				}
			default:
				if greet >= up || up >= tls {
					t.Errorf("%s %s: %v", p, sec, order)
				}
			}
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		reply stage.Reply
		want  stage.Fault
	}{
		{stage.Reply{Code: 535, Enhanced: "5.7.8"}, stage.Rejected},
		{stage.Reply{Code: 454}, stage.TemporarilyOut},
		{stage.Reply{Status: "NO", ResponseCode: "UNAVAILABLE"}, stage.TemporarilyOut},
		{stage.Reply{Status: "-ERR", ResponseCode: "IN-USE"}, stage.TemporarilyOut},
		{stage.Reply{Status: "NO", ResponseCode: "AUTHENTICATIONFAILED"}, stage.Rejected},
	} {
		err := error(stage.Refusal(tt.reply))
		if e, ok := errors.AsType[*stage.Error](err); !ok || e.Fault != tt.want || e.Reply == nil {
			t.Errorf("Refusal(%+v) = %v, want %s", tt.reply, err, tt.want)
		}
	}
}
