// Package web fetches small files from hosts that the user has not named: what a mail
// domain publishes about its servers.
//
// Such a host may be anybody's. So its certificate is verified like a mail server's, a
// redirect never leads back from HTTPS to HTTP, the body has a bound, and an address of
// the user's own network is not contacted unless he allows it ([Fetchable]); the address
// that was looked at is the one that is dialled. All ends with the context that the
// caller gives.
package web
