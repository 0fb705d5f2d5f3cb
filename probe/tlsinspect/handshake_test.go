package tlsinspect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// fault returns the fault of an error, "" for nil.
func fault(t *testing.T, err error) stage.Fault {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		t.Fatalf("error %v is a %T, want a *stage.Error", err, err)
	}
	return e.Fault
}

// loopback connects to a server whose handler is serve. The connection is closed after
// it.
func loopback(t testing.TB, serve func(net.Conn)) net.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		serve(c)
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); l.Close(); <-done })
	return c
}

// tlsServer makes the handshake and then waits for the client to close.
func tlsServer(config *tls.Config) func(net.Conn) {
	return func(c net.Conn) {
		tc := tls.Server(c, config)
		if tc.Handshake() == nil {
			io.Copy(io.Discard, tc)
		}
	}
}

// authority returns a root store, and a server's certificate under its root.
func authority(t testing.TB) (*Roots, tls.Certificate) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	return roots(t, pool(root), pool(root), nil), served(leaf(t, middle), middle)
}

func TestHandshake(t *testing.T) {
	r, cert := authority(t)
	for _, tt := range []struct {
		name   string
		host   string
		config *tls.Config
		want   stage.TLSFacts
	}{
		{name: "TLS 1.3", host: "mail.example", config: new(tls.Config), want: stage.TLSFacts{ServerName: "mail.example", Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519MLKEM768"}},
		{
			name: "TLS 1.2", host: "mail.example.", config: &tls.Config{MaxVersion: tls.VersionTLS12, CurvePreferences: []tls.CurveID{tls.CurveP256}},
			want: stage.TLSFacts{ServerName: "mail.example", Version: "TLS 1.2", CipherSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Group: "P-256"},
		},
		{
			name: "client certificate wanted, not required", host: "mail.example", config: &tls.Config{ClientAuth: tls.RequestClientCert},
			want: stage.TLSFacts{ServerName: "mail.example", Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519MLKEM768", ClientAuth: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.config.Certificates = []tls.Certificate{cert}
			tc, f, err := Handshake(t.Context(), loopback(t, tlsServer(tt.config)), Options{Host: tt.host, Roots: r, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			defer tc.Close()
			if f.ServerName != tt.want.ServerName || f.Version != tt.want.Version || !strings.Contains(f.CipherSuite, tt.want.CipherSuite[:9]) ||
				f.Group != tt.want.Group || f.ClientAuth != tt.want.ClientAuth || f.Error != "" || f.Alert != "" {
				t.Errorf("got %s, %s, %s, SNI %s, asked %v; want %+v", f.Version, f.CipherSuite, f.Group, f.ServerName, f.ClientAuth, tt.want)
			}
			if !f.Verified || len(f.Chain) != 2 || f.System != stage.Trusted || len(f.Chain[0].DER) == 0 {
				t.Errorf("verified %v, %d certificates, system %q", f.Verified, len(f.Chain), f.System)
			}
		})
	}
}

func TestBadCertificateKeepsTheConnection(t *testing.T) {
	r, _ := authority(t)
	other := ca(t, nil, "Other")
	bad := leaf(t, other, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Hour) })
	nc := loopback(t, tlsServer(&tls.Config{Certificates: []tls.Certificate{served(bad, other)}}))
	tc, f, err := Handshake(t.Context(), nc, Options{Host: "192.0.2.1", Roots: r, Now: now})
	if got := fault(t, err); got != stage.BadCertificate {
		t.Fatalf("fault = %q (%v), want %q", got, err, stage.BadCertificate)
	}
	if got, want := brief(f.Faults), "name-mismatch@0 expired@0 unknown-authority@1"; got != want {
		t.Errorf("faults = %q, want %q", got, want)
	}
	if f.Version != "TLS 1.3" || f.ServerName != "" || f.Verified || f.Error == "" {
		t.Errorf("got %+v", f)
	}
	if _, err := tc.Write([]byte("still open")); err != nil {
		t.Errorf("the connection is not open: %v", err)
	}
	tc.Close()
}

// raw returns a server that reads the ClientHello and then sends answer.
func raw(answer string) func(net.Conn) {
	return func(c net.Conn) {
		buf := make([]byte, 4096)
		c.Read(buf)
		io.WriteString(c, answer)
	}
}

func alert(number byte) string { return "\x15\x03\x03\x00\x02\x02" + string(rune(number)) }

// failureCase is a handshake that fails.
type failureCase struct {
	name    string
	serve   func(net.Conn)
	fault   stage.Fault
	alert   string
	first   string
	faults  string
	clients bool
}

func failureCases(cert tls.Certificate) []failureCase {
	reset := func(c net.Conn) {
		c.Read(make([]byte, 16))
		c.(*net.TCPConn).SetLinger(0)
	}
	garbled := cert
	garbled.Certificate = [][]byte{{0x30, 0x03, 0x02, 0x01, 0x01}}
	return []failureCase{
		{name: "SMTP in clear", serve: raw("220 mail.example ESMTP\r\n250 more\r\n"), fault: stage.PlaintextAnswer, first: `220 mail.example ESMTP\x0d\x0a250 more`},
		{
			name: "IMAP in clear, in two parts", fault: stage.PlaintextAnswer, first: "* OK ready",
			serve: func(c net.Conn) {
				io.WriteString(c, "* OK ")
				io.WriteString(c, "ready\r\n")
				io.Copy(io.Discard, c)
			},
		},
		{name: "POP3 with a timestamp", serve: raw("+OK Dovecot <1896.697170952@mail.example> ready\r\n"), fault: stage.PlaintextAnswer, first: "+OK Dovecot <…> ready"},
		{name: "shorter than a record", serve: raw("-1\r\n"), fault: stage.PlaintextAnswer, first: "-1"},
		{name: "terminal codes", serve: raw("\x1b[2Jmail\xff\r\n"), fault: stage.PlaintextAnswer, first: `\x1b[2Jmail\xff`},
		{name: "endless text", serve: raw(strings.Repeat("x", 10_000)), fault: stage.PlaintextAnswer, first: strings.Repeat("x", maxFirst)},
		{name: "handshake_failure", serve: raw(alert(40)), fault: stage.TLSAlert, alert: "handshake_failure (40)"},
		{name: "unrecognized_name", serve: raw(alert(112)), fault: stage.TLSAlert, alert: "unrecognized_name (112)"},
		{name: "unknown alert", serve: raw(alert(99)), fault: stage.TLSAlert, alert: "alert (99)"},
		{name: "protocol_version", serve: raw(alert(70)), fault: stage.TLSVersion, alert: "protocol_version (70)"},
		{name: "TLS 1.0 alone", serve: tlsServer(&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}), fault: stage.TLSVersion, alert: "protocol_version (70)"},
		{
			// A ServerHello for TLS 1.0, whatever was offered.
			name: "TLS 1.0 selected", fault: stage.TLSVersion,
			serve: raw("\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" + strings.Repeat("r", 32) + "\x00\xc0\x0a\x00"),
		},
		{name: "closed", serve: raw(""), fault: stage.HandshakeClosed},
		{name: "closed within a record", serve: raw("\x16\x03\x03"), fault: stage.HandshakeClosed},
		{name: "reset", serve: reset, fault: stage.HandshakeReset},
		{name: "nonsense in a record", serve: raw("\x16\x03\x03\x00\x05hello"), fault: stage.TLSProtocol},
		{name: "SSL 2", serve: raw("\x80\x2e\x01\x00\x02hello"), fault: stage.TLSProtocol},
		{name: "no certificate to be read", serve: tlsServer(&tls.Config{Certificates: []tls.Certificate{garbled}}), fault: stage.BadCertificate, faults: "unparsable@0"},
		{
			name: "client certificate required, TLS 1.2", fault: stage.ClientCertAsked, alert: "handshake_failure (40)", clients: true,
			serve: tlsServer(&tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}),
		},
	}
}

func TestFailures(t *testing.T) {
	r, cert := authority(t)
	for _, tt := range failureCases(cert) {
		t.Run(tt.name, func(t *testing.T) {
			nc := loopback(t, tt.serve)
			tc, f, err := Handshake(t.Context(), nc, Options{Host: "mail.example", Roots: r, Now: now})
			if tc != nil {
				t.Error("a connection came back")
			}
			if got := fault(t, err); got != tt.fault {
				t.Errorf("fault = %q (%v), want %q", got, err, tt.fault)
			}
			if f.Alert != tt.alert || f.FirstBytes != tt.first || brief(f.Faults) != tt.faults || f.ClientAuth != tt.clients {
				t.Errorf("alert %q, first bytes %q, faults %q, client certificate %v; want %q, %q, %q, %v",
					f.Alert, f.FirstBytes, brief(f.Faults), f.ClientAuth, tt.alert, tt.first, tt.faults, tt.clients)
			}
			if f.Error == "" || f.Error != stage.Visible(f.Error) {
				t.Errorf("error in the facts: %q", f.Error)
			}
		})
	}
}

// With TLS 1.3 the refusal comes after our handshake is complete.
func TestClientCertificateRequired(t *testing.T) {
	r, cert := authority(t)
	nc := loopback(t, tlsServer(&tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert}))
	tc, f, err := Handshake(t.Context(), nc, Options{Host: "mail.example", Roots: r, Now: now})
	if err != nil || !f.ClientAuth {
		t.Fatalf("error %v, asked %v", err, f.ClientAuth)
	}
	defer tc.Close()
	_, err = tc.Read(make([]byte, 1))
	h := &handshake{facts: f}
	if !h.readAlert(err) || f.Alert != "certificate_required (116)" || h.alertFault() != stage.ClientCertAsked {
		t.Errorf("read error %v gives %q", err, f.Alert)
	}
	if got := wire.Fault(err, false).Fault; got != stage.ClientCertAsked {
		t.Errorf("read error %v is %s on the wire", err, got)
	}
	if got := wire.Fault(io.EOF, false).Fault; got == stage.ClientCertAsked {
		t.Error("an end of stream counts as a wish for a certificate")
	}
}

func TestTime(t *testing.T) {
	r, _ := authority(t)
	stopped := errors.New("stopped by hand")
	runEnded := errors.New("the run is over")
	for _, tt := range []struct {
		name  string
		ctx   func(context.Context) (context.Context, context.CancelFunc)
		after time.Duration
		fault stage.Fault
		is    []error
	}{
		{
			name: "stage timeout", after: 30 * time.Second, fault: stage.HandshakeTimeout, is: []error{context.DeadlineExceeded},
			ctx: func(c context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(c, 30*time.Second)
			},
		},
		{
			name: "run timeout", after: 5 * time.Second, fault: stage.HandshakeTimeout, is: []error{context.DeadlineExceeded, runEnded},
			ctx: func(c context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeoutCause(c, 5*time.Second, runEnded)
			},
		},
		{
			name: "interrupted", after: 2 * time.Second, fault: stage.HandshakeClosed, is: []error{context.Canceled, stopped},
			ctx: func(c context.Context) (context.Context, context.CancelFunc) {
				c, cancel := context.WithCancelCause(c)
				time.AfterFunc(2*time.Second, func() { cancel(stopped) })
				return c, func() { cancel(nil) }
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				defer client.Close() // it is left open if the deadline passed
				go func() { io.Copy(io.Discard, server); server.Close() }()
				ctx, cancel := tt.ctx(t.Context())
				defer cancel()
				begin := time.Now()
				_, f, err := Handshake(ctx, client, Options{Host: "mail.example", Roots: r, Now: now})
				if got := fault(t, err); got != tt.fault {
					t.Errorf("fault = %q (%v), want %q", got, err, tt.fault)
				}
				for _, want := range tt.is {
					if !errors.Is(err, want) {
						t.Errorf("error %v is not %v", err, want)
					}
				}
				if got := time.Since(begin); got != tt.after {
					t.Errorf("took %v, want %v", got, tt.after)
				}
				if f.FirstBytes != "" {
					t.Errorf("first bytes %q", f.FirstBytes)
				}
				// If only the deadline passed, the kernel's counters are still
				// available.
				closed := client.SetDeadline(time.Time{}) != nil
				if want := tt.fault == stage.HandshakeClosed; closed != want {
					t.Errorf("closed %v, want %v", closed, want)
				}
			})
		})
	}
}

// A deadline of the connection counts as well, and a peer that sends cleartext slowly
// doesn't delay the end.
func TestDeadlines(t *testing.T) {
	r, _ := authority(t)
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		go func() { io.Copy(io.Discard, server); server.Close() }()
		client.SetDeadline(time.Now().Add(time.Second))
		_, _, err := Handshake(t.Context(), client, Options{Host: "mail.example", Roots: r, Now: now})
		if got := fault(t, err); got != stage.HandshakeTimeout {
			t.Errorf("fault = %q (%v), want %q", got, err, stage.HandshakeTimeout)
		}
		client.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		go io.Copy(io.Discard, server)
		go func() {
			defer server.Close()
			io.WriteString(server, "220 m")
			for range 100 {
				time.Sleep(150 * time.Millisecond)
				if _, err := io.WriteString(server, "x"); err != nil {
					return
				}
			}
		}()
		begin := time.Now()
		_, f, err := Handshake(t.Context(), client, Options{Host: "mail.example", Roots: r, Now: now})
		if got := fault(t, err); got != stage.PlaintextAnswer || f.FirstBytes != "220 mx" {
			t.Errorf("fault = %q, first bytes %q", got, f.FirstBytes)
		}
		if got := time.Since(begin); got != moreWait {
			t.Errorf("took %v, want %v", got, moreWait)
		}
		client.Close()
		time.Sleep(time.Second) // the server closes the connection
	})
}

// If a few cleartext bytes are followed by silence, the bytes determine the fault,
// unless the user interrupted the run.
func TestSilenceAfterPlaintext(t *testing.T) {
	r, _ := authority(t)
	for _, tt := range []struct {
		end   func(context.CancelFunc)
		fault stage.Fault
		first string
	}{
		{func(context.CancelFunc) {}, stage.PlaintextAnswer, "220"},
		{func(cancel context.CancelFunc) { cancel() }, stage.HandshakeClosed, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := net.Pipe()
			defer client.Close()
			go func() { io.Copy(io.Discard, server); server.Close() }()
			go io.WriteString(server, "220")
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			time.AfterFunc(time.Second, func() { tt.end(cancel) })
			_, f, err := Handshake(ctx, client, Options{Host: "mail.example", Roots: r, Now: now})
			if got := fault(t, err); got != tt.fault || f.FirstBytes != tt.first {
				t.Errorf("fault = %q, first bytes %q; want %q, %q", got, f.FirstBytes, tt.fault, tt.first)
			}
		})
	}
}

// crypto/tls itself refuses RSA keys below 1024 bits, during the handshake.
func TestTinyKey(t *testing.T) {
	refused := errors.New("tls: invalid signature by the server certificate: crypto/rsa: 512-bit keys are insecure")
	for _, tt := range []struct {
		faults []stage.CertFault
		want   stage.Fault
	}{
		{[]stage.CertFault{{ID: stage.CertWeakKey}}, stage.BadCertificate},
		{[]stage.CertFault{{ID: stage.CertWeakKey, Depth: 1}}, stage.TLSProtocol},
		{nil, stage.TLSProtocol},
	} {
		h := &handshake{conn: new(capture), facts: &stage.TLSFacts{Faults: tt.faults}}
		if got := fault(t, h.failed(t.Context(), refused, failing(tt.faults))); got != tt.want {
			t.Errorf("with %v: fault %q, want %q", tt.faults, got, tt.want)
		}
	}
}
