package tlsinspect_test

import (
	"crypto/x509"
	"testing"

	"maildoctor/probe/probetest"
	"maildoctor/probe/tlsinspect"
)

// A CA file and the built-in public roots don't count as the system's roots.
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
