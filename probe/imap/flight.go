package imap

import "net"

// flight is the connection that the library speaks on. What the library writes
// waits until it departs, all of it in one piece; what the server sends passes
// through a filter.
//
// Nothing of the server's reaches the library before the departure: a command
// that the library begins after it has given up on a connection never ends.
type flight struct {
	net.Conn
	f       filter
	waiting []byte
	gone    chan struct{} // closed at the departure
}

func newFlight(nc net.Conn) *flight { return &flight{Conn: nc, gone: make(chan struct{})} }

func (f *flight) Write(p []byte) (int, error) {
	select {
	case <-f.gone:
		return f.Conn.Write(p)
	default:
		f.waiting = append(f.waiting, p...)
		return len(p), nil
	}
}

// depart sends what waits. The library is not writing meanwhile.
func (f *flight) depart() error {
	defer close(f.gone)
	_, err := f.Conn.Write(f.waiting)
	return err
}

func (f *flight) Read(p []byte) (int, error) {
	if f.f.greeted {
		<-f.gone
	}
	return f.f.read(f.Conn, p)
}
