package wire

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// flood returns one text endlessly.
type flood struct {
	net.Conn
	text []byte
}

func (f flood) Read(p []byte) (int, error)   { return copy(p, f.text), nil }
func (flood) SetDeadline(time.Time) error    { return nil }
func (flood) Write(p []byte) (int, error)    { return len(p), nil }
func (flood) Close() error                   { return io.ErrClosedPipe }
func repeated(text string, n int) (b []byte) { return bytes.Repeat([]byte(text), n) }

// BenchmarkHostile reports the cost of a connection to an endless server: everything up
// to the limit, including the transcript.
func BenchmarkHostile(b *testing.B) {
	for _, c := range []struct {
		name string
		text []byte
	}{
		{"endless line", repeated("x", 4096)},
		{"endless NULs", repeated("\x00", 4096)},
		{"endless list", repeated("250-x\r\n", 585)},
		{"long lines", append(repeated("\x00", 4000), '\n')},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var kept []stage.Line
				conn := New(flood{text: c.text}, Limits{}, func(l stage.Line) { kept = append(kept, l) })
				for {
					if _, err := conn.ReadLine(); err != nil {
						break
					}
				}
				if conn.Read() > 1<<20 {
					b.Fatalf("%d bytes read", conn.Read())
				}
			}
		})
	}
}
