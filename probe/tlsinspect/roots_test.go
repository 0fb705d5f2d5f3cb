package tlsinspect

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

func TestLoadRoots(t *testing.T) {
	a, b := ca(t, nil, "A"), ca(t, nil, "B")
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})
	for _, tt := range []struct {
		name string
		text []byte
		err  string
	}{
		{name: "one", text: inPEM(a)},
		{name: "two with words between", text: bytes.Join([][]byte{[]byte("# A"), inPEM(a), []byte("# B"), inPEM(b)}, []byte("\n"))},
		{name: "empty", err: `"-----BEGIN CERTIFICATE-----"), found none`},
		{name: "DER", text: a.Raw, err: "found none"},
		{name: "key", text: append(inPEM(a), key...), err: `block 2 is "PRIVATE KEY"`},
		{name: "damaged", text: append(append(inPEM(a)[:200], "\n"...), inPEM(b)...), err: "1 of 2 blocks are damaged"},
		{name: "no certificate", text: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}), err: "block 1 can't be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "roots.pem")
			if err := os.WriteFile(file, tt.text, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := LoadRoots(file)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), file) {
					t.Errorf("error %v, want %q and the file's name", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Verify(x509.VerifyOptions{Roots: r.extra, CurrentTime: now}); err != nil {
				t.Errorf("A isn't trusted: %v", err)
			}
			if _, err := b.Verify(x509.VerifyOptions{Roots: r.extra, CurrentTime: now}); (err == nil) != (tt.name != "one") {
				t.Errorf("B: %v", err)
			}
		})
	}
	if _, err := LoadRoots(filepath.Join(t.TempDir(), "none.pem")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.pem") {
		t.Errorf("a file that isn't there: %v", err)
	}
	r, err := LoadRoots("")
	if err != nil || r.extra != nil || r.system == nil {
		t.Errorf("without a file: %+v, %v", r, err)
	}
}

// The built-in list contains roots, and a root that is being phased out counts for
// certificates that it issued in time.
func TestPublicRoots(t *testing.T) {
	r := roots(t, pool(), nil, nil)
	//lint:ignore SA1019 complete for a pool of our own
	if n := len(r.public().pool.Subjects()); n < 100 {
		t.Errorf("%d public roots built in", n)
	}
	root := ca(t, nil, "Root")
	old, late := leaf(t, root), leaf(t, root, func(c *x509.Certificate) { c.NotBefore = now.AddDate(0, 0, -1) })
	limit := func(chain []*x509.Certificate) error {
		if chain[0].NotBefore.After(now.AddDate(0, 0, -10)) {
			return errors.New("issued too late")
		}
		return nil
	}
	limited := x509.NewCertPool()
	limited.AddCertWithConstraint(root.Certificate, limit)
	r = roots(t, pool(root), nil, nil)
	r.public = func() publicRoots {
		return publicRoots{limited, map[[32]byte]func([]*x509.Certificate) error{sha256.Sum256(root.Raw): limit}}
	}
	for _, tt := range []struct {
		leaf *issued
		want stage.Trust
	}{{old, stage.Trusted}, {late, stage.NotTrusted}} {
		var facts stage.TLSFacts
		judge(&facts, list(tt.leaf), Options{Host: "mail.example", Roots: r, Now: now})
		if facts.Public != tt.want {
			t.Errorf("from %v: public %q, want %q", tt.leaf.NotBefore, facts.Public, tt.want)
		}
	}
}

func TestSystemRootsAreLoaded(t *testing.T) {
	r, err := NewRoots(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	if !r.system.Equal(want) {
		t.Error("not the system's roots")
	}
}

func FuzzReadPEM(f *testing.F) {
	root := ca(f, nil, "Root")
	f.Add(inPEM(root))
	f.Add(append(inPEM(root)[:200], inPEM(root)...))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pool, err := readPEM(b)
		if (pool == nil) != (err != nil) {
			t.Errorf("pool %v, error %v", pool, err)
		}
		if err == nil && !bytes.Contains(b, []byte("-----BEGIN")) {
			t.Error("read without a beginning")
		}
	})
}
