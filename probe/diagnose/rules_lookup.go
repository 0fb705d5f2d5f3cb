package diagnose

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// dnsRules are about names and how they are resolved.
var dnsRules = []Rule{
	{
		Cause: cause.HostnameTypoNXDomain,
		Needs: []chart.Need{chart.Met(stage.Resolve, stage.NameNotFound, stage.LookupFailed)},
		Judge: noSuchName,
	},
	{
		Cause: cause.DNSFilterBlocksHost,
		Needs: []chart.Need{chart.Met(stage.Resolve, stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.LookupFailed, stage.ServFail, stage.DNSRefused)},
		// What the filter answers instead of the truth is no finding of its own.
		Explains: []cause.ID{cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.DNSResolverBroken},
		Judge:    nameFilter,
	},
	{
		Cause:    cause.DNSFilterBlocksHost,
		Needs:    []chart.Need{chart.Met(stage.Connect)},
		Explains: []cause.ID{cause.ServiceNotListening, cause.MailPortsBlockedOnThisNetwork, cause.ServerUnreachable, cause.PortFiltered, cause.ConnectionResetAfterAccept},
		Judge:    loopbackForPublic,
	},
	{
		Cause: cause.HostHasNoAddressRecord,
		Needs: []chart.Need{chart.Met(stage.Resolve, stage.NoAddress, stage.DNSLoop, stage.BadAddress, stage.AddressFamily, stage.NameNotFound)},
		Judge: noAddress,
	},
	{
		Cause: cause.DNSResolverBroken,
		Needs: []chart.Need{chart.Met(stage.Resolve, stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed)},
		// One slow resolver is unimportant if none works.
		Explains: []cause.ID{cause.ResolverSlow},
		Judge:    brokenResolver,
	},
	{
		Cause: cause.ResolverSlow,
		Needs: []chart.Need{chart.Seen(stage.Resolve)},
		Judge: slowResolver,
	},
}

// blocking are the extended errors with which a resolver says that it was told to
// hide a name: Blocked, Censored, Filtered (RFC 8914 4.16 to 4.18).
var blocking = []string{"15 ", "16 ", "17 "}

// filtered returns the extended error with which a resolver admits to hiding a
// name; empty where none does.
func filtered(f *stage.ResolveFacts) string { return extended(f, blocking) }

// dnssec are the extended errors of a name whose signatures do not verify (RFC
// 8914 4.7 to 4.11).
var dnssec = []string{"6 ", "7 ", "8 ", "9 ", "10 "}

// extended returns the first extended error with one of these codes; empty if there
// is none.
func extended(f *stage.ResolveFacts, codes []string) string {
	for _, l := range f.Lookups {
		if slices.ContainsFunc(codes, func(code string) bool { return strings.HasPrefix(l.Extended+" ", code) }) {
			return stage.Visible(l.Extended)
		}
	}
	return ""
}

// nameFilter: the resolver says that it hides the name; or it gives an unspecified
// address (RFC 1122 3.2.1.3, RFC 4291 2.5.2), as filters do; or it denies or refuses
// this name while name servers elsewhere know it.
func nameFilter(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Resolve.HostsFile {
		return nil // no name server answered: stale-or-overridden-dns
	}
	o := c.Outside(k)
	hidden := likely()
	if o.Knows() {
		hidden.with(cause.SlotKnown, list(o.Addresses))
		if o.Mail == chart.Yes {
			hidden.Confidence = cause.Proven
		}
	}
	if extended := filtered(k.Resolve); extended != "" {
		return hidden.sure().with(cause.SlotExtended, prose.Data(extended))
	}
	if sinkhole := k.Sinkhole(); sinkhole != nil {
		leads := say.LeadsTo(prose.Data(k.Resolve.Host), list(sinkhole))
		return hidden.with(cause.SlotSinkhole, prose.Data(sinkhole[0])).says(prose.Then(leads, elsewhere(o))).holds(o.Fault != stage.BadAddress)
	}
	switch r.Fault {
	case stage.NameNotFound, stage.NoAddress:
	case stage.DNSRefused:
		if !c.FindsOthers(k) {
			return nil // it refuses everything
		}
	default:
		return nil
	}
	return hidden.says(prose.Then(chart.Shows(k, r), elsewhere(o))).holds(o.Knows())
}

// sure makes a hit proven.
func (h *Hit) sure() *Hit {
	h.Confidence = cause.Proven
	return h
}

// elsewhere describes what name servers elsewhere say about a name; nothing if they
// don't know it.
func elsewhere(o chart.Outside) prose.Value {
	switch {
	case o.Knows() && o.Mail == chart.Yes:
		return say.ElsewhereMail(list(o.Addresses))
	case o.Knows():
		return say.ElsewhereKnown(list(o.Addresses))
	case o.Fault != "":
		return say.ElsewhereFault(chart.Fault(stage.Resolve, o.Fault, prose.Value{}))
	}
	return prose.Value{}
}

// list lists addresses, or other values that aren't translated.
func list(all []string) prose.Value { return prose.And(prose.Datas(all)...) }

// loopbackForPublic: a name server gives a loopback address for a server elsewhere
// (RFC 1122 3.2.1.3), and nothing listens there. If a mail server of the run does
// answer on this computer, the address may be intended.
func loopbackForPublic(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if c.ServedHere || r.Status != stage.Fail || k.Resolve.HostsFile || k.Resolve.Literal || !k.PublicName() || !k.LeadsToLoopback() {
		return nil
	}
	o := c.Outside(k)
	if slices.ContainsFunc(o.Addresses, chart.IsLoopback) {
		return nil // the owner of the name publishes it to everybody
	}
	h := likely().with(cause.SlotSinkhole, prose.Data(k.Resolve.Addresses[0])).with(cause.SlotKnown, list(o.Addresses)).
		says(prose.Then(say.LeadsToItself(k.LeadsTo()), elsewhere(o)))
	if o.Mail == chart.Yes {
		h.Confidence = cause.Proven
	}
	return h
}

// noSuchName: NXDOMAIN from a name server is proof enough (RFC 8020), unless another
// answered otherwise, the resolver admits to blocking, or the name comes from the
// embedded catalogue and was not typed. Name servers elsewhere take precedence: a
// name that they know is hidden here.
func noSuchName(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	denied, disputed := false, false
	for _, l := range k.Resolve.Lookups {
		denied = denied || l.Outcome == stage.LookupNXDomain
		disputed = disputed || l.Outcome == stage.LookupAnswer || l.Outcome == stage.LookupNoData
	}
	o := c.Outside(k)
	if o.Knows() {
		return nil
	}
	h := proven().with(cause.SlotNear, c.Meant(k)).says(prose.Then(chart.Shows(k, r), elsewhere(o)))
	if k.Builtin() {
		h.with(cause.SlotCatalogue, prose.Set(true))
	}
	switch {
	case cut(k.Resolve):
		return nil // another name server knows it
	case filtered(k.Resolve) != "", o.Fault != "" && o.Fault != stage.NameNotFound:
		h.Confidence = cause.Possible
	case o.Fault == stage.NameNotFound:
		h.with(cause.SlotEverywhere, prose.Set(true))
	case r.Fault == stage.LookupFailed, disputed:
		h.Confidence = cause.Possible
	case !denied && c.Meant(k).Empty(), k.Builtin():
		h.Confidence = cause.Likely
	}
	return h
}

// noAddress: the name exists but has no address. If only the system's resolver was
// asked, "no such host" may mean this as well.
func noAddress(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	o := c.Outside(k)
	if o.Knows() && !k.Resolve.HostsFile && r.Fault != stage.DNSLoop {
		return nil // hidden here
	}
	h := possible().with(cause.SlotNear, c.Meant(k)).says(prose.Then(chart.Shows(k, r), elsewhere(o)))
	if k.Builtin() {
		h.with(cause.SlotCatalogue, prose.Set(true)) // nobody typed this name
	}
	switch r.Fault {
	case stage.NoAddress:
		h.Confidence = cause.Proven
	case stage.DNSLoop:
		h.Confidence = cause.Likely
	case stage.BadAddress:
		if o.Fault == stage.BadAddress {
			h.Confidence = cause.Proven
		}
	case stage.AddressFamily:
		h.Confidence = cause.Likely
		h.with(cause.SlotFamily, c.Family())
	case stage.NameNotFound:
		if o.Fault == stage.NoAddress {
			h.Confidence = cause.Likely
		}
		return h.holds(o.Fault == stage.NoAddress || len(k.Resolve.Lookups) == 0 && o.Fault == "")
	}
	return h
}

// brokenResolver: if no name at all resolves, the resolver is broken. If others do,
// the name servers of this one name may be. Name servers elsewhere decide between
// the two.
func brokenResolver(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	o := c.Outside(k)
	one := c.FindsOthers(k)
	if r.Fault == stage.DNSRefused && one && o.Knows() {
		return nil // only this name is withheld
	}
	bogus := extended(k.Resolve, dnssec)
	// It fails elsewhere as well, and nothing says that all names fail here.
	everywhere := o.Fault == stage.ServFail && c.ControlName(k) != chart.No
	h := &Hit{Confidence: lookupBlame(r.Fault, one, o, c.ControlName(k))}
	if h.Confidence == cause.Proven && !o.Knows() && c.NothingCameBack() {
		h.Confidence = cause.Possible // see no-network-route
	}
	switch {
	case cut(k.Resolve):
		// It has an answer but can't deliver it.
		h = likely().with(cause.SlotCut, prose.Set(true))
		if o.Knows() {
			h.Confidence = cause.Proven
		}
	case bogus != "":
		// The name server got an answer, and says what is wrong with it.
		_, kind, _ := strings.Cut(bogus, " ")
		kind, _, _ = strings.Cut(kind, ":")
		h = likely().with(cause.SlotDNSSEC, prose.Data(kind))
	case one || everywhere:
		h.with(cause.SlotOneName, prose.Set(true))
	default:
		h.with(cause.SlotGiven, prose.Data(c.Record.Header.Options.Resolver))
	}
	if everywhere {
		h.sure().with(cause.SlotEverywhere, prose.Set(true))
	}
	return h.with(cause.SlotKnown, list(o.Addresses)).with(cause.SlotResolver, list(chart.Servers(k.Resolve, ""))).
		says(prose.Then(chart.Shows(k, r), elsewhere(o)))
}

// cut reports whether the answers were too long for a datagram and did not arrive by
// TCP either.
func cut(f *stage.ResolveFacts) bool {
	return slices.ContainsFunc(f.Lookups, func(l stage.Lookup) bool { return l.Truncated })
}

// lookupBlame returns the confidence that the name server causes a failed lookup.
// one: it resolves other names.
func lookupBlame(f stage.Fault, one bool, o chart.Outside, control chart.Answer) cause.Confidence {
	switch {
	case o.Knows(), control == chart.No:
		return cause.Proven
	case control == chart.Yes && f != stage.LookupFailed:
		return cause.Likely
	case one, f == stage.LookupFailed:
		return cause.Possible
	case f == stage.ServFail:
		return cause.Likely
	}
	return cause.Proven
}

// slowAnswer is how long a lookup may take before people notice.
const slowAnswer = 2 * time.Second

// quickestLate returns how long the fastest answer to a lookup took, if every answer
// took longer than [slowAnswer]; else 0.
func quickestLate(f *stage.ResolveFacts) stage.Millis {
	var quickest stage.Millis
	for _, l := range f.Lookups {
		if l.Outcome != stage.LookupAnswer && l.Outcome != stage.LookupNoData && l.Outcome != stage.LookupNXDomain {
			continue
		}
		if l.Time.Duration() < slowAnswer {
			return 0
		}
		if quickest == 0 || l.Time < quickest {
			quickest = l.Time
		}
	}
	return quickest
}

// slowResolver: one name server is slow and another answers, or all answers are
// late.
func slowResolver(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	if late := quickestLate(k.Resolve); late > 0 {
		took := prose.Duration(late)
		return proven().with(cause.SlotLate, took).with(cause.SlotResolver, list(chart.Servers(k.Resolve, ""))).
			says(prose.Then(chart.ShowsLookups(k.Resolve), say.QuickestAnswer(took)))
	}
	silent := chart.Servers(k.Resolve, stage.LookupTimeout)
	answered := slices.ContainsFunc(k.Resolve.Lookups, func(l stage.Lookup) bool {
		return (l.Outcome == stage.LookupAnswer || l.Outcome == stage.LookupNoData || l.Outcome == stage.LookupNXDomain) &&
			!slices.Contains(silent, stage.Visible(l.Server))
	})
	if len(silent) == 0 || !answered {
		return nil
	}
	return proven().with(cause.SlotResolver, list(silent)).says(chart.ShowsLookups(k.Resolve))
}
