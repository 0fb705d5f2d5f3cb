package wire

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maildoctor/probe/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// transcript collects what is recorded.
type transcript struct {
	mu    sync.Mutex
	lines []stage.Line
}

func (t *transcript) record(l stage.Line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, l)
}

// text returns the lines recorded, each with its side.
func (t *transcript) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, l := range t.lines {
		b.WriteString(string(l.From) + ": " + l.Text + "\n")
	}
	return b.String()
}

// dialogue returns a Conn whose other end is handled by server, which may return at any
// time. Both ends are closed when the test ends.
func dialogue(t *testing.T, limits Limits, server func(net.Conn)) (*Conn, *transcript) {
	t.Helper()
	near, far := net.Pipe()
	tape := &transcript{}
	c := New(near, limits, tape.record)
	done := make(chan struct{})
	go func() {
		defer close(done)
		server(far)
	}()
	t.Cleanup(func() {
		c.Close()
		far.Close()
		<-done
	})
	return c, tape
}

// says returns a server that sends text and then stays silent.
func says(text string) func(net.Conn) {
	return func(nc net.Conn) {
		if text != "" { // net.Pipe delivers an empty write as an empty read
			nc.Write([]byte(text))
		}
	}
}

// saysAndCloses returns a server that sends text and closes the connection.
func saysAndCloses(text string) func(net.Conn) {
	return func(nc net.Conn) {
		says(text)(nc)
		nc.Close()
	}
}

// within begins a stage with a deadline after d.
func within(t *testing.T, c *Conn, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	t.Cleanup(c.Begin(ctx, stage.Greeting))
}

// faultOf returns the fault of an error, or what is wrong with the error.
func faultOf(err error) stage.Fault {
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		return stage.Fault("not a stage.Error: " + err.Error())
	}
	return e.Fault
}
