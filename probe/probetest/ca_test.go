package probetest_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"testing"
	"time"

	"maildoctor/probe/probetest"
)

// authority is a root and an intermediate below it.
func authority(t *testing.T) (root, middle *probetest.CA) {
	t.Helper()
	root, err := probetest.NewCA("Test Root")
	if err != nil {
		t.Fatal(err)
	}
	if middle, err = root.Intermediate("Test Intermediate"); err != nil {
		t.Fatal(err)
	}
	return root, middle
}

// verify verifies what the server sends, as a client does.
func verify(t *testing.T, cert tls.Certificate, roots *x509.CertPool, name string) error {
	t.Helper()
	pool := x509.NewCertPool()
	for _, der := range cert.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		pool.AddCert(c)
	}
	_, err := cert.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, Intermediates: pool})
	return err
}

func TestIssue(t *testing.T) {
	now := time.Now()
	is := func(want x509.InvalidReason) func(error) bool {
		return func(err error) bool {
			e, ok := errors.AsType[x509.CertificateInvalidError](err)
			return ok && e.Reason == want
		}
	}
	unknown := func(err error) bool { _, ok := errors.AsType[x509.UnknownAuthorityError](err); return ok }
	hostname := func(err error) bool { _, ok := errors.AsType[x509.HostnameError](err); return ok }
	good := func(err error) bool { return err == nil }
	names := []string{"mail.example.test"}
	tests := []struct {
		name  string
		leaf  probetest.Leaf
		wants func(error) bool
		chain int
	}{
		{"good", probetest.Leaf{Names: names}, good, 2},
		{"root sent", probetest.Leaf{Names: names, SendRoot: true}, good, 3},
		{"RSA-2048", probetest.Leaf{Names: names, Key: probetest.RSA2048}, good, 2},
		{"RSA-1024", probetest.Leaf{Names: names, Key: probetest.RSA1024}, good, 2}, // Go takes it
		{"expired", probetest.Leaf{Names: names, NotAfter: now.Add(-time.Hour)}, is(x509.Expired), 2},
		{"not yet", probetest.Leaf{Names: names, NotBefore: now.Add(time.Hour)}, is(x509.Expired), 2},
		{"other name", probetest.Leaf{Names: []string{"www.example.test"}}, hostname, 2},
		{"no SAN", probetest.Leaf{Names: names, NoSAN: true}, hostname, 2},
		{"self-signed", probetest.Leaf{Names: names, SelfSigned: true}, unknown, 1},
		{"no intermediate", probetest.Leaf{Names: names, OmitIntermediate: true}, unknown, 1},
		{"SHA-1", probetest.Leaf{Names: names, SHA1: true}, unknown, 2}, // see SignatureAlgorithm
		{"for clients", probetest.Leaf{Names: names, ClientOnly: true}, is(x509.IncompatibleUsage), 2},
	}
	root, middle := authority(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cert, err := middle.Issue(test.leaf)
			if err != nil {
				t.Fatal(err)
			}
			if len(cert.Certificate) != test.chain {
				t.Errorf("%d certificates, want %d", len(cert.Certificate), test.chain)
			}
			if err := verify(t, cert, root.Pool(), "mail.example.test"); !test.wants(err) {
				t.Errorf("Verify: %v", err)
			}
			if sha1 := cert.Leaf.SignatureAlgorithm == x509.ECDSAWithSHA1; sha1 != test.leaf.SHA1 {
				t.Errorf("signed with %v", cert.Leaf.SignatureAlgorithm)
			}
			if key, ok := cert.Leaf.PublicKey.(*rsa.PublicKey); ok && "RSA-"+bits(key) != string(test.leaf.Key) {
				t.Errorf("a key of %s bits", bits(key))
			}
		})
	}
}

func bits(k *rsa.PublicKey) string {
	if k.N.BitLen() == 1024 {
		return "1024"
	}
	return "2048"
}

func TestIssueDetails(t *testing.T) {
	_, middle := authority(t)
	cert, err := middle.Issue(probetest.Leaf{
		IPs: []net.IP{net.IPv4(127, 0, 0, 1)}, CommonName: "a name", AIA: "http://127.0.0.1:1/issuer",
	})
	if err != nil {
		t.Fatal(err)
	}
	l := cert.Leaf
	if err := l.VerifyHostname("127.0.0.1"); err != nil {
		t.Error(err)
	}
	if l.Subject.CommonName != "a name" || len(l.IssuingCertificateURL) != 1 || l.IssuingCertificateURL[0] != "http://127.0.0.1:1/issuer" {
		t.Errorf("subject %v, AIA %v", l.Subject, l.IssuingCertificateURL)
	}
	if _, err := middle.Issue(probetest.Leaf{Key: "Ed448"}); err == nil {
		t.Error("an unknown kind of key was made")
	}
	block, _ := pem.Decode(middle.PEM())
	if block == nil || !bytes.Equal(block.Bytes, middle.Certificate.Raw) {
		t.Error("PEM is not the certificate")
	}
}

func TestExpiredAuthority(t *testing.T) {
	root, err := probetest.NewCA("Root")
	if err != nil {
		t.Fatal(err)
	}
	old, err := root.IntermediateAuthority("Old", probetest.Authority{NotAfter: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := old.Issue(probetest.Leaf{Names: []string{"mail.example.test"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(t, cert, root.Pool(), "mail.example.test"); err == nil {
		t.Error("a chain with an expired intermediate was accepted")
	}
}

// A script can switch to TLS, or begin with it.
func TestPlayTLS(t *testing.T) {
	root, middle := authority(t)
	cert, err := middle.Issue(probetest.Leaf{Names: []string{"mail.example.test"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"S: 220 go\nstarttls\nS: hello\nC: QUIT", "starttls\nS: hello\nC: QUIT"} {
		client, server := probetest.Pipe(0)
		done := make(chan error)
		go func() { done <- probetest.PlayTLS(server, script, probetest.TLS(cert)) }()
		if script[0] == 'S' {
			if got := read(t, client); got != "220 go\r\n" {
				t.Errorf("got %q", got)
			}
		}
		c := tls.Client(client, &tls.Config{RootCAs: root.Pool(), ServerName: "mail.example.test"})
		if got := read(t, c); got != "hello\r\n" {
			t.Errorf("got %q", got)
		}
		c.Write([]byte("QUIT\r\n"))
		if err := <-done; err != nil {
			t.Error(err)
		}
		c.Close()
	}
}
