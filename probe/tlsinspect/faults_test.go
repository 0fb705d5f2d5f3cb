package tlsinspect

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net"
	"testing"
	"time"
)

func TestNamesAndPeriod(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	private := ca(t, nil, "Company Root")
	good := leaf(t, middle)
	expired := func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -2) }
	for _, tt := range []judgeCase{
		{name: "good", sent: []*issued{good, middle}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "root sent as well", sent: []*issued{good, middle, root}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "trailing dot", sent: []*issued{good, middle}, opt: Options{Host: "mail.example."}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{
			name: "address", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("fe80::1")} }), middle},
			opt: Options{Host: "fe80::1%eth0"}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root",
		},
		{name: "expired alone", sent: []*issued{leaf(t, middle, expired), middle}, faults: "expired@0", trust: trust{yes, yes, ""}, root: "CN=Root"},
		{
			name: "not yet valid", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.NotBefore = now.AddDate(0, 0, 1) }), middle},
			faults: "not-yet-valid@0", trust: trust{yes, yes, ""}, root: "CN=Root",
		},
		{name: "another name", sent: []*issued{good, middle}, opt: Options{Host: "imap.example"}, faults: "name-mismatch@0", trust: trust{yes, yes, ""}, root: "CN=Root"},
		{name: "another address", sent: []*issued{good, middle}, opt: Options{Host: "192.0.2.1"}, faults: "name-mismatch@0", trust: trust{yes, yes, ""}, root: "CN=Root"},
		{
			name: "common name alone", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.DNSNames = nil }), middle},
			faults: "no-names@0", trust: trust{yes, yes, ""}, root: "CN=Root",
		},
		{
			name: "all at once", sent: []*issued{leaf(t, private, expired), private}, opt: Options{Host: "imap.example"},
			faults: "name-mismatch@0 expired@0 unknown-authority@1", trust: trust{no, no, ""},
		},
		{name: "soon", sent: []*issued{good, middle}, opt: Options{CertificateDays: 61}, faults: "(expires-soon@0)", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "soon, not yet", sent: []*issued{good, middle}, opt: Options{CertificateDays: 60}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{
			name: "soon by default", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = years(-1), now.Add(20*24*time.Hour) }), middle},
			faults: "(expires-soon@0)", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root",
		},
		{
			name: "short life", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.Add(-72*time.Hour), now.Add(72*time.Hour) }), middle},
			trust: trust{yes, yes, ""}, verified: true, root: "CN=Root",
		},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.try(t, pool(root)) })
	}
}

func TestRootsThatDecide(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	private := ca(t, nil, "Company Root")
	good := leaf(t, middle)
	selfSigned := func(changes ...change) *issued { return leaf(t, nil, changes...) }
	pinned := selfSigned()
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }
	for _, tt := range []judgeCase{
		{name: "self-signed", sent: []*issued{selfSigned()}, faults: "self-signed@0", trust: trust{no, no, ""}},
		{name: "self-signed with SHA-1", sent: []*issued{selfSigned(sha1)}, faults: "self-signed@0", trust: trust{no, no, ""}},
		{name: "self-signed and trusted here", sent: []*issued{pinned}, system: pool(pinned), faults: "(local-root@0)", trust: trust{local, no, ""}, verified: true, root: "CN=mail.example"},
		{name: "missing link", sent: []*issued{good}, faults: "unknown-authority@0 (missing-link@0)", trust: trust{no, no, ""}},
		{name: "private, root not sent", sent: []*issued{leaf(t, private)}, faults: "unknown-authority@0 (missing-link@0)", trust: trust{no, no, ""}},
		{name: "private, root sent", sent: []*issued{leaf(t, private), private}, faults: "unknown-authority@1", trust: trust{no, no, ""}},
		{name: "system too old", sent: []*issued{good, middle}, system: pool(private), faults: "unknown-authority@1 (missing-link@1)", trust: trust{no, yes, ""}},
		{name: "local root, company", sent: []*issued{leaf(t, private)}, system: pool(root, private), faults: "(local-root@0)", trust: trust{local, no, ""}, verified: true, root: "CN=Company Root"},
		{
			name: "local root, provider of the catalogue", sent: []*issued{leaf(t, private)}, system: pool(root, private), opt: Options{Builtin: true},
			faults: "local-root@0", trust: trust{local, no, ""}, verified: true, root: "CN=Company Root",
		},
		{
			name: "local root allowed", sent: []*issued{leaf(t, private)}, system: pool(root, private), opt: Options{Builtin: true, TrustLocalRoots: true},
			faults: "(local-root@0)", trust: trust{local, no, ""}, verified: true, root: "CN=Company Root",
		},
		{
			name: "local root in the file as well", sent: []*issued{leaf(t, private)}, system: pool(root, private), extra: pool(private), opt: Options{Builtin: true},
			trust: trust{local, no, yes}, verified: true, root: "CN=Company Root",
		},
		{name: "file alone", sent: []*issued{leaf(t, private)}, extra: pool(private), opt: Options{Builtin: true}, trust: trust{no, no, yes}, verified: true, root: "CN=Company Root"},
		{name: "file of no use", sent: []*issued{good, middle}, extra: pool(private), trust: trust{yes, yes, no}, verified: true, root: "CN=Root"},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.try(t, pool(root)) })
	}
}

func TestIssuers(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	private := ca(t, nil, "Company Root")
	good := leaf(t, middle)
	oldRoot := ca(t, nil, "Old Root", func(c *x509.Certificate) { c.NotAfter = years(-1) })
	// Cross-signed: the intermediate's name and key, issued by the old root.
	cross := sign(t, oldRoot, middle.key, &x509.Certificate{
		Subject: middle.Subject, NotBefore: years(-5), NotAfter: years(-1),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	staleMiddle := ca(t, root, "Stale Middle", func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) })
	futureMiddle := ca(t, root, "Future Middle", func(c *x509.Certificate) { c.NotBefore = now.AddDate(0, 0, 1) })
	expired := func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -2) }
	second := ca(t, middle, "Second Middle")
	for _, tt := range []judgeCase{
		{name: "issuer expired", sent: []*issued{leaf(t, staleMiddle), staleMiddle}, faults: "issuer-expired@1", trust: trust{no, no, ""}},
		{name: "leaf and issuer expired", sent: []*issued{leaf(t, staleMiddle, expired), staleMiddle}, faults: "expired@0 issuer-expired@1", trust: trust{no, no, ""}},
		{name: "issuer not yet valid", sent: []*issued{leaf(t, futureMiddle), futureMiddle}, faults: "not-yet-valid@1", trust: trust{no, no, ""}},
		{name: "root expired", sent: []*issued{leaf(t, oldRoot), oldRoot}, system: pool(oldRoot), faults: "issuer-expired@1", trust: trust{no, no, ""}},
		{name: "expired cross-signed root", sent: []*issued{good, middle, cross, oldRoot}, faults: "(expired-in-chain@2) (expired-in-chain@3)", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{
			name: "expired cross-signed root is the only way", sent: []*issued{good, cross, oldRoot}, system: pool(private),
			faults: "unknown-authority@2 (issuer-expired@1) (issuer-expired@2)", trust: trust{no, no, ""},
		},
		{name: "out of order", sent: []*issued{leaf(t, second), middle, second}, faults: "(chain-out-of-order@1)", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.try(t, pool(root)) })
	}
}

func TestConstraints(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	private := ca(t, nil, "Company Root")
	short := ca(t, root, "Short", func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	below := ca(t, short, "Below")
	noCA := ca(t, root, "No CA", func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	noSign := ca(t, root, "No Sign", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })
	elsewhere := ca(t, root, "Elsewhere", func(c *x509.Certificate) {
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"elsewhere.example"}, true
	})
	onlyMail := ca(t, root, "Only Mail", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	for _, tt := range []judgeCase{
		{name: "for clients", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), middle}, faults: "wrong-usage@0", trust: trust{no, no, ""}},
		{name: "authority for signed mail", sent: []*issued{leaf(t, onlyMail), onlyMail}, faults: "wrong-usage@1", trust: trust{no, no, ""}},
		{name: "path too long", sent: []*issued{leaf(t, below), below, short}, faults: "path-invalid@2", trust: trust{no, no, ""}},
		{name: "issuer is no authority", sent: []*issued{leaf(t, noCA), noCA}, faults: "path-invalid@1", trust: trust{no, no, ""}},
		{name: "issuer may not sign", sent: []*issued{leaf(t, noSign), noSign}, faults: "path-invalid@1", trust: trust{no, no, ""}},
		{name: "name not permitted", sent: []*issued{leaf(t, elsewhere), elsewhere}, faults: "path-invalid@0", trust: trust{no, no, ""}},
		{
			name: "unknown critical extension",
			sent: []*issued{leaf(t, middle, func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}}
			}), middle},
			faults: "path-invalid@0", trust: trust{no, no, ""},
		},
		{name: "private and path too long", sent: []*issued{leaf(t, below), below, short}, system: pool(private), faults: "path-invalid@2 unknown-authority@2 (missing-link@2)", trust: trust{no, no, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.try(t, pool(root)) })
	}
}

func TestStrength(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	private := ca(t, nil, "Company Root")
	weakMiddle := ca(t, root, "Weak Middle", func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 })
	smallMiddle := sign(t, root, rsaKey(t, 1024), &x509.Certificate{
		Subject: private.Subject, NotBefore: years(-1), NotAfter: years(1), IsCA: true, BasicConstraintsValid: true,
	})
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }
	for _, tt := range []judgeCase{
		{name: "RSA 1024", sent: []*issued{sign(t, middle, rsaKey(t, 1024), leafTemplate()), middle}, faults: "weak-key@0", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "RSA 2048", sent: []*issued{sign(t, middle, rsaKey(t, 2048), leafTemplate()), middle}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "small issuer", sent: []*issued{leaf(t, smallMiddle), smallMiddle}, faults: "weak-key@1", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "SHA-1", sent: []*issued{leaf(t, middle, sha1), middle}, faults: "weak-signature@0", trust: trust{no, no, ""}},
		{name: "SHA-1 below the root", sent: []*issued{leaf(t, root, sha1)}, faults: "weak-signature@0", trust: trust{no, no, ""}},
		{name: "SHA-1 issuer", sent: []*issued{leaf(t, weakMiddle), weakMiddle}, faults: "weak-signature@1", trust: trust{no, no, ""}},
		{name: "SHA-1 and private", sent: []*issued{leaf(t, private, sha1), private}, faults: "unknown-authority@0 weak-signature@0", trust: trust{no, no, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.try(t, pool(root)) })
	}
}
