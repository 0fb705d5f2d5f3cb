// Package laboratory holds no code, only tests that produce the causes of failure
// for real and look whether maildoctor names them.
//
// A scenario is a little world of three machines, network namespaces of Linux: a
// customer's, a router, and one of a provider with as many addresses as there are
// servers on it. In it real servers run (Dovecot, Postfix, Exim, unbound, openssl
// s_server), those of package probetest, and scripts of a few lines. Then the
// built program runs on the customer's machine as a user would run it, and its
// leading finding is compared with the cause that was produced. In a healthy
// scenario nothing may be found that is a warning or worse: that would be a false
// alarm. Each run is then replayed in this process, and its report must advise nothing
// that the run has refuted (report/reporttest). At the end a table is printed.
//
//	cd probe/laboratory && go test                        all; the table is shown
//	go test ./probe/laboratory -v -run Laboratory/cert-   some; the table only with -v
//
// It needs Linux, root, and the Debian packages that .ci/setup installs. Where one
// is missing it is skipped, or fails with MAILDOCTOR_REAL_SERVERS=required. EXIM
// names Exim's program where it was unpacked beside Postfix (.ci/cache/exim). With
// -keep DIR the text, the JSON and the stream of each run are left in DIR; with
// -binary FILE another program is examined than that of this tree.
//
// # How to add a scenario
//
// A scenario is a value in one of the tables, one of a file: see healthy, network,
// and so on in all ([scenarios] in scenario_linux_test.go). For many of a new kind
// add a file NAME_linux_test.go with a table of its own, and name it there.
//
//	{"smtp-port-dropped", diagnose.PortFiltered, nil, func(w *world) []string {
//		w.provider()
//		w.forward("tcp dport 587 drop")
//		return customer
//	}},
//
// These are: its id, unique, which -run takes; the cause that has to lead, empty
// for a healthy one; further causes that would be right as well (a reason belongs
// in a comment); and the function that builds the world and returns what stands
// behind "maildoctor check". After that the resolver starts, and the program runs
// with the password, --ca-file and --profiles. The world ends by itself, with
// every process in it. Up to twenty worlds are there at the same time (-parallel),
// three of them being built: a scenario that waits costs the others nothing.
//
// A run that hangs is asked for its goroutines, which the test then shows.
//
// What a world offers (world_, names_, servers_ and host_linux_test.go):
//
//   - w.provider(): Dovecot for POP3 and IMAP, Postfix for submission, and a
//     profile, all healthy. The arguments customer check jane@mail.test with it.
//   - w.dovecot, w.postfix, w.exim: the same one by one, with any line of
//     configuration. Start Dovecot before Postfix, which asks it about passwords.
//     w.at(addresses...) is the place of one that listens elsewhere.
//   - w.profile("imap imap.mail.test 993 tls", ...): what the provider's settings
//     say. Without one the arguments are URLs: login("imaps://imap.mail.test").
//   - w.mail(address, probetest.Config{...}): a server with any fault of probetest.
//   - w.play(address, script, config): a script of probetest.PlayTLS.
//   - w.handle(host, address, func(net.Conn)): anything else that is written in Go,
//     on any of the machines, such as a proxy on the router behind w.redirect.
//   - w.proxy, w.strip, w.intercept: boxes on the way, by redirecting TCP ports.
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
// Addresses are the constants popIP, imapIP, smtpIP, otherIP (203.0.113.13; to .29
// are free) and their IPv6 siblings. Nothing there leads out of the world.
//
// Follow the catalogue's recipe where there is one, with real servers where it
// names some. Never bend a scenario to a verdict: where the program is wrong, the
// scenario stays, and fails, until the program is right.
//
// When scenarios were added, write down what is covered:
//
//	go test ./probe/laboratory -run TestProofTable -update
package laboratory
