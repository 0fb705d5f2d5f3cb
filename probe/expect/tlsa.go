package expect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/expect/dane"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// AsksTLSA reports whether a check has to be compared with TLSA records, once the server
// has shown a certificate.
func AsksTLSA(c stage.Check) bool {
	return slices.ContainsFunc(c.Expects, func(e stage.Expectation) bool {
		return e.ID == stage.ExpectDiscovery && consultsTLSA(e)
	})
}

// namesTLSA reports whether an expectation is about TLSA by name.
func namesTLSA(e stage.Expectation) bool { return slices.Contains(e.Want, string(stage.SourceTLSA)) }

// consultsTLSA reports whether an expectation is about TLSA, by name or as one of all
// sources of the domain's own.
func consultsTLSA(e stage.Expectation) bool {
	named := func(id stage.SourceID) bool { return slices.Contains(e.Want, string(id)) }
	return namesTLSA(e) || !slices.ContainsFunc(stage.SourcesByTrust, named)
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// association returns what TLSA records say (RFC 6698). Where the file doesn't name
// them, there need not be any, nor a certificate with which to compare them.
func (k *exam) association() statement {
	s := k.associated()
	if !namesTLSA(k.e) {
		s.silence = prose.Value{}
		if k.trial(stage.KindTLSA) == nil {
			s.open = prose.Value{}
		}
	}
	return s
}

func (k *exam) associated() statement {
	t := k.trial(stage.KindTLSA)
	if t == nil {
		leaf, none := k.leaf()
		switch {
		case leaf == nil:
			return statement{open: none.why}
		case isAddress(k.c.Check.Endpoint.Host):
			return statement{open: say.ExpectNoDomain()}
		}
		return statement{open: say.ExpectUnasked()}
	}
	switch r := t.Result(stage.Resolve); {
	case r == nil || r.Status == stage.Skip:
		return statement{open: unreached(t, stage.Resolve).why}
	case r.Status == stage.Fail:
		return statement{unread: []stage.SourceID{stage.SourceTLSA}}
	}
	records, signed := answered(t)
	c := dane.Compare(records, k.tls())
	if c.Outcome == dane.Nothing {
		return statement{silence: say.ExpectTLSANone()}
	}
	remark := func(what prose.Value) prose.Value {
		if signed {
			return what
		}
		return say.ExpectTLSAUnsigned(what)
	}
	switch c.Outcome {
	case dane.Agrees:
		return statement{agrees: remark(say.ExpectTLSAFits(record(c.Record)))}
	case dane.Invalid:
		return statement{open: say.ExpectTLSAInvalid(record(c.Record))}
	case dane.Unseen:
		return statement{open: say.ExpectTLSAUnseen(record(c.Record))}
	case dane.Useless:
		return statement{silence: say.ExpectTLSAUseless()}
	}
	shown := recordsOf(c.Shown)
	if shown.Empty() {
		shown = say.ExpectNoIssuer()
	}
	return statement{against: remark(say.ExpectTLSADiffers(shown, recordsOf(c.Published)))}
}

// answered returns the records that a trial has found, and whether the name server
// claims that DNSSEC protects them. For records under an alias's target, that takes the
// way to it as well (RFC 7671 7).
func answered(t *stage.CheckRecord) (records []stage.TLSA, signed bool) {
	f := chart.OrEmpty(stage.FactsOf[*stage.ResolveFacts](t))
	way := false
	for _, l := range f.Lookups {
		switch {
		case l.Outcome != stage.LookupAnswer && l.Outcome != stage.LookupNoData && l.Outcome != stage.LookupNXDomain: // another server was asked
		case l.Type != "TLSA":
			way = l.Authenticated
		case l.Outcome == stage.LookupAnswer:
			own := strings.EqualFold(l.Name, fmt.Sprintf("_%d._tcp.%s", t.Check.Endpoint.Port, f.Host))
			return l.TLSA, l.Authenticated && (own || way)
		}
	}
	return nil, false
}

// maxDigits is how many hexadecimal digits of a record are shown. That is enough to tell
// records apart by eye.
const maxDigits = 16

// record writes a record as in a zone file (RFC 6698 2.2), with the beginning of its
// data. Certificates and keys all begin alike: in place of one in full stands its digest.
func record(r stage.TLSA) prose.Value {
	digits, kind := hex.EncodeToString(r.Data), ""
	if r.Matching == 0 {
		sum := sha256.Sum256(r.Data)
		digits, kind = hex.EncodeToString(sum[:]), "SHA-256 "
	}
	if len(digits) > maxDigits {
		digits = digits[:maxDigits] + "..."
	}
	return prose.Data(fmt.Sprintf("%d %d %d %s%s", r.Usage, r.Selector, r.Matching, kind, digits))
}

func recordsOf(all []stage.TLSA) prose.Value {
	var out []prose.Value
	for _, r := range all {
		out = prose.AppendNew(out, record(r))
	}
	return prose.And(out...)
}
