// Package imap is an IMAP client (RFC 9051, RFC 3501) that finds out whether mail can
// be read.
//
// A [Session] is given a connection and never dials. Its methods are the stages of a
// check, in order: [Session.Greeting], [Session.StartTLS] if it applies, then
// [Session.Capabilities], [Session.Login] and [Session.Mailbox], and finally
// [Session.Quit]. Each returns the facts it collected, even on failure, and a
// *stage.Error with the fault.
//
// Up to the reply to the login this package speaks IMAP itself, so that greetings,
// refusals and alerts are recorded as received. The rest uses go-imap. All its commands
// are sent in a single write, and a filter sits between the library and the server: the
// library fails on an unknown response, but IMAP servers may send any (RFC 9051 2.2.2).
//
// Everything that a server may send is limited: lines and the total by package wire;
// the lines of one reply, capabilities, literals and challenges here.
package imap
