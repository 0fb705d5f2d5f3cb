package probetest_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/probetest"
)

// play runs a script with say as the client.
func play(t *testing.T, script string, say func(c net.Conn)) error {
	t.Helper()
	client, server := probetest.Pipe(0)
	done := make(chan error)
	go func() { done <- probetest.Play(server, script) }()
	say(client)
	client.Close()
	return <-done
}

func TestPlay(t *testing.T) {
	tests := []struct {
		name, script, say string
		heard             string
		end               error  // of the client's reading; nil: EOF
		err               string // of Play; empty: none
	}{
		{"exact", "S: hello\nC: QUIT\nS: bye", "QUIT\r\n", "hello\r\nbye\r\n", nil, ""},
		{"prefix", "C: EHLO *\n\n # a remark\n  S: 250 ok", "EHLO x\n", "250 ok\r\n", nil, ""},
		{"star alone takes all", "C: *\nS: ok", "anything\r\n", "ok\r\n", nil, ""},
		{"in order", "C: a\nC: b\nS: ok", "a\r\nb\r\n", "ok\r\n", nil, ""},
		{"raw", `R: + a\r\x00"é\n`, "", "+ a\r\x00\"é\n", nil, ""},
		{"close", "S: 220\nclose\nS: never", "", "220\r\n", nil, ""},
		{"reset", "S: 220\nreset", "", "220\r\n", syscall.ECONNRESET, ""},
		{"other word", "C: QUIT\nS: bye", "NOOP\r\n", "", nil, `line 1, "C: QUIT": the client said "NOOP"`},
		{"no prefix of it", "C: EHLO *", "HELO x\r\n", "", nil, "HELO"},
		{"not a whole line", "C: EHLO", "EHLO x\r\n", "", nil, "EHLO x"},
		{"no such step", "S: a\ndance", "", "a\r\n", nil, `line 2, "dance": no such step`},
		{"bad escape", `R: \q`, "", "", nil, "escapes"},
		{"no configuration", "starttls", "", "", nil, "PlayTLS"},
		{"bad time", "wait long", "", "", nil, "invalid duration"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var heard []byte
			var end error
			err := play(t, test.script, func(c net.Conn) {
				io.WriteString(c, test.say)
				heard, end = io.ReadAll(c)
			})
			if string(heard) != test.heard || !errors.Is(end, test.end) {
				t.Errorf("heard %q and %v, want %q and %v", heard, end, test.heard, test.end)
			}
			switch {
			case test.err == "" && err != nil:
				t.Errorf("Play: %v", err)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("Play: %v, want %q", err, test.err)
			}
		})
	}
}

func TestPlayClientGone(t *testing.T) {
	if err := play(t, "C: QUIT", func(c net.Conn) { io.WriteString(c, "QU"); c.Close() }); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	if err := play(t, "S: hello\nhang", func(c net.Conn) { read(t, c); c.Close() }); err != nil {
		t.Errorf("hang: %v", err)
	}
}

// Lines that a server sends together must arrive together.
func TestPlayOneWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := play(t, "S: 220 ready\nR: 250 too early\\r\\n\nhang", func(c net.Conn) {
			if got := read(t, c); got != "220 ready\r\n250 too early\r\n" {
				t.Errorf("one Read brought %q", got)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestPlayWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := play(t, "wait 7s\nS: late", func(c net.Conn) {
			bufio.NewReader(c).ReadString('\n')
			if took := time.Since(start); took != 7*time.Second {
				t.Errorf("took %v", took)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}
