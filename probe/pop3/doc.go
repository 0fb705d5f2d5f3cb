// Package pop3 speaks POP3 (RFC 1939) as far as it can be spoken without
// touching a message: greeting, CAPA, STLS, login, STAT and UIDL. It never sends
// DELE.
//
// A [Session] gets a [wire.Conn] and never dials. Its methods are the stages of
// a check, called in the order of [stage.Endpoint.Order]; each returns the facts
// it saw, also when it fails, and a *stage.Error that names the fault. Between
// [Session.StartTLS] and [Session.Capabilities] the caller makes the handshake
// on [wire.Conn.Underlying] and calls [wire.Conn.Upgrade].
//
// Capabilities learned before TLS are not used after it. The timestamp of the
// greeting, passwords and all challenges stay out of the record.
package pop3
