package pop3_test

import (
	"strings"
	"testing"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
)

// An endless server costs a limited number of bytes in each stage.
func TestEndless(t *testing.T) {
	line := strings.Repeat("X", 1000) + "\r\n"
	floods := []dialoguetest.Flood{
		{Name: "line", Start: "+OK ", Forever: "a", Most: 32 << 10},
		{Name: "list", Start: "+OK\r\n+OK\r\n", Forever: line, Most: 1 << 20},
		{Name: "challenges", Start: "+OK\r\n+OK\r\nSASL LOGIN\r\n.\r\n", Forever: "+ YQ==\r\n", Most: 32 << 10},
		{Name: "NULs", Start: "+OK\r\n+OK\r\n", Forever: "\x00", Most: 32 << 10},
		{Name: "success", Start: "", Forever: "+OK\r\n", Most: 32 << 10},
	}
	dialoguetest.Floods(t, floods, everyStage)
}

// A line per minute never exceeds the deadline of any stage.
func TestLineAMinute(t *testing.T) {
	script := "S: +OK\nS: +OK\n" + strings.Repeat("S: XSLOW\nwait\n", 3)
	dialoguetest.LineAMinute(t, script, open)
}

// Whatever a server sends, it does no harm, only +OK means success of the login, and
// nothing is deleted.
func FuzzSession(f *testing.F) {
	for _, s := range []string{
		"+OK <1.2@x>\r\n+OK\r\nUSER\r\nPIPELINING\r\nUIDL\r\n.\r\n+OK\r\n+OK\r\n+OK 2 320\r\n+OK\r\n",
		"+OK\r\n+OK\r\nSASL LOGIN\r\n.\r\n+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n-ERR [AUTH] no\r\n",
		"+OK\r\n+OK\r\nSASL SCRAM-SHA-1\r\n.\r\n+ cj1hLHM9YixpPTE=\r\n-ERR\r\n",
		"+OK\n-ERR\n+OK\n+OK\n+OK 1 2\n+OK 1 x\n",
		"+OK <1.2@x>\r\n+OK\r\nSTLS\r\n.\r\n+OK\r\n",
		"-ERR [SYS/TEMP] no\r\n",
		"\x15\x03\x01\x00\x02\x02\x28",
		"* OK hello\r\n", "220 mx\r\n", "+OK \xff\x00\x1b[2J <\xff@\x00>\r\n", "+OK\r\n+OK\r\n..\r\n. \r\n.\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		all, sent := dialoguetest.Fuzz(t, said, everyStage)
		for _, o := range all {
			if _, login := o.Facts.(*stage.LoginFacts); login && o.Err == nil && strings.Count(said, "+OK") < 2 {
				t.Error("logged in without +OK")
			}
		}
		if strings.Contains(sent, "DELE") {
			t.Errorf("sent %q", sent)
		}
	})
}
