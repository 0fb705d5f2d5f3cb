// Package resolve turns a host name into the addresses to dial, and explains
// how it came by them.
//
// Two parties are asked. The system's own resolver decides, because it decides
// for the mail program as well: the hosts file, VPN rules and local names are
// its business. At the same time the configured name servers are asked one by
// one, for A and for AAAA, and what each says is kept as a [stage.Lookup]: the
// response code, an extended error (RFC 8914), the aliases, the lifetime. Those
// answers never delay a name that the system could resolve. They explain one
// that it could not, since the system reports a missing name, a name without
// addresses and a circle of aliases all as "no such host".
//
// With [Options.Server] that one name server decides and nobody else is asked.
//
// Every wait is bounded by [Options.Timeout] and the caller's context, every
// answer by a number of aliases, addresses and bytes.
package resolve
