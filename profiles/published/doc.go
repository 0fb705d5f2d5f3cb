// Package published reads what domains and providers publish about their mail
// servers: bytes go in, settings come out. Nothing here touches the network or the
// clock; who asks, and whether the answer can be trusted, is the caller's business.
//
//   - [ReadAutoconfig]: Thunderbird's config-v1.1.xml, in its formats 1.1 and 1.2
//     (draft-ietf-mailmaint-autoconfig), as in the ISPDB. [WriteAutoconfig] writes one.
//   - [ReadPACC]: the JSON of draft-ietf-mailmaint-pacc. [PACCDigest] compares it with
//     the digest in the DNS.
//   - [ReadAutodiscover]: Microsoft's plain old XML (MS-OXDSCLI), which may send the
//     asker elsewhere. [AutodiscoverRequest] is the question.
//   - [ReadSRV]: the records of RFC 6186 and RFC 8314.
//   - [ReadMobileConfig]: Apple's configuration profiles.
//
// All of them give a [Document]: the servers in the publisher's order, each an
// endpoint with the words that were written about its login. User names and hosts
// may hold placeholders, which [Server.At] fills in for one address.
//
// # What is wrong with a file
//
// The formats ask their readers to pass over what they don't know. So a server that
// can't be read is left out and the rest is used; each such place is a [Problem] with
// its line, and so is what was read although the format doesn't allow it. An [*Error]
// is returned where nothing can be taken from the text: it isn't the format at all, it
// is too large, it names no server. Where it is a web page, as hosts send for any
// address, the error wraps [ErrHTML].
//
// # Bounds
//
// A text has at most 256 KiB, 32 levels, 64 servers, and 2,048 bytes in one value.
// Nothing is fetched, no entity is expanded: a document type with entities is an error.
// What a Document holds can be shown and sent: no control characters, hosts and domains
// in ASCII form, ports and modes that exist.
package published
