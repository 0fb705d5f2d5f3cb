package imap

import "net"

// flight is the connection that the library speaks on. What the library writes
// waits until it departs, all of it in one piece; what the server sends passes
// through a filter.
type flight struct {
	net.Conn
	f        filter
	waiting  []byte
	departed bool
}

func (f *flight) Write(p []byte) (int, error) {
	if f.departed {
		return f.Conn.Write(p)
	}
	f.waiting = append(f.waiting, p...)
	return len(p), nil
}

// depart sends what waits. The library is not writing meanwhile.
func (f *flight) depart() error {
	f.departed = true
	_, err := f.Conn.Write(f.waiting)
	f.waiting = nil
	return err
}

func (f *flight) Read(p []byte) (int, error) { return f.f.read(f.Conn, p) }
