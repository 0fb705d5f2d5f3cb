package report

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// servers compares what does not belong to one stage: the servers' addresses, their
// certificates, and whether IPv6 was used.
func (c *Comparison) servers(old, new *Report) {
	addresses := c.perServer(old, new, addressesOf, PartAddresses)
	certificates := c.perServer(old, new, certificateOf, PartCertificate)
	same := func(what prose.Value, t tally) {
		if t.compared && !t.changed {
			alike := c.seen("", say.ComparedSame())
			c.Same = append(c.Same, Difference{What: c.l.Title(what), Old: alike, New: alike})
		}
	}
	same(say.ComparedAddresses(), addresses)
	same(say.ComparedCertificates(), certificates)
	o, n := c.ipv6Of(old), c.ipv6Of(new)
	if o.Sign != n.Sign {
		c.Changed = append(c.Changed, Difference{What: c.l.Text(prose.Data("IPv6")), Old: o, New: n})
	}
}

// tally records whether anything could be compared, and whether anything changed.
type tally struct{ compared, changed bool }

// perServer compares one property of each connection that both runs have.
func (c *Comparison) perServer(old, new *Report, of func(*stage.CheckRecord) prose.Value, what Part) (t tally) {
	for _, p := range pairs(old.Checks, new.Checks) {
		if p.old == nil || p.new == nil {
			continue
		}
		o, n := of(p.old), of(p.new)
		if o.Empty() || n.Empty() {
			continue
		}
		t.compared = true
		if !o.Equal(n) {
			t.changed = true
			c.Changed = append(c.Changed, c.difference(p.new, what, c.seen("", o), c.seen("", n)))
		}
	}
	return t
}

// addressesOf returns a host's addresses sorted, because a name server may rotate
// them.
func addressesOf(c *stage.CheckRecord) (addresses prose.Value) {
	f := stage.FactsOf[*stage.ResolveFacts](c)
	if f == nil || f.Literal {
		return addresses
	}
	return spaced(slices.Sorted(slices.Values(f.Addresses)))
}

// certificateOf identifies a server's certificate by its fingerprint and last day.
func certificateOf(c *stage.CheckRecord) (certificate prose.Value) {
	f := stage.FactsOf[*stage.TLSFacts](c)
	if f == nil || len(f.Chain) == 0 {
		return certificate
	}
	leaf := f.Chain[0]
	return say.ComparedUntil(prose.Cut(leaf.SHA256, 12), prose.Day(leaf.NotAfter))
}

// ipv6Of says whether any server was reached over IPv6.
func (c *Comparison) ipv6Of(r *Report) Seen {
	tried := false
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
				return c.seen(SignPass, say.Ipv6Works())
			default:
				tried = true
			}
		}
	}
	if tried {
		return c.seen(SignFail, say.Ipv6NotConnects())
	}
	return c.seen(SignNotReached, say.Ipv6NoAddress())
}

// circumstances compares the environments of the two runs.
func (c *Comparison) circumstances(old, new *Report) {
	add := func(what prose.Value, of func(*Report) string) {
		seen := func(r *Report) Seen { return c.seen("", prose.Data(cmp.Or(of(r), "–"))) }
		c.Circumstances = append(c.Circumstances, Difference{What: c.l.Text(what), Old: seen(old), New: seen(new)})
	}
	add(say.CircumstanceWhen(), func(r *Report) string { return r.Started.Format(startFormat) })
	add(say.CircumstanceComputer(), func(r *Report) string { return strings.TrimSpace(r.System.OS + " " + r.System.Arch) })
	add(say.CircumstanceAddress(), func(r *Report) string { return strings.Join(r.System.Addresses, " ") })
	add(say.CircumstanceResolver(), resolverOf)
	add(say.CircumstanceMaildoctor(), func(r *Report) string { return r.Version })
	add(say.CircumstanceProfile(), profileOf)
}

// startFormat is the format for the start time of a run.
const startFormat = "2006-01-02 15:04 -07:00"

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
func (c *Comparison) summary() []prose.Value {
	var out []prose.Value
	for _, d := range c.Changed {
		if d.Part == "" || d.Old.Sign == "" || d.New.Sign == "" {
			continue
		}
		if said := c.change(d); !said.Empty() {
			out = append(out, said)
		}
		if len(out) == maxChanges {
			break
		}
	}
	switch {
	case len(out) > 0:
	case len(c.Same) == 0:
		return []prose.Value{say.ComparedNoneInBoth()}
	default:
		alike := say.ComparedAlike
		if len(c.News.New)+len(c.News.Cured) > 0 {
			alike = say.ComparedConnectionsAlike
		}
		out = append(out, alike(prose.Data(c.Old.Name), prose.Data(c.New.Name)))
		if len(c.Apart) > 0 {
			out = append(out, say.ComparedNotAll())
		}
	}
	return out
}

// maxChanges limits the changes in the summary; the table has them all.
const maxChanges = 3

// change describes the change in one stage. It doesn't say who is to blame, because
// two runs can't show that.
func (c *Comparison) change(d Difference) (said prose.Value) {
	works := func(s Sign) bool { return s == SignPass || s == SignWarn }
	part, old, new := d.Part.name(), prose.Data(c.Old.Name), prose.Data(c.New.Name)
	switch {
	case d.Old.Sign == SignNotReached || d.New.Sign == SignNotReached:
		return said
	case works(d.New.Sign) && d.Old.Sign == SignFail:
		return say.ComparedWorksNow(d.what, part, new, old, d.Old.said)
	case d.New.Sign == SignFail && works(d.Old.Sign):
		return say.ComparedFailsNow(d.what, part, old, new, d.New.said)
	case d.New.Sign == SignFail:
		return say.ComparedOtherwise(d.what, part, d.Old.said, old, d.New.said, new)
	}
	return said
}

// conclusion says what may be concluded from the circumstances. network is set if
// the network differs.
func (c *Comparison) conclusion(old, new *Report) (said prose.Value, network bool) {
	moved := slices.ContainsFunc(c.Changed, func(d Difference) bool { return d.Part == PartAddresses })
	elsewhere := !slices.Equal(old.System.Addresses, new.System.Addresses) && len(new.System.Addresses) > 0 && len(old.System.Addresses) > 0
	stages := slices.ContainsFunc(c.Changed, func(d Difference) bool { return d.New.Sign != "" && d.Part != "" })
	broken := c.Old.Verdict == DoesNotWork && c.New.Verdict == DoesNotWork
	switch {
	case moved:
		return say.ComparedOtherHosts(), false
	case stages && elsewhere:
		return say.ComparedNetwork(), true
	case stages:
		return say.ComparedTime(), false
	case broken && elsewhere && len(c.Apart) == 0:
		return say.ComparedBothFail(), false
	}
	return said, false
}
