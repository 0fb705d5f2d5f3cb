// Package discover asks what is published about the servers of a mail domain, where no
// profile knows them or those that it has fail, and what of it holds best.
//
// All sources are asked at once, each in a file of its own, and each leaves a
// [stage.Source]: what was asked, what came of it, how long it took. An [Asker] needs
// the network through two interfaces alone, [Names] and [Web]; nothing here dials.
//
// # What is trusted
//
// Sources stand in the order of [stage.SourcesByTrust]. What nobody on the way could
// have written comes first: the user's own files, the catalogue, files over verified
// HTTPS. DNS records, and files that were fetched in clear, may be anybody's work on a
// hostile network: their settings are marked ([Candidate.Forgeable]), so that no
// password goes to a server that they alone name (RFC 6186 6).
//
// # Who learns what
//
// The ISPDB is told the domain and never the address. The domain's own hosts are told
// the address where Autodiscover needs it, over verified HTTPS, and in autoconfig's URLs
// with [Asker.SendAddress] alone. With [Asker.Private] nobody but the domain's own hosts
// is asked.
package discover
