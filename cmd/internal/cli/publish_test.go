package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/probetest"
)

// TestPublishUnproven: where the server that is published for a protocol doesn't work, and
// no other is known, the corrected records don't say that there is none.
func TestPublishUnproven(t *testing.T) {
	ca, err := probetest.NewCA("A Root")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(probetest.Leaf{Names: []string{"mail.firm.test"}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := probetest.StartOn(l, probetest.Config{Protocol: probetest.SMTP, Security: probetest.ImplicitTLS, TLS: probetest.TLS(leaf)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	dns, err := probetest.StartDNS(probetest.Zone{
		"mail.firm.test":              {Addresses: []string{"127.0.0.1"}},
		"_imaps._tcp.firm.test":       {Records: []string{"SRV 0 0 993 gone.firm.test."}},
		"_submissions._tcp.firm.test": {Records: []string{fmt.Sprintf("SRV 0 0 %d mail.firm.test.", l.Addr().(*net.TCPAddr).Port)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dns.Close)
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, ca.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"publish", "firm.test", "--ca-file", root, "--resolver", dns.Addr(), "--source", "srv"}
	s := &screen{}
	run(t, fault.ExitProblems, s.pipe(), args...)
	for text, want := range map[string]bool{
		"No IMAP server is known that works":           true,
		"_imaps._tcp":                                  false,
		"_pop3s._tcp.firm.test. 3600 IN SRV 0 0 0 .":   true,
		"_submissions._tcp.firm.test. 3600 IN SRV 0 1": true,
	} {
		if strings.Contains(s.out.String(), text) != want {
			t.Errorf("%q: want %v in:\n%s", text, want, s.out.String())
		}
	}
	s = &screen{}
	run(t, fault.ExitProblems, s.pipe(), append(args, "--format", "zone")...)
	if strings.Contains(s.out.String(), "_imap") {
		t.Errorf("zone:\n%s", s.out.String())
	}
}
