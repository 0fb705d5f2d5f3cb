// Package laboratory contains only tests. They produce the causes of failure
// for real and check that maildoctor names them.
//
// A scenario is a small world of three machines, which are Linux network namespaces: a
// customer's, a router, and a provider's with as many addresses as there are
// servers on it. The servers are real ones (Dovecot, Postfix, Exim, unbound, openssl
// s_server), those of package probetest, and scripts of a few lines. The test runs the
// built program on the customer's machine as a user would, and compares its
// leading finding with the cause that was produced. In a healthy
// scenario, a finding that is a warning or worse is a false
// alarm. Each run is then replayed in this process, and its report must advise nothing
// that the run has refuted (report/reporttest). At the end a table is printed.
//
//	cd probe/laboratory && go test                        all; the table is shown
//	go test ./probe/laboratory -v -run Laboratory/cert-   some; the table only with -v
//
// It needs Linux, root, and the Debian packages that .ci/setup installs. If one
// is missing, tests are skipped, or fail with MAILDOCTOR_REAL_SERVERS=required. EXIM
// is the path of Exim if it was unpacked beside Postfix (.ci/cache/exim). With
// -keep DIR the text, the JSON and the stream of each run are left in DIR; with
// -binary FILE that program is tested instead of the one in this tree.
//
// # How to add a scenario
//
// A scenario is a value in one of the tables, one table per file: healthy, network,
// and so on, all listed by scenarios in scenario_linux_test.go. For many of a new kind
// add a file NAME_linux_test.go with a table of its own, and list it there.
//
//	{"smtp-port-dropped", diagnose.PortFiltered, nil, func(w *world) []string {
//		w.provider()
//		w.forward("tcp dport 587 drop")
//		return customer
//	}},
//
// The fields are: its unique id, for -run; the cause that has to lead, empty
// for a healthy one; further causes that would also be right (give the reason
// in a comment); and the function that builds the world and returns the arguments
// of "maildoctor check". After that the resolver starts, and the program runs
// with the password, --ca-file and --profiles. The world is removed automatically, with
// every process in it. Up to twenty worlds exist at the same time (-parallel), and
// three are being built: a scenario that waits doesn't delay the others.
//
// A run that hangs is asked for its goroutines, which the test then shows.
//
// What a world offers (world_, names_, servers_ and host_linux_test.go):
//
//   - w.provider(): Dovecot for POP3 and IMAP, Postfix for submission, and a
//     profile, all healthy. The arguments customer check jane@mail.test with it.
//   - w.dovecot, w.postfix, w.exim: the same individually, with any line of
//     configuration. Start Dovecot before Postfix, which asks it about passwords.
//     w.at(addresses...) is the place of one that listens elsewhere.
//   - w.profile("imap imap.mail.test 993 tls", ...): the provider's
//     settings. Without one the arguments are URLs: login("imaps://imap.mail.test").
//   - w.mail(address, probetest.Config{...}): a server with any fault of probetest.
//   - w.play(address, script, config): a script of probetest.PlayTLS.
//   - w.handle(host, address, func(net.Conn)): anything else that is written in Go,
//     on any of the machines, such as a proxy on the router after w.redirect.
//   - w.proxy, w.strip, w.intercept: middleboxes, by redirecting TCP ports.
//   - w.openssl(address, flags...): openssl s_server.
//   - w.issue, w.tls, realtest.WritePEM: certificates, by probetest.Leaf.
//   - w.names: DNS records by name; w.unboundAt: a second resolver; w.dns: one with
//     faults; w.client.etc("resolv.conf", text), "hosts": the customer's own files.
//   - w.forward, w.output, w.redirect, host.nft, host.ip, host.sysctl: filters by
//     the router, by the customer's machine; routes, addresses and links.
//   - w.dualStack(): IPv6 as well; call it before servers listen there.
//   - w.password (right unless it is set; empty for none), w.env.
//   - host.listen, host.listenPacket, host.dial: sockets in a namespace, which any
//     goroutine of the test may use. host.command, host.start: programs in it.
//
// Addresses are the constants popIP, imapIP, smtpIP, otherIP (203.0.113.13; up to .29
// are free) and their IPv6 counterparts. None of them is reachable outside the world.
//
// Follow the catalogue's recipe if there is one, with real servers if it
// names some. Never adapt a scenario to a verdict: if the program is wrong, the
// scenario stays, and fails, until the program is right.
//
// After adding scenarios, record what is covered:
//
//	go test ./probe/laboratory -run TestProofTable -update
package laboratory
