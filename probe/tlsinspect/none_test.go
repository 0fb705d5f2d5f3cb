package tlsinspect_test

import (
	"crypto/x509"
	"testing"

	"maildoctor/probe/probetest"
	"maildoctor/probe/tlsinspect"
)

// Roots of the user's own, and the built-in public ones, are not those of the system.
func TestNoRootsAtAll(t *testing.T) {
	ca, err := probetest.NewCA("Root")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name          string
		system, extra *x509.CertPool
		want          bool
	}{
		{"none", x509.NewCertPool(), nil, true},
		{"none but the user's", x509.NewCertPool(), ca.Pool(), true},
		{"one", ca.Pool(), nil, false},
	} {
		r, err := tlsinspect.NewRoots(tt.system, nil, tt.extra)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.None(); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
