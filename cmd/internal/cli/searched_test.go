package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildoctor/cmd/internal/answer"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
)

// known is a mail server on loopback that a profile knows, and the name server of its
// domain.
type known struct {
	dns      *probetest.DNS
	root     string // file with the root of its certificate
	profiles string // directory
	port     int
	leaf     []byte // its certificate in DER
}

// newKnown starts them. host is the server's name in the profile, and target its name in
// the SRV record.
func newKnown(t *testing.T, host, target string) *known {
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
	k := &known{port: l.Addr().(*net.TCPAddr).Port, profiles: t.TempDir(), root: filepath.Join(t.TempDir(), "root.pem"), leaf: leaf.Certificate[0]}
	k.dns, err = probetest.StartDNS(probetest.Zone{
		"imap.known.test":        {Addresses: []string{"127.0.0.1"}},
		"_imaps._tcp.known.test": {Records: []string{fmt.Sprintf("SRV 0 0 %d %s.", k.port, target)}},
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
	k := newKnown(t, "imap.known.test", "imap.known.test")
	report, asked := k.check(t, fault.ExitWorks, "imap.known.test")
	if len(asked) > 0 || !strings.Contains(report, "WORKS") {
		t.Errorf("asked %q, and said:\n%s", asked, report)
	}
	if _, asked := k.check(t, fault.ExitWorks, "imap.known.test", "--source", "srv"); len(asked) == 0 {
		t.Error("--source srv: nobody was asked")
	}
}

// TestSourceThatMisleads: where they work and a source names another server, which doesn't,
// that is a warning. Without --source, nobody asks.
func TestSourceThatMisleads(t *testing.T) {
	k := newKnown(t, "imap.known.test", "gone.known.test")
	report, _ := k.check(t, fault.ExitWorks, "imap.known.test", "--source", "srv")
	if !strings.Contains(report, "WORKS WITH WARNINGS") || !strings.Contains(report, "autoconfig-or-srv-wrong") || !strings.Contains(report, "gone.known.test") {
		t.Errorf("the wrong source is not named:\n%s", report)
	}
	if report, _ := k.check(t, fault.ExitProblems, "imap.known.test", "--source", "srv", "--strict"); !strings.Contains(report, "WARNINGS") {
		t.Errorf("--strict:\n%s", report)
	}
	if report, _ := k.check(t, fault.ExitWorks, "imap.known.test"); strings.Contains(report, "WARNINGS") {
		t.Errorf("without --source:\n%s", report)
	}
}

// TestWrongIn: a source is wrong about a server that fails by its own fault, or works in
// another way than the source has it. What this network does is no fault of a source.
func TestWrongIn(t *testing.T) {
	e := stage.Endpoint{Protocol: stage.SMTP, Host: "send.firm.test", Port: 465, Security: stage.TLS}
	works := []stage.Result{{Stage: stage.Connect, Status: stage.Pass}, {Stage: stage.Capabilities, Status: stage.Pass}}
	failed := func(s stage.Stage, f stage.Fault) []stage.Result {
		return []stage.Result{{Stage: s, Status: stage.Fail, Fault: f}}
	}
	for _, c := range []struct {
		name    string
		source  stage.SourceID
		note    string
		results []stage.Result
		want    []answer.Wrong
	}{
		{"it works", stage.SourceSRV, "", works, nil},
		{"it works with the other encryption", stage.SourceSRV, stage.TLSPortForStartTLS, works, []answer.Wrong{{Source: stage.SourceSRV, Endpoint: e, Note: stage.TLSPortForStartTLS}}},
		{"no such name", stage.SourceSRV, "", failed(stage.Resolve, stage.NameNotFound), []answer.Wrong{{Source: stage.SourceSRV, Endpoint: e, Stage: stage.Resolve, Fault: stage.NameNotFound}}},
		{"no name server answers", stage.SourceSRV, "", failed(stage.Resolve, stage.DNSTimeout), nil},
		{"no network", stage.SourceSRV, "", failed(stage.Connect, stage.NetworkUnreachable), nil},
		{"a guess", stage.SourceGuess, "", failed(stage.Resolve, stage.NameNotFound), nil},
	} {
		r := &discover.Result{Sources: []stage.Source{{ID: c.source, Outcome: stage.SourceFound, Settings: []stage.Setting{{Endpoint: e, Note: c.note}}}}}
		rec := &stage.Record{Checks: []stage.CheckRecord{{Check: stage.Check{ID: "smtp-465", Kind: stage.KindEndpoint, Endpoint: e}, Results: c.results}}}
		if got := wrongIn(r, rec); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
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
			k := newKnown(t, gone, "imap.known.test")
			report, asked := k.check(t, fault.ExitProblems, gone, c.flags...)
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
