package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// A system without any root trusts nobody. If the public roots find no fault in a
// certificate, that is the whole explanation, and no question is asked. If they do,
// the questions are those of any other system.
func TestSystemWithoutRoots(t *testing.T) {
	met := func(public stage.Trust, faults ...stage.CertFaultID) step {
		f := certFacts(false, faults...)
		f.System, f.Public = stage.NotTrusted, public
		return fail(stage.Handshake, stage.BadCertificate, f)
	}
	warned := func(c *stage.CheckRecord) {
		met(stage.Trusted, stage.CertUnknownAuthority, stage.CertMissingLink)(c)
		stage.FactsOf[*stage.TLSFacts](c).Faults[1].Warning = true
	}
	for _, tt := range []struct {
		name    string
		noRoots bool
		met     step
		asks    bool
	}{
		{"nobody is trusted", true, met(stage.Trusted, stage.CertUnknownAuthority), false},
		{"nobody is trusted, the root was not sent", true, warned, false},
		{"this one is not trusted", false, met(stage.Trusted, stage.CertUnknownAuthority), true},
		{"nobody else trusts it", true, met(stage.NotTrusted, stage.CertUnknownAuthority), true},
		{"it is for another name", true, met(stage.Trusted, stage.CertUnknownAuthority, stage.CertNameMismatch), true},
	} {
		r := newRun().asking()
		r.rec.Header.System.NoRoots = tt.noRoots
		r.add(imap, tt.met)
		d := r.diagnose(t)
		if asks := len(d.Questions) > 0; asks != tt.asks {
			t.Errorf("%s: %d questions", tt.name, len(d.Questions))
		}
		if f := find(d, cause.ClientTrustStoreOutdated); !tt.asks && (f == nil || f.Confidence != cause.Proven) {
			t.Errorf("%s: %+v", tt.name, f)
		}
	}
}

// A certificate of a private authority is refused with any list of roots. That there is no
// list at all is said beside it, as far as that was looked at.
func TestPrivateAuthorityWithoutRoots(t *testing.T) {
	for _, tt := range []struct {
		name    string
		noRoots bool
		says    bool
	}{{"no list", true, true}, {"a list", false, false}} {
		r := newRun()
		r.rec.Header.System.NoRoots = tt.noRoots
		f := certFacts(false, stage.CertUnknownAuthority)
		f.System, f.Public = stage.NotTrusted, stage.NotTrusted
		r.add(imap, fail(stage.Handshake, stage.BadCertificate, f))
		found := find(r.diagnose(t), cause.CertPrivateCA)
		if found == nil {
			t.Fatalf("%s: not found", tt.name)
		}
		page, _ := cause.PageOf(cause.CertPrivateCA)
		said, evidence := page.Sentence(prose.English(), found.Args), found.Evidence[0].Text(prose.English())
		for _, text := range []string{said, evidence} {
			if got := strings.Contains(text, "list of root certificates"); got != tt.says {
				t.Errorf("%s: %q", tt.name, text)
			}
		}
	}
}
