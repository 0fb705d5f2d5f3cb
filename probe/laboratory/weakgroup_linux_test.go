package laboratory

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"slices"
)

// group1024 is a DHParameter (PKCS #3) in DER, prime512 a prime of 512 bits; 2 is a
// generator of both groups. Both primes are safe primes, which take long to find.
const (
	group1024 = "30818702818100f0c66d4523e7a062d8dcdfac182efb9dc25d72c6eb84ea89946c65c06e6dea6057bf90f1b76bf397289269a381161f2a2813a4748d9660b4d644fcf541dd4e6bb1e77fef503bc61afe4c7f61724adfb21a27aea8445075c94888750c46992662bb0def1cf465d9e8dc924520403d7ac6d3f4bbb794b743361189cd3754ac6a4f020102"
	prime512  = "8965c57c1c46972557a387cfb312b219624cc54fe7e4ad3f4655a6b21ce7eb6be8fab035af41da77dcda9123685bc23f24f54da82958ab2d7b7eb54d736ec467"
)

// bytes parses a literal.
func (w *world) bytes(literal string) []byte {
	w.t.Helper()
	b, err := hex.DecodeString(literal)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// tinyGroup answers a ClientHello as a TLS 1.2 server that supports only ephemeral
// Diffie-Hellman in a group of 512 bits (RFC 5246 7.4). It continues up to the point
// where the client has to accept the group. A client that doesn't offer it gets
// handshake_failure.
func (w *world) tinyGroup(c net.Conn) {
	const suite = 0x9e // DHE-RSA-AES128-GCM-SHA256 (RFC 5288 3)
	random, suites := clientHello(c)
	if !slices.Contains(suites, suite) {
		c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
		io.Copy(io.Discard, c)
		return
	}
	own := make([]byte, 32)
	rand.Read(own)
	hello := slices.Concat([]byte{3, 3}, own, []byte{0, 0, suite, 0, 0, 5, 0xff, 1, 0, 1, 0}) // RFC 5746 3.6
	leaf := w.issue(goodLeaf)
	var chain []byte
	for _, der := range leaf.Certificate {
		chain = append(chain, counted(3, der)...)
	}
	public := w.bytes(prime512)
	public[0] >>= 1 // any number below the prime
	exchange := slices.Concat(counted(2, w.bytes(prime512)), counted(2, []byte{2}), counted(2, public))
	sum := sha256.Sum256(slices.Concat(random, own, exchange))
	signature, err := leaf.PrivateKey.(*rsa.PrivateKey).Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return
	}
	exchange = slices.Concat(exchange, []byte{4, 1}, counted(2, signature)) // SHA-256, RSA
	flight := slices.Concat(message(2, hello), message(11, counted(3, chain)), message(12, exchange), message(14, nil))
	c.Write(slices.Concat([]byte{22, 3, 3}, counted(2, flight)))
	io.Copy(io.Discard, c)
}

// clientHello reads a ClientHello, and returns its random and its suites; nil for
// anything else.
func clientHello(c net.Conn) (random []byte, suites []int) {
	in := bufio.NewReader(c)
	head := make([]byte, 5)
	if _, err := io.ReadFull(in, head); err != nil || head[0] != 22 {
		return nil, nil
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	if _, err := io.ReadFull(in, body); err != nil || len(body) < 39 {
		return nil, nil
	}
	rest := body[39+int(body[38]):] // after the session id
	if len(rest) < 2 {
		return nil, nil
	}
	n := int(rest[0])<<8 | int(rest[1])
	for i := 2; i+1 < min(2+n, len(rest)); i += 2 {
		suites = append(suites, int(rest[i])<<8|int(rest[i+1]))
	}
	return body[6:38], suites
}

// counted puts the length before b, as a number of size bytes.
func counted(size int, b []byte) []byte {
	var n []byte
	for i := size - 1; i >= 0; i-- {
		n = append(n, byte(len(b)>>(8*i)))
	}
	return append(n, b...)
}

// message returns a handshake message.
func message(kind byte, body []byte) []byte { return append([]byte{kind}, counted(3, body)...) }
