package dane_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/expect/dane"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// world has a server's certificate under an intermediate, and a stranger's.
type world struct {
	leaf, middle, root, other *x509.Certificate
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newWorld(t *testing.T) world {
	root := must[*probetest.CA](t)(probetest.NewCA("Root"))
	middle := must[*probetest.CA](t)(root.Intermediate("Middle"))
	other := must[*probetest.CA](t)(probetest.NewCA("Middle")) // of the same name
	cert, err := middle.Issue(probetest.Leaf{Names: []string{"mail.example.test"}})
	leaf := must[*x509.Certificate](t)(x509.ParseCertificate(cert.Certificate[0]))
	if err != nil {
		t.Fatal(err)
	}
	return world{leaf, middle.Certificate, root.Certificate, other.Certificate}
}

// described returns the facts about certificates, as a run keeps them.
func described(all ...*x509.Certificate) (out []stage.Certificate) {
	for _, c := range all {
		sum := sha256.Sum256(c.Raw)
		out = append(out, stage.Certificate{SHA256: hex.EncodeToString(sum[:]), DER: c.Raw})
	}
	return out
}

// verified are the facts of a handshake in which all is well, with the root of this
// machine.
func (w world) verified(sent ...*x509.Certificate) *stage.TLSFacts {
	return &stage.TLSFacts{Verified: true, Chain: described(sent...), Root: &described(w.root)[0]}
}

// faulty are those of one with a fault.
func (w world) faulty(id stage.CertFaultID, sent ...*x509.Certificate) *stage.TLSFacts {
	return &stage.TLSFacts{Chain: described(sent...), Faults: []stage.CertFault{{ID: id}}}
}

// record returns the record for a certificate.
func record(usage, selector, matching uint8, c *x509.Certificate) stage.TLSA {
	data := c.Raw
	if selector == 1 {
		data = c.RawSubjectPublicKeyInfo
	}
	switch matching {
	case 1:
		sum := sha256.Sum256(data)
		data = sum[:]
	case 2:
		sum := sha512.Sum512(data)
		data = sum[:]
	}
	return stage.TLSA{Usage: usage, Selector: selector, Matching: matching, Data: data}
}

// Every usage fits the certificates that it is about and no others, by every selector
// and matching type.
func TestUsages(t *testing.T) {
	w := newWorld(t)
	sent := []*x509.Certificate{w.leaf, w.middle}
	for _, tt := range []struct {
		name  string
		usage uint8
		facts *stage.TLSFacts
		of    *x509.Certificate
		want  dane.Outcome
	}{
		{"PKIX-TA, an issuer", 0, w.verified(sent...), w.middle, dane.Agrees},
		{"PKIX-TA, the root that was not sent", 0, w.verified(sent...), w.root, dane.Agrees},
		{"PKIX-TA, the root that was sent", 0, w.verified(w.leaf, w.middle, w.root), w.root, dane.Agrees},
		{"PKIX-TA, the leaf", 0, w.verified(sent...), w.leaf, dane.Differs},
		{"PKIX-TA, a stranger", 0, w.verified(sent...), w.other, dane.Differs},
		{"PKIX-TA, a stranger sent along", 0, w.verified(w.leaf, w.middle, w.other), w.other, dane.Differs},
		{"PKIX-TA, not trusted here", 0, w.faulty(stage.CertUnknownAuthority, sent...), w.middle, dane.Invalid},
		{"PKIX-TA, the root is not known", 0, w.faulty(stage.CertUnknownAuthority, sent...), w.root, dane.Unseen},
		{"PKIX-EE, the leaf", 1, w.verified(sent...), w.leaf, dane.Agrees},
		{"PKIX-EE, an issuer", 1, w.verified(sent...), w.middle, dane.Differs},
		{"PKIX-EE, not trusted here", 1, w.faulty(stage.CertUnknownAuthority, sent...), w.leaf, dane.Invalid},
		{"DANE-TA, an issuer", 2, w.verified(sent...), w.middle, dane.Agrees},
		{"DANE-TA, of nobody's root", 2, w.faulty(stage.CertUnknownAuthority, w.leaf, w.middle, w.root), w.root, dane.Agrees},
		{"DANE-TA, the wrong name", 2, w.faulty(stage.CertNameMismatch, sent...), w.middle, dane.Invalid},
		{"DANE-TA, expired", 2, w.faulty(stage.CertExpired, sent...), w.middle, dane.Invalid},
		{"DANE-TA, in any order", 2, w.verified(w.leaf, w.root, w.middle), w.root, dane.Agrees},
		{"DANE-TA, the leaf", 2, w.verified(sent...), w.leaf, dane.Differs},
		{"DANE-TA, a leaf that signs itself", 2, w.faulty(stage.CertSelfSigned, w.root), w.root, dane.Differs},
		{"DANE-TA, a stranger sent along", 2, w.verified(w.leaf, w.middle, w.other), w.other, dane.Differs},
		{"DANE-TA, the way up is missing", 2, w.verified(w.leaf, w.root), w.root, dane.Differs},
		{"DANE-EE, the leaf", 3, w.verified(sent...), w.leaf, dane.Agrees},
		{"DANE-EE, whatever else is wrong", 3, w.faulty(stage.CertExpired, w.leaf), w.leaf, dane.Agrees},
		{"DANE-EE, an issuer", 3, w.verified(sent...), w.middle, dane.Differs},
		{"DANE-EE, another", 3, w.verified(sent...), w.other, dane.Differs},
	} {
		for _, kind := range [][2]uint8{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}} {
			r := record(tt.usage, kind[0], kind[1], tt.of)
			if got := dane.Compare([]stage.TLSA{r}, tt.facts).Outcome; got != tt.want {
				t.Errorf("%s, %d %d %d: %s, want %s", tt.name, r.Usage, r.Selector, r.Matching, got, tt.want)
			}
		}
	}
}

// A trust anchor that is published in full need not be sent (RFC 7671 5.2); a digest of
// one that isn't sent fits nothing.
func TestAnchorInFull(t *testing.T) {
	w := newWorld(t)
	f := w.faulty(stage.CertUnknownAuthority, w.leaf, w.middle)
	for _, tt := range []struct {
		r    stage.TLSA
		want dane.Outcome
	}{
		{record(2, 0, 0, w.root), dane.Agrees},
		{record(2, 1, 0, w.root), dane.Agrees},
		{record(2, 0, 1, w.root), dane.Differs},
		{record(2, 1, 2, w.root), dane.Differs},
		{record(2, 0, 0, w.other), dane.Differs},
		{record(2, 1, 0, w.other), dane.Differs},
	} {
		if got := dane.Compare([]stage.TLSA{tt.r}, f).Outcome; got != tt.want {
			t.Errorf("%d %d %d: %s, want %s", tt.r.Usage, tt.r.Selector, tt.r.Matching, got, tt.want)
		}
	}
	f = w.faulty(stage.CertUnknownAuthority, w.middle) // nothing but what the root has signed itself
	if got := dane.Compare([]stage.TLSA{record(2, 0, 0, w.root)}, f).Outcome; got != dane.Agrees {
		t.Errorf("issued by what is published: %s", got)
	}
}

// Of several records one suffices, and those that nobody can use don't count.
func TestRecordsThatCount(t *testing.T) {
	w := newWorld(t)
	good, wrong := record(3, 1, 1, w.leaf), record(3, 1, 1, w.other)
	with := func(change func(*stage.TLSA)) stage.TLSA { r := good; change(&r); return r }
	short := with(func(r *stage.TLSA) { r.Data = r.Data[:20] })
	for _, tt := range []struct {
		name    string
		records []stage.TLSA
		want    dane.Outcome
		counts  int
	}{
		{"none", nil, dane.Nothing, 0},
		{"one of two", []stage.TLSA{wrong, good}, dane.Agrees, 2},
		{"none of two", []stage.TLSA{wrong, record(2, 1, 1, w.other)}, dane.Differs, 2},
		{"a usage to come", []stage.TLSA{with(func(r *stage.TLSA) { r.Usage = 4 })}, dane.Useless, 0},
		{"private use", []stage.TLSA{with(func(r *stage.TLSA) { r.Usage = 255 }), wrong}, dane.Differs, 1},
		{"a selector to come", []stage.TLSA{with(func(r *stage.TLSA) { r.Selector = 2 })}, dane.Useless, 0},
		{"a matching type to come", []stage.TLSA{with(func(r *stage.TLSA) { r.Matching = 3 })}, dane.Useless, 0},
		{"a digest cut short", []stage.TLSA{short}, dane.Useless, 0},
		{"no data", []stage.TLSA{with(func(r *stage.TLSA) { r.Data = nil })}, dane.Useless, 0},
		{"no certificate", []stage.TLSA{with(func(r *stage.TLSA) { r.Matching, r.Data = 0, []byte("certificate") })}, dane.Useless, 0},
		{"useless beside useful", []stage.TLSA{short, good}, dane.Agrees, 1},
		{"the stronger digest alone counts", []stage.TLSA{good, record(3, 1, 2, w.other)}, dane.Differs, 1},
		{"the stronger digest fits", []stage.TLSA{wrong, record(3, 1, 2, w.leaf)}, dane.Agrees, 1},
		{"of another selector", []stage.TLSA{good, record(3, 0, 2, w.other)}, dane.Agrees, 2},
		{"of another usage", []stage.TLSA{good, record(2, 1, 2, w.other)}, dane.Agrees, 2},
		{"in full always counts", []stage.TLSA{record(3, 1, 0, w.leaf), record(3, 1, 2, w.other)}, dane.Agrees, 2},
		{"a broken stronger digest doesn't count", []stage.TLSA{good, with(func(r *stage.TLSA) { r.Matching = 2 })}, dane.Agrees, 1},
		{"one that fits counts more than one without trust", []stage.TLSA{record(1, 1, 1, w.leaf), good}, dane.Agrees, 2},
	} {
		c := dane.Compare(tt.records, w.verified(w.leaf, w.middle))
		if c.Outcome != tt.want || len(c.Published) != tt.counts {
			t.Errorf("%s: %s with %d records, want %s with %d", tt.name, c.Outcome, len(c.Published), tt.want, tt.counts)
		}
	}
}

// What differs is named in the terms of what is published.
func TestCounterparts(t *testing.T) {
	w := newWorld(t)
	f := w.verified(w.leaf, w.middle, w.root)
	published := []stage.TLSA{record(3, 1, 1, w.other), record(3, 0, 2, w.other), record(2, 0, 1, w.other), record(3, 1, 1, w.root)}
	c := dane.Compare(published, f)
	want := []stage.TLSA{record(3, 1, 1, w.leaf), record(3, 0, 2, w.leaf), record(2, 0, 1, w.middle), record(2, 0, 1, w.root)}
	if diff := cmp.Diff(want, c.Shown); diff != "" || c.Outcome != dane.Differs {
		t.Errorf("%s (-want +got)\n%s", c.Outcome, diff)
	}
	if c := dane.Compare([]stage.TLSA{record(2, 0, 1, w.other)}, w.verified(w.leaf)); c.Outcome != dane.Differs || len(c.Shown) != 0 {
		t.Errorf("no issuer was sent, and %d are shown", len(c.Shown))
	}
}

// A run that holds only what is said of the certificates tells what follows from that
// and no more.
func TestCertificatesThatWereNotKept(t *testing.T) {
	w := newWorld(t)
	f := w.verified(w.leaf, w.middle)
	for i := range f.Chain {
		f.Chain[i].DER = nil
	}
	f.Root.DER = nil
	for _, tt := range []struct {
		r    stage.TLSA
		want dane.Outcome
	}{
		{record(3, 0, 1, w.leaf), dane.Agrees},
		{record(3, 0, 1, w.other), dane.Differs},
		{record(3, 1, 1, w.leaf), dane.Unseen},
		{record(3, 0, 0, w.other), dane.Unseen},
		{record(2, 0, 1, w.middle), dane.Unseen}, // whether it has signed anything isn't known
		{record(0, 0, 1, w.root), dane.Agrees},
		{record(0, 1, 1, w.root), dane.Unseen},
	} {
		if got := dane.Compare([]stage.TLSA{tt.r}, f).Outcome; got != tt.want {
			t.Errorf("%d %d %d: %s, want %s", tt.r.Usage, tt.r.Selector, tt.r.Matching, got, tt.want)
		}
	}
	if got := dane.Compare([]stage.TLSA{record(3, 1, 1, w.leaf)}, new(stage.TLSFacts)).Outcome; got != dane.Unseen {
		t.Errorf("no certificate at all: %s", got)
	}
}

// Whatever a name server and a mail server send, comparing it ends.
func FuzzCompare(f *testing.F) {
	ca, err := probetest.NewCA("Root")
	if err != nil {
		f.Fatal(err)
	}
	for usage := range uint8(5) {
		f.Add(usage, uint8(1), uint8(0), ca.Certificate.RawSubjectPublicKeyInfo, ca.Certificate.Raw)
		f.Add(usage, uint8(0), uint8(0), ca.Certificate.Raw, ca.Certificate.Raw)
	}
	f.Fuzz(func(t *testing.T, usage, selector, matching uint8, data, der []byte) {
		facts := &stage.TLSFacts{Chain: []stage.Certificate{{DER: der}, {DER: data}, {DER: der}}}
		r := stage.TLSA{Usage: usage, Selector: selector, Matching: matching, Data: data}
		c := dane.Compare([]stage.TLSA{r}, facts)
		if c.Outcome == "" || (c.Outcome == dane.Useless) != (len(c.Published) == 0) {
			t.Errorf("%+v", c)
		}
	})
}
