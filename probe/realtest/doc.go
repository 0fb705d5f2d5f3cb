// Package realtest starts Dovecot, Postfix and Exim for tests, each with its own
// configuration, ports and directory.
//
// The programs come from Debian packages; `make test` installs them. If one is missing,
// the test is skipped. With MAILDOCTOR_REAL_SERVERS=required, which CI sets, it fails
// instead.
package realtest
