// Package probetest is mail servers for tests and demonstrations, in the manner
// of net/http/httptest: IMAP, POP3, SMTP submission, DNS and the certificates
// that go with them, all in this process, each with every fault that a mail
// program meets in the world.
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
// Nothing here dials any address but loopback. Everything that starts something has a Close that
// ends every goroutine and every connection.
package probetest
