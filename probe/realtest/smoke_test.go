package realtest_test

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

func certFiles(t *testing.T) (cert, key string) {
	ca, err := probetest.NewCA("Test Root")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ca.Issue(probetest.Leaf{Names: []string{"mail.test"}})
	if err != nil {
		t.Fatal(err)
	}
	return pemFiles(t, c)
}

func pemFiles(t *testing.T, c tls.Certificate) (cert, key string) {
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	var chain []byte
	for _, der := range c.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(cert, chain, 0o644)
	os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o644)
	return cert, key
}

func TestServersGreet(t *testing.T) {
	cert, key := certFiles(t)
	d := realtest.StartDovecot(t, realtest.DovecotConfig{Certificate: cert, Key: key, Mechanisms: "plain login cram-md5 scram-sha-1 scram-sha-256 apop", Quota: "10M"})
	p := realtest.StartPostfix(t, realtest.PostfixConfig{Certificate: cert, Key: key, Auth: d.Auth})
	e := realtest.StartExim(t, realtest.EximConfig{Certificate: cert, Key: key})
	for port, want := range map[int]string{d.IMAP: "* OK ", d.POP3: "+OK ", p.Submission: "220 mx.mail.test", e.Submission: "220 mx.mail.test"} {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(c).ReadString('\n')
		c.Close()
		if !strings.HasPrefix(line, want) {
			t.Errorf("port %d: %q, %v; want %q", port, line, err, want)
		}
	}
}
