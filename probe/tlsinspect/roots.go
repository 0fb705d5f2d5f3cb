package tlsinspect

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"maildoctor/probe/stage"
)

// Roots are the sets of roots that a chain is held against. It may be used from
// several goroutines and is meant to be made once in a run.
type Roots struct {
	system *x509.CertPool
	public func() publicRoots
	extra  *x509.CertPool // of --ca-file; nil: none

	known     sync.Map // [32]byte, the SHA-256 of a root, to bool: is it public
	described sync.Map // the same to *stage.Certificate
}

// publicRoots are roots that the large root programs accept.
type publicRoots struct {
	pool *x509.CertPool
	// limits are the conditions of roots that are on their way out: no
	// certificate issued after a date. Keyed by SHA-256.
	limits map[[32]byte]func([]*x509.Certificate) error
}

// NewRoots returns sets made elsewhere, for demonstrations and tests. A nil
// system stands for the system's own, a nil public for the built-in list, a nil
// extra for none. The error is that of loading the system's.
func NewRoots(system, public, extra *x509.CertPool) (*Roots, error) {
	r := &Roots{system: system, public: builtin, extra: extra}
	if public != nil {
		r.public = func() publicRoots { return publicRoots{pool: public} }
	}
	if system == nil {
		var err error
		if r.system, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("the system's certificate authorities: %w", err)
		}
	}
	return r, nil
}

// None reports whether the system has no roots at all, so that it trusts no server but
// those of a CA file. It is what an image without ca-certificates looks like.
func (r *Roots) None() bool { return r.system.Equal(x509.NewCertPool()) }

// LoadRoots returns the system's roots, the built-in public ones and, unless
// caFile is empty, the certificates in that PEM file. The error names the file
// and what was expected of it.
func LoadRoots(caFile string) (*Roots, error) {
	var extra *x509.CertPool
	if caFile != "" {
		var err error
		if extra, err = readCAFile(caFile); err != nil {
			return nil, err
		}
	}
	return NewRoots(nil, nil, extra)
}

// maxCAFile bounds a file of roots, in bytes. A full public list is a quarter
// of a megabyte.
const maxCAFile = 16 << 20

func readCAFile(name string) (*x509.CertPool, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCAFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxCAFile {
		return nil, fmt.Errorf("%s: expected at most %d MiB of PEM certificates", name, maxCAFile>>20)
	}
	pool, err := readPEM(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pool, nil
}

// readPEM reads certificates in PEM form (RFC 7468 5). Anything else in the
// file, such as a private key, is an error: it is then probably the wrong file.
func readPEM(b []byte) (*x509.CertPool, error) {
	const expected = `expected PEM certificates ("-----BEGIN CERTIFICATE-----")`
	pool, all := x509.NewCertPool(), bytes.Count(b, []byte("-----BEGIN "))
	for n := 1; ; n++ {
		block, rest := pem.Decode(b)
		switch {
		case block == nil && all == 0:
			return nil, errors.New(expected + ", found none")
		case block == nil && n <= all: // pem.Decode passes over what it can't read
			return nil, fmt.Errorf("%s, %d of %d blocks are damaged", expected, all-n+1, all)
		case block == nil:
			return pool, nil
		case block.Type != "CERTIFICATE" && block.Type != "X509 CERTIFICATE":
			return nil, fmt.Errorf("%s, block %d is %q", expected, n, block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s, block %d can't be read as one", expected, n)
		}
		pool.AddCert(c)
		b = rest
	}
}

// builtin is the list of public roots in the program, parsed on first use.
var builtin = sync.OnceValue(func() publicRoots {
	p := publicRoots{pool: x509.NewCertPool(), limits: make(map[[32]byte]func([]*x509.Certificate) error)}
	for root := range bundle.Roots() {
		c, err := x509.ParseCertificate(root.Certificate)
		switch {
		case err != nil:
			continue // a newer Go refuses it; it is then no root for us
		case root.Constraint == nil:
			p.pool.AddCert(c)
		default:
			p.pool.AddCertWithConstraint(c, root.Constraint)
			p.limits[sha256.Sum256(c.Raw)] = root.Constraint
		}
	}
	return p
})

// isPublic reports whether the root of a chain is a public one that vouches for
// this chain. It costs a look-up: the answer for a root is kept.
func (r *Roots) isPublic(chain []*x509.Certificate) bool {
	root := chain[len(chain)-1]
	id := sha256.Sum256(root.Raw)
	public, ok := r.known.Load(id)
	if !ok {
		_, err := root.Verify(x509.VerifyOptions{
			Roots: r.public().pool, CurrentTime: middle(root), KeyUsages: anyUsage,
		})
		public = err == nil
		r.known.Store(id, public)
	}
	if limit := r.public().limits[id]; limit != nil && limit(chain) != nil {
		return false
	}
	return public.(bool)
}

// describe returns what there is to say of a root, which the caller must not
// change. It is kept, as most endpoints of a run have the same.
func (r *Roots) describe(root *x509.Certificate) *stage.Certificate {
	id := sha256.Sum256(root.Raw)
	if d, ok := r.described.Load(id); ok {
		return d.(*stage.Certificate)
	}
	d := describe(root)
	r.described.Store(id, &d)
	return &d
}

var anyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}

// middle is a moment at which the certificate is valid.
func middle(c *x509.Certificate) time.Time {
	return c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 2)
}
