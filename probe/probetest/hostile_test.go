package probetest_test

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/probetest"
)

// inMemory connects to a server without a network.
func inMemory(t *testing.T, c probetest.Config) (*client, *probetest.Server) {
	t.Helper()
	s, err := probetest.New(c)
	if err != nil {
		t.Fatal(err)
	}
	near, far := probetest.Pipe(0)
	near.SetDeadline(time.Now().Add(giveUp))
	go s.ServeConn(far)
	return &client{t, near, bufio.NewReader(near)}, s
}

// Endless servers send while the client reads, and end when it stops.
func TestEndless(t *testing.T) {
	tests := []struct {
		fault    probetest.Fault
		protocol probetest.Protocol
		say      []string
		lines    bool // with line ends
	}{
		{probetest.EndlessGreeting, onIMAP, nil, false},
		{probetest.EndlessBanner, onSMTP, nil, true},
		{probetest.EndlessCapabilities, onIMAP, []string{"a CAPABILITY"}, true},
		{probetest.EndlessCapabilities, onPOP3, []string{"CAPA"}, true},
		{probetest.EndlessCapabilities, onSMTP, []string{"EHLO x"}, true},
		{probetest.EndlessCapability, onPOP3, []string{"CAPA"}, false},
		{probetest.EndlessContinuations, onIMAP, []string{"a LOGIN x y"}, true},
		{probetest.EndlessContinuations, onPOP3, []string{"USER x", "PASS y"}, true},
		{probetest.EndlessReply, onIMAP, []string{"a LOGIN x y"}, false},
		{probetest.EndlessMailbox, onIMAP, []string{"a LOGIN j k", "b EXAMINE INBOX"}, true},
		{probetest.EndlessMailbox, onPOP3, []string{"USER j", "PASS k", "STAT"}, false},
		{probetest.HugeLiteral, onIMAP, []string{"a LOGIN j k", `b LIST "" *`}, false},
	}
	for _, test := range tests {
		t.Run(string(test.fault)+"/"+string(test.protocol), func(t *testing.T) {
			cfg := config(test.protocol, inClear, test.fault)
			cfg.Users = map[string]string{"j": "k"}
			c, s := inMemory(t, cfg)
			defer s.Close()
			for _, line := range test.say {
				c.send(line)
			}
			b := make([]byte, 1<<20)
			n, err := io.ReadFull(c.r, b)
			if err != nil {
				t.Fatalf("ended after %d bytes: %v", n, err)
			}
			if tail := string(b[n-4096:]); strings.Contains(tail, "\n") != test.lines {
				t.Errorf("lines: %q", tail[:60])
			}
			c.conn.Close()
		})
	}
}

func TestEndlessChallenges(t *testing.T) {
	c, s := inMemory(t, config(onSMTP, inClear, probetest.EndlessContinuations))
	defer s.Close()
	defer c.conn.Close()
	c.hello(onSMTP)
	c.send("AUTH PLAIN")
	for range 50 {
		c.expect("334 ")
		c.send("eA==")
	}
}

// Slow servers take exactly their time, and Close doesn't wait for them.
func TestSlow(t *testing.T) {
	tests := []struct {
		fault probetest.Fault
		want  string
		after time.Duration
	}{
		{probetest.SlowGreeting, "220 mail", 7 * time.Second},
		{probetest.DelayedDialog, "220 mail", 7 * time.Second},
		{probetest.ByteASecond, "220 mail.example.test ready", 28 * time.Second},
	}
	for _, test := range tests {
		t.Run(string(test.fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := config(onSMTP, inClear, test.fault)
				cfg.Delay = 7 * time.Second
				c, s := inMemory(t, cfg)
				c.conn.SetDeadline(time.Time{})
				start := time.Now()
				if got := c.line(); !strings.HasPrefix(got, test.want) || time.Since(start) != test.after {
					t.Errorf("%q after %v, want %q after %v", got, time.Since(start), test.want, test.after)
				}
				c.conn.Close()
				s.Close()
			})
		})
	}
}

func TestLineAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := inMemory(t, config(onPOP3, inClear, probetest.LineAMinute))
		c.conn.SetDeadline(time.Time{})
		c.expect("+OK")
		c.send("CAPA")
		start := time.Now()
		c.expect("+OK", "X-MORE", "X-MORE", "X-MORE")
		if took := time.Since(start); took != 2*time.Minute {
			t.Errorf("three lines took %v", took)
		}
		s.Close() // while it sleeps
		if took := time.Since(start); took != 2*time.Minute {
			t.Errorf("Close waited: %v", took)
		}
		c.conn.Close()
	})
}

// An echo repeats the credential in the reply to it and in every later one.
func TestEcho(t *testing.T) {
	const secret = "Correct Horse"
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + secret))
	tests := []struct {
		fault probetest.Fault
		find  string
	}{
		{probetest.EchoWhole, plain},
		{probetest.EchoBase64, base64.StdEncoding.EncodeToString([]byte(user + " " + secret))},
		{probetest.EchoHex, hex.EncodeToString([]byte(user + " " + secret))},
		{probetest.EchoFolded, "CORRECT HORSE"},
		{probetest.EchoCut, "Correc\nt Horse"},
	}
	quits := map[probetest.Protocol]string{onIMAP: "b LOGOUT", onPOP3: "QUIT", onSMTP: "QUIT"}
	for _, test := range tests {
		for p, quit := range quits {
			t.Run(string(test.fault)+"/"+string(p), func(t *testing.T) {
				c, s := inMemory(t, config(p, inClear, probetest.WrongPassword, test.fault))
				defer s.Close()
				defer c.conn.Close()
				c.hello(p)
				c.send(words[p].command + "PLAIN " + plain)
				if p == onPOP3 {
					c.send("NOOP") // for the second half
				}
				reply := replies(c, map[bool]int{true: 2, false: 1}[p == onPOP3 || test.fault == probetest.EchoCut])
				c.send(quit)
				rest, _ := io.ReadAll(c.r)
				for when, text := range map[string]string{"reply": reply, "goodbye": string(rest)} {
					for i, part := range strings.Split(test.find, "\n") {
						onceAgain := p == onPOP3 && when == "goodbye" && i > 0 // the other half comes later
						if !strings.Contains(text, part) && !onceAgain {
							t.Errorf("%s: %q is not in %q", when, part, text)
						}
					}
					if strings.Contains(test.find, "\n") && strings.Contains(text, secret) {
						t.Errorf("%s: not cut: %q", when, text)
					}
				}
			})
		}
	}
}

func replies(c *client, n int) string {
	var all []string
	for range n {
		all = append(all, c.line())
	}
	return strings.Join(all, "\n")
}

// A healthy dialogue takes exactly the necessary round trips.
func TestRoundTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, library := range []probetest.Library{probetest.LibraryIfPossible, probetest.LibraryNever} {
			const trip = 100 * time.Millisecond
			n := &probetest.Network{Delay: trip / 2}
			cfg := config(onSMTP, inClear)
			cfg.Library = library
			s, err := probetest.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			n.Handle("10.1.0.1:587", s.ServeConn)
			start := time.Now()
			var conn net.Conn
			if conn, err = n.Dial(t.Context(), "tcp", "10.1.0.1:587"); err != nil {
				t.Fatal(err)
			}
			c := &client{t, conn, bufio.NewReader(conn)}
			c.hello(onSMTP)
			c.send("AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password)))
			c.expect("235 ")
			c.send("MAIL FROM:<"+user+"> SIZE=10", "RSET", "QUIT")
			c.expect("250 ", "250 ", "221 ")
			if took := time.Since(start); took != 5*trip {
				t.Errorf("%q: %v, want %v", library, took, 5*trip)
			}
			conn.Close()
			s.Close()
			n.Close()
		}
	})
}
