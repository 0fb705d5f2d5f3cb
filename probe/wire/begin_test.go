package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
)

var errStopped = errors.New("stopped by the user")

// A read in progress ends when the stage is cancelled, and returns the reason.
func TestCancelledStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := dialogue(t, Limits{}, says(""))
		ctx, cancel := context.WithCancelCause(t.Context())
		defer c.Begin(ctx, stage.Login)()
		time.AfterFunc(5*time.Second, func() { cancel(errStopped) })
		start := time.Now()
		_, err := c.ReadLine()
		if !errors.Is(err, errStopped) || time.Since(start) != 5*time.Second {
			t.Errorf("after %v: %v, want %v after 5 s", time.Since(start), err, errStopped)
		}
	})
}

// A cancelled run doesn't continue, even if data has arrived.
func TestCancelledRunReadsNothingMore(t *testing.T) {
	c, _ := dialogue(t, Limits{}, says("one\r\ntwo\r\n"))
	run, cancel := context.WithCancelCause(t.Context())
	end := c.Begin(run, stage.Greeting)
	if l, err := c.ReadLine(); err != nil || l.Text() != "one" {
		t.Fatalf("%q, %v", l.Text(), err)
	}
	end()
	cancel(errStopped)
	defer c.Begin(run, stage.Login)()
	if l, err := c.ReadLine(); !errors.Is(err, errStopped) {
		t.Errorf("ReadLine: %q, %v; want the cause", l.Text(), err)
	}
	if p, err := c.Peek(3); !errors.Is(err, errStopped) {
		t.Errorf("Peek: %q, %v; want the cause", p, err)
	}
	if err := c.Send("NOOP"); !errors.Is(err, errStopped) || faultOf(err) != stage.WriteFailed {
		t.Errorf("Send: %v; want the cause", err)
	}
}

// The end of one stage's context does not affect the next stage, even if both coincide.
func TestEndedStageLeavesTheNextAlone(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			c, _ := dialogue(t, Limits{}, func(nc net.Conn) {
				time.Sleep(20 * time.Second)
				nc.Write([]byte("late\r\n"))
			})
			first, cancel := context.WithCancel(t.Context())
			end := c.Begin(first, stage.Greeting)
			cancel()
			end()
			second, stop := context.WithTimeout(t.Context(), 30*time.Second)
			defer stop()
			defer c.Begin(second, stage.Login)()
			if l, err := c.ReadLine(); err != nil || l.Text() != "late" {
				t.Fatalf("%q, %v", l.Text(), err)
			}
		})
	}
}

// Stages may be nested. The earliest deadline counts, and the outer one's is restored
// when the inner stage ends.
func TestNestedStages(t *testing.T) {
	for _, c := range []struct {
		name         string
		outer, inner time.Duration
		ended        bool // the inner stage, before the read
		want         time.Duration
	}{
		{"inner is stricter", 30 * time.Second, 10 * time.Second, false, 10 * time.Second},
		{"outer is stricter", 10 * time.Second, 30 * time.Second, false, 10 * time.Second},
		{"inner has ended", 30 * time.Second, 10 * time.Second, true, 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			conn, tape := dialogue(t, Limits{}, says(""))
			within(t, conn, c.outer)
			ctx, cancel := context.WithTimeout(t.Context(), c.inner)
			defer cancel()
			end := conn.Begin(ctx, stage.Capabilities)
			conn.Remark("inside")
			if c.ended {
				end()
				conn.Remark("outside")
			} else {
				defer end()
			}
			start := time.Now()
			if _, err := conn.ReadLine(); faultOf(err) != stage.Silent || time.Since(start) != c.want {
				t.Errorf("%s: %v after %v, want silent after %v", c.name, err, time.Since(start), c.want)
			}
			if got := tape.lines[0].Stage; got != stage.Capabilities {
				t.Errorf("%s: inside is recorded under %s", c.name, got)
			}
			if c.ended && tape.lines[1].Stage != stage.Greeting {
				t.Errorf("%s: outside is recorded under %s", c.name, tape.lines[1].Stage)
			}
		})
	}
}

// After a stage the connection has no deadline.
func TestNoDeadlineAfterStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := dialogue(t, Limits{}, func(nc net.Conn) {
			time.Sleep(time.Hour)
			nc.Write([]byte("late\r\n"))
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c.Begin(ctx, stage.Greeting)()
		if l, err := c.ReadLine(); err != nil || l.Text() != "late" {
			t.Errorf("%q, %v", l.Text(), err)
		}
	})
}

// A connection upgraded in the middle of a stage keeps its deadline.
func TestUpgradeKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := dialogue(t, Limits{}, says(""))
		within(t, c, 7*time.Second)
		near, far := net.Pipe()
		defer far.Close()
		defer near.Close()
		c.Upgrade(near)
		start := time.Now()
		if _, err := c.ReadLine(); faultOf(err) != stage.Silent || time.Since(start) != 7*time.Second {
			t.Errorf("%v after %v, want silent after 7 s", err, time.Since(start))
		}
	})
}

// A TLS connection whose peer has stopped reading is closed at once, although
// crypto/tls would wait five seconds to send close_notify.
func TestCloseDoesNotWait(t *testing.T) {
	cert := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		go tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}}).Handshake()
		client := tls.Client(near, &tls.Config{InsecureSkipVerify: true, ClientSessionCache: nil})
		if err := client.Handshake(); err != nil {
			t.Fatal(err)
		}
		c := New(client, Limits{}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		end := c.Begin(ctx, stage.Login)
		if err := c.Send("NOOP"); faultOf(err) != stage.WriteFailed {
			t.Errorf("Send to a peer that reads nothing: %v, want write-failed", err)
		}
		end()
		start := time.Now()
		c.Close()
		if got := time.Since(start); got != 0 {
			t.Errorf("Close took %v", got)
		}
		far.Close()
	})
}
