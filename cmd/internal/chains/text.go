package chains

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// chain is a chain, and the servers that presented it.
type chain struct {
	certificates []stage.Certificate
	by           []*stage.CheckRecord
}

// presented returns each distinct chain that the mail servers of a run presented, if
// the record holds the certificates themselves.
func presented(rec *stage.Record) []chain {
	var all []chain
	for i := range rec.Checks {
		c := &rec.Checks[i]
		f := stage.FactsOf[*stage.TLSFacts](c)
		if c.Check.Kind != stage.KindEndpoint || f == nil || len(f.Chain) == 0 || len(f.Chain[0].DER) == 0 {
			continue
		}
		same := func(s chain) bool {
			return slices.EqualFunc(s.certificates, f.Chain, func(a, b stage.Certificate) bool { return bytes.Equal(a.DER, b.DER) })
		}
		if at := slices.IndexFunc(all, same); at >= 0 {
			all[at].by = append(all[at].by, c)
			continue
		}
		all = append(all, chain{f.Chain, []*stage.CheckRecord{c}})
	}
	return all
}

// factsAlone reports whether a record describes certificates that it doesn't hold.
func factsAlone(rec *stage.Record) bool {
	return slices.ContainsFunc(rec.Checks, func(c stage.CheckRecord) bool {
		f := stage.FactsOf[*stage.TLSFacts](&c)
		return f != nil && len(f.Chain) > 0 && len(f.Chain[0].DER) == 0
	})
}

// trusted reports whether the chain was trusted at every server that presented it.
func (s chain) trusted() bool {
	return !slices.ContainsFunc(s.by, func(c *stage.CheckRecord) bool { return !stage.FactsOf[*stage.TLSFacts](c).Verified })
}

// places names the servers that presented the chain.
func (s chain) places() prose.Value {
	var all []prose.Value
	for _, c := range s.by {
		all = prose.AppendNew(all, prose.Data(c.Check.Endpoint.Address()))
	}
	return prose.And(all...)
}

// faults says why the chain is not trusted at the first server where it isn't.
func (s chain) faults() prose.Value {
	var words []prose.Value
	for _, c := range s.by {
		f := stage.FactsOf[*stage.TLSFacts](c)
		for _, fault := range f.Faults {
			if !f.Verified && !fault.Warning {
				words = prose.AppendNew(words, chart.CertificateFault(f, fault))
			}
		}
		if len(words) > 0 {
			return prose.Then(words...)
		}
	}
	return say.ChainUnverified()
}

// text returns the contents of the file: PEM (RFC 7468), which allows text
// between the certificates.
func text(l *prose.Language, rec *stage.Record, all []chain) []byte {
	var b bytes.Buffer
	comment(&b, l.Sentence(say.ChainShown(prose.Data(day(rec.Header.Started)))))
	for _, s := range all {
		if !s.trusted() {
			b.WriteString("#\n")
			comment(&b, l.Sentence(say.ChainWarning(s.places(), s.faults())))
		}
	}
	b.WriteString("#\n")
	comment(&b, l.Sentence(say.ChainUse()))
	for _, s := range all {
		for _, c := range s.certificates {
			b.WriteString("\n")
			comment(&b, l.Title(say.ChainOf(s.places())))
			describe(&b, l, c)
			pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.DER})
		}
	}
	return b.Bytes()
}

// describe writes what people compare of a certificate, one property per line.
func describe(b *bytes.Buffer, l *prose.Language, c stage.Certificate) {
	line := func(v prose.Value) { b.WriteString("# " + l.Title(v) + "\n") }
	line(say.ChainSubject(prose.Data(c.Subject)))
	if len(c.Names) > 0 {
		line(say.ChainNames(prose.Data(strings.Join(c.Names, ", "))))
	}
	line(say.ChainIssuer(prose.Data(c.Issuer)))
	line(say.ChainValid(prose.Data(day(c.NotBefore)), prose.Data(day(c.NotAfter))))
	line(say.ChainWhole(prose.Data(c.SHA256)))
	if parsed, err := c.Parse(); err == nil {
		sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
		line(say.ChainKey(prose.Data(hex.EncodeToString(sum[:])), prose.Data(base64.StdEncoding.EncodeToString(sum[:]))))
	}
}

// day formats a time of a certificate to the minute.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// comment writes text as comment lines of a comfortable width.
func comment(b *bytes.Buffer, words string) {
	for line := range strings.SplitSeq(ansi.Wordwrap(words, report.DefaultWidth-2, " "), "\n") {
		b.WriteString("# " + strings.TrimSpace(line) + "\n")
	}
}
