// Package tlsinspect makes a TLS handshake and says all that is wrong with the
// certificate, not only what is found first.
//
// [Handshake] lets crypto/tls accept any certificate and looks at the chain
// itself: time, name, the path to the system's roots, to the public roots that
// are built in and to those of a file, key sizes, signatures, usage. Each is
// judged apart from the others, so that an expired certificate is not reported
// as one from an unknown authority as well. What was seen is in
// [stage.TLSFacts]; an error of fault [stage.BadCertificate] means that no
// credential may be sent on this connection.
//
// [Roots] holds the three sets of roots. A chain that the system trusts and no
// public list does ends in a root that somebody added to this machine.
//
// [HandshakeOld] asks what a server would choose that crypto/tls does not offer, and
// breaks off there.
//
// [Complete] answers a later question: whether a certificate fetched from the
// address that a chain names is the link that was missing.
package tlsinspect
