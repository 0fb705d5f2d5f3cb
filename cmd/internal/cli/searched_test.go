package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/probetest"
)

// known is a mail server on loopback that a profile knows, and the name server of its
// domain.
type known struct {
	dns      *probetest.DNS
	root     string // file with the root of its certificate
	profiles string // directory
	port     int
}

func newKnown(t *testing.T, host string) *known {
	t.Helper()
	ca, err := probetest.NewCA("Known Root")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(probetest.Leaf{Names: []string{"imap.known.test"}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := probetest.StartOn(l, probetest.Config{
		Protocol: probetest.IMAP, Security: probetest.ImplicitTLS, TLS: probetest.TLS(leaf), Users: map[string]string{"jane@known.test": "secret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	k := &known{port: l.Addr().(*net.TCPAddr).Port, profiles: t.TempDir(), root: filepath.Join(t.TempDir(), "root.pem")}
	k.dns, err = probetest.StartDNS(probetest.Zone{
		"imap.known.test":        {Addresses: []string{"127.0.0.1"}},
		"_imaps._tcp.known.test": {Records: []string{fmt.Sprintf("SRV 0 0 %d imap.known.test.", k.port)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.dns.Close)
	profile := fmt.Sprintf("id = \"known\"\nname = \"Known\"\ndomains = [\"known.test\"]\nuser_name = \"full-address\"\n\n[source]\ntitle = \"a letter\"\nread = 2026-11-22\n\n"+
		"[[endpoint]]\nprotocol = \"imap\"\nhost = %q\nport = %d\nsecurity = \"tls\"\n", host, k.port)
	for name, text := range map[string][]byte{k.root: ca.PEM(), filepath.Join(k.profiles, "known.toml"): []byte(profile)} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// check tests the address, and returns the report and the names that were asked for
// besides the profile's own.
func (k *known) check(t *testing.T, want int, host string, flags ...string) (report string, asked []string) {
	t.Helper()
	s := &screen{environ: map[string]string{"MAILDOCTOR_PASSWORD": "secret"}}
	args := append([]string{"check", "jane@known.test", "--profiles", k.profiles, "--ca-file", k.root, "--resolver", k.dns.Addr(), "--control-resolver", k.dns.Addr()}, flags...)
	run(t, want, s.pipe(), args...)
	for _, q := range k.dns.Questions() {
		if !strings.Contains(strings.ToLower(q), host) {
			asked = append(asked, strings.ToLower(q))
		}
	}
	return s.out.String(), asked
}

// TestKnownSettingsThatWork: where the servers of a profile work, nobody is asked what is
// published, not even a name server.
func TestKnownSettingsThatWork(t *testing.T) {
	k := newKnown(t, "imap.known.test")
	report, asked := k.check(t, exitWorks, "imap.known.test")
	if len(asked) > 0 || !strings.Contains(report, "WORKS") {
		t.Errorf("asked %q, and said:\n%s", asked, report)
	}
	if _, asked := k.check(t, exitWorks, "imap.known.test", "--source", "srv"); len(asked) == 0 {
		t.Error("--source srv: nobody was asked")
	}
}

// TestKnownSettingsThatFail: where they fail, it is asked, within the limits that the flags
// set.
func TestKnownSettingsThatFail(t *testing.T) {
	const gone, srv, others, ispdb = "old.known.test", "_imaps._tcp.known.test", "autoconfig.known.test", "v1.ispdb.net"
	for _, c := range []struct {
		name  string
		flags []string
		asked []string // names
		not   []string
		says  string
	}{
		{"by default", nil, []string{srv, others, ispdb}, nil, "profile-out-of-date"},
		{"--private", []string{"--private"}, []string{srv, others}, []string{ispdb}, "profile-out-of-date"},
		{"--source srv", []string{"--source", "srv"}, []string{srv}, []string{others, ispdb}, "profile-out-of-date"},
		{"--no-follow-up", []string{"--no-follow-up"}, nil, []string{srv, others, ispdb}, "hostname-typo-nxdomain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKnown(t, gone)
			report, asked := k.check(t, exitProblems, gone, c.flags...)
			text := strings.Join(asked, "\n")
			for _, name := range c.asked {
				if !strings.Contains(text, name) {
					t.Errorf("%s was not asked for", name)
				}
			}
			if i := slices.IndexFunc(c.not, func(name string) bool { return strings.Contains(text, name) }); i >= 0 {
				t.Errorf("%s was asked for", c.not[i])
			}
			if !strings.Contains(report, c.says) {
				t.Errorf("want %s in:\n%s", c.says, report)
			}
		})
	}
}
