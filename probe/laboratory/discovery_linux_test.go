package laboratory

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
	"maildoctor/probe/stage"
)

// discovery are worlds with a domain that no profile knows, and the expected result
// of searching for its published settings.
var discovery = []struct {
	id    string
	build func(w *world)

	found   map[stage.SourceID]stage.SourceOutcome // of some sources
	server  string                                 // the tested IMAP server; empty: none
	login   bool                                   // it accepts the password
	verdict string
	says    string // in the text
}{
	{
		"nothing-published", func(w *world) {
			delete(w.names, "mail.test")
			delete(w.names, imapHost)
			delete(w.names, popHost)
			delete(w.names, smtpHost)
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceSRV: stage.SourceAbsent, stage.SourceAutoconfig: stage.SourceAbsent, stage.SourceMX: stage.SourceAbsent, stage.SourceGuess: stage.SourceAbsent},
		"", false, "unknown", "Nothing is published for mail.test",
	},
	{
		"names-alone", (*world).servers, map[stage.SourceID]stage.SourceOutcome{stage.SourceGuess: stage.SourceFound}, "imap.mail.test:993", true, "works", "",
	},
	{
		"one-of-the-usual-names-is-anothers", func(w *world) {
			w.servers()
			w.names[imapHost] = []string{"A " + otherIP}
			w.names["mail.mail.test"] = []string{"A " + backIP}
			w.mail(backIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: w.tls(probetest.Leaf{Names: []string{"mail.mail.test"}})})
			w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: w.tls(probetest.Leaf{Names: []string{"server7.hoster.test"}})})
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceGuess: stage.SourceFound},
		"mail.mail.test:993", true, "works", "",
	},
	{
		"none-of-the-usual-names-is-a-mail-server", func(w *world) {
			for _, host := range []string{imapHost, popHost, smtpHost} {
				w.names[host] = []string{"A " + otherIP}
			}
			c := w.tls(probetest.Leaf{Names: []string{"server7.hoster.test"}})
			w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: c})
			w.mail(otherIP+":995", probetest.Config{Protocol: probetest.POP3, TLS: c})
			w.mail(otherIP+":465", probetest.Config{Protocol: probetest.SMTP, TLS: c})
			w.mail(otherIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: c})
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceGuess: stage.SourceFound},
		"imap.mail.test:993", false, "unknown", "nobody has said that they should be",
	},
	{
		"autoconfig", func(w *world) {
			w.servers()
			w.publishes("autoconfig.mail.test", "/mail/config-v1.1.xml", autoconfigOf("imap.mail.test", "smtp.mail.test"))
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceAutoconfig: stage.SourceFound, stage.SourceGuess: stage.SourceSkipped},
		"imap.mail.test:993", true, "works", "",
	},
	{
		"autoconfig-of-another-name", func(w *world) {
			w.servers()
			w.names["autoconfig.mail.test"] = []string{"A " + otherIP}
			w.web(otherIP, 0, hosters, hello)
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceAutoconfig: stage.SourceFailed},
		"imap.mail.test:993", true, "works", "could not be read",
	},
	{
		"autoconfig-in-clear-names-a-stranger", func(w *world) {
			w.stranger()
			w.names["autoconfig.mail.test"] = []string{"A " + otherIP}
			w.pages(w.server, otherIP+":80", 0, file("/mail/config-v1.1.xml", autoconfigOf("imap.stranger.test", "imap.stranger.test")), nil)
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceAutoconfigHTTP: stage.SourceUnsafe},
		"imap.stranger.test:993", false, "unknown", "not tried",
	},
	{
		"srv", func(w *world) {
			w.servers()
			w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 imap.mail.test."}
			w.names["_submission._tcp.mail.test"] = []string{"SRV 0 0 587 smtp.mail.test."}
			w.names["_pop3s._tcp.mail.test"] = []string{"SRV 0 0 0 ."}
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceSRV: stage.SourceFound},
		"imap.mail.test:993", true, "works", "",
	},
	{
		"srv-names-a-stranger", func(w *world) {
			w.stranger()
			w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 imap.stranger.test."}
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceSRV: stage.SourceFound},
		"imap.stranger.test:993", false, "unknown", "The password was",
	},
	{
		"portal", func(w *world) {
			w.servers()
			w.portal()
			w.names["v1.ispdb.net"] = []string{"A " + otherIP}
			w.names["autoconfig.mail.test"] = []string{"A " + otherIP}
			w.redirect("80", 80)
			w.forward("tcp dport 443 reject with tcp reset")
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceAutoconfig: stage.SourceFailed, stage.SourceAutoconfigHTTP: stage.SourceFailed, stage.SourceNetwork: stage.SourceFailed},
		"imap.mail.test:993", true, "works", "This network answers",
	},
	{
		"portal-and-no-mail", func(w *world) {
			w.servers()
			w.portal()
			w.names["v1.ispdb.net"] = []string{"A " + otherIP}
			w.names["autoconfig.mail.test"] = []string{"A " + otherIP}
			w.redirect("80", 80)
			w.forward("tcp dport { 443, 993, 995, 465, 587, 143, 110 } reject with tcp reset")
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceNetwork: stage.SourceFailed},
		"imap.mail.test:993", false, "does-not-work", "open a web browser. If a sign-in page of the Wi-Fi appears",
	},
	{
		"names-are-invented", func(w *world) {
			w.servers()
			w.web(otherIP, 0, hosters, hello)
			w.resolver = w.inventing(otherIP)
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceAutoconfig: stage.SourceFailed, stage.SourceGuess: stage.SourceSkipped, stage.SourceNetwork: stage.SourceFailed},
		"", false, "unknown", "gives an address to names that",
	},
	{
		"any-name-exists", func(w *world) {
			w.servers()
			w.names["*.mail.test"] = []string{"A " + otherIP}
			w.web(otherIP, 0, hosters, hello)
		},
		map[stage.SourceID]stage.SourceOutcome{stage.SourceAutoconfig: stage.SourceAbsent, stage.SourceAutoconfigHTTP: stage.SourceAbsent},
		"imap.mail.test:993", true, "works", "",
	},
}

// servers runs healthy servers of the provider, without a profile.
func (w *world) servers() {
	w.t.Helper()
	w.dovecot(realtest.DovecotConfig{})
	w.postfix(realtest.PostfixConfig{})
}

// stranger runs a mail server of another domain, with a valid certificate.
func (w *world) stranger() {
	w.t.Helper()
	w.names["imap.stranger.test"] = []string{"A " + otherIP}
	c := w.tls(probetest.Leaf{Names: []string{"imap.stranger.test"}})
	w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: c})
	w.mail(otherIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: c})
	for _, host := range []string{imapHost, popHost, smtpHost} {
		delete(w.names, host)
	}
}

// publishes serves a file by HTTPS at a host of its own.
func (w *world) publishes(host, path, text string) {
	w.t.Helper()
	w.names[host] = []string{"A " + otherIP}
	w.pages(w.server, otherIP+":443", 0, file(path, text), w.tls(probetest.Leaf{Names: []string{host}}))
}

// file returns a web server that has one file.
func file(path, text string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/xml")
		fmt.Fprint(rw, text)
	}
}

// autoconfigOf returns a file in Thunderbird's format.
func autoconfigOf(imap, smtp string) string {
	server := func(element, kind, host, port, security string) string {
		return "<" + element + " type=\"" + kind + "\"><hostname>" + host + "</hostname><port>" + port + "</port><socketType>" + security +
			"</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></" + element + ">"
	}
	return `<clientConfig version="1.1"><emailProvider id="mail.test"><domain>mail.test</domain><displayName>Mail Test</displayName>` +
		server("incomingServer", "imap", imap, "993", "SSL") + server("outgoingServer", "smtp", smtp, "587", "STARTTLS") + `</emailProvider></clientConfig>`
}

// published are worlds in which one source is wrong and another right. They are all
// in the table of scenarios.
var published = []scenario{
	{"autoconfig-names-a-server-that-is-gone", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.old.mail.test", "smtp.mail.test"))
		return customer
	}},
	{"autoconfig-names-a-port-that-refuses", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.publishesServers(strings.Replace(autoconfigOf("imap.mail.test", "smtp.mail.test"), "<port>993<", "<port>9930<", 1))
		return customer
	}},
	{"autoconfig-works-and-srv-names-a-server-that-is-gone", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 imap.old.mail.test."}
		return customer
	}},
	{"autoconfig-works-and-srv-names-a-dead-port", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 994 imap.mail.test."}
		return customer
	}},
	{"autoconfig-works-and-srv-names-a-host-that-has-no-certificate", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		w.names["imap.hoster.test"] = []string{"A " + imapIP}
		w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 imap.hoster.test."}
		return customer
	}},
	{"srv-names-a-host-that-is-not-in-its-certificate", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.mail(otherIP+":993", probetest.Config{Protocol: probetest.IMAP, TLS: w.tls(probetest.Leaf{Names: []string{"imap.mail.test"}})})
		w.names[imapHost], w.names["mx1.mail.test"] = []string{"A " + otherIP}, []string{"A " + otherIP}
		w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 mx1.mail.test."}
		return customer
	}},
	{"autoconfig-names-another-encryption", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.servers()
		w.publishes("autoconfig.mail.test", "/mail/config-v1.1.xml", strings.Replace(autoconfigOf("imap.mail.test", "smtp.mail.test"), "<port>993<", "<port>143<", 1))
		return customer
	}},
	{"submission-names-the-port-of-submissions", cause.AutoconfigOrSRVWrong, nil, func(w *world) []string {
		w.servers()
		w.mail(otherIP+":465", probetest.Config{Protocol: probetest.SMTP, TLS: w.tls(probetest.Leaf{Names: []string{"send.mail.test"}})})
		w.names["send.mail.test"] = []string{"A " + otherIP}
		w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 imap.mail.test."}
		w.names["_submission._tcp.mail.test"] = []string{"SRV 0 0 465 send.mail.test."}
		return customer
	}},
	{"wildcard-and-no-servers", cause.WildcardDNSHidesSettings, nil, func(w *world) []string {
		for _, host := range []string{imapHost, popHost, smtpHost} {
			delete(w.names, host)
		}
		w.names["*.mail.test"] = []string{"A " + otherIP}
		w.web(otherIP, 0, hosters, hello)
		return customer
	}},
	{"autoconfig-and-srv-agree", "", nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		return customer
	}},
}

// outdated are worlds in which settings that are known are out of date, and what the
// domain publishes now is right. They are all in the table of scenarios.
var outdated = []scenario{
	{"known-server-is-gone", cause.ProfileOutOfDate, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		w.profile("imap imap.old.mail.test 993 tls", "smtp smtp.mail.test 587 starttls")
		return customer
	}},
	{"all-known-servers-are-gone", cause.ProfileOutOfDate, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		w.profile("imap imap.old.mail.test 993 tls", "smtp smtp.old.mail.test 587 starttls")
		return customer
	}},
	{"known-port-is-closed", cause.ProfileOutOfDate, nil, func(w *world) []string {
		w.publishesServers(autoconfigOf("imap.mail.test", "smtp.mail.test"))
		w.names["imap.old.mail.test"] = []string{"A " + otherIP}
		w.profile("imap imap.old.mail.test 993 tls", "smtp smtp.mail.test 587 starttls")
		return customer
	}},
	// What is published works at another port, and this network takes the known one.
	{"known-port-is-dropped-here", cause.PortFiltered, []cause.ID{cause.MailPortsBlockedOnThisNetwork}, func(w *world) []string {
		w.servers()
		w.names["_imap._tcp.mail.test"] = []string{"SRV 0 0 143 imap.mail.test."}
		w.profile("imap imap.mail.test 993 tls", "smtp smtp.mail.test 587 starttls")
		w.forward("tcp dport 993 drop")
		return customer
	}},
	{"catalogue-has-a-server-that-is-gone", cause.ProfileOutOfDate, nil, func(w *world) []string {
		c := w.tls(probetest.Leaf{Names: []string{"pop.new.q.com", "smtp.centurylink.net"}})
		users := map[string]string{"jane@q.com": right}
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, TLS: c, Users: users})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: c, Users: users})
		w.names["pop.new.q.com"], w.names["smtp.centurylink.net"] = []string{"A " + popIP}, []string{"A " + smtpIP}
		text := strings.NewReplacer("\"imap\"", "\"pop3\"", "993", "995").Replace(autoconfigOf("pop.new.q.com", "smtp.centurylink.net"))
		w.publishes("autoconfig.q.com", "/mail/config-v1.1.xml", text)
		return []string{"jane@q.com"}
	}},
}

// publishesServers runs healthy servers, with SRV records that name them, and this
// file.
func (w *world) publishesServers(autoconfig string) {
	w.t.Helper()
	w.servers()
	w.publishes("autoconfig.mail.test", "/mail/config-v1.1.xml", autoconfig)
	w.names["_imaps._tcp.mail.test"] = []string{"SRV 0 0 993 imap.mail.test."}
	w.names["_submission._tcp.mail.test"] = []string{"SRV 0 0 587 smtp.mail.test."}
}

func TestDiscovery(t *testing.T) {
	need(t, "ip", "nft", "unbound")
	for _, c := range discovery {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			w, arguments := built(t, scenario{build: func(w *world) []string {
				c.build(w)
				return customer
			}})
			d, text := w.check(c.id, arguments)
			replays(t, w.saved)
			rec := recorded(t, w.saved)
			got := make(map[stage.SourceID]stage.SourceOutcome)
			for _, s := range rec.Sources {
				got[s.ID] = s.Outcome
			}
			for id, want := range c.found {
				if got[id] != want {
					t.Errorf("%s: %s; want %s", id, got[id], want)
				}
			}
			i := slices.IndexFunc(rec.Checks, func(k stage.CheckRecord) bool { return k.Check.Endpoint.Protocol == stage.IMAP && !k.Check.FollowUp() })
			switch {
			case (i >= 0) != (c.server != ""):
				t.Errorf("IMAP is tested: %v", i >= 0)
			case i >= 0 && rec.Checks[i].Check.Endpoint.Address() != c.server:
				t.Errorf("%s is tested; want %s", rec.Checks[i].Check.Endpoint.Address(), c.server)
			case i >= 0 && (rec.Checks[i].Result(stage.Login).Status == stage.Pass) != c.login:
				t.Errorf("login: %+v", rec.Checks[i].Result(stage.Login))
			}
			if d.Verdict != c.verdict || !strings.Contains(text, c.says) {
				t.Errorf("%s; want %s, and %q in:\n%s", d.Verdict, c.verdict, c.says, text)
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// TestPublish: an operator is told which source is wrong, and what is right instead.
func TestPublish(t *testing.T) {
	need(t, "ip", "nft", "unbound")
	for _, c := range []struct {
		name, imap string
		code       int
		wrong      string
	}{
		{"right", "imap.mail.test", 0, `"wrong": []`},
		{"wrong", "imap.old.mail.test", 1, `"host": "imap.old.mail.test"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, _ := built(t, scenario{build: func(w *world) []string {
				w.publishesServers(autoconfigOf(c.imap, "smtp.mail.test"))
				return nil
			}})
			out, code := w.run("publish", "mail.test", "--format", "json")
			if code != c.code || !strings.Contains(out, c.wrong) || !strings.Contains(out, `"data": "0 1 993 imap.mail.test."`) || !strings.Contains(out, `"data": "0 1 587 smtp.mail.test."`) {
				t.Errorf("exit code %d; want %d, and %s in:\n%s", code, c.code, c.wrong, out)
			}
			out, code = w.run("settings", user, "--verified", "--format", "json")
			var verified struct{ Settings, Wrong []stage.Endpoint }
			if err := json.Unmarshal([]byte(out), &verified); err != nil {
				t.Fatalf("settings: %v\n%s", err, out)
			}
			at := func(host string) func(stage.Endpoint) bool {
				return func(e stage.Endpoint) bool { return e.Host == host }
			}
			if code != 0 || slices.ContainsFunc(verified.Settings, at("imap.old.mail.test")) || !slices.ContainsFunc(verified.Settings, at("imap.mail.test")) {
				t.Errorf("settings: exit code %d\n%s", code, out)
			}
			out, code = w.run("settings", user, "--verified", "--program", "thunderbird")
			if code != 0 || !strings.Contains(out, "Server Name             imap.mail.test\n") || !strings.Contains(out, "Connection security     STARTTLS\n") || strings.Contains(out, "old.mail.test\n") {
				t.Errorf("settings for a program: exit code %d\n%s", code, out)
			}
			if gone := slices.ContainsFunc(verified.Wrong, at("imap.old.mail.test")); gone != (c.code != 0) || len(verified.Wrong) > 1 {
				t.Errorf("settings: wrong %+v", verified.Wrong)
			}
			if out, _ := w.run("settings", user, "--verified"); strings.Contains(strings.Join(strings.Fields(out), " "), "imap.old.mail.test:993 SSL/TLS, which does not work (resolve: name-not-found)") != (c.code != 0) {
				t.Errorf("settings: the wrong source is not named:\n%s", out)
			}
		})
	}
}

// run runs a command of maildoctor that uses the network on the customer's machine, and
// returns what it prints and its exit code.
func (w *world) run(arguments ...string) (string, int) {
	w.t.Helper()
	root := filepath.Join(w.dir, "root.pem")
	write(w.t, root, string(w.authority().root.PEM()))
	return w.command(append(arguments, "--ca-file", root)...)
}

// command runs any command of maildoctor there.
func (w *world) command(arguments ...string) (string, int) {
	w.t.Helper()
	path, err := program()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := w.client.command(path, arguments...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + w.dir, "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		w.t.Fatal(err)
	} else if ok {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

// recorded reads a run that was saved.
func recorded(t *testing.T, name string) *stage.Record {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := stage.ReadStream(f)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Fold(s)
}
