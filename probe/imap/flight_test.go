package imap

import (
	"net"
	"testing"
	"testing/synctest"
)

// What the server sends is held back until the commands have been started, because the
// library must not fail before.
func TestFlightHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		defer server.Close()
		f := newFlight(client)
		go func() {
			server.Write([]byte(prelude))
			server.Write([]byte("T1 OK early\r\n"))
		}()
		go server.Read(make([]byte, 64))
		p := make([]byte, len(prelude))
		if n, err := f.Read(p); string(p[:n]) != prelude || err != nil {
			t.Fatalf("greeting: %q, %v", p[:n], err)
		}
		got := make(chan string, 1)
		go func() {
			p := make([]byte, 64)
			n, _ := f.Read(p)
			got <- string(p[:n])
		}()
		synctest.Wait()
		if len(got) > 0 {
			t.Fatalf("read before the departure: %q", <-got)
		}
		if err := f.depart(); err != nil {
			t.Fatal(err)
		}
		if text := <-got; text != "T1 OK early\r\n" {
			t.Errorf("read %q", text)
		}
	})
}
