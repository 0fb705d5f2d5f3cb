package laboratory

import (
	"os"
	"slices"
	"testing"

	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/realtest"
	"maildoctor/probe/stage"
)

// others are worlds that show how other programs get along with real servers, and
// the expected failures at the named check. Programs that are not listed connect, or
// are not known to fail.
var others = []struct {
	id    string
	check string
	build func(w *world) []string
	fails []string // kind and reason
}{
	// Dovecot's defaults accept TLS 1.2 but no RSA key exchange. It closes without
	// an alert, so a client can't tell which of the two was the reason.
	{"dovecot", "imap-993", func(w *world) []string {
		w.provider()
		return customer
	}, []string{"tls-1.0-rsa refused", "tls-1.0 refused", "tls-1.1 refused", "rsa-key-exchange refused"}},
	{"dovecot-for-old-devices", "pop3-995", func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"ssl_min_protocol = TLSv1", "ssl_cipher_list = ALL:@SECLEVEL=0"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}, nil},
	{"dovecot-with-a-certificate-for-each-name", "imap-993", func(w *world) []string {
		leaf := goodLeaf
		leaf.Names = []string{"www.mail.test"}
		other, key := realtest.WritePEM(w.t, w.issue(leaf))
		own, ownKey := realtest.WritePEM(w.t, w.issue(goodLeaf))
		w.dovecot(realtest.DovecotConfig{
			Certificate: other, Key: key,
			Extra: []string{"local_name " + imapHost + " {\n ssl_cert = <" + own + "\n ssl_key = <" + ownKey + "\n}"},
		})
		return login("imaps://" + imapHost)
	}, []string{"tls-1.0-rsa refused", "tls-1.0 refused", "tls-1.1 refused", "rsa-key-exchange refused", "no-sni name"}},
	{"postfix-with-the-newest-alone", "smtp-587", func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_tls_mandatory_protocols = >=TLSv1.3", "smtpd_tls_protocols = >=TLSv1.3"}})
		w.profile(usual...)
		return customer
	}, []string{"tls-1.0-rsa version", "tls-1.0 version", "tls-1.1 version", "rsa-key-exchange version", "tls-1.2 version"}},
	{"openssl-with-the-oldest-alone", "imap-993", func(w *world) []string {
		w.openssl(imapIP+":993", "-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0")
		return login("imaps://" + imapHost)
	}, []string{"tls-1.2 version", "no-sni version"}},
}

// TestOtherPrograms compares the judgements of other programs with what real servers
// do.
func TestOtherPrograms(t *testing.T) {
	need(t, "ip", "nft", "unbound", "openssl")
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	for _, o := range others {
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			w, arguments := built(t, scenario{id: "programs-" + o.id, build: o.build})
			_, text := w.check("programs-"+o.id, append(slices.Clone(arguments), "--clients"))
			got := w.failing(o.check)
			if !slices.Equal(got, o.fails) {
				t.Errorf("got  %q\nwant %q\n%s", got, o.fails, text)
			}
		})
	}
}

// failing returns the kinds of programs that would not connect at a check, according
// to the saved run.
func (w *world) failing(check string) (out []string) {
	w.t.Helper()
	f, err := os.Open(w.saved)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	s, err := stage.ReadStream(f)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, row := range programs.Judge(stage.Fold(s)) {
		for _, j := range row.Judgements {
			if j.Check == check && j.Verdict == programs.Fails {
				out = append(out, string(row.ID)+" "+string(j.Reason))
			}
		}
	}
	return out
}
