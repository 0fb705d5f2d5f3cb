package tlsinspect

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// brief writes faults as "expired@0", warnings in parentheses.
func brief(faults []stage.CertFault) string {
	var out []string
	for _, f := range faults {
		s := fmt.Sprintf("%s@%d", f.ID, f.Depth)
		if f.Warning {
			s = "(" + s + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestJudge(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	private := ca(t, nil, "Company Root")
	good := leaf(t, middle)
	public := pool(root)
	oldRoot := ca(t, nil, "Old Root", func(c *x509.Certificate) { c.NotAfter = years(-1) })
	// Cross-signed: the middle's name and key, vouched for by the old root.
	cross := sign(t, oldRoot, middle.key, &x509.Certificate{
		Subject: middle.Subject, NotBefore: years(-5), NotAfter: years(-1),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	staleMiddle := ca(t, root, "Stale Middle", func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) })
	futureMiddle := ca(t, root, "Future Middle", func(c *x509.Certificate) { c.NotBefore = now.AddDate(0, 0, 1) })
	short := ca(t, root, "Short", func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	below := ca(t, short, "Below")
	noCA := ca(t, root, "No CA", func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	noSign := ca(t, root, "No Sign", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })
	elsewhere := ca(t, root, "Elsewhere", func(c *x509.Certificate) {
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"elsewhere.example"}, true
	})
	onlyMail := ca(t, root, "Only Mail", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	weakMiddle := ca(t, root, "Weak Middle", func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 })
	smallMiddle := sign(t, root, rsaKey(t, 1024), &x509.Certificate{
		Subject: private.Subject, NotBefore: years(-1), NotAfter: years(1), IsCA: true, BasicConstraintsValid: true,
	})
	selfSigned := func(changes ...change) *issued { return leaf(t, nil, changes...) }
	pinned := selfSigned()
	expired := func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -2) }
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }

	type trust struct{ system, public, file stage.Trust }
	yes, no, local := stage.Trusted, stage.NotTrusted, stage.TrustLocal

	for _, tt := range []struct {
		name     string
		sent     []*issued
		system   *x509.CertPool // nil: public
		extra    *x509.CertPool
		opt      Options // Host and days
		faults   string
		trust    trust
		verified bool
		root     string
	}{
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
		{name: "issuer expired", sent: []*issued{leaf(t, staleMiddle), staleMiddle}, faults: "issuer-expired@1", trust: trust{no, no, ""}},
		{name: "leaf and issuer expired", sent: []*issued{leaf(t, staleMiddle, expired), staleMiddle}, faults: "expired@0 issuer-expired@1", trust: trust{no, no, ""}},
		{name: "issuer not yet valid", sent: []*issued{leaf(t, futureMiddle), futureMiddle}, faults: "not-yet-valid@1", trust: trust{no, no, ""}},
		{name: "root expired", sent: []*issued{leaf(t, oldRoot), oldRoot}, system: pool(oldRoot), faults: "issuer-expired@1", trust: trust{no, no, ""}},
		{name: "expired cross-signed root", sent: []*issued{good, middle, cross, oldRoot}, faults: "(expired-in-chain@2) (expired-in-chain@3)", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{
			name: "expired cross-signed root is the only way", sent: []*issued{good, cross, oldRoot}, system: pool(private),
			faults: "unknown-authority@2 (issuer-expired@1) (issuer-expired@2)", trust: trust{no, no, ""},
		},
		{name: "out of order", sent: []*issued{leaf(t, below2(t, middle)), middle, below2cert}, faults: "(chain-out-of-order@1)", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "for clients", sent: []*issued{leaf(t, middle, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), middle}, faults: "wrong-usage@0", trust: trust{no, no, ""}},
		{name: "authority for signed mail", sent: []*issued{leaf(t, onlyMail), onlyMail}, faults: "wrong-usage@1", trust: trust{no, no, ""}},
		{name: "path too long", sent: []*issued{leaf(t, below), below, short}, faults: "path-invalid@2", trust: trust{no, no, ""}},
		{name: "issuer is no authority", sent: []*issued{leaf(t, noCA), noCA}, faults: "path-invalid@1", trust: trust{no, no, ""}},
		{name: "issuer may not sign", sent: []*issued{leaf(t, noSign), noSign}, faults: "path-invalid@1", trust: trust{no, no, ""}},
		{name: "name not permitted", sent: []*issued{leaf(t, elsewhere), elsewhere}, faults: "path-invalid@0", trust: trust{no, no, ""}},
		{
			name: "unknown critical extension",
			sent: []*issued{leaf(t, middle, func(c *x509.Certificate) {
				c.ExtraExtensions = append(c.ExtraExtensions, extension())
			}), middle},
			faults: "path-invalid@0", trust: trust{no, no, ""},
		},
		{name: "private and path too long", sent: []*issued{leaf(t, below), below, short}, system: pool(private), faults: "path-invalid@2 unknown-authority@2 (missing-link@2)", trust: trust{no, no, ""}},
		{name: "RSA 1024", sent: []*issued{sign(t, middle, rsaKey(t, 1024), leafTemplate()), middle}, faults: "weak-key@0", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "RSA 2048", sent: []*issued{sign(t, middle, rsaKey(t, 2048), leafTemplate()), middle}, trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "small issuer", sent: []*issued{leaf(t, smallMiddle), smallMiddle}, faults: "weak-key@1", trust: trust{yes, yes, ""}, verified: true, root: "CN=Root"},
		{name: "SHA-1", sent: []*issued{leaf(t, middle, sha1), middle}, faults: "weak-signature@0", trust: trust{no, no, ""}},
		{name: "SHA-1 below the root", sent: []*issued{leaf(t, root, sha1)}, faults: "weak-signature@0", trust: trust{no, no, ""}},
		{name: "SHA-1 issuer", sent: []*issued{leaf(t, weakMiddle), weakMiddle}, faults: "weak-signature@1", trust: trust{no, no, ""}},
		{name: "SHA-1 and private", sent: []*issued{leaf(t, private, sha1), private}, faults: "unknown-authority@0 weak-signature@0", trust: trust{no, no, ""}},
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
		t.Run(tt.name, func(t *testing.T) {
			if tt.system == nil {
				tt.system = public
			}
			tt.opt.Now, tt.opt.Roots = now, roots(t, tt.system, public, tt.extra)
			if tt.opt.Host == "" {
				tt.opt.Host = "mail.example"
			}
			var facts stage.TLSFacts
			err := judge(&facts, list(tt.sent...), tt.opt)
			if got := brief(facts.Faults); got != tt.faults {
				t.Errorf("faults = %q, want %q (%+v)", got, tt.faults, facts.Faults)
			}
			if d := cmp.Diff(fmt.Sprint(tt.trust), fmt.Sprint(trust{facts.System, facts.Public, facts.CAFile})); d != "" {
				t.Errorf("trust (-want +got):\n%s", d)
			}
			if facts.Verified != tt.verified {
				t.Errorf("verified = %v, want %v", facts.Verified, tt.verified)
			}
			if got := ""; facts.Root != nil && facts.Root.Subject != tt.root || facts.Root == nil && got != tt.root {
				t.Errorf("root = %+v, want %q", facts.Root, tt.root)
			}
			checkError(t, err, tt.faults)
			for _, f := range facts.Faults {
				if f.Depth < 0 || f.Depth >= len(facts.Chain) || f.Detail == "" {
					t.Errorf("fault without place or detail: %+v", f)
				}
			}
		})
	}
}

// checkError holds the error against the faults: it is there when one is more
// than a warning, and names it.
func checkError(t *testing.T, err error, faults string) {
	t.Helper()
	var failing string
	for f := range strings.FieldsSeq(faults) {
		if !strings.HasPrefix(f, "(") {
			failing, _, _ = strings.Cut(f, "@")
			break
		}
	}
	if failing == "" {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok || e.Fault != stage.BadCertificate || !strings.Contains(e.Error(), failing) {
		t.Errorf("error %v, want %s with %s", err, stage.BadCertificate, failing)
	}
}

var below2cert *issued

func below2(t *testing.T, parent *issued) *issued {
	below2cert = ca(t, parent, "Second Middle")
	return below2cert
}

func extension() (e pkix.Extension) {
	return pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}
}

func TestDescribe(t *testing.T) {
	root := ca(t, nil, "Root")
	c := sign(t, root, rsaKey(t, 2048), leafTemplate(), func(c *x509.Certificate) {
		c.Subject.Organization = []string{"a\x1b[2Jb\u202e"}
		c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)}
		c.IssuingCertificateURL = []string{"http://ca.example/root.cer"}
	})
	c.SerialNumber = big.NewInt(0xbeef)
	d := describeChain(list(c, root))
	got := d[0]
	if !strings.HasPrefix(got.Subject, `CN=mail.example,O=a\x1b[2Jb`) || strings.Contains(got.Subject, "\u202e") {
		t.Errorf("subject = %q", got.Subject)
	}
	if got.Key != "RSA 2048" || d[1].Key != "ECDSA P-256" || got.Serial != "beef" || got.Signature != "ECDSA-SHA256" || len(got.SHA256) != 64 {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"mail.example", "192.0.2.1"}, got.Names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"http://ca.example/root.cer"}, got.Issuers); diff != "" {
		t.Errorf("issuers (-want +got):\n%s", diff)
	}
	if got.CA || got.SelfSigned || !d[1].CA || !d[1].SelfSigned {
		t.Errorf("CA %v %v, self-signed %v %v", got.CA, d[1].CA, got.SelfSigned, d[1].SelfSigned)
	}
	again, err := x509.ParseCertificate(got.DER)
	if err != nil || !again.Equal(c.Certificate) {
		t.Errorf("DER: %v", err)
	}
}

// A hostile chain: many certificates, and large ones.
func TestBounds(t *testing.T) {
	root := ca(t, nil, strings.Repeat("R", 100_000))
	sent := []*issued{leaf(t, root, func(c *x509.Certificate) {
		for i := range 2000 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("%d.%s.example", i, strings.Repeat("x", 30)))
		}
	})}
	for range 30 {
		sent = append(sent, root)
	}
	var facts stage.TLSFacts
	judge(&facts, list(sent...), Options{Host: "mail.example", Now: now, Roots: roots(t, pool(), pool(), nil)})
	if len(facts.Chain) != maxChain {
		t.Errorf("%d certificates kept, want %d", len(facts.Chain), maxChain)
	}
	b, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 256<<10 {
		t.Errorf("facts take %d bytes", len(b))
	}
}
