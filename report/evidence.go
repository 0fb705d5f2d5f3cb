package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// Evidence is what was seen of one endpoint, to be read beside the others.
type Evidence struct {
	Check string // Check.ID
	Label string // "POP3 995"
	Facts []Fact // the same names for every endpoint; an empty value was not seen
}

// Fact is a name and what was seen.
type Fact struct {
	Name  string // indented by two spaces where it belongs to the one above
	Value string
	Bad   bool // at odds with what is expected
}

// maxBeside is how many follow-ups have a column of evidence.
const maxBeside = 8

// evidence returns a column for each endpoint of the plan, and for those
// follow-ups that saw something else than the check that raised them. The names
// stand in the same order in every column, so that they can be shown side by side;
// facts that no column has are left out.
func evidence(rec *stage.Record) []Evidence {
	labels := shortLabels(rec)
	var out []Evidence
	for _, c := range endpointChecks(rec) {
		out = append(out, Evidence{c.Check.ID, labels[c.Check.ID], factsOf(rec, c)})
	}
	n := len(out)
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if c.Check.FollowUp() && telling(rec, c) && len(out) < n+maxBeside {
			out = append(out, Evidence{c.Check.ID, labels[c.Check.ID], factsOf(rec, c)})
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

// telling reports whether a follow-up saw what its parents did not: a certificate
// or a form of encryption, addresses, or another time.
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
		if asked && resolved != nil && len(resolved.Addresses) > 0 && strings.EqualFold(resolved.Host, p.Check.Endpoint.Host) && addressesOf(c) != addressesOf(p) {
			return true
		}
	}
	return false
}

// sawTLS is what a handshake showed: the certificate, or else the version.
func sawTLS(f *stage.TLSFacts) string {
	switch {
	case f == nil:
		return ""
	case len(f.Chain) > 0:
		return f.Chain[0].SHA256
	}
	return f.Version
}

// timeThere returns a server's own time, and how far it is ahead of this
// computer's clock where that is known.
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

func factsOf(rec *stage.Record, c *stage.CheckRecord) []Fact {
	out := reachFacts(c)
	out = append(out, tlsFacts(rec, c)...)
	return append(out, dialogueFacts(c)...)
}

func reachFacts(c *stage.CheckRecord) []Fact {
	var address, took, trip, resolver string
	if f := stage.FactsOf[*stage.ResolveFacts](c); f != nil {
		resolver = f.Implementation
		if f.HostsFile {
			resolver += ", hosts file"
		}
		if f.Literal {
			resolver = "an address was given"
		}
		if len(c.Check.Manner.Resolvers) > 0 {
			resolver = strings.Join(c.Check.Manner.Resolvers, " ")
		}
		address = strings.Join(f.Addresses, " ")
	}
	if f := stage.FactsOf[*stage.ConnectFacts](c); f != nil {
		if f.Address != "" {
			address = hostOf(f.Address)
		}
		for _, a := range f.Attempts {
			if a.Address == f.Address && a.Outcome == stage.DialConnected {
				took = Short(a.Time)
			}
		}
		if f.RoundTrip != nil {
			trip = Short(*f.RoundTrip)
		}
	}
	return []Fact{
		{Name: "name looked up by", Value: stage.Visible(resolver)},
		{Name: "address", Value: stage.Visible(address)},
		{Name: "connected after", Value: took},
		{Name: "round trip", Value: trip},
	}
}

func tlsFacts(rec *stage.Record, c *stage.CheckRecord) []Fact {
	facts := []Fact{
		{Name: "encryption"},
		{Name: "  cipher suite"},
		{Name: "  finite field group"},
		{Name: "certificate for"},
		{Name: "  issued by"},
		{Name: "  valid from"},
		{Name: "  valid until"},
		{Name: "  key"},
		{Name: "  SHA-256"},
		{Name: "  SHA-256 of its root"},
		{Name: "this computer's roots"},
		{Name: "public roots"},
		{Name: "roots of the CA file"},
	}
	f := stage.FactsOf[*stage.TLSFacts](c)
	if f == nil {
		return facts
	}
	set := func(i int, value string, bad bool) { facts[i].Value, facts[i].Bad = stage.Visible(value), bad }
	if f.Version != "" {
		how := " at once"
		if c.Result(stage.Upgrade) != nil {
			how = " after STARTTLS"
		}
		set(0, f.Version+how, false)
	}
	set(1, f.CipherSuite, false)
	if f.DHBits > 0 {
		set(2, strconv.Itoa(f.DHBits)+" bits", f.DHBits < 2048)
	}
	if len(f.Chain) > 0 {
		leaf, now := f.Chain[0], rec.Header.Started
		names := chart.CommonName(leaf.Subject)
		if len(leaf.Names) > 0 {
			names = strings.Join(leaf.Names[:min(3, len(leaf.Names))], " ")
		}
		set(3, names, hasFault(f, stage.CertNameMismatch, stage.CertNoNames))
		set(4, chart.CommonName(leaf.Issuer), hasFault(f, stage.CertUnknownAuthority, stage.CertLocalRoot))
		day := leaf.NotBefore.UTC().Format("2006-01-02")
		if day == now.UTC().Format("2006-01-02") {
			day += " (today)"
		}
		set(5, day, leaf.NotBefore.After(now))
		set(6, leaf.NotAfter.UTC().Format("2006-01-02"), leaf.NotAfter.Before(now))
		set(7, leaf.Key, hasFault(f, stage.CertWeakKey, stage.CertWeakSignature))
		set(8, fingerprint(leaf.SHA256), false)
	}
	if f.Root != nil {
		set(9, fingerprint(f.Root.SHA256), false)
	}
	for i, t := range []stage.Trust{f.System, f.Public, f.CAFile} {
		set(10+i, trustWords(t), t == stage.NotTrusted)
	}
	return facts
}

// hasFault reports whether a chain has one of these faults.
func hasFault(f *stage.TLSFacts, ids ...stage.CertFaultID) bool {
	return slices.ContainsFunc(f.Faults, func(x stage.CertFault) bool { return slices.Contains(ids, x.ID) })
}

// fingerprint shortens a digest to what the eye compares.
func fingerprint(digest string) string {
	if len(digest) > 16 {
		return digest[:16] + "..."
	}
	return digest
}

func trustWords(t stage.Trust) string {
	switch t {
	case stage.Trusted:
		return "trusted"
	case stage.NotTrusted:
		return "NOT trusted"
	case stage.TrustLocal:
		return "trusted, by an added root"
	}
	return string(t)
}

func dialogueFacts(c *stage.CheckRecord) []Fact {
	var software, mechanisms, login, size, compared string
	clock, ahead := timeThere(c)
	if ahead != nil {
		compared = offWords(*ahead)
	}
	if f := stage.FactsOf[*stage.GreetingFacts](c); f != nil {
		software = f.Software
	}
	if f := stage.FactsOf[*stage.CapabilityFacts](c); f != nil {
		mechanisms = strings.Join(f.Mechanisms, " ")
		if f.Size != nil && *f.Size > 0 {
			size = Bytes(*f.Size)
		}
	}
	if f := stage.FactsOf[*stage.LoginFacts](c); f != nil {
		login = f.Mechanism
	}
	return []Fact{
		{Name: "time there", Value: stage.Visible(clock)},
		{Name: "  compared with ours", Value: compared, Bad: compared != "" && compared != wordsInTime},
		{Name: "software", Value: stage.Visible(software)},
		{Name: "ways to log in", Value: stage.Visible(mechanisms)},
		{Name: "login by", Value: stage.Visible(login)},
		{Name: "message size up to", Value: size},
	}
}

// wordsInTime is what is said of two clocks that agree.
const wordsInTime = "the same"

// offWords says how far a clock is from this computer's: "3.0 days ahead".
func offWords(ahead stage.Millis) string {
	d := ahead.Duration()
	way := " ahead"
	if d < 0 {
		d, way = -d, " behind"
	}
	switch {
	case d < time.Minute:
		return wordsInTime
	case d < 2*time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " minutes" + way
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " hours" + way
	}
	return strconv.Itoa(int(d.Hours()/24)) + " days" + way
}
