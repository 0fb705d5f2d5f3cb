package tlsinspect

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"slices"
)

// Numbers of messages and extensions used here (RFC 5246 7.4, RFC 8422 5.1, RFC 7627
// 5.1, RFC 7685 3).
const (
	messageClientHello        = 1
	messageServerHello        = 2
	messageCertificate        = 11
	messageServerKeyExchange  = 12
	messageCertificateRequest = 13
	messageServerHelloDone    = 14

	extensionServerName     = 0
	extensionGroups         = 10
	extensionPoints         = 11
	extensionSignatures     = 13
	extensionPadding        = 21
	extensionExtendedMaster = 23

	// signallingSuite signals support for secure renegotiation (RFC 5746 3.3).
	signallingSuite = 0x00ff
)

// signatures are the signature algorithms offered (RFC 5246 7.4.1.4.1, RFC 8446 4.2.3),
// including those with SHA-1, MD5 and DSA.
var signatures = []uint16{
	0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0603, 0x0806, 0x0601, 0x0807,
	0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0302, 0x0202, 0x0101,
}

// Some old load balancers drop a ClientHello of 256 to 511 bytes; padding makes it
// longer (RFC 7685 1). It still fits into [stage.SmallSegment].
const (
	unluckyFrom = 256
	unluckyTo   = 511
)

// oldHello returns a record with a ClientHello for TLS 1.2 at most (RFC 5246 7.4.1.2).
// It has no supported_versions, so a server may select any earlier version.
func oldHello(name string, o offer) []byte {
	var random [32]byte
	rand.Read(random[:])

	body := binary.BigEndian.AppendUint16(nil, o.version)
	body = append(body, random[:]...)
	body = append(body, 0) // no session to resume
	var suites []byte
	for _, s := range o.suites {
		suites = binary.BigEndian.AppendUint16(suites, s.id)
	}
	suites = binary.BigEndian.AppendUint16(suites, signallingSuite)
	body = append16(body, suites)
	body = append(body, 1, 0) // no compression

	extensions := oldExtensions(name, o)
	const headers = 4 + 2 // the message header, and the length of the extensions
	if n := headers + len(body) + len(extensions); n >= unluckyFrom && n <= unluckyTo {
		const ownHeader = 4
		extensions = extension(extensions, extensionPadding, make([]byte, max(0, unluckyTo+1-n-ownHeader)))
	}
	body = append16(body, extensions)

	message := append([]byte{messageClientHello, 0}, binary.BigEndian.AppendUint16(nil, uint16(len(body)))...)
	message = append(message, body...)
	// Servers without support for later versions expect 3.1 here (RFC 5246 E.1).
	return append16([]byte{recordHandshake, 3, 1}, message)
}

// oldExtensions returns the extensions. It omits those for key exchanges that are not
// offered, and the signature algorithms where they must not be sent (RFC 5246
// 7.4.1.4.1).
func oldExtensions(name string, o offer) []byte {
	var out []byte
	if name != "" {
		out = extension(out, extensionServerName, append16(nil, append16([]byte{0}, []byte(name))))
	}
	var groups, algorithms []byte
	for _, g := range oldGroups {
		groups = binary.BigEndian.AppendUint16(groups, g.id)
	}
	for _, s := range signatures {
		algorithms = binary.BigEndian.AppendUint16(algorithms, s)
	}
	if slices.ContainsFunc(o.suites, suite.onCurves) {
		out = extension(out, extensionGroups, append16(nil, groups))
		out = extension(out, extensionPoints, []byte{1, 0}) // uncompressed
	}
	if o.version >= tls.VersionTLS12 {
		out = extension(out, extensionSignatures, append16(nil, algorithms))
	}
	return extension(out, extensionExtendedMaster, nil)
}

// extension appends one extension (RFC 5246 7.4.1.4).
func extension(to []byte, number uint16, data []byte) []byte {
	return append16(binary.BigEndian.AppendUint16(to, number), data)
}

// append16 appends data, preceded by its length in two bytes.
func append16(to, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(len(data))), data...)
}
