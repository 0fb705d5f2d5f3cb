// Package survey judges what a catalogue of mail settings says by what was seen of it:
// which entries hold, which are of names that are gone or have moved, which the domain
// publishes by itself, and which could be encrypted. Nothing here uses the network.
//
// [FromProfiles] and [FromFiles] make an [Entry] of each domain. Somebody who can reach
// the network then looks at what [Entry.Servers] and the domains' records are ([Seen]),
// and [Judge] says what that means.
//
// # Who is to blame
//
// An entry is blamed only for what the network here can't have caused. Silence, an
// unreachable network and a name server that fails say nothing about the entry
// ([NotFromHere]). What else goes wrong counts only if another host was reached at the
// same port both before and after, a name that is gone only if it was gone twice, while
// the suffix above it exists and names that nobody has registered don't.
package survey
