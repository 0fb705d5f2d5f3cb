package tlsinspect

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"maildoctor/probe/stage"
)

// Record types and size limits (RFC 5246 6.2.1; SSL 3 adds up to 2048 bytes, but not in
// cleartext).
const (
	recordAlert     = 21
	recordHandshake = 22

	maxRecord = 1<<14 + 2048
	maxAnswer = 128 << 10 // bytes in all of a server's response
)

// oldAnswer reads a server's response to [oldHello].
type oldAnswer struct {
	facts   *stage.TLSFacts
	chain   []*x509.Certificate
	chained bool  // the Certificate message has been received
	first   bool  // the next certificate is the first
	unread  error // why the leaf certificate could not be parsed
	version uint16
	suite   suite
}

// errAnswer is returned if a server's message can't be parsed.
var errAnswer = errors.New("tls: the server's answer could not be understood")

// read reads records until ServerHelloDone. An alert is returned as an error and
// recorded in the facts.
func (a *oldAnswer) read(r io.Reader) error {
	var buffered []byte
	total := 0
	for {
		kind, body, err := readRecord(r)
		if err != nil {
			return err
		}
		if total += len(body); total > maxAnswer {
			return fmt.Errorf("%w: it is larger than %d bytes", errAnswer, maxAnswer)
		}
		switch {
		case kind == recordAlert && len(body) == 2:
			if warning := body[0] == 1 && body[1] != 0; warning {
				continue // unrecognized_name, as a warning after which the server continues
			}
			a.facts.Alert = alertText(uint64(body[1]))
			return errors.New("tls: the server sent an alert: " + a.facts.Alert)
		case kind != recordHandshake || len(body) == 0:
			return errAnswer
		}
		buffered = append(buffered, body...)
		var done bool
		if buffered, done, err = a.messages(buffered); done || err != nil {
			return err
		}
	}
}

// readRecord reads one record.
func readRecord(r io.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := int(binary.BigEndian.Uint16(head[3:]))
	if head[1] != 3 || n > maxRecord {
		return 0, nil, errAnswer
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}

// messages processes the complete messages, and returns the rest.
func (a *oldAnswer) messages(b []byte) (rest []byte, done bool, err error) {
	for len(b) >= 4 {
		n := int(b[1])<<16 | int(b[2])<<8 | int(b[3])
		if n > maxAnswer {
			return nil, false, errAnswer
		}
		if len(b) < 4+n {
			break
		}
		if done, err = a.message(b[0], b[4:4+n]); done || err != nil {
			return nil, done, err
		}
		b = b[4+n:]
	}
	return b, false, nil
}

func (a *oldAnswer) message(kind byte, body []byte) (done bool, err error) {
	if kind != messageServerHello && a.facts.Version == "" {
		return false, errAnswer
	}
	switch kind {
	case messageServerHello:
		return false, a.serverHello(body)
	case messageCertificate:
		return false, a.certificates(body)
	case messageServerKeyExchange:
		return false, a.keyExchange(body)
	case messageCertificateRequest:
		a.facts.ClientAuth = true
	case messageServerHelloDone:
		return true, nil
	}
	return false, nil // CertificateStatus, or other messages that may be in between
}

// serverHello parses the version and cipher suite (RFC 5246 7.4.1.3).
func (a *oldAnswer) serverHello(b []byte) error {
	const fixed = 2 + 32 + 1 // version, random, length of the session id
	if len(b) < fixed || len(b) < fixed+int(b[fixed-1])+3 || a.facts.Version != "" {
		return errAnswer
	}
	version := binary.BigEndian.Uint16(b)
	if version < tls.VersionTLS10-1 || version > tls.VersionTLS12 {
		return errAnswer
	}
	a.suite = suiteOf(binary.BigEndian.Uint16(b[fixed+int(b[fixed-1]):]))
	a.version, a.facts.Version = version, tls.VersionName(version)
	a.facts.CipherSuite = a.suite.name
	return nil
}

// certificates parses the chain (RFC 5246 7.4.2). Certificates that crypto/x509 can't
// parse are skipped, because the rest of the response matters more here. If the leaf
// can't be parsed, a.unread says why.
func (a *oldAnswer) certificates(b []byte) error {
	list, rest, ok := cut24(b)
	if !ok || len(rest) > 0 || a.chained {
		return errAnswer // there is only one chain (RFC 5246 7.3)
	}
	a.chained, a.first = true, true
	for len(list) > 0 {
		var der []byte
		if der, list, ok = cut24(list); !ok {
			return errAnswer
		}
		c, err := stage.ParseCertificate(der)
		switch {
		case err != nil && a.first:
			a.unread = err
		case err == nil && len(a.chain) < maxChain:
			a.chain = append(a.chain, c)
		}
		a.first = false
	}
	a.facts.Chain = describeChain(a.chain)
	return nil
}

// keyExchange parses the size of the finite field's prime (RFC 5246 7.4.3), or the name
// of the curve (RFC 8422 5.4).
func (a *oldAnswer) keyExchange(b []byte) error {
	switch {
	case strings.HasPrefix(a.suite.name, "TLS_DHE_"):
		prime, _, ok := cut16(b)
		if !ok {
			return errAnswer
		}
		a.facts.DHBits = bitLen(prime)
	case a.suite.onCurves():
		const named = 3
		if len(b) < 3 {
			return errAnswer
		}
		a.facts.Group = "explicit curve"
		if b[0] == named {
			a.facts.Group = groupName(binary.BigEndian.Uint16(b[1:]))
		}
	}
	return nil
}

// bitLen returns the length of a number in bits.
func bitLen(b []byte) int {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 {
		return 0
	}
	return 8*(len(b)-1) + bits.Len8(b[0])
}

// cut24 and cut16 split off the data after a length of three or two bytes.
func cut24(b []byte) (data, rest []byte, ok bool) {
	if len(b) < 3 {
		return nil, nil, false
	}
	return cutAt(b[3:], int(b[0])<<16|int(b[1])<<8|int(b[2]))
}

func cut16(b []byte) (data, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	return cutAt(b[2:], int(binary.BigEndian.Uint16(b)))
}

func cutAt(b []byte, n int) (data, rest []byte, ok bool) {
	if len(b) < n {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
