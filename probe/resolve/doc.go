// Package resolve looks up the addresses of a host name, and explains the result.
//
// It asks two parties. The system's own resolver decides, as it does for the mail
// program: it handles the hosts file, VPN rules and local names. At the same time each
// configured name server is queried for A and for AAAA records. Every answer is kept as
// a [stage.Lookup]: the response code, an extended error (RFC 8914), the CNAMEs, the
// TTL. These answers never delay a name that the system could resolve. They explain a
// failure, because the system reports a nonexistent name, a name without addresses and
// a CNAME loop all as "no such host".
//
// With [Options.Server] only that name server is queried, and it decides.
//
// Every wait is bounded by [Options.Timeout] and the caller's context. Every answer is
// bounded in aliases, addresses and bytes.
package resolve
