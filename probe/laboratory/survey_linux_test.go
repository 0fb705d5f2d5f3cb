package laboratory

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe/probetest"
)

// knot runs an authoritative name server at resolvIP that has the world's names.
func (w *world) knot() {
	w.t.Helper()
	dir := filepath.Join(w.dir, "knot")
	zone := ". 3600 IN SOA root.test. hostmaster.root.test. 1 3600 600 86400 60\n. 3600 IN NS root.test.\nroot.test. 3600 IN A " + resolvIP + "\n"
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		for _, record := range w.names[name] {
			zone += fmt.Sprintf("%s. 300 IN %s\n", name, record)
		}
	}
	write(w.t, filepath.Join(dir, "root.zone"), zone)
	config := filepath.Join(dir, "knot.conf")
	write(w.t, config, fmt.Sprintf(`server:
  rundir: %[1]s
  listen: %[2]s@53
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: %[1]s
zone:
  - domain: .
    file: %[1]s/root.zone
    zonefile-sync: -1
    journal-content: none
`, dir, resolvIP))
	w.server.start(w.server.command("knotd", "-c", config), net.JoinHostPort(resolvIP, "53"))
}

// listed is a file of Thunderbird's database, for one domain and its servers, such as
// "imap imap.a.test 993 SSL"; "mx x.test" is an exchanger.
func listed(domain string, servers ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<clientConfig version=\"1.1\">\n<emailProvider id=%q>\n<domain>%s</domain>\n", domain, domain)
	for _, s := range servers {
		f := strings.Fields(s)
		if f[0] == "mx" {
			fmt.Fprintf(&b, "<domain purpose=\"mx\">%s</domain>\n", f[1])
			continue
		}
		tag := map[bool]string{true: "outgoingServer", false: "incomingServer"}[f[0] == "smtp"]
		fmt.Fprintf(&b, "<%s type=%q>\n<hostname>%s</hostname><port>%s</port><socketType>%s</socketType><username>%%EMAILADDRESS%%</username><authentication>password-cleartext</authentication>\n</%s>\n",
			tag, f[0], f[1], f[2], f[3], tag)
	}
	return b.String() + "</emailProvider>\n</clientConfig>\n"
}

// surveyed are the worlds' domains: what the database says of each, and what has to be
// said of it.
var surveyed = []struct {
	domain   string
	servers  []string
	verdicts string
	reasons  string
}{
	{"good.test", []string{"imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "holds", ""},
	{"alike.test", []string{"imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "holds", ""},
	{"fine.test", []string{"imap imap.fine.test 993 SSL", "smtp imap.fine.test 587 STARTTLS"}, "holds", ""},
	{"dead.test", []string{"imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "dead", "name-gone:3"},
	{"null.test", []string{"imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "dead", "no-mail:3"},
	{"shut.test", []string{"imap imap.shut.test 993 SSL", "smtp imap.good.test 465 SSL"}, "dead", "servers-gone:4"},
	{"moved.test", []string{"imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "moved", "moved-to:3"},
	{"away.test", []string{"mx mx.away.test", "imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "moved", "moved-away:3"},
	{"self.test", []string{"imap imap.self.test 993 SSL", "smtp imap.self.test 587 STARTTLS"}, "self-published holds", "published:3"},
	{"half.test", []string{"imap imap.good.test 993 SSL", "smtp imap.good.test 465 SSL"}, "holds", ""},
	{"clear.test", []string{"pop3 pop.clear.test 110 plain", "smtp pop.clear.test 587 plain"}, "could-encrypt holds", "offers-starttls:4 offers-tls:4 offers-starttls:7"},
	{"bare.test", []string{"pop3 pop.bare.test 110 plain", "smtp pop.bare.test 587 plain"}, "holds", ""},
	{"shutdoor.test", []string{"imap imap.shutdoor.test 993 SSL", "smtp imap.good.test 465 SSL"}, "differs", "server-differs:4"},
	{"cert.test", []string{"imap imap.cert.test 993 SSL", "smtp imap.good.test 465 SSL"}, "differs", "server-differs:4"},
	{"silent.test", []string{"imap imap.silent.test 993 SSL", "smtp imap.good.test 465 SSL"}, "not-from-here", "unknown:4"},
	{"alone.test", []string{"imap imap.alone.test 1993 SSL", "smtp imap.good.test 465 SSL"}, "not-from-here", "no-control:4"},
}

// surveyWorld has what surveyed is about. It returns the directory of the database, and
// the servers of good.test.
func surveyWorld(w *world) (dir string, good *probetest.Server) {
	w.t.Helper()
	w.resolver = w.knot
	dir = filepath.Join(w.dir, "ispdb")
	ip := func(i int) string { return fmt.Sprintf("203.0.113.%d", 13+i) }
	for i, host := range []string{"imap.good", "imap.fine", "imap.self", "pop.clear", "pop.bare", "imap.shutdoor", "imap.cert", "imap.silent", "imap.alone"} {
		w.names[host+".test"] = []string{"A " + ip(i)}
	}
	for _, c := range surveyed {
		write(w.t, filepath.Join(dir, c.domain+".xml"), listed(c.domain, c.servers...))
		if c.domain != "dead.test" {
			w.names[c.domain] = []string{"MX 10 mx." + c.domain + "."}
		}
	}
	w.names["null.test"] = []string{"MX 0 ."}
	w.names["moved.test"] = []string{"MX 10 aspmx.l.google.com."}
	w.names["away.test"] = []string{"MX 10 mx.stranger.test."}
	both := func(host, address string) *probetest.Server {
		c := w.tls(probetest.Leaf{Names: []string{host}})
		w.mail(address+":465", probetest.Config{Protocol: probetest.SMTP, TLS: c})
		w.mail(address+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: c})
		return w.mail(address+":993", probetest.Config{Protocol: probetest.IMAP, TLS: c})
	}
	good = both("imap.good.test", ip(0))
	both("imap.fine.test", ip(1))
	both("imap.self.test", ip(2))
	w.publishes("autoconfig.self.test", "/mail/config-v1.1.xml", strings.ReplaceAll(autoconfigOf("imap.self.test", "imap.self.test"), "mail.test", "self.test"))
	// Half of the settings are published in clear: whoever is on the way may have written them.
	w.names["autoconfig.half.test"] = []string{"A 203.0.113.27"}
	w.pages(w.server, "203.0.113.27:80", 0, file("/mail/config-v1.1.xml", strings.ReplaceAll(autoconfigOf("imap.good.test", "imap.good.test"), "mail.test", "half.test")), nil)
	c := w.tls(probetest.Leaf{Names: []string{"pop.clear.test"}})
	w.mail(ip(3)+":110", probetest.Config{Protocol: probetest.POP3, Security: probetest.StartTLS, TLS: c})
	w.mail(ip(3)+":995", probetest.Config{Protocol: probetest.POP3, TLS: c})
	w.mail(ip(3)+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: c})
	w.mail(ip(4)+":110", probetest.Config{Protocol: probetest.POP3, Security: probetest.Cleartext})
	w.mail(ip(4)+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.Cleartext})
	w.mail(ip(6)+":993", probetest.Config{Protocol: probetest.IMAP, TLS: c})
	w.forward("ip daddr " + ip(7) + " drop")
	return dir, good
}

// surveyOutput is what the test reads of the JSON.
type surveyOutput struct {
	Complete bool
	Entries  []surveyEntry
	Totals   map[string]int
}

type surveyEntry struct {
	Domain, File string
	Line         int
	Verdicts     []string
	Visited      bool
	Reasons      []struct {
		ID, Text string
		Line     int
	}
}

var surveyLine = []string{"profiles", "validate", "--probe", "--private", "--pause", "0s", "--connect-timeout", "1s"}

// TestSurvey holds every verdict against a world in which it is right.
func TestSurvey(t *testing.T) {
	need(t, "ip", "nft", "knotd")
	var dir string
	var good *probetest.Server
	w, _ := built(t, scenario{build: func(w *world) []string {
		dir, good = surveyWorld(w)
		return nil
	}})
	out, code := w.run(append(surveyLine, "--format", "json", dir)...)
	if code != 1 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	checkSurvey(t, dir, out)
	if n := good.Sessions(); n < 1 || n > 2 { // the second is that at the end
		t.Errorf("imap.good.test was visited %d times", n)
	}
	for _, format := range []string{"text", "markdown"} {
		out, code := w.run(append(surveyLine, "--format", format, dir)...)
		if code != 1 || !strings.Contains(out, dir+"/dead.test.xml:3") || !strings.Contains(out, "certificate issued for") {
			t.Errorf("%s: exit code %d\n%s", format, code, out)
		}
		t.Log(out)
	}
	if out, code := w.run(append(surveyLine, dir, "--domain", "good.test,fine.test")...); code != 0 || !strings.Contains(out, "holds") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func checkSurvey(t *testing.T, dir, out string) {
	t.Helper()
	var got surveyOutput
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(got.Entries) != len(surveyed) || !got.Complete {
		t.Errorf("%d entries, want %d", len(got.Entries), len(surveyed))
	}
	for _, want := range surveyed {
		i := slices.IndexFunc(got.Entries, func(e surveyEntry) bool { return e.Domain == want.domain })
		if i < 0 {
			t.Errorf("nothing about %s", want.domain)
			continue
		}
		e := got.Entries[i]
		var reasons []string
		for _, r := range e.Reasons {
			reasons = append(reasons, fmt.Sprintf("%s:%d", r.ID, r.Line))
		}
		if v, r := strings.Join(e.Verdicts, " "), strings.Join(reasons, " "); v != want.verdicts || r != want.reasons || !e.Visited {
			t.Errorf("%s: %s, %s; want %s, %s\n%+v", want.domain, v, r, want.verdicts, want.reasons, e)
		}
		if e.File != filepath.Join(dir, want.domain+".xml") || e.Line != 3 {
			t.Errorf("%s is at %s:%d", want.domain, e.File, e.Line)
		}
	}
}

// TestSurveyBlamesNobody: where the network here is at fault, no entry is.
func TestSurveyBlamesNobody(t *testing.T) {
	need(t, "ip", "nft", "knotd")
	for _, c := range []struct {
		name   string
		change func(w *world)
	}{
		{"no network", func(w *world) { w.client.ip("link set eth0 down") }},
		{"no name server", func(w *world) { w.resolver = nil }},
		{"a name server that knows nothing", func(w *world) { w.dns(probetest.Zone{"x.test": {}}) }},
		{"a name server that invents", func(w *world) {
			w.resolver = w.inventing(otherIP)
		}},
		{"ports for mail closed", func(w *world) { w.forward("tcp dport { 110, 465, 587, 993, 995, 1993 } reject with tcp reset") }},
		{"encryption intercepted", func(w *world) {
			w.impostor(w.router, "465,587,993,995,1993", w.privately())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var dir string
			w, _ := built(t, scenario{build: func(w *world) []string {
				dir, _ = surveyWorld(w)
				c.change(w)
				return nil
			}})
			out, code := w.run(append(surveyLine, "--timeout", "2s", "--format", "json", dir)...)
			var got surveyOutput
			if err := json.Unmarshal([]byte(out), &got); err != nil || code != 1 {
				t.Fatalf("%d, %v\n%s", code, err, out)
			}
			for _, e := range got.Entries {
				// What the name servers say of exchangers is right in some of these worlds.
				for _, r := range e.Reasons {
					if slices.Contains([]string{"name-gone", "servers-gone", "server-gone", "server-differs"}, r.ID) && !rightly(c.name, e.Domain) {
						t.Errorf("%s is blamed: %s", e.Domain, r.Text)
					}
				}
			}
			if got.Totals["not-from-here"] == 0 {
				t.Errorf("%v", got.Totals)
			}
		})
	}
}

// rightly reports whether a domain is dead in spite of the fault here.
func rightly(fault, domain string) bool {
	return (fault == "ports for mail closed" || fault == "encryption intercepted") && (domain == "dead.test" || domain == "shut.test")
}

// TestSurveyResumes: an interrupted survey says what is known and how to go on, and the
// next one doesn't visit what was in order.
func TestSurveyResumes(t *testing.T) {
	need(t, "ip", "nft", "knotd")
	var dir string
	w, _ := built(t, scenario{build: func(w *world) []string {
		dir, _ = surveyWorld(w)
		return nil
	}})
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	root, journal := filepath.Join(w.dir, "root.pem"), filepath.Join(w.dir, "journal")
	write(t, root, string(w.authority().root.PEM()))
	args := []string{"profiles", "validate", "--probe", dir, "--private", "--parallel", "1", "--pause", "300ms", "--connect-timeout", "1s", "--resume", journal, "--ca-file", root}
	cmd := w.client.command(path, args...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + w.dir, "LANG=C.UTF-8"}
	var said strings.Builder
	cmd.Stderr, cmd.Stdout = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := func() int {
		text, _ := os.ReadFile(journal)
		return strings.Count(string(text), "\n")
	}
	for deadline := time.Now().Add(30 * time.Second); lines() < 20 && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Signal(syscall.SIGINT)
	err = cmd.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 130 || !strings.Contains(said.String(), "maildoctor profiles validate --probe "+dir) || !strings.Contains(said.String(), " --resume "+journal) || !strings.Contains(said.String(), " --ca-file "+root) || !strings.Contains(said.String(), " of 16 entries of "+dir) {
		t.Fatalf("%v\n%s", err, said.String())
	}
	t.Log(said.String())
	known := lines()
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"id":"server:imap half a li`) // as a crash would leave it
	f.Close()
	out, code := w.run(append(surveyLine, "--format", "json", "--resume", journal, dir)...)
	if code != 1 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	checkSurvey(t, dir, out)
	text, _ := os.ReadFile(journal)
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("in the journal: %s", line)
		}
	}
	for _, d := range []string{"alike.test", "bare.test"} { // the first domains
		if n := strings.Count(string(text), `"domain:`+d+`"`); n != 1 {
			t.Errorf("%s was looked at %d times; %d lines were known", d, n, known)
		}
	}
	// Another list is another journal's.
	write(t, filepath.Join(dir, "new.test.xml"), listed("new.test", "imap imap.good.test 993 SSL"))
	if out, code := w.run(append(surveyLine, "--resume", journal, dir)...); code != 2 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
