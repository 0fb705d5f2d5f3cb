package report

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// servers compares what does not belong to one stage: the servers' addresses,
// their certificates, and whether IPv6 was of use.
func (c *Comparison) servers(old, new *Report) {
	addresses := c.perServer(old, new, addressesOf, "addresses")
	certificates := c.perServer(old, new, certificateOf, "certificate")
	same := func(what string, known, changed bool) {
		if known && !changed {
			c.Same = append(c.Same, Difference{What: what, Old: Seen{Text: "the same"}, New: Seen{Text: "the same"}})
		}
	}
	same("Server addresses", addresses.compared, addresses.changed)
	same("Certificates", certificates.compared, certificates.changed)
	o, n := ipv6Of(old), ipv6Of(new)
	if o != n {
		c.Changed = append(c.Changed, Difference{What: "IPv6", Old: o, New: n})
	}
}

// tally says whether something could be compared anywhere, and changed anywhere.
type tally struct{ compared, changed bool }

// perServer compares one property of each connection that both runs have seen.
func (c *Comparison) perServer(old, new *Report, of func(*stage.CheckRecord) string, name string) (t tally) {
	for _, p := range pairs(old.Checks, new.Checks) {
		if p.old == nil || p.new == nil {
			continue
		}
		o, n := of(p.old), of(p.new)
		if o == "" || n == "" {
			continue
		}
		t.compared = true
		if o != n {
			t.changed = true
			c.Changed = append(c.Changed, Difference{Check: p.new.Check.ID, What: label(p.new), Part: name, Old: Seen{Text: o}, New: Seen{Text: n}})
		}
	}
	return t
}

// addressesOf returns a host's addresses in no order: a name server may rotate
// them.
func addressesOf(c *stage.CheckRecord) string {
	f := stage.FactsOf[*stage.ResolveFacts](c)
	if f == nil || f.Literal {
		return ""
	}
	return strings.Join(slices.Sorted(slices.Values(f.Addresses)), " ")
}

// certificateOf names a server's certificate by its fingerprint and its last
// day.
func certificateOf(c *stage.CheckRecord) string {
	f := stage.FactsOf[*stage.TLSFacts](c)
	if f == nil || len(f.Chain) == 0 {
		return ""
	}
	leaf := f.Chain[0]
	return leaf.SHA256[:min(12, len(leaf.SHA256))] + " until " + leaf.NotAfter.UTC().Format(time.DateOnly)
}

// ipv6Of says whether any server was reached over IPv6.
func ipv6Of(r *Report) Seen {
	seen := Seen{SignNotReached, "no address"}
	for i := range r.Checks {
		f := stage.FactsOf[*stage.ConnectFacts](&r.Checks[i])
		if f == nil || r.Checks[i].Check.FollowUp() {
			continue
		}
		for _, a := range f.Attempts {
			ip, err := netip.ParseAddrPort(a.Address)
			switch {
			case err != nil || !ip.Addr().Is6() || ip.Addr().Is4In6():
			case a.Outcome == stage.DialConnected:
				return Seen{SignPass, "works"}
			default:
				seen = Seen{SignFail, "does not connect"}
			}
		}
	}
	return seen
}

// circumstances sets the two runs' surroundings side by side.
func (c *Comparison) circumstances(old, new *Report) {
	add := func(what string, of func(*Report) string) {
		c.Circumstances = append(c.Circumstances, Difference{What: what, Old: Seen{Text: orDash(of(old))}, New: Seen{Text: orDash(of(new))}})
	}
	add("when", func(r *Report) string { return r.Started.Format("2006-01-02 15:04 -07:00") })
	add("computer", func(r *Report) string { return strings.TrimSpace(r.System.OS + " " + r.System.Arch) })
	add("this computer's address", func(r *Report) string { return strings.Join(r.System.Addresses, " ") })
	add("name server asked", resolverOf)
	add("maildoctor", func(r *Report) string { return r.Version })
	add("profile", profileOf)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// resolverOf names the name servers of a run.
func resolverOf(r *Report) string {
	servers := r.System.Resolvers
	if r.Options.Resolver != "" {
		servers = []string{r.Options.Resolver}
	}
	out := make([]string, len(servers))
	for i, s := range servers {
		out[i] = hostOf(s)
	}
	return strings.Join(out, " ")
}

// profileOf names the profiles of a run, with their dates.
func profileOf(r *Report) string {
	var out []string
	for _, s := range r.Subjects {
		if p := s.Profile; p != nil && !slices.Contains(out, p.ID+" "+p.Date) {
			out = append(out, p.ID+" "+p.Date)
		}
	}
	return strings.Join(out, ", ")
}

// summary says what differs.
func (c *Comparison) summary() []string {
	var out []string
	for _, d := range c.Changed {
		if d.Part == "" || d.Old.Sign == "" || d.New.Sign == "" {
			continue
		}
		if text := changeWords(d, c.Old.Name, c.New.Name); text != "" {
			out = append(out, text)
		}
		if len(out) == maxChanges {
			break
		}
	}
	switch {
	case len(out) > 0:
	case len(c.Same) == 0:
		return []string{wordsNoneInBoth}
	default:
		out = append(out, say(wordsAlike, "old", c.Old.Name, "new", c.New.Name))
		if len(c.Apart) > 0 {
			out = append(out, wordsNotAll)
		}
	}
	return out
}

// maxChanges is how many changes the summary tells; the table has them all.
const maxChanges = 3

// Sentences of a comparison. It ends at what differs: who is to blame is more
// than two runs can say.
const (
	wordsWorksNow    = "{what}: {part} works in {new} and did not in {old}, which saw: {text}."
	wordsFailsNow    = "{what}: {part} worked in {old} and does not in {new}, which saw: {text}."
	wordsOtherwise   = "{what}: {part} fails in both runs, in another way: {was} in {old}, {text} in {new}."
	wordsAlike       = "What {old} and {new} both tested ended alike."
	wordsNoneInBoth  = "Nothing was tested in both runs."
	wordsNotAll      = "Some of it was tested in one of them alone."
	wordsNetwork     = "The same settings and the same server addresses, and another address of this computer: the network is what differs."
	wordsSameNetwork = "Settings, server addresses and this computer's address are the same: what differs is the time."
	wordsOtherHosts  = "The servers' addresses are not the same in both runs: the two may have met different machines."
	wordsBothFail    = "Another network has changed nothing: look on this computer, or at the server."
)

func changeWords(d Difference, old, new string) string {
	works := func(s Sign) bool { return s == SignPass || s == SignWarn }
	args := []string{"what", d.What, "part", d.Part, "old", old, "new", new}
	switch {
	case d.Old.Sign == SignNotReached || d.New.Sign == SignNotReached:
		return ""
	case works(d.New.Sign) && d.Old.Sign == SignFail:
		return say(wordsWorksNow, append(args, "text", d.Old.Text)...)
	case d.New.Sign == SignFail && works(d.Old.Sign):
		return say(wordsFailsNow, append(args, "text", d.New.Text)...)
	case d.New.Sign == SignFail:
		return say(wordsOtherwise, append(args, "was", d.Old.Text, "text", d.New.Text)...)
	}
	return ""
}

// conclusion says what the circumstances allow to conclude.
func (c *Comparison) conclusion(old, new *Report) []string {
	moved := slices.ContainsFunc(c.Changed, func(d Difference) bool { return d.Part == "addresses" })
	elsewhere := !slices.Equal(old.System.Addresses, new.System.Addresses) && len(new.System.Addresses) > 0 && len(old.System.Addresses) > 0
	stages := slices.ContainsFunc(c.Changed, func(d Difference) bool { return d.New.Sign != "" && d.Part != "" })
	broken := c.Old.Verdict == DoesNotWork && c.New.Verdict == DoesNotWork
	switch {
	case moved:
		return []string{wordsOtherHosts}
	case stages && elsewhere:
		return []string{wordsNetwork}
	case stages:
		return []string{wordsSameNetwork}
	case broken && elsewhere && len(c.Apart) == 0:
		return []string{wordsBothFail}
	}
	return nil
}
