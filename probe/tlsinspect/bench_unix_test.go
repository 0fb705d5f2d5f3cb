//go:build unix

package tlsinspect

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// serverVariable makes the test binary a TLS server, so that its work is not
// counted with the client's.
const serverVariable = "TLSINSPECT_BENCHMARK_SERVER"

// TestBenchmarkServer is that server, in a separate process. It ends when its standard
// input does.
func TestBenchmarkServer(t *testing.T) {
	if os.Getenv(serverVariable) == "" {
		return
	}
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{served(leaf(t, middle), middle)}, SessionTicketsDisabled: true})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("address", l.Addr())
	pem.Encode(os.Stdout, &pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
	fmt.Println("ready")
	go func() { io.Copy(io.Discard, os.Stdin); l.Close() }()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() { io.Copy(io.Discard, c); c.Close() }()
	}
}

// startServer starts the server and returns its address and root.
func startServer(b *testing.B) (address string, pool *x509.CertPool) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestBenchmarkServer$")
	cmd.Env = append(os.Environ(), serverVariable+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); io.Copy(io.Discard, out); cmd.Wait() })
	var text strings.Builder
	for sc := bufio.NewScanner(out); sc.Scan() && sc.Text() != "ready"; {
		if a, ok := strings.CutPrefix(sc.Text(), "address "); ok {
			address = a
			continue
		}
		fmt.Fprintln(&text, sc.Text())
	}
	pool = x509.NewCertPool()
	if address == "" || !pool.AppendCertsFromPEM([]byte(text.String())) {
		b.Fatal("the server did not start")
	}
	return address, pool
}

// cost is what this process has used so far.
type cost struct {
	cpu    time.Duration
	allocs uint64
	bytes  uint64
}

func used(b *testing.B) cost {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return cost{time.Duration(u.Utime.Nano() + u.Stime.Nano()), m.Mallocs, m.TotalAlloc}
}

// BenchmarkHandshake compares an inspected handshake with a bare one verified by
// crypto/tls: P-256, one intermediate, roots loaded once, the server in another
// process. CPU time is that of this process.
func BenchmarkHandshake(b *testing.B) {
	address, trusted := startServer(b)
	r, err := NewRoots(trusted, trusted, nil)
	if err != nil {
		b.Fatal(err)
	}
	bareConfig := &tls.Config{ServerName: "mail.example", RootCAs: trusted, Time: func() time.Time { return now }}
	bare := func(ctx context.Context, nc net.Conn) error {
		return tls.Client(nc, bareConfig).HandshakeContext(ctx)
	}
	inspected := func(ctx context.Context, nc net.Conn) error {
		_, f, err := Handshake(ctx, nc, Options{Host: "mail.example", Roots: r, Now: now})
		if err == nil && (!f.Verified || f.Public != stage.Trusted) {
			return fmt.Errorf("not verified: %+v", f.Faults)
		}
		return err
	}
	run := func(handshake func(context.Context, net.Conn) error) cost {
		before := used(b)
		for range b.N {
			nc, err := net.Dial("tcp", address)
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
			if err := handshake(ctx, nc); err != nil {
				b.Fatal(err)
			}
			cancel()
			nc.Close()
		}
		after := used(b)
		return cost{after.cpu - before.cpu, after.allocs - before.allocs, after.bytes - before.bytes}
	}
	run(bare) // warm
	b.ResetTimer()
	one, two := run(bare), run(inspected)
	n := float64(b.N)
	b.ReportMetric(float64(one.cpu)/n/1e3, "bare-µs-cpu")
	b.ReportMetric(float64(two.cpu)/n/1e3, "inspected-µs-cpu")
	b.ReportMetric(float64(one.allocs)/n, "bare-allocs")
	b.ReportMetric(float64(two.allocs)/n, "inspected-allocs")
	b.ReportMetric(float64(two.cpu)/float64(one.cpu), "cpu-ratio")
	b.ReportMetric(float64(two.allocs)/float64(one.allocs), "allocs-ratio")
	b.ReportMetric(float64(two.bytes)/float64(one.bytes), "bytes-ratio")
}
