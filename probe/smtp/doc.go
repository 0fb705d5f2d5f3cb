// Package smtp speaks submission (RFC 6409) without sending a message: greeting, EHLO,
// STARTTLS, AUTH, and MAIL FROM followed by RSET.
//
// A [Session] is given a [wire.Conn] and never dials. Its methods are the stages of a
// check, called in the order of [stage.Endpoint.Order]. Each returns the facts it
// collected, even on failure, and a *stage.Error with the fault. Between
// [Session.StartTLS] and [Session.Capabilities] the caller makes the handshake on
// [wire.Conn.Underlying] and calls [wire.Conn.Upgrade].
//
// Nothing learned before TLS is used after it. Of the login exchange only the final
// reply is recorded. A dialogue with STARTTLS takes one round trip each for EHLO,
// STARTTLS, EHLO and AUTH, and one for MAIL, RCPT, RSET and QUIT together if the server
// supports pipelining (RFC 2920).
package smtp
