package wire

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

func TestFault(t *testing.T) {
	cases := []struct {
		name    string
		err     error
		partial bool
		want    stage.Fault
	}{
		{"deadline", os.ErrDeadlineExceeded, false, stage.Silent},
		{"deadline in an answer", fmt.Errorf("read: %w", os.ErrDeadlineExceeded), true, stage.Stalled},
		{"end of stream", io.EOF, false, stage.Closed},
		{"end of stream in an answer", io.ErrUnexpectedEOF, true, stage.Closed},
		{"closed by us", net.ErrClosed, false, stage.Closed},
		{"reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, false, stage.Reset},
		{"broken pipe", os.NewSyscallError("write", syscall.EPIPE), false, stage.Reset},
		{"unacknowledged", os.NewSyscallError("read", syscall.ETIMEDOUT), false, stage.Stalled},
		{"alert", &net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}, false, stage.TLSAlert},
		{"our alert", &net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, false, stage.TLSProtocol},
		{"no record", tls.RecordHeaderError{Msg: "x"}, false, stage.TLSProtocol},
		{"has a fault already", fmt.Errorf("x: %w", stage.Errorf(stage.Bye, "y")), true, stage.Bye},
		{"anything else", errors.New("x"), false, stage.Closed},
	}
	for _, c := range cases {
		if got := Fault(c.err, c.partial).Fault; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// With TLS 1.3, the first read shows that a server requires a client certificate.
func TestClientCertificateRequired(t *testing.T) {
	cert := certificate(t)
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert})
		srv.Handshake()
		srv.Close()
	}()
	client := tls.Client(near, &tls.Config{InsecureSkipVerify: true})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := New(client, Limits{}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	end := c.Begin(ctx, stage.Greeting)
	if _, err := c.ReadLine(); faultOf(err) != stage.ClientCertAsked {
		t.Errorf("ReadLine: %v, want %s", err, stage.ClientCertAsked)
	}
	end()
	far.Close()
	c.Close()
	<-done
}

// certificate returns a self-signed certificate.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mail.example.net"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
