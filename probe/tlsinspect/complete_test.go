package tlsinspect

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

func inPEM(c *issued) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// certsOnly encodes certificates as a certs-only PKCS #7 message.
func certsOnly(t testing.TB, certs ...*issued) []byte {
	t.Helper()
	var all []byte
	for _, c := range certs {
		all = append(all, c.Raw...)
	}
	set := asn1.RawValue{Tag: asn1.TagSet, IsCompound: true}
	type content struct{ Type asn1.ObjectIdentifier }
	inner, err := asn1.Marshal(struct {
		Version      int
		Digests      asn1.RawValue
		Content      content
		Certificates asn1.RawValue
		Signers      asn1.RawValue
	}{
		1, set,
		content{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: all},
		set,
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestComplete(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	second := ca(t, middle, "Second")
	impostor := ca(t, nil, "Second") // the same name with another key
	private := ca(t, nil, "Private")
	one, two := leaf(t, middle), leaf(t, second)
	for _, tt := range []struct {
		name      string
		sent      []*issued
		fetched   []byte
		extra     *issued
		subject   string
		issued    bool
		completes bool
		err       string
	}{
		{name: "DER", sent: []*issued{one}, fetched: middle.Raw, subject: "CN=Middle", issued: true, completes: true},
		{name: "PEM", sent: []*issued{one}, fetched: inPEM(middle), subject: "CN=Middle", issued: true, completes: true},
		{name: "PKCS #7", sent: []*issued{two}, fetched: certsOnly(t, middle, second), subject: "CN=Second", issued: true, completes: true},
		{name: "behind the link that was sent", sent: []*issued{two, second}, fetched: middle.Raw, subject: "CN=Middle", issued: true, completes: true},
		{name: "another link is missing", sent: []*issued{two}, fetched: second.Raw, subject: "CN=Second", issued: true},
		{name: "private", sent: []*issued{leaf(t, private)}, fetched: private.Raw, subject: "CN=Private", issued: true},
		{name: "private, in the file", sent: []*issued{leaf(t, private)}, fetched: private.Raw, extra: private, subject: "CN=Private", issued: true, completes: true},
		{name: "not the issuer", sent: []*issued{two}, fetched: middle.Raw, subject: "CN=Middle"},
		{name: "the issuer's name only", sent: []*issued{two}, fetched: impostor.Raw, subject: "CN=Second"},
		{name: "a page", sent: []*issued{one}, fetched: []byte("<html>"), err: "expected a certificate"},
		{name: "nothing", sent: []*issued{one}, err: "expected a certificate"},
		{name: "too much", sent: []*issued{one}, fetched: make([]byte, MaxFetched+1), err: "more than 65536 bytes"},
		{name: "no chain", fetched: middle.Raw, err: "no chain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := roots(t, pool(root), pool(), nil)
			if tt.extra != nil {
				r.extra = pool(tt.extra)
			}
			found, issued, completes, err := Complete(list(tt.sent...), tt.fetched, r, "mail.example", now)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || found != nil {
					t.Errorf("found %v, error %v, want %q", found, err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if found.Subject != tt.subject || issued != tt.issued || completes != tt.completes || len(found.DER) == 0 {
				t.Errorf("found %s, issued %v, completes %v; want %s, %v, %v", found.Subject, issued, completes, tt.subject, tt.issued, tt.completes)
			}
		})
	}
}

// The public list counts if the system's is too old.
func TestCompleteByPublicRoots(t *testing.T) {
	root := ca(t, nil, "Root")
	middle := ca(t, root, "Middle")
	_, _, completes, err := Complete(list(leaf(t, middle)), middle.Raw, roots(t, pool(), pool(root), nil), "mail.example", now)
	if err != nil || !completes {
		t.Errorf("completes = %v, %v", completes, err)
	}
}

func FuzzParseFetched(f *testing.F) {
	root := ca(f, nil, "Root")
	f.Add(root.Raw)
	f.Add(inPEM(root))
	f.Add(certsOnly(f, root, leaf(f, root)))
	f.Add(certsOnly(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		certs, err := parseFetched(b)
		if (err == nil) != (len(certs) > 0) || len(certs) > maxBundle {
			t.Fatalf("%d certificates, error %v", len(certs), err)
		}
		for _, c := range certs {
			var facts stage.TLSFacts
			if d := describe(c); d.Subject != stage.Visible(d.Subject) || d.Issuer != stage.Visible(d.Issuer) {
				t.Errorf("not visible: %q, %q", d.Subject, d.Issuer)
			}
			r, _ := NewRoots(x509.NewCertPool(), x509.NewCertPool(), nil)
			if judge(&facts, []*x509.Certificate{c, c}, Options{Host: "mail.example", Roots: r, Now: now}) == nil {
				t.Error("trusted without any root")
			}
		}
	})
}
