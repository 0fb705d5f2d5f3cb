package imap

import "net"

// flight is the library's connection. It buffers what the library writes and sends all
// of it at once; what the server sends passes through a filter.
//
// The library gets nothing from the server before that, because a command that it
// starts after failing on a connection would never end.
type flight struct {
	net.Conn
	f       filter
	waiting []byte
	gone    chan struct{} // closed when the commands are sent
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

// depart sends the buffered commands. The library doesn't write meanwhile.
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
