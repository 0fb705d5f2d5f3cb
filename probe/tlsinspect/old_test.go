package tlsinspect

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
)

// tryOld returns a server's response to an old ClientHello.
func tryOld(t *testing.T, host string, server func(net.Conn)) (*stage.TLSFacts, stage.Fault) {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() { defer close(done); defer far.Close(); server(far) }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	facts, err := HandshakeOld(ctx, near, Options{Host: host, Hello: stage.HelloOld})
	near.Close()
	<-done
	if err == nil {
		return facts, ""
	}
	e, ok := err.(*stage.Error)
	if !ok {
		t.Fatalf("error %T %v", err, err)
	}
	return facts, e.Fault
}

// Servers of crypto/tls accept the ClientHello and select what they are configured to.
func TestOldServers(t *testing.T) {
	root := ca(t, nil, "Root")
	ec := served(leaf(t, root))
	byRSA := served(sign(t, root, rsaKey(t, 2048), leafTemplate(), func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	}))
	for _, tt := range []struct {
		name           string
		cert           tls.Certificate
		version        uint16
		suite          uint16
		wantVersion    string
		wantSuite      string
		wantGroup      string
		auth           tls.ClientAuthType
		wantAuth       bool
		host, wantName string
	}{
		{name: "TLS 1.0", cert: byRSA, version: tls.VersionTLS10, wantVersion: "TLS 1.0", wantSuite: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", wantGroup: "X25519"},
		{name: "TLS 1.1", cert: byRSA, version: tls.VersionTLS11, wantVersion: "TLS 1.1", wantSuite: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", wantGroup: "X25519"},
		{name: "TLS 1.2, curves", cert: ec, version: tls.VersionTLS12, wantVersion: "TLS 1.2", wantSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", wantGroup: "X25519"},
		{name: "RSA key exchange", cert: byRSA, version: tls.VersionTLS12, suite: tls.TLS_RSA_WITH_AES_128_CBC_SHA, wantVersion: "TLS 1.2", wantSuite: "TLS_RSA_WITH_AES_128_CBC_SHA"},
		{name: "3DES", cert: byRSA, version: tls.VersionTLS12, suite: tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, wantVersion: "TLS 1.2", wantSuite: "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
		{name: "RC4", cert: byRSA, version: tls.VersionTLS10, suite: tls.TLS_RSA_WITH_RC4_128_SHA, wantVersion: "TLS 1.0", wantSuite: "TLS_RSA_WITH_RC4_128_SHA"},
		{name: "wants a certificate", cert: ec, version: tls.VersionTLS12, auth: tls.RequireAnyClientCert, wantAuth: true, wantVersion: "TLS 1.2", wantSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", wantGroup: "X25519"},
		{name: "an address", cert: ec, version: tls.VersionTLS12, host: "192.0.2.1", wantName: "-", wantVersion: "TLS 1.2", wantSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", wantGroup: "X25519"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := &tls.Config{Certificates: []tls.Certificate{tt.cert}, MinVersion: tls.VersionTLS10, MaxVersion: tt.version, ClientAuth: tt.auth}
			if tt.suite != 0 {
				config.CipherSuites = []uint16{tt.suite}
			}
			var asked string
			config.GetConfigForClient = func(i *tls.ClientHelloInfo) (*tls.Config, error) {
				asked = i.ServerName
				return nil, nil
			}
			host := "mail.example"
			if tt.host != "" {
				host = tt.host
			}
			facts, fault := tryOld(t, host, func(c net.Conn) { tls.Server(c, config).Handshake() })
			if fault != "" || facts.Version != tt.wantVersion || facts.CipherSuite != tt.wantSuite || facts.Group != tt.wantGroup || facts.ClientAuth != tt.wantAuth {
				t.Errorf("%s: %+v", fault, facts)
			}
			if len(facts.Chain) != 1 || facts.Chain[0].Subject != "CN=mail.example" {
				t.Errorf("chain %+v", facts.Chain)
			}
			if want := strings.TrimPrefix("mail.example"+tt.wantName, "mail.example-"); asked != want || facts.ServerName != want {
				t.Errorf("asked for %q, facts say %q, want %q", asked, facts.ServerName, want)
			}
		})
	}
}

// record puts messages into one record.
func record(messages ...[]byte) []byte {
	return append16([]byte{recordHandshake, 3, 3}, bytes.Join(messages, nil))
}

func message(kind byte, body []byte) []byte {
	n := len(body)
	return append([]byte{kind, byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

func helloMessage(version, suite uint16) []byte {
	b := binary.BigEndian.AppendUint16(nil, version)
	b = append(b, make([]byte, 32)...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint16(b, suite)
	return message(messageServerHello, append(b, 0))
}

// dhe returns the response of a server with a finite-field group of that many bits.
func dhe(bits int) []byte {
	prime := make([]byte, (bits+7)/8+1) // with a leading zero, as some servers send
	prime[1] = 1 << ((bits - 1) % 8)
	exchange := append16(append16(append16(nil, prime), []byte{2}), make([]byte, len(prime)))
	return record(helloMessage(tls.VersionTLS12, 0x009e), message(messageServerKeyExchange, exchange), message(messageServerHelloDone, nil))
}

func TestOldAnswers(t *testing.T) {
	split := func(b []byte) []byte { // the same messages, with one byte per record
		var out []byte
		for _, x := range b[5:] {
			out = append(out, record([]byte{x})...)
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		answer []byte
		fault  stage.Fault
		check  func(*stage.TLSFacts) bool
	}{
		{"DHE, 512 bits", dhe(512), "", func(f *stage.TLSFacts) bool {
			return f.DHBits == 512 && f.CipherSuite == "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
		}},
		{"DHE, 2048 bits, in pieces", split(dhe(2048)), "", func(f *stage.TLSFacts) bool { return f.DHBits == 2048 }},
		{"DHE, 1001 bits", dhe(1001), "", func(f *stage.TLSFacts) bool { return f.DHBits == 1001 }},
		{"SSL 3", record(helloMessage(0x0300, 0x000a), message(messageServerHelloDone, nil)), "", func(f *stage.TLSFacts) bool { return f.Version == "SSLv3" }},
		{"a suite that nobody offered", record(helloMessage(tls.VersionTLS12, 0x1234), message(messageServerHelloDone, nil)), "", func(f *stage.TLSFacts) bool { return f.CipherSuite == "0x1234" }},
		{"a curve that nobody offered", record(helloMessage(tls.VersionTLS12, 0xc02f), message(messageServerKeyExchange, []byte{3, 0, 99}), message(messageServerHelloDone, nil)), "", func(f *stage.TLSFacts) bool { return f.Group == "group 99" }},
		{"a warning first", append([]byte{21, 3, 3, 0, 2, 1, 112}, dhe(1024)...), "", func(f *stage.TLSFacts) bool { return f.DHBits == 1024 && f.Alert == "" }},
		{"handshake_failure", []byte{21, 3, 3, 0, 2, 2, 40}, stage.TLSAlert, func(f *stage.TLSFacts) bool { return f.Alert == "handshake_failure (40)" }},
		{"protocol_version", []byte{21, 3, 3, 0, 2, 2, 70}, stage.TLSVersion, func(f *stage.TLSFacts) bool { return f.Alert == "protocol_version (70)" }},
		{"clear text", []byte("220 mail.example ESMTP\r\n"), stage.PlaintextAnswer, func(f *stage.TLSFacts) bool { return f.FirstBytes == "220 mail.example ESMTP" }},
		{"closed", nil, stage.HandshakeClosed, nil},
		{"closed after ServerHello", record(helloMessage(tls.VersionTLS10, 0x002f)), stage.HandshakeClosed, func(f *stage.TLSFacts) bool { return f.Version == "TLS 1.0" }},
		{"TLS 1.3 in the old place", record(helloMessage(tls.VersionTLS13, 0x1301)), stage.TLSProtocol, nil},
		{"no ServerHello first", record(message(messageServerHelloDone, nil)), stage.TLSProtocol, nil},
		{
			"two chains", record(helloMessage(tls.VersionTLS12, 0x002f), message(messageCertificate, []byte{0, 0, 4, 0, 0, 1, 48}), message(messageCertificate, []byte{0, 0, 0})),
			stage.TLSProtocol, nil,
		},
		{"two of them", record(helloMessage(tls.VersionTLS12, 0x002f), helloMessage(tls.VersionTLS12, 0x002f)), stage.TLSProtocol, nil},
		{"a ServerHello cut short", record(message(messageServerHello, make([]byte, 20))), stage.TLSProtocol, nil},
		{"a record too large", []byte{22, 3, 3, 0xff, 0xff}, stage.TLSProtocol, nil},
		{"a message too large", record(helloMessage(tls.VersionTLS12, 0x002f), []byte{messageCertificate, 0xff, 0, 0}), stage.TLSProtocol, nil},
		{"application data", []byte{23, 3, 3, 0, 1, 0}, stage.TLSProtocol, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			facts, fault := tryOld(t, "mail.example", func(c net.Conn) {
				readRecord(c)
				c.Write(tt.answer)
				if tt.fault == "" {
					io.Copy(io.Discard, c)
				}
			})
			if fault != tt.fault {
				t.Errorf("fault %q, want %q; %+v", fault, tt.fault, facts)
			}
			if tt.check != nil && !tt.check(facts) {
				t.Errorf("%+v", facts)
			}
		})
	}
}

// A server that sends endlessly is abandoned, and so is a silent one.
func TestOldAnswerIsBounded(t *testing.T) {
	_, fault := tryOld(t, "mail.example", func(c net.Conn) {
		readRecord(c)
		c.Write(record(helloMessage(tls.VersionTLS12, 0x002f)))
		for {
			if _, err := c.Write(record(message(99, make([]byte, 16000)))); err != nil {
				return
			}
		}
	})
	if fault != stage.TLSProtocol {
		t.Errorf("without end: %q", fault)
	}
	synctest.Test(t, func(t *testing.T) {
		_, fault := tryOld(t, "mail.example", func(c net.Conn) { io.Copy(io.Discard, c) })
		if fault != stage.HandshakeTimeout {
			t.Errorf("silent: %q", fault)
		}
	})
}

// Ending the context ends the wait for a server's response.
func TestOldCancelled(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { readRecord(far); cancel() }()
	_, err := HandshakeOld(ctx, near, Options{Host: "mail.example", Hello: stage.HelloOld})
	if err == nil || ctx.Err() == nil {
		t.Errorf("error %v", err)
	}
}

// sent returns what a client sends before it waits for an answer.
func sent(t *testing.T, send func(net.Conn)) []byte {
	t.Helper()
	near, far := net.Pipe()
	go func() { send(near); near.Close() }()
	kind, body, err := readRecord(far)
	far.Close()
	if err != nil || kind != recordHandshake {
		t.Fatalf("record of type %d, %v", kind, err)
	}
	return body
}

// Each form of the ClientHello has the required size.
func TestSizeOfHellos(t *testing.T) {
	r, err := NewRoots(x509.NewCertPool(), x509.NewCertPool(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ours := func(host string, h stage.Hello) []byte {
		return sent(t, func(c net.Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if opt := (Options{Host: host, Roots: r, Hello: h}); h.BreaksOff() {
				HandshakeOld(ctx, c, opt)
			} else {
				Handshake(ctx, c, opt)
			}
		})
	}
	const recordHeader = 5
	long := strings.Repeat("mail.", 30) + "example"
	for _, host := range []string{"mail.example", long} {
		for _, h := range []stage.Hello{
			stage.HelloSmall, stage.HelloOld, stage.HelloTLS10, stage.HelloTLS11, stage.HelloTLS12, stage.HelloRSA, stage.HelloTLS10RSA,
		} {
			if n := len(ours(host, h)) + recordHeader; n > stage.SmallSegment {
				t.Errorf("%q for %s: %d bytes do not fit into a segment of %d", h, host, n, stage.SmallSegment)
			}
		}
	}
	if n := len(ours("mail.example", stage.HelloUsual)); n < 1280 {
		t.Errorf("the usual one has %d bytes: it would fit anywhere", n)
	}
	if n := len(ours("mail.example", stage.HelloOld)); n >= unluckyFrom && n <= unluckyTo {
		t.Errorf("the old one has %d bytes, which some balancers drop", n)
	}
	if !bytes.Contains(ours("mail.example", stage.HelloUsual), []byte("mail.example")) || bytes.Contains(ours("mail.example", stage.HelloNoName), []byte("mail.example")) {
		t.Error("the name is sent, and is not where it shall not be")
	}
}

func TestSuitesAreOfferedOnce(t *testing.T) {
	seen := map[uint16]bool{}
	for _, s := range oldSuites {
		if seen[s.id] {
			t.Errorf("%s stands twice", s.name)
		}
		seen[s.id] = true
		if known := tls.CipherSuiteName(s.id); !strings.HasPrefix(known, "0x") && known != s.name && known != s.name+"_SHA256" {
			t.Errorf("0x%04x is %s, not %s", s.id, known, s.name)
		}
		for _, weak := range []string{"NULL", "EXPORT", "anon", "PSK"} {
			if strings.Contains(s.name, weak) {
				t.Errorf("%s must not be offered", s.name)
			}
		}
	}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		old := s.ID>>8 != 0x13
		if old && !seen[s.ID] {
			t.Errorf("%s is missing", s.Name)
		}
	}
}

func FuzzOldAnswer(f *testing.F) {
	f.Add(dhe(512))
	f.Add([]byte{21, 3, 3, 0, 2, 2, 40})
	f.Add(record(helloMessage(tls.VersionTLS12, 0xc02f), message(messageServerKeyExchange, []byte{3, 0, 23}), message(messageCertificate, []byte{0, 0, 4, 0, 0, 1, 5}), message(messageServerHelloDone, nil)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := &oldAnswer{facts: new(stage.TLSFacts)}
		if err := a.read(bytes.NewReader(b)); err == nil && a.facts.Version == "" {
			t.Error("done without a ServerHello")
		}
		if a.facts.DHBits < 0 || a.facts.DHBits > 8<<16 {
			t.Errorf("%d bits", a.facts.DHBits)
		}
	})
}
