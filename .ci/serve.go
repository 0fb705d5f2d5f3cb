//go:build ignore

// Serve runs an IMAP and a submission server on loopback, for scripts and tests that
// start the finished program. It writes their root certificate to the file ca.pem in
// the directory that it is given, and prints both URLs, one a line. It ends with its
// standard input.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"

	"maildoctor/probe/probetest"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run .ci/serve.go DIRECTORY")
	}
	ca, err := probetest.NewCA("Serve Test Root")
	if err != nil {
		log.Fatal(err)
	}
	cert, err := ca.Issue(probetest.Leaf{Names: []string{"localhost"}, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}})
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.Args[1], "ca.pem"), ca.PEM(), 0o644); err != nil {
		log.Fatal(err)
	}
	for _, c := range []struct {
		protocol probetest.Protocol
		scheme   string
	}{{probetest.IMAP, "imaps"}, {probetest.SMTP, "smtps"}} {
		server, err := probetest.Start(probetest.Config{
			Protocol: c.protocol, Security: probetest.ImplicitTLS, TLS: probetest.TLS(cert), Hello: "localhost",
			Users: map[string]string{probetest.DemoUser: probetest.DemoPassword},
		})
		if err != nil {
			log.Fatal(err)
		}
		defer server.Close()
		fmt.Printf("%s://127.0.0.1:%d\n", c.scheme, server.Addr().Port)
	}
	io.Copy(io.Discard, os.Stdin)
}
