package report

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Column lists what was seen of one endpoint, to be compared with the others.
type Column struct {
	Check string // Check.ID
	Label string // "POP3 995"
	Facts []Fact // the same names for every endpoint; an empty value was not seen
}

// Fact is a name and what was seen.
type Fact struct {
	Name  string
	Under bool // it belongs to the fact above
	Value string
	Bad   bool // it differs from what is expected
}

// maxBeside limits the follow-ups that have a column of evidence.
const maxBeside = 8

// columns returns one column for each endpoint of the plan, and for each follow-up
// that saw something other than the check that raised it. The names are in the same
// order in every column, so that they can be shown side by side. Facts that no
// column has are left out.
func columns(l *prose.Language, rec *stage.Record) []Column {
	labels := shortLabels(rec)
	var out []Column
	for _, c := range endpointChecks(rec) {
		out = append(out, Column{c.Check.ID, l.Text(labels[c.Check.ID]), factsOf(l, rec, c)})
	}
	n := len(out)
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if c.Check.FollowUp() && telling(rec, c) && len(out) < n+maxBeside {
			out = append(out, Column{c.Check.ID, l.Text(labels[c.Check.ID]), factsOf(l, rec, c)})
		}
	}
	if len(out) == 0 {
		return nil
	}
	for i := len(out[0].Facts) - 1; i >= 0; i-- {
		seen := false
		for _, e := range out {
			seen = seen || e.Facts[i].Value != ""
		}
		if !seen {
			for k := range out {
				out[k].Facts = append(out[k].Facts[:i], out[k].Facts[i+1:]...)
			}
		}
	}
	return out
}

// telling reports whether a follow-up saw what its parents did not: a certificate, a
// form of encryption, addresses, or another time.
func telling(rec *stage.Record, c *stage.CheckRecord) bool {
	tls, resolved := stage.FactsOf[*stage.TLSFacts](c), stage.FactsOf[*stage.ResolveFacts](c)
	_, ahead := timeThere(c)
	if ahead != nil && ahead.Duration().Abs() > time.Minute {
		return true
	}
	for _, id := range c.Check.Parents {
		p := rec.Check(id)
		if p == nil {
			continue
		}
		if tls != nil && sawTLS(tls) != "" && sawTLS(tls) != sawTLS(stage.FactsOf[*stage.TLSFacts](p)) {
			return true
		}
		asked := c.Check.Kind == stage.KindLookup || len(c.Check.Manner.Resolvers) > 0
		if asked && resolved != nil && len(resolved.Addresses) > 0 && strings.EqualFold(resolved.Host, p.Check.Endpoint.Host) && !addressesOf(c).Equal(addressesOf(p)) {
			return true
		}
	}
	return false
}

// sawTLS returns what a handshake showed: the certificate, or else the version.
func sawTLS(f *stage.TLSFacts) string {
	switch {
	case f == nil:
		return ""
	case len(f.Chain) > 0:
		return f.Chain[0].SHA256
	}
	return f.Version
}

// timeThere returns a server's own time, and how far it is ahead of this computer's
// clock if that is known.
func timeThere(c *stage.CheckRecord) (when string, ahead *stage.Millis) {
	if f := stage.FactsOf[*stage.FetchFacts](c); f != nil {
		return f.Date, f.Offset
	}
	if f := stage.FactsOf[*stage.ClockFacts](c); f != nil {
		return f.Time, f.Offset
	}
	if f := stage.FactsOf[*stage.GreetingFacts](c); f != nil {
		return f.ServerDate, nil
	}
	return "", nil
}

func factsOf(l *prose.Language, rec *stage.Record, c *stage.CheckRecord) []Fact {
	all := reachFacts(c)
	all = append(all, encryptionFacts(c)...)
	all = append(all, certificateFacts(rec, c)...)
	all = append(all, dialogueFacts(c)...)
	out := make([]Fact, len(all))
	for i, f := range all {
		out[i] = Fact{l.Text(f.name), f.under, l.Text(f.value), f.bad}
	}
	return out
}

// fact is a [Fact] that is not in words yet.
type fact struct {
	name  prose.Value
	value prose.Value
	under bool
	bad   bool
}

func reachFacts(c *stage.CheckRecord) []fact {
	var address, took, trip, resolver prose.Value
	if f := stage.FactsOf[*stage.ResolveFacts](c); f != nil {
		resolver = resolverSeen(c, f)
		address = spaced(f.Addresses)
	}
	if f := stage.FactsOf[*stage.ConnectFacts](c); f != nil {
		if f.Address != "" {
			address = prose.Data(hostOf(f.Address))
		}
		for _, a := range f.Attempts {
			if a.Address == f.Address && a.Outcome == stage.DialConnected {
				took = prose.Duration(a.Time)
			}
		}
		if f.RoundTrip != nil {
			trip = prose.Duration(*f.RoundTrip)
		}
	}
	return []fact{
		{name: say.FactResolver(), value: resolver},
		{name: say.FactAddress(), value: address},
		{name: say.FactConnectedAfter(), value: took},
		{name: say.FactRoundTrip(), value: trip},
	}
}

// resolverSeen says which resolver looked up a name.
func resolverSeen(c *stage.CheckRecord, f *stage.ResolveFacts) prose.Value {
	switch by := prose.Data(f.Implementation); {
	case len(c.Check.Manner.Resolvers) > 0:
		return spaced(c.Check.Manner.Resolvers)
	case f.Literal:
		return say.SeenLiteral()
	case f.HostsFile:
		return say.SeenHostsFile(by)
	default:
		return by
	}
}

// spaced joins several names or addresses with spaces.
func spaced(all []string) prose.Value { return prose.Data(strings.Join(all, " ")) }

func encryptionFacts(c *stage.CheckRecord) []fact {
	var version, suite, group prose.Value
	weak := false
	if f := stage.FactsOf[*stage.TLSFacts](c); f != nil {
		suite = prose.Data(f.CipherSuite)
		switch v := prose.Data(f.Version); {
		case v.Empty():
		case c.Result(stage.Upgrade) != nil:
			version = say.SeenAfterStartTLS(v)
		default:
			version = say.SeenAtOnce(v)
		}
		if f.DHBits > 0 {
			group, weak = say.SeenBits(prose.Count(f.DHBits)), f.DHBits < 2048
		}
	}
	return []fact{
		{name: say.FactEncryption(), value: version},
		{name: say.FactCipherSuite(), value: suite, under: true},
		{name: say.FactGroup(), value: group, under: true, bad: weak},
	}
}

// certificateFacts returns facts about the server's own certificate, and who trusts
// it.
func certificateFacts(rec *stage.Record, c *stage.CheckRecord) []fact {
	var leaf stage.Certificate
	var root string
	f := stage.FactsOf[*stage.TLSFacts](c)
	if f == nil {
		f = new(stage.TLSFacts)
	}
	if len(f.Chain) > 0 {
		leaf = f.Chain[0]
	}
	if f.Root != nil {
		root = f.Root.SHA256
	}
	now := rec.Header.Started
	return []fact{
		{name: say.FactCertificate(), value: madeOutTo(leaf), bad: hasFault(f, stage.CertNameMismatch, stage.CertNoNames)},
		{name: say.FactIssuedBy(), value: prose.Data(chart.CommonName(leaf.Issuer)), under: true, bad: hasFault(f, stage.CertUnknownAuthority, stage.CertLocalRoot)},
		{name: say.FactValidFrom(), value: beginning(leaf, now), under: true, bad: leaf.NotBefore.After(now)},
		{name: say.FactValidUntil(), value: dayOf(leaf.NotAfter), under: true, bad: leaf.NotAfter.Before(now)},
		{name: say.FactKey(), value: prose.Data(leaf.Key), under: true, bad: hasFault(f, stage.CertWeakKey, stage.CertWeakSignature)},
		{name: say.FactFingerprint(), value: fingerprint(leaf.SHA256), under: true},
		{name: say.FactRootFingerprint(), value: fingerprint(root), under: true},
		trusted(say.FactOurRoots(), f.System),
		trusted(say.FactPublicRoots(), f.Public),
		trusted(say.FactFileRoots(), f.CAFile),
	}
}

// maxNames limits the names of a certificate in a column.
const maxNames = 3

func madeOutTo(leaf stage.Certificate) prose.Value {
	if len(leaf.Names) == 0 {
		return prose.Data(chart.CommonName(leaf.Subject))
	}
	return spaced(leaf.Names[:min(maxNames, len(leaf.Names))])
}

// beginning returns the first day of a certificate.
func beginning(leaf stage.Certificate, now time.Time) prose.Value {
	first := dayOf(leaf.NotBefore)
	if !first.Empty() && first.Equal(dayOf(now)) {
		return say.SeenToday(first)
	}
	return first
}

// dayOf returns a date, or nothing for the zero time.
func dayOf(t time.Time) (day prose.Value) {
	if t.IsZero() {
		return day
	}
	return prose.Day(t)
}

// hasFault reports whether a chain has one of these faults.
func hasFault(f *stage.TLSFacts, ids ...stage.CertFaultID) bool {
	return slices.ContainsFunc(f.Faults, func(x stage.CertFault) bool { return slices.Contains(ids, x.ID) })
}

// fingerprint shortens a digest to the part that people compare.
func fingerprint(digest string) prose.Value { return prose.Cut(digest, 16) }

// trusted says whether one root store trusts a chain.
func trusted(name prose.Value, t stage.Trust) fact {
	f := fact{name: name, value: prose.Data(string(t)), bad: t == stage.NotTrusted}
	switch t {
	case stage.Trusted:
		f.value = say.SeenTrusted()
	case stage.NotTrusted:
		f.value = say.SeenNotTrusted()
	case stage.TrustLocal:
		f.value = say.SeenAddedRoot()
	}
	return f
}

func dialogueFacts(c *stage.CheckRecord) []fact {
	var software, mechanisms, login, size, compared prose.Value
	clock, ahead := timeThere(c)
	wrong := false
	if ahead != nil {
		compared, wrong = off(*ahead)
	}
	if f := stage.FactsOf[*stage.GreetingFacts](c); f != nil {
		software = prose.Data(f.Software)
	}
	if f := stage.FactsOf[*stage.CapabilityFacts](c); f != nil {
		mechanisms = spaced(f.Mechanisms)
		if f.Size != nil && *f.Size > 0 {
			size = prose.Size(*f.Size)
		}
	}
	if f := stage.FactsOf[*stage.LoginFacts](c); f != nil {
		login = prose.Data(f.Mechanism)
	}
	return []fact{
		{name: say.FactTimeThere(), value: prose.Data(clock)},
		{name: say.FactCompared(), value: compared, under: true, bad: wrong},
		{name: say.FactSoftware(), value: software},
		{name: say.FactMechanisms(), value: mechanisms},
		{name: say.FactLoginBy(), value: login},
		{name: say.FactMessageSize(), value: size},
	}
}

// off says how far a clock is from this computer's, and whether that is significant.
func off(ahead stage.Millis) (said prose.Value, wrong bool) {
	units := []struct {
		unit, below   time.Duration
		ahead, behind func(n prose.Value) prose.Value
	}{
		{time.Minute, 2 * time.Hour, say.SeenMinutesAhead, say.SeenMinutesBehind},
		{time.Hour, 48 * time.Hour, say.SeenHoursAhead, say.SeenHoursBehind},
		{24 * time.Hour, 1 << 62, say.SeenDaysAhead, say.SeenDaysBehind},
	}
	d := ahead.Duration().Abs()
	if d < time.Minute {
		return say.SeenInTime(), false
	}
	for _, u := range units {
		if d >= u.below {
			continue
		}
		n := prose.Count(int(d / u.unit))
		if ahead < 0 {
			return u.behind(n), true
		}
		return u.ahead(n), true
	}
	return said, true
}
