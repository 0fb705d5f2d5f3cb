// Package pop3 speaks POP3 (RFC 1939) without retrieving or deleting a message:
// greeting, CAPA, STLS, login, STAT and UIDL. It never sends DELE.
//
// A [Session] is given a [wire.Conn] and never dials. Its methods are the stages of a
// check, called in the order of [stage.Endpoint.Order]. Each returns the facts it
// collected, even on failure, and a *stage.Error with the fault. Between
// [Session.StartTLS] and [Session.Capabilities] the caller makes the handshake on
// [wire.Conn.Underlying] and calls [wire.Conn.Upgrade].
//
// Capabilities learned before TLS are not used after it. The APOP timestamp of the
// greeting, passwords and all challenges are kept out of the record.
package pop3
