package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
)

// A library reads in one goroutine and writes in another. Both are recorded, and
// neither disturbs the stages.
func TestLibraryConcurrently(t *testing.T) {
	const lines = 300
	c, tape := dialogue(t, Limits{}, func(nc net.Conn) {
		go io.Copy(io.Discard, nc)
		for i := range lines {
			fmt.Fprintf(nc, "* %d EXISTS\r\n", i)
		}
		nc.Close()
	})
	within(t, c, time.Minute)
	lib := c.Library("* PREAUTH ready\r\n")
	got := make(chan string)
	go func() {
		b, err := io.ReadAll(lib)
		if err != nil {
			t.Errorf("ReadAll: %v", err)
		}
		got <- string(b)
	}()
	for i := range lines {
		lib.Write([]byte("T"))
		fmt.Fprintf(lib, "%d NOOP\r\n", i)
		c.Begin(t.Context(), stage.Mailbox)()
		c.Protect(repeats("secret"))
		c.Read()
	}
	all := <-got
	if !strings.HasPrefix(all, "* PREAUTH ready\r\n* 0 EXISTS\r\n") || strings.Count(all, "EXISTS") != lines {
		t.Errorf("read %d bytes: %.60q", len(all), all)
	}
	text := tape.text()
	if strings.Contains(text, "PREAUTH") {
		t.Error("the prelude is recorded")
	}
	if s, c := strings.Count(text, "EXISTS\n"), strings.Count(text, "NOOP\n"); s != lines || c != lines {
		t.Errorf("recorded %d and %d lines, want %d each", s, c, lines)
	}
}

// The library's own deadlines have no effect; those of the stages do.
func TestLibraryDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := dialogue(t, Limits{}, says(""))
		within(t, c, 30*time.Second)
		lib := c.Library("")
		lib.SetDeadline(time.Now().Add(time.Second))
		lib.SetReadDeadline(time.Now().Add(time.Second))
		start := time.Now()
		_, err := lib.Read(make([]byte, 1))
		if Fault(err, false).Fault != stage.Silent || time.Since(start) != 30*time.Second {
			t.Errorf("Read: %v after %v, want silent after 30 s", err, time.Since(start))
		}
		lib.SetDeadline(time.Time{})
		if _, err := lib.Write([]byte("x")); err == nil {
			t.Error("Write after the stage's time: no error")
		}
	})
}

func TestLibraryErrors(t *testing.T) {
	c, tape := dialogue(t, Limits{Line: 10, Total: 40}, endless("0123456789abc", 0))
	within(t, c, time.Minute)
	lib := c.Library("")
	b, err := io.ReadAll(lib)
	if len(b) != 40 || faultOf(err) != stage.TooLong {
		t.Errorf("%d bytes, %v; want 40, too-long", len(b), err)
	}
	if want := "S: 0123456789ab\n"; tape.text() != want {
		t.Errorf("recorded %q, want %q", tape.text(), want)
	}
	c, _ = dialogue(t, Limits{}, saysAndCloses("x"))
	within(t, c, time.Minute)
	r := bufio.NewReader(c.Library(""))
	if _, err := r.ReadString('\n'); err != io.EOF {
		t.Errorf("%v, want io.EOF itself", err)
	}
	if err := c.Library("").Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Underlying().Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the connection is open after Close: %v", err)
	}
}

func TestLibraryWithholds(t *testing.T) {
	c, tape := dialogue(t, Limits{}, saysAndCloses("* OK hunter22\r\nhunter22"))
	within(t, c, time.Minute)
	c.Protect(repeats("hunter22"))
	io.ReadAll(c.Library(""))
	if want := "S: * OK " + withheldNote + "\nS: " + withheldNote + "\n"; tape.text() != want {
		t.Errorf("recorded %q, want %q", tape.text(), want)
	}
}
