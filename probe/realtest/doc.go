// Package realtest starts Dovecot, Postfix and Exim for tests, each with a
// configuration of its own, on ports of its own, below a directory of the test.
//
// The programs come from Debian packages; `make test` installs them. Where one
// is missing the test is skipped, unless MAILDOCTOR_REAL_SERVERS=required, which
// CI sets: then it fails.
package realtest
