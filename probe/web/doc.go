// Package web fetches small files from hosts that the user has not named, such as what
// a mail domain publishes about its servers.
//
// Such a host may belong to anyone. Its certificate is therefore verified like a mail
// server's, a redirect never leads from HTTPS to HTTP, and the size of the body is
// limited. An address in the user's own network is not contacted unless the user allows
// it ([Fetchable]), and exactly the address that was checked is dialled. Everything
// ends with the caller's context.
package web
