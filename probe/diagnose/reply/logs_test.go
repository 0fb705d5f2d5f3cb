package reply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/reply"
)

// TestLogs: the leading cause of a whole log comes from one of its lines, and not
// from what any log of such a program has, or from how the program ends. The first
// line of each file names the cause.
func TestLogs(t *testing.T) {
	files, err := filepath.Glob("testdata/logs/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, log, _ := strings.Cut(string(data), "\n")
		want, _, _ := strings.Cut(strings.TrimPrefix(head, "# "), " ")
		got := reply.Search(log, "")
		if len(got) == 0 || string(got[0].Cause) != want {
			t.Errorf("%s: %v; want %s first", file, got, want)
		}
	}
}

// TestLogOfNothing: neither a positive reply nor a program's time limit is a fault.
func TestLogOfNothing(t *testing.T) {
	for _, log := range []string{
		"SERVER -> CLIENT: 220 TLS go ahead",
		"Connection: opening to mail.example.com:587, timeout=300, options=array()\nConnection: opened",
		"<-  220 mail.example.com ESMTP\n -> EHLO a.example\n<-  250-mail.example.com\n<-  250 AUTH PLAIN LOGIN\n -> QUIT\n<-  221 2.0.0 Bye",
	} {
		if got := reply.Search(log, ""); got != nil {
			t.Errorf("%q: %v", log, got)
		}
	}
}
