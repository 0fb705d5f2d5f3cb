package tlsinspect

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// What Python rejects since 3.13 is a warning, and what nearly every server has is not.
// No operator can change a public root, so it isn't checked.
func TestStrictFaults(t *testing.T) {
	authority := func(lax bool) *probetest.CA {
		ca, err := probetest.NewAuthority("Test Root", probetest.Authority{Lax: lax})
		if err != nil {
			t.Fatal(err)
		}
		return ca
	}
	for _, tt := range []struct {
		name   string
		lax    bool
		public bool
		leaf   probetest.Leaf
		want   string
	}{
		{"in order", false, false, probetest.Leaf{}, ""},
		{"RSA 2048", false, true, probetest.Leaf{Key: probetest.RSA2048}, ""},
		{"a lax root", true, false, probetest.Leaf{}, "constraints-not-critical no-key-usage"},
		{"a lax root of the public lists", true, true, probetest.Leaf{}, ""},
		{"no authority key identifier", false, false, probetest.Leaf{NoKeyID: true}, "no-authority-key-identifier"},
		{"none, under a public root", false, true, probetest.Leaf{NoKeyID: true}, "no-authority-key-identifier"},
		{"signed by itself", false, false, probetest.Leaf{SelfSigned: true}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ca := authority(tt.lax)
			tt.leaf.Names = []string{"mail.test"}
			cert, err := ca.Issue(tt.leaf)
			if err != nil {
				t.Fatal(err)
			}
			used := []*x509.Certificate{cert.Leaf, ca.Certificate}
			if tt.leaf.SelfSigned {
				used = used[:1]
			}
			var got []string
			for _, f := range newChain(used[:1], time.Now()).strictFaults(used, tt.public) {
				if got = append(got, string(f.ID)); !f.Warning {
					t.Errorf("%s is no warning", f.ID)
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

// A version 1 certificate has no extensions, which is a fault of its own.
func TestStrictlyLooksAtVersion3(t *testing.T) {
	if got := strictly(&x509.Certificate{Version: 1, IsCA: true}, false); got != nil {
		t.Errorf("%v", got)
	}
	if got := strictly(&x509.Certificate{Version: 3, KeyUsage: x509.KeyUsageCertSign, AuthorityKeyId: []byte{1}}, false); len(got) != 1 || got[0] != stage.CertSignsAsNoCA {
		t.Errorf("%v", got)
	}
}
