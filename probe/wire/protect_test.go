package wire

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// repeats returns a matcher for one secret.
func repeats(secret string) func(string) bool {
	return func(line string) bool { return strings.Contains(line, secret) }
}

// A line that repeats the secret is withheld except for its leading codes, by which a
// refusal is classified.
func TestWithheldLines(t *testing.T) {
	const note = withheldNote
	cases := []struct{ secret, line, want string }{
		{"hunter22", "all is well", "all is well"},
		{"hunter22", "hunter22", note},
		{"hunter22", "535 5.7.8 no such hunter22", "535 5.7.8 " + note},
		{"hunter22", "535-5.7.8 hunter22", "535-5.7.8 " + note},
		{"hunter22", "535 hunter22", "535 " + note},
		{"hunter22", "-ERR [AUTH] PASS hunter22", "-ERR [AUTH] " + note},
		{"hunter22", "-err [sys/temp] hunter22", "-err [sys/temp] " + note},
		{"hunter22", "-ERR [hunter22] x", "-ERR " + note},
		{"hunter22", "a1 NO [AUTHENTICATIONFAILED] hunter22", "a1 NO [AUTHENTICATIONFAILED] " + note},
		{"hunter22", "* BAD hunter22", "* BAD " + note},
		{"hunter22", "+ hunter22", note},
		{"abcd1234", "abcd1234 OK done", note},
		{"535", "535 5.7.8 no", note},
		{"a1 N", "a1 NO no", note},
	}
	for _, c := range cases {
		conn, tape := dialogue(t, Limits{}, says(c.line+"\r\n"))
		within(t, conn, time.Minute)
		conn.Protect(repeats(c.secret))
		l, err := conn.ReadLine()
		if err != nil || l.Text() != c.want || l.Raw() != c.line {
			t.Errorf("%q: shown as %q, %v; want %q", c.line, l.Text(), err, c.want)
		}
		if got := tape.lines[0]; got.Text != c.want || (got.Withheld > 0) != (c.line != c.want) {
			t.Errorf("%q: recorded %+v", c.line, got)
		}
		if strings.Contains(conn.Safe(c.line), c.secret) {
			t.Errorf("Safe(%q) shows the secret", c.line)
		}
	}
}

// Lines from before the secret was sent don't count as a part of it, even if they look
// like one.
func TestNoPieceFromBefore(t *testing.T) {
	c, _ := dialogue(t, Limits{}, says("220 hunt\r\n250 er22\r\n"))
	within(t, c, time.Minute)
	c.Protect(func(string) bool { return false })
	for i, want := range []string{"220 hunt", "250 er22"} {
		if l, err := c.ReadLine(); err != nil || l.Text() != want {
			t.Errorf("line %d: %q, %v; want %q", i+1, l.Text(), err, want)
		}
		c.Protect(repeats("hunter22"))
	}
}

// A secret split across lines is withheld as soon as enough of it has been received.
func TestWithheldOverLines(t *testing.T) {
	c, tape := dialogue(t, Limits{}, says("220-hunt\r\n220-er\r\n220-22\r\n220 and so on\r\n"))
	within(t, c, time.Minute)
	c.Protect(repeats("hunter22"))
	var got []string
	for range 4 {
		l, err := c.ReadLine()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, l.Text())
	}
	want := []string{"220-hunt", "220-er", "220-" + withheldNote, "220 and so on"}
	if !slices.Equal(got, want) || strings.Contains(tape.text(), "22-22") {
		t.Errorf("shown %q, want %q; recorded %q", got, want, tape.text())
	}
}

// With a short secret, no gap reveals its position.
func TestWithheldReplies(t *testing.T) {
	c, tape := dialogue(t, Limits{}, says("535 5.7.8 no abc here\r\n535 5.7.8 nothing\r\n250 abc\r\n"))
	within(t, c, time.Minute)
	c.WithholdReplies(true)
	for _, want := range []string{"535 5.7.8 " + withheldNote, "535 5.7.8 " + withheldNote} {
		if l, err := c.ReadLine(); err != nil || l.Text() != want {
			t.Errorf("%q, %v, want %q", l.Text(), err, want)
		}
	}
	c.WithholdReplies(false)
	if l, err := c.ReadLine(); err != nil || l.Text() != "250 abc" {
		t.Errorf("%q, %v", l.Text(), err)
	}
	if strings.Contains(tape.text(), "here") {
		t.Errorf("recorded %q", tape.text())
	}
}

// The received part of a line is withheld too if the connection ends in it.
func TestWithheldPieces(t *testing.T) {
	c, tape := dialogue(t, Limits{}, saysAndCloses("-ERR hunter22"))
	within(t, c, time.Minute)
	c.Protect(repeats("hunter22"))
	if l, err := c.ReadLine(); faultOf(err) != stage.Closed || strings.Contains(l.Text()+tape.text(), "hunter22") {
		t.Errorf("%q, %v; recorded %q", l.Text(), err, tape.text())
	}
}

func TestEarlyIsWithheld(t *testing.T) {
	c, _ := dialogue(t, Limits{}, says("220 go\r\nhunter22"))
	within(t, c, time.Minute)
	c.Protect(repeats("hunter22"))
	c.ReadLine()
	if n, text := c.Early(); n != 8 || text != withheldNote {
		t.Errorf("%d, %q", n, text)
	}
}

func TestReadProtected(t *testing.T) {
	challenge := func(raw string) (string, bool) { return "334 (challenge)", strings.HasPrefix(raw, "334 ") }
	cases := []struct {
		name, sent, text string
		withheld         int
		want             stage.Fault
	}{
		{"challenge", "334 c2VjcmV0\r\n", "334 (challenge)", 12, ""},
		{"reply", "535 no\r\n", "535 no", 0, ""},
		{"reply that repeats", "535 hunter22\r\n", "535 " + withheldNote, 12, ""},
		{"piece of a challenge", "334 c2Vj", "", 8, stage.Closed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			conn, tape := dialogue(t, Limits{}, saysAndCloses(c.sent))
			within(t, conn, time.Minute)
			conn.Protect(repeats("hunter22"))
			l, err := conn.ReadProtected(challenge)
			if faultOf(err) != c.want || l.Text() != c.text {
				t.Errorf("%q, %v; want %q, %q", l.Text(), err, c.text, c.want)
			}
			if err == nil && l.Raw() != strings.TrimSpace(c.sent) {
				t.Errorf("raw %q", l.Raw())
			}
			if got := tape.lines[0]; got.Text != c.text || got.Withheld != c.withheld {
				t.Errorf("recorded %+v", got)
			}
		})
	}
}

// Forms of the secret are withheld as well: a line in base64, and the digest or proof
// inside it. The user name is not.
func TestWithheldProofs(t *testing.T) {
	const digest = "b913a602c7eda7a495b4e6e7334d3890"
	for sent, lines := range map[string]map[string]bool{
		"amFuZUBleGFtcGxlLm5ldCBiOTEzYTYwMmM3ZWRhN2E0OTViNGU2ZTczMzRkMzg5MA==\r\n": { // CRAM-MD5 (RFC 2195)
			"535 5.7.8 no: amFuZUBleGFtcGxlLm5ldCBiOTEzYTYwMmM3ZWRhN2E0OTViNGU2ZTczMzRkMzg5MA==": true,
			"535 5.7.8 no: " + strings.ToUpper(digest):                                           true,
			"535 5.7.8 no such user jane@example.net":                                            false,
		},
		"APOP jane@example.net " + digest + "\r\n": {
			"-ERR APOP jane@example.net " + digest: true,
			"-ERR no such user jane@example.net":   false,
		},
		"AUTHENTICATE SCRAM-SHA-256\r\n": {"a1 NO AUTHENTICATE SCRAM-SHA-256 refused": false},
	} {
		for line, want := range lines {
			conn, _ := dialogue(t, Limits{}, says(line+"\r\n"))
			conn.remember(sent)
			if _, got := conn.shown(line, ""); got != want {
				t.Errorf("after %q, withheld %v of %q; want %v", sent, got, line, want)
			}
		}
	}
}

// A line is searched as it stands, too, if what precedes it may end within an escape,
// which would distort the two joined. Else it is searched once, joined.
func TestSearchedAfterAnEscape(t *testing.T) {
	const line = `\u0068unter2`
	for before, escape := range map[string]bool{
		"* nothing": false, `* a \`: true, "* 100%": true, "* a=": true, "* &#x": true, "* %6": true, `* \u00`: true,
	} {
		conn, _ := dialogue(t, Limits{}, says(before+"\r\n"+line+"\r\n"))
		var searched []string
		conn.Protect(func(text string) bool { searched = append(searched, text); return false })
		within(t, conn, time.Minute)
		conn.ReadLine()
		searched = nil
		conn.ReadLine()
		if alone := slices.Contains(searched, line); alone != escape || !slices.Contains(searched, before+line) {
			t.Errorf("after %q: searched %q", before, searched)
		}
	}
}
