package diagnose

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// dnsRules are about names and who looks them up.
var dnsRules = []Rule{
	{
		Cause: cause.HostnameTypoNXDomain,
		Needs: []Need{met(stage.Resolve, stage.NameNotFound, stage.LookupFailed)},
		Judge: noSuchName,
	},
	{
		Cause: cause.DNSFilterBlocksHost,
		Needs: []Need{met(stage.Resolve, stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.LookupFailed, stage.ServFail, stage.DNSRefused)},
		// What the filter says in place of the truth is no finding of its own.
		Explains: []cause.ID{cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.DNSResolverBroken},
		Judge:    nameFilter,
	},
	{
		Cause:    cause.DNSFilterBlocksHost,
		Needs:    []Need{met(stage.Connect)},
		Explains: []cause.ID{cause.ServiceNotListening, cause.MailPortsBlockedOnThisNetwork, cause.ServerUnreachable, cause.PortFiltered, cause.ConnectionResetAfterAccept},
		Judge:    loopbackForPublic,
	},
	{
		Cause: cause.HostHasNoAddressRecord,
		Needs: []Need{met(stage.Resolve, stage.NoAddress, stage.DNSLoop, stage.BadAddress, stage.AddressFamily, stage.NameNotFound)},
		Judge: noAddress,
	},
	{
		Cause: cause.DNSResolverBroken,
		Needs: []Need{met(stage.Resolve, stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed)},
		// The one resolver that is slow is no news where none works.
		Explains: []cause.ID{cause.ResolverSlow},
		Judge:    brokenResolver,
	},
	{
		Cause: cause.ResolverSlow,
		Needs: []Need{seen(stage.Resolve)},
		Judge: slowResolver,
	},
}

// blocking are the extended errors with which a resolver says that it was told
// to hide a name: Blocked, Censored, Filtered (RFC 8914 4.16 to 4.18).
var blocking = []string{"15 ", "16 ", "17 "}

// filtered returns the extended error with which a resolver admits to hiding a
// name; empty where none does.
func filtered(f *stage.ResolveFacts) string { return extended(f, blocking) }

// dnssec are the extended errors of a name whose signatures do not verify (RFC
// 8914 4.7 to 4.11).
var dnssec = []string{"6 ", "7 ", "8 ", "9 ", "10 "}

// extended returns the first extended error with one of these codes; empty for
// none.
func extended(f *stage.ResolveFacts, codes []string) string {
	for _, l := range f.Lookups {
		if slices.ContainsFunc(codes, func(code string) bool { return strings.HasPrefix(l.Extended+" ", code) }) {
			return stage.Visible(l.Extended)
		}
	}
	return ""
}

// nameFilter: the resolver says itself that it hides the name; it gives an
// address that stands for no host (RFC 1122 3.2.1.3, RFC 4291 2.5.2), as filters do;
// or it denies or refuses this name, and name servers elsewhere know it.
func nameFilter(c *Case, k *Check, r *stage.Result) *Hit {
	if k.resolve.HostsFile {
		return nil // no name server was heard: stale-or-overridden-dns
	}
	o := c.outside(k)
	hidden := likely()
	if o.knows() {
		hidden.with("known", list(visible(o.addresses)))
		if o.mail == yes {
			hidden.Confidence = cause.Proven
		}
	}
	if extended := filtered(k.resolve); extended != "" {
		return hidden.sure().with("extended", extended)
	}
	if sinkhole := k.sinkhole(); sinkhole != nil {
		text := k.resolve.Host + " leads to " + strings.Join(sinkhole, ", ")
		return hidden.with("sinkhole", stage.Visible(sinkhole[0])).says(text + o.text()).holds(o.fault != stage.BadAddress)
	}
	switch r.Fault {
	case stage.NameNotFound, stage.NoAddress:
	case stage.DNSRefused:
		if !c.findsOthers(k) {
			return nil // it refuses everything
		}
	default:
		return nil
	}
	return hidden.says(short(describe(k, r) + o.text())).holds(o.knows())
}

// sure makes a hit proven.
func (h *Hit) sure() *Hit {
	h.Confidence = cause.Proven
	return h
}

// text goes on after what was said here with what is said elsewhere; empty where
// nothing is.
func (o outside) text() string {
	switch {
	case o.knows() && o.mail == yes:
		return "; name servers elsewhere give " + list(visible(o.addresses)) + ", where a mail server answers"
	case o.knows():
		return "; name servers elsewhere give " + list(visible(o.addresses))
	case o.fault != "":
		return "; name servers elsewhere: " + faultWords(o.fault)
	}
	return ""
}

// sinkhole returns what was given in the place of an address; nil where it was
// anything that a host can have. Addresses that no server can have are not dialled.
func (k *Check) sinkhole() []string {
	answers := slices.Concat(k.resolve.Addresses, k.resolve.NotDialled)
	for _, a := range answers {
		ip, err := netip.ParseAddr(a)
		if err != nil || !ip.Unmap().IsUnspecified() {
			return nil
		}
	}
	return answers
}

// findsOthers reports whether names other than k's can be looked up here.
func (c *Case) findsOthers(k *Check) bool {
	return others(c.resolved, k.host()) > 0 || c.controlName(k) == yes
}

// loopbackForPublic: a name server gives this computer itself as the address of a
// server elsewhere (RFC 1122 3.2.1.3), and nothing is there. Where a mail server
// of the run does answer on this computer, the address may well be meant.
func loopbackForPublic(c *Case, k *Check, r *stage.Result) *Hit {
	if c.servedHere || r.Status != stage.Fail || k.resolve.HostsFile || k.resolve.Literal || !k.publicName() || !k.leadsToLoopback() {
		return nil
	}
	o := c.outside(k)
	if slices.ContainsFunc(o.addresses, isLoopback) {
		return nil // its owner says so to everybody
	}
	h := likely().with("sinkhole", stage.Visible(k.resolve.Addresses[0])).with("known", list(visible(o.addresses))).
		says(k.resolve.Host + " leads to " + strings.Join(k.resolve.Addresses, ", ") + ", which is this computer itself" + o.text())
	if o.mail == yes {
		h.Confidence = cause.Proven
	}
	return h
}

func isLoopback(a string) bool {
	ip, err := netip.ParseAddr(a)
	return err == nil && ip.Unmap().IsLoopback()
}

// servedHere reports whether a server of the run answered on a loopback address.
func servedHere(c *Case) bool {
	return slices.ContainsFunc(c.Checks, func(k *Check) bool {
		ip, err := netip.ParseAddrPort(k.connect.Address)
		return err == nil && ip.Addr().Unmap().IsLoopback()
	})
}

// publicName reports whether the name is not one of this machine (RFC 6761 6.3).
func (k *Check) publicName() bool {
	h := k.host()
	return strings.Contains(h, ".") && !strings.HasSuffix(h, ".localhost")
}

// leadsToLoopback reports whether every address found is this machine's own.
func (k *Check) leadsToLoopback() bool {
	other := func(a string) bool { return !isLoopback(a) }
	return len(k.resolve.Addresses) > 0 && !slices.ContainsFunc(k.resolve.Addresses, other)
}

// noSuchName: NXDOMAIN from a name server is proof enough (RFC 8020), unless
// another answered otherwise, the resolver admits to blocking, or the name comes
// from the embedded catalogue and was not typed. Name servers elsewhere have the last
// word: what they know is hidden here.
func noSuchName(c *Case, k *Check, r *stage.Result) *Hit {
	denied, disputed := false, false
	for _, l := range k.resolve.Lookups {
		denied = denied || l.Outcome == stage.LookupNXDomain
		disputed = disputed || l.Outcome == stage.LookupAnswer || l.Outcome == stage.LookupNoData
	}
	o := c.outside(k)
	if o.knows() {
		return nil
	}
	h := proven().with("near", c.meant(k)).says(short(describe(k, r) + o.text()))
	if k.builtin() {
		h.with("catalogue", "yes")
	}
	switch {
	case cut(k.resolve):
		return nil // somebody knows it
	case filtered(k.resolve) != "", o.fault != "" && o.fault != stage.NameNotFound:
		h.Confidence = cause.Possible
	case o.fault == stage.NameNotFound:
		h.with("everywhere", "yes")
	case r.Fault == stage.LookupFailed, disputed:
		h.Confidence = cause.Possible
	case !denied && c.meant(k) == "", k.builtin():
		h.Confidence = cause.Likely
	}
	return h
}

// noAddress: the name is there and leads nowhere. Where only the system's
// resolver was heard, "no such host" may mean this as well.
func noAddress(c *Case, k *Check, r *stage.Result) *Hit {
	o := c.outside(k)
	if o.knows() && !k.resolve.HostsFile && r.Fault != stage.DNSLoop {
		return nil // hidden here
	}
	h := possible().with("near", c.meant(k)).says(short(describe(k, r) + o.text()))
	if k.builtin() {
		h.with("catalogue", "yes") // nobody typed this name
	}
	switch r.Fault {
	case stage.NoAddress:
		h.Confidence = cause.Proven
	case stage.DNSLoop:
		h.Confidence = cause.Likely
	case stage.BadAddress:
		if o.fault == stage.BadAddress {
			h.Confidence = cause.Proven
		}
	case stage.AddressFamily:
		h.Confidence = cause.Likely
		h.with("family", c.family())
	case stage.NameNotFound:
		if o.fault == stage.NoAddress {
			h.Confidence = cause.Likely
		}
		return h.holds(o.fault == stage.NoAddress || len(k.resolve.Lookups) == 0 && o.fault == "")
	}
	return h
}

// family names the kind of address that the user asked for.
func (c *Case) family() string {
	switch c.Record.Header.Options.Family {
	case "4":
		return "IPv4"
	case "6":
		return "IPv6"
	}
	return "the one asked for"
}

// brokenResolver: where no name at all could be looked up it is the resolver;
// where others could, it may as well be the servers of this one name. What name
// servers elsewhere say of it tells.
func brokenResolver(c *Case, k *Check, r *stage.Result) *Hit {
	o := c.outside(k)
	one := c.findsOthers(k)
	if r.Fault == stage.DNSRefused && one && o.knows() {
		return nil // this one name is kept back
	}
	bogus := extended(k.resolve, dnssec)
	// Elsewhere it fails as well, and nothing says that all names fail here.
	everywhere := o.fault == stage.ServFail && c.controlName(k) != no
	h := &Hit{Confidence: lookupBlame(r.Fault, one, o, c.controlName(k))}
	switch {
	case cut(k.resolve):
		// It has an answer, and can't hand it over.
		h = likely().with("cut", "yes")
		if o.knows() {
			h.Confidence = cause.Proven
		}
	case bogus != "":
		// The name server looked, and says what is wrong with what it found.
		_, kind, _ := strings.Cut(bogus, " ")
		kind, _, _ = strings.Cut(kind, ":")
		h = likely().with("dnssec", kind)
	case one || everywhere:
		h.with("one_name", "yes")
	default:
		h.with("given", stage.Visible(c.Record.Header.Options.Resolver))
	}
	if everywhere {
		h.sure().with("everywhere", "yes")
	}
	return h.with("known", list(visible(o.addresses))).with("resolver", list(servers(k.resolve, ""))).
		says(short(describe(k, r) + o.text()))
}

// cut reports whether the answers were too long for a datagram, and did not come by
// TCP either.
func cut(f *stage.ResolveFacts) bool {
	return slices.ContainsFunc(f.Lookups, func(l stage.Lookup) bool { return l.Truncated })
}

// lookupBlame says how sure it is that a failed lookup is the name server's
// doing. one: it finds other names.
func lookupBlame(f stage.Fault, one bool, o outside, control answer) cause.Confidence {
	switch {
	case o.knows(), control == no:
		return cause.Proven
	case control == yes && f != stage.LookupFailed:
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

// quickestLate returns how long the quickest answer to a lookup took, where every
// answer took longer than [slowAnswer]; else 0.
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

// slowResolver: one server leaves us waiting, and another answers; or all answers
// come late.
func slowResolver(_ *Case, k *Check, _ *stage.Result) *Hit {
	if late := quickestLate(k.resolve); late > 0 {
		return proven().with("late", duration(late)).with("resolver", list(servers(k.resolve, ""))).
			says(short(stage.Visible(describeLookups(k.resolve) + "; the quickest answer took " + duration(late))))
	}
	silent := servers(k.resolve, stage.LookupTimeout)
	answered := slices.ContainsFunc(k.resolve.Lookups, func(l stage.Lookup) bool {
		return (l.Outcome == stage.LookupAnswer || l.Outcome == stage.LookupNoData || l.Outcome == stage.LookupNXDomain) &&
			!slices.Contains(silent, stage.Visible(l.Server))
	})
	if len(silent) == 0 || !answered {
		return nil
	}
	return proven().with("resolver", list(silent)).says(describeLookups(k.resolve))
}

// servers lists the name servers with this outcome, all of them for "".
func servers(f *stage.ResolveFacts, o stage.LookupOutcome) []string {
	var out []string
	for _, l := range f.Lookups {
		if o == "" || l.Outcome == o {
			out = appendNew(out, stage.Visible(l.Server))
		}
	}
	return out
}
