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

// Roots are the root stores for verification. It is safe for concurrent use, and is
// meant to be created once per run.
type Roots struct {
	system *x509.CertPool
	public func() publicRoots
	extra  *x509.CertPool // from --ca-file; may be nil

	known     sync.Map // [32]byte, the SHA-256 of a root, to bool: whether it is public
	described sync.Map // [32]byte to *stage.Certificate
}

// publicRoots are the roots that the large root programs accept.
type publicRoots struct {
	pool *x509.CertPool
	// limits are conditions of roots that are being phased out, such as that no
	// certificate issued after a date is accepted. Keyed by SHA-256.
	limits map[[32]byte]func([]*x509.Certificate) error
}

// NewRoots returns Roots with the given stores, for demonstrations and tests. A nil
// system stands for the system's own roots, a nil public for the built-in list, and a
// nil extra for none. The error is that of loading the system's roots.
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

// None reports whether the system's root store is empty, so that only servers with a CA
// file are trusted. This is typical of an image without ca-certificates.
func (r *Roots) None() bool { return r.system.Equal(x509.NewCertPool()) }

// LoadRoots returns the system's roots, the built-in public ones and, unless caFile is
// empty, the certificates in that PEM file. The error names the file and the expected
// format.
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

// maxCAFile is the maximum size of a CA file, in bytes. A complete public list has a
// quarter of a megabyte.
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

// readPEM parses certificates in PEM (RFC 7468 5). Anything else in the file, such as a
// private key, is an error, because it is then probably the wrong file.
func readPEM(b []byte) (*x509.CertPool, error) {
	const expected = `expected PEM certificates ("-----BEGIN CERTIFICATE-----")`
	pool, all := x509.NewCertPool(), bytes.Count(b, []byte("-----BEGIN "))
	for n := 1; ; n++ {
		block, rest := pem.Decode(b)
		switch {
		case block == nil && all == 0:
			return nil, errors.New(expected + ", found none")
		case block == nil && n <= all: // pem.Decode skips what it can't parse
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

// builtin returns the built-in public roots, parsed on first use.
var builtin = sync.OnceValue(func() publicRoots {
	p := publicRoots{pool: x509.NewCertPool(), limits: make(map[[32]byte]func([]*x509.Certificate) error)}
	for root := range bundle.Roots() {
		c, err := x509.ParseCertificate(root.Certificate)
		switch {
		case err != nil:
			continue // a newer Go version rejects it, so it isn't used
		case root.Constraint == nil:
			p.pool.AddCert(c)
		default:
			p.pool.AddCertWithConstraint(c, root.Constraint)
			p.limits[sha256.Sum256(c.Raw)] = root.Constraint
		}
	}
	return p
})

// isPublic reports whether the root of a chain is a public one that may vouch for this
// chain. The result for a root is cached.
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

// describe returns the facts about a root. The caller must not modify them: they are
// cached, because most endpoints of a run have the same root.
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

// middle returns the middle of the certificate's validity period.
func middle(c *x509.Certificate) time.Time {
	return c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 2)
}
