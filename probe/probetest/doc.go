// Package probetest provides mail servers for tests and demonstrations, like
// net/http/httptest: IMAP, POP3, SMTP submission, DNS and their certificates. All run
// in this process, and each can have every fault that mail programs meet in practice.
//
// From small to large:
//
//   - [Pipe] is a connection in memory with a delay, [Play] a server that follows
//     a script line by line, and [Network] an internet of such connections. They
//     work inside testing/synctest bubbles, where time passes at once and exactly.
//   - [NewCA] and [CA.Issue] make certificates, good ones and broken ones.
//   - [Start] runs one mail server on a listener, [Server.ServeConn] on any
//     connection; [Config] says what it offers and which [Fault] values it has.
//   - [StartDNS] answers names, [StartIssuers] hands out issuing certificates.
//   - [StartProvider] runs a whole provider on loopback addresses.
//
// Nothing here dials any address but loopback. Everything that is started has a Close
// method that ends all its goroutines and connections.
package probetest
