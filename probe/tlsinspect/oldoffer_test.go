package tlsinspect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// offering makes an old program's handshake with a server of crypto/tls.
func offering(t *testing.T, h stage.Hello, config *tls.Config, r *Roots) (*stage.TLSFacts, error) {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() { defer close(done); defer far.Close(); tls.Server(far, config).Handshake() }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	facts, err := HandshakeOld(ctx, near, Options{Host: "mail.example", Hello: h, Roots: r, Now: now})
	near.Close()
	<-done
	return facts, err
}

func faultIn(err error) stage.Fault {
	if e, ok := err.(*stage.Error); ok {
		return e.Fault
	}
	return ""
}

// Old offers meet servers with different capabilities.
func TestOffers(t *testing.T) {
	root := ca(t, nil, "Root")
	known := roots(t, pool(root), pool(root), nil)
	cert := served(sign(t, root, rsaKey(t, 2048), leafTemplate(), func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	}))
	curves := []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
	byRSA := []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	for _, tt := range []struct {
		name     string
		hello    stage.Hello
		min, max uint16
		suites   []uint16
		version  string // empty: no agreement
		fault    stage.Fault
	}{
		{"1.0 to 1.0", stage.HelloTLS10, tls.VersionTLS10, tls.VersionTLS12, curves, "TLS 1.0", ""},
		{"1.0 to 1.2", stage.HelloTLS10, tls.VersionTLS12, tls.VersionTLS13, curves, "", stage.TLSVersion},
		{"1.1 to 1.0", stage.HelloTLS11, tls.VersionTLS10, tls.VersionTLS10, curves, "TLS 1.0", ""},
		{"1.1 to 1.1", stage.HelloTLS11, tls.VersionTLS10, tls.VersionTLS13, curves, "TLS 1.1", ""},
		{"1.2 to 1.2", stage.HelloTLS12, tls.VersionTLS12, tls.VersionTLS13, curves, "TLS 1.2", ""},
		{"1.2 to 1.3", stage.HelloTLS12, tls.VersionTLS13, tls.VersionTLS13, nil, "", stage.TLSVersion},
		{"RSA to curves", stage.HelloRSA, tls.VersionTLS12, tls.VersionTLS12, curves, "", stage.TLSAlert},
		{"RSA to RSA", stage.HelloRSA, tls.VersionTLS12, tls.VersionTLS12, byRSA, "TLS 1.2", ""},
		{"1.0 and RSA to both", stage.HelloTLS10RSA, tls.VersionTLS10, tls.VersionTLS12, byRSA, "TLS 1.0", ""},
		{"1.0 and RSA to curves", stage.HelloTLS10RSA, tls.VersionTLS10, tls.VersionTLS12, curves, "", stage.TLSAlert},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tt.min, MaxVersion: tt.max, CipherSuites: tt.suites}
			facts, err := offering(t, tt.hello, config, known)
			if faultIn(err) != tt.fault || facts.Version != tt.version {
				t.Fatalf("%v: %+v", err, facts)
			}
			if agreed := tt.version != ""; facts.Verified != agreed || agreed != (facts.Root != nil) {
				t.Errorf("verified %v, root %v", facts.Verified, facts.Root)
			}
		})
	}
}

// The certificate is verified as in a usual handshake, except with the ClientHello that
// offers everything.
func TestOffersJudge(t *testing.T) {
	root := ca(t, nil, "Root")
	known := roots(t, pool(root), pool(root), nil)
	other := &tls.Config{Certificates: []tls.Certificate{served(leaf(t, root, func(c *x509.Certificate) { c.DNSNames = []string{"www.example"} }))}}
	facts, err := offering(t, stage.HelloTLS12, other, known)
	if faultIn(err) != stage.BadCertificate || facts.Verified || len(facts.Faults) == 0 || facts.Faults[0].ID != stage.CertNameMismatch {
		t.Errorf("another name: %v, %+v", err, facts)
	}
	facts, err = offering(t, stage.HelloOld, other, known)
	if err != nil || len(facts.Faults) > 0 || facts.System != "" {
		t.Errorf("all that there ever was: %v, %+v", err, facts)
	}
}

// If a server's own certificate can't be parsed, no other one is used in its place.
func TestOffersCannotRead(t *testing.T) {
	root := ca(t, nil, "Root")
	cert := leaf(t, root)
	chain := append([]byte{0, 0, 3, 0x30, 1, 0}, byte(len(cert.Raw)>>16), byte(len(cert.Raw)>>8), byte(len(cert.Raw)))
	chain = append(chain, cert.Raw...)
	n := len(chain)
	a := &oldAnswer{facts: new(stage.TLSFacts)}
	if err := a.certificates(append([]byte{byte(n >> 16), byte(n >> 8), byte(n)}, chain...)); err != nil {
		t.Fatal(err)
	}
	err := a.judge(Options{Host: "mail.example", Hello: stage.HelloTLS12, Roots: roots(t, pool(root), pool(root), nil), Now: now})
	if faultIn(err) != stage.BadCertificate || a.facts.Faults[0].ID != stage.CertUnparsable || a.facts.Verified {
		t.Errorf("%v, %+v", err, a.facts)
	}
	if err := new(oldAnswer).judge(Options{Hello: stage.HelloTLS12}); faultIn(err) != stage.TLSProtocol {
		t.Errorf("no certificate at all: %v", err)
	}
}
