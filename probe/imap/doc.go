// Package imap speaks IMAP (RFC 9051, RFC 3501) with a server, as far as it
// takes to see whether mail can be read.
//
// A [Session] gets a connection and never dials. Its methods are the stages of a
// check, in the order in which they come: [Session.Greeting], where it applies
// [Session.StartTLS], then [Session.Capabilities], [Session.Login] and
// [Session.Mailbox], and [Session.Quit] wherever it ended. Each returns what it
// saw, also when it failed, and a *stage.Error that names the fault.
//
// Up to the reply to the login the dialogue is our own, so that greetings,
// refusals and alerts are seen as they came. What follows goes through go-imap,
// all commands in one flight, with a filter between the library and the server:
// the library gives up on a response that it doesn't know, and IMAP servers may
// send any (RFC 9051 2.2.2).
//
// Everything a server may send is bounded: lines and the total by package wire,
// the lines of one answer, capabilities, literals and challenges here.
package imap
