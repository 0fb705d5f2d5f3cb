package laboratory

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/realtest"
)

// everything is a smoke file that a provider as it should be meets.
const everything = `reachable = "ipv4"
tls-min = "1.2"
certificate-days = 2
certificate-key-bits = 2048
login-needs-tls = true
mechanisms-offered = ["PLAIN"]
mechanisms-absent = ["CRAM-MD5"]
login = true
login-refuses-wrong-password = true
greeting-within = "20s"
ready-within = "40s"
cause-absent = ["wrong-password"]
`

// smokeFile writes a smoke file for the provider, with further expectations of its
// submission server, and returns the arguments that run it.
func (w *world) smokeFile(defaults, submission string) []string {
	w.t.Helper()
	text := defaults
	text += fmt.Sprintf("\n[[account]]\nname = \"jane\"\nuser = %q\npassword-env = \"P\"\n", user)
	for _, url := range []string{"pop3s://pop.mail.test", "imaps://imap.mail.test", "smtp://smtp.mail.test"} {
		text += fmt.Sprintf("\n[[endpoint]]\nurl = %q\naccount = \"jane\"\n", url)
	}
	text += submission
	path := filepath.Join(w.dir, "smoke.toml")
	write(w.t, path, text)
	w.env, w.password = append(w.env, "P="+right), ""
	return []string{"--file", path}
}

// TestExpectations runs smoke files against real servers: one that all is met of, and
// some that something is not.
func TestExpectations(t *testing.T) {
	need(t, "ip", "nft", "unbound", "openssl")
	const sends = "size-at-least = \"1 MB\"\nsender-accepted = true\nno-open-relay = true\nstarttls-offered = true\n"
	for _, tt := range []struct {
		name     string
		dovecot  realtest.DovecotConfig
		postfix  realtest.PostfixConfig
		defaults string
		unmet    []string // "id at check"
	}{
		{name: "met"},
		{name: "any-password", dovecot: realtest.DovecotConfig{Extra: []string{"passdb {\n driver = static\n args = nopassword=y\n}"}}, unmet: []string{
			"login-refuses-wrong-password at imap-993", "login-refuses-wrong-password at pop3-995", "login-refuses-wrong-password at smtp-587",
		}},
		{name: "open-relay", postfix: realtest.PostfixConfig{Main: []string{"mynetworks = 0.0.0.0/0", "smtpd_relay_restrictions = permit_mynetworks, reject", "smtpd_sender_restrictions ="}}, unmet: []string{"no-open-relay at smtp-587"}},
		{name: "slow-and-small", postfix: realtest.PostfixConfig{Main: []string{"message_size_limit = 100000", "smtpd_client_restrictions = sleep 2"}}, defaults: strings.Replace(everything, `greeting-within = "20s"`, `greeting-within = "1500ms"`, 1), unmet: []string{"greeting-within at smtp-587", "size-at-least at smtp-587"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, arguments := built(t, scenario{id: "expectations-" + tt.name, build: func(w *world) []string {
				w.dovecot(tt.dovecot)
				w.postfix(tt.postfix)
				if tt.defaults == "" {
					tt.defaults = everything
				}
				return w.smokeFile(tt.defaults, sends)
			}})
			d, text := w.check("expectations-"+tt.name, arguments)
			var unmet []string
			for _, e := range d.Expectations.Unmet {
				unmet = append(unmet, e.ID+" at "+e.Check)
			}
			slices.Sort(unmet)
			if !slices.Equal(unmet, tt.unmet) || len(d.Expectations.NotJudged) > 0 || d.Expectations.Met == 0 || d.Verdict == "does-not-work" {
				t.Errorf("unmet %q, want %q; %d not judged, verdict %s\n%s", unmet, tt.unmet, len(d.Expectations.NotJudged), d.Verdict, text)
			}
			if want := min(len(tt.unmet), 1); d.Exit != want {
				t.Errorf("exit %d, want %d\n%s", d.Exit, want, text)
			}
			replays(t, w.saved)
			for _, wrong := range refuted(t, w.saved) {
				t.Errorf("%s\n%s", wrong, text)
			}
		})
	}
}
