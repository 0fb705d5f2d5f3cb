package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"

	"maildoctor/cmd/internal/fault"
)

// signerFiles writes a certificate for a key, and the key.
func signerFiles(t *testing.T, key any, public any) (cert, keyFile string, root *x509.Certificate) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "signer"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, keyFile, root
}

// TestExportSigned: the signature is by the key of the certificate, over the
// unsigned file.
func TestExportSigned(t *testing.T) {
	onCurve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	withRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][2]any{"ECDSA": {onCurve, &onCurve.PublicKey}, "RSA": {withRSA, &withRSA.PublicKey}} {
		cert, keyFile, root := signerFiles(t, key[0], key[1])
		args := []string{"settings", "jane@q.com", "--as", "mobileconfig"}
		plain, signed := &screen{}, &screen{}
		run(t, fault.ExitWorks, plain.pipe(), args...)
		args = append(args, "--sign-cert", cert, "--sign-key", keyFile)
		run(t, fault.ExitWorks, signed.pipe(), args...)
		message, err := pkcs7.Parse([]byte(signed.out.String()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(message.Content, []byte(plain.out.String())) {
			t.Errorf("%s: what is signed differs from what is not", name)
		}
		roots := x509.NewCertPool()
		roots.AddCert(root)
		if err := message.VerifyWithChain(roots); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		message.Content[len(message.Content)-10] ^= 1
		if err := message.VerifyWithChain(roots); err == nil {
			t.Errorf("%s: it holds over a file that was changed", name)
		}
		run(t, fault.ExitUsage, (&screen{}).terminal(), args...) // binary, to a terminal
	}
}
