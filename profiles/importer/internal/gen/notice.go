package main

import "fmt"

// notice says whose facts the files beside it hold, and of which state.
func notice(c *checkout, read string) []byte {
	return fmt.Appendf(nil, `ispdb.txt holds facts from Thunderbird's database of mail providers (ISPDB):

  source   https://github.com/thunderbird/autoconfig, directory ispdb
  commit   %s of %s
  read     %s
  licence  Mozilla Public License 2.0, https://mozilla.org/MPL/2.0/

Taken are names of providers, domains, servers, ports, modes and forms of user names, and
for each file the day of its last change that was about its settings. Sentences are
not: those in ispdb.txt are maildoctor's. The files themselves, in their original form,
are to be had at the address above.

ispdb.txt, report.txt and this file are made by "make data ISPDB=CHECKOUT", of a checkout
with its history. What the profiles of ../builtin know is left out; report.txt lists
that, and what looks odd.
`, c.commit, c.date, read)
}
