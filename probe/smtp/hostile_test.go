package smtp_test

import (
	"strings"
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

// An endless server costs a limited number of bytes in each stage.
func TestEndless(t *testing.T) {
	line := "250-" + strings.Repeat("X", 1000) + "\r\n"
	floods := []dialoguetest.Flood{
		{Name: "line", Start: "220 ", Forever: "a", Most: 32 << 10},
		{Name: "greeting", Start: "", Forever: "220-mx\r\n", Most: 32 << 10},
		{Name: "extensions", Start: "220 mx\r\n", Forever: line, Most: 1 << 20},
		{Name: "challenges", Start: "220 mx\r\n250-mx\r\n250 AUTH LOGIN\r\n", Forever: "334 YQ==\r\n", Most: 32 << 10},
		{Name: "NULs", Start: "220 mx\r\n250-", Forever: "\x00", Most: 32 << 10},
		{Name: "refusal", Start: "220 mx\r\n250-mx\r\n250 AUTH PLAIN\r\n", Forever: "535-no\r\n", Most: 32 << 10},
	}
	dialoguetest.Floods(t, floods, everyStage)
}

// A line per minute never exceeds the deadline of any stage.
func TestLineAMinute(t *testing.T) {
	script := "S: 220 mx\nC: EHLO*\n" + strings.Repeat("S: 250-XSLOW\nwait\n", 3)
	dialoguetest.LineAMinute(t, script, open)
}

// Whatever a server sends, it does no harm, and only 235 means success of the login.
func FuzzSession(f *testing.F) {
	for _, s := range []string{
		"220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n221 bye\r\n",
		"220 mx\r\n250-mx\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n535 5.7.8 no\r\n",
		"220 mx\r\n250-mx\r\n250 AUTH SCRAM-SHA-1\r\n334 cj1hLHM9YixpPTE=\r\n501 no\r\n",
		"220 mx\n502 what\n250 mx\n",
		"220-mx\r\n250 mx\r\n",
		"\x15\x03\x01\x00\x02\x02\x28",
		"* OK hello\r\n", "+OK\r\n", "220 \xff\x00\x1b[2J\r\n", "220\r\n250\r\n", "421 busy\r\n",
		"220 (vsFTPd 3)\r\n", "200 news\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		all, _ := dialoguetest.Fuzz(t, said, everyStage)
		for _, o := range all {
			if _, login := o.Facts.(*stage.LoginFacts); login && o.Err == nil && !strings.Contains(said, "235") {
				t.Error("logged in without 235")
			}
		}
	})
}
