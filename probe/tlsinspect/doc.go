// Package tlsinspect makes a TLS handshake and reports every fault of the certificate
// chain, not only the first.
//
// [Handshake] lets crypto/tls accept any certificate and verifies the chain itself:
// validity periods, host name, paths to the system's roots, the built-in public roots
// and those of a CA file, key sizes, signatures, key usage. Each check is independent
// of the others, so that an expired certificate isn't also reported as one from an
// unknown authority. The results are in [stage.TLSFacts]. An error with fault
// [stage.BadCertificate] means that no credential may be sent on this connection.
//
// [Roots] holds the three root stores. If the system trusts a chain and the public list
// does not, it ends in a root that was added to this machine.
//
// [HandshakeOld] finds out what a server would select from an offer that crypto/tls
// can't make, and ends the handshake there.
//
// [Complete] is for a follow-up: whether a certificate fetched from a caIssuers URL is
// the missing link of a chain.
package tlsinspect
