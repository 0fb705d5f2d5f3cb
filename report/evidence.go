package report

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose"
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

// evidence returns a column for each endpoint of the plan. The names stand in
// the same order in every column, so that they can be shown side by side; facts
// that no endpoint has are left out.
func evidence(rec *stage.Record) []Evidence {
	labels := shortLabels(rec)
	var out []Evidence
	for _, c := range endpointChecks(rec) {
		out = append(out, Evidence{c.Check.ID, labels[c.Check.ID], factsOf(rec, c)})
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
	if len(f.Chain) > 0 {
		leaf, now := f.Chain[0], rec.Header.Started
		names := diagnose.CommonName(leaf.Subject)
		if len(leaf.Names) > 0 {
			names = strings.Join(leaf.Names[:min(3, len(leaf.Names))], " ")
		}
		set(2, names, hasFault(f, stage.CertNameMismatch, stage.CertNoNames))
		set(3, diagnose.CommonName(leaf.Issuer), hasFault(f, stage.CertUnknownAuthority, stage.CertLocalRoot))
		day := leaf.NotBefore.UTC().Format("2006-01-02")
		if day == now.UTC().Format("2006-01-02") {
			day += " (today)"
		}
		set(4, day, leaf.NotBefore.After(now))
		set(5, leaf.NotAfter.UTC().Format("2006-01-02"), leaf.NotAfter.Before(now))
		set(6, leaf.Key, hasFault(f, stage.CertWeakKey, stage.CertWeakSignature))
		set(7, fingerprint(leaf.SHA256), false)
	}
	if f.Root != nil {
		set(8, fingerprint(f.Root.SHA256), false)
	}
	for i, t := range []stage.Trust{f.System, f.Public, f.CAFile} {
		set(9+i, trustWords(t), t == stage.NotTrusted)
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
	var software, mechanisms, login, size string
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
		{Name: "software", Value: stage.Visible(software)},
		{Name: "ways to log in", Value: stage.Visible(mechanisms)},
		{Name: "login by", Value: stage.Visible(login)},
		{Name: "message size up to", Value: size},
	}
}
