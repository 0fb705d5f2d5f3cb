package tlsinspect

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// brief returns faults as "expired@0", with warnings in parentheses.
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

// trust is the expected result for each root store.
type trust struct{ system, public, file stage.Trust }

const (
	yes   = stage.Trusted
	no    = stage.NotTrusted
	local = stage.TrustLocal
)

// judgeCase is a chain and its expected faults.
type judgeCase struct {
	name     string
	sent     []*issued
	system   *x509.CertPool // nil: the public ones
	extra    *x509.CertPool
	opt      Options // no Host: mail.example
	faults   string
	trust    trust
	verified bool
	root     string
}

// try verifies the chain; public is the public list.
func (tt judgeCase) try(t *testing.T, public *x509.CertPool) {
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
	if got := (trust{facts.System, facts.Public, facts.CAFile}); got != tt.trust {
		t.Errorf("trust = %v, want %v", got, tt.trust)
	}
	if facts.Verified != tt.verified {
		t.Errorf("verified = %v, want %v", facts.Verified, tt.verified)
	}
	subject := ""
	if facts.Root != nil {
		subject = facts.Root.Subject
	}
	if subject != tt.root {
		t.Errorf("root = %q, want %q", subject, tt.root)
	}
	checkError(t, err, tt.faults)
	for _, f := range facts.Faults {
		if f.Depth < 0 || f.Depth >= len(facts.Chain) || f.Detail == "" {
			t.Errorf("fault without place or detail: %+v", f)
		}
	}
}

// checkError checks that there is an error exactly if a fault is more than a warning,
// and that the error names it.
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

// The root itself is kept where it is asked for, and nowhere else because of that: what is
// said of it is shared by all handshakes.
func TestKeepRoot(t *testing.T) {
	root := ca(t, nil, "Root")
	good := leaf(t, root)
	pool := x509.NewCertPool()
	pool.AddCert(root.Certificate)
	r, err := NewRoots(pool, pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, keep := range []bool{false, true, false} {
		var f stage.TLSFacts
		if err := judge(&f, []*x509.Certificate{good.Certificate}, Options{Host: "mail.example", Roots: r, Now: now, KeepRoot: keep}); err != nil {
			t.Fatal(err)
		}
		var want []byte
		if keep {
			want = root.Raw
		}
		if f.Root == nil || f.Root.Subject != "CN=Root" || !bytes.Equal(f.Root.DER, want) {
			t.Errorf("keep: %t: %+v", keep, f.Root)
		}
	}
}
