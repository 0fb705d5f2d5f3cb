// Package smtp speaks submission (RFC 6409) as far as it can be spoken without
// sending a message: greeting, EHLO, STARTTLS, AUTH, and MAIL FROM followed by
// RSET.
//
// A [Session] gets a [wire.Conn] and never dials. Its methods are the stages of
// a check, called in the order of [stage.Endpoint.Order]; each returns the facts
// it saw, also when it fails, and a *stage.Error that names the fault. Between
// [Session.StartTLS] and [Session.Capabilities] the caller makes the handshake
// on [wire.Conn.Underlying] and calls [wire.Conn.Upgrade].
//
// Nothing learned before TLS is used after it. No line of the login exchange
// but the final reply is recorded. A healthy STARTTLS dialogue costs one round
// trip each for EHLO, STARTTLS, EHLO, AUTH, and one for MAIL, RSET and QUIT
// together where the server takes pipelined commands (RFC 2920).
package smtp
