package auth

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// faultOf returns the fault of an error, or what is wrong with the error.
func faultOf(err error) stage.Fault {
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		return stage.Fault("not a stage.Error: " + err.Error())
	}
	return e.Fault
}

// scramPeer is a SCRAM server written only from RFC 5802. It shares no code with the
// client's library, not even PBKDF2.
type scramPeer struct {
	hash       func() hash.Hash
	password   string
	iterations int
	gs2        string // the header that the client must send
	binding    []byte // the channel binding data, if the header says p=

	salt                     []byte
	clientFirst, serverFirst string
	nonce                    string
}

// hi is Hi() of RFC 5802 2.2.
func (p *scramPeer) hi() []byte {
	u := p.mac([]byte(p.password), append(bytes.Clone(p.salt), 0, 0, 0, 1))
	out := bytes.Clone(u)
	for range p.iterations - 1 {
		u = p.mac([]byte(p.password), u)
		for i := range out {
			out[i] ^= u[i]
		}
	}
	return out
}

func (p *scramPeer) mac(key, data []byte) []byte {
	m := hmac.New(p.hash, key)
	m.Write(data)
	return m.Sum(nil)
}

// first processes the client's first message and returns the server's.
func (p *scramPeer) first(message string) (string, error) {
	bare, ok := strings.CutPrefix(message, p.gs2)
	if !ok {
		return "", fmt.Errorf("client's first message is %q, want it to begin with %q", message, p.gs2)
	}
	_, p.nonce, _ = strings.Cut(bare, ",r=")
	p.nonce += "theServersPart"
	p.salt = []byte("sixteen bytes of")
	p.clientFirst = bare
	p.serverFirst = fmt.Sprintf("r=%s,s=%s,i=%d", p.nonce, base64.StdEncoding.EncodeToString(p.salt), p.iterations)
	return p.serverFirst, nil
}

// final processes the client's final message, verifies binding and proof, and returns
// the server's.
func (p *scramPeer) final(message string) (string, error) {
	without, proof64, _ := strings.Cut(message, ",p=")
	want := "c=" + base64.StdEncoding.EncodeToString(append([]byte(p.gs2), p.binding...)) + ",r=" + p.nonce
	if without != want {
		return "", fmt.Errorf("client's final message begins with %q, want %q", without, want)
	}
	authMessage := []byte(p.clientFirst + "," + p.serverFirst + "," + without)
	salted := p.hi()
	clientKey := p.mac(salted, []byte("Client Key"))
	h := p.hash()
	h.Write(clientKey)
	signature := p.mac(h.Sum(nil), authMessage)
	proof, err := base64.StdEncoding.DecodeString(proof64)
	if err != nil || len(proof) != len(clientKey) {
		return "", fmt.Errorf("no proof: %q", proof64)
	}
	for i := range proof {
		proof[i] ^= signature[i]
	}
	if !bytes.Equal(proof, clientKey) {
		return "", errors.New("the proof is wrong")
	}
	serverKey := p.mac(salted, []byte("Server Key"))
	return "v=" + base64.StdEncoding.EncodeToString(p.mac(serverKey, authMessage)), nil
}

// run performs the exchange with a client and returns the peer's error.
func (p *scramPeer) run(c Client) error {
	_, ir, err := c.Start()
	if err != nil {
		return err
	}
	answer := string(ir)
	for _, step := range []func(string) (string, error){p.first, p.final} {
		challenge, err := step(answer)
		if err != nil {
			return err
		}
		out, err := c.Next([]byte(challenge))
		if err != nil {
			return err
		}
		answer = string(out)
	}
	if answer != "" {
		return fmt.Errorf("after the end the client says %q", answer)
	}
	return c.Done()
}

func hashOf(m Mechanism) func() hash.Hash {
	if m == ScramSHA1 || m == ScramSHA1Plus {
		return sha1.New
	}
	return sha256.New
}

// states are the states of one TLS connection at both ends.
type states struct{ client, server tls.ConnectionState }

// tlsPair makes a TLS connection in memory.
func tlsPair(t *testing.T, version uint16, cert tls.Certificate) states {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	server := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: version})
	client := tls.Client(near, &tls.Config{InsecureSkipVerify: true, MinVersion: version})
	done := make(chan error, 1)
	go func() { done <- server.Handshake() }()
	// The client must read the session tickets, or else the server would block on
	// sending them.
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	go client.Read(make([]byte, 1))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return states{client.ConnectionState(), server.ConnectionState()}
}

var (
	p256 = elliptic.P256()
	p384 = elliptic.P384()
)

func ecdsaCertificate(t *testing.T, curve elliptic.Curve) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return certificate(t, key)
}

func ed25519Certificate(t *testing.T) tls.Certificate {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return certificate(t, key)
}

func certificate(t *testing.T, key crypto.Signer) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mail.example.net"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
