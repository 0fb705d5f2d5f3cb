// Package importer turns settings that somebody else has compiled into profiles: files
// of Thunderbird's format, as in its database of providers (ISPDB), and Apple's
// configuration profiles, as companies and providers hand them out.
//
// [Read] takes the files of a directory, [Compile] makes profiles of them, and a
// [Report] says of each file what became of it: imported, skipped, in conflict with a
// profile that is there, or odd. [Write] puts profiles into a directory as TOML, and
// never over a file that somebody wrote by hand; [Compact] makes of them the one text
// that the program embeds (profiles/imported), which [profiles.Load] reads.
//
// Facts alone are taken: names, servers, ports, modes, how a user name is formed. What a
// file says in sentences stays where it is.
//
// # What is taken, and what is not
//
// Of the servers of one protocol that are offered both encrypted and not, the encrypted
// ones alone are taken. Where there is none, those in the clear are taken with security
// none and the note cleartext-only. Servers for the provider's own network, which take
// no password, are left out. The first encrypted server for receiving and the first one
// for sending are required, all others are optional.
package importer
