package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// publishedRules are about settings: those that were typed in, and those that a
// provider publishes.
var publishedRules = []Rule{
	{
		Cause: cause.SettingsDifferFromProfile,
		Needs: []chart.Need{
			chart.Seen(stage.Resolve), chart.Seen(stage.Connect), chart.Seen(stage.Handshake), chart.Seen(stage.Greeting), chart.Seen(stage.Upgrade), chart.Seen(stage.Capabilities), chart.Seen(stage.Login),
		},
		// What is wrong with a server that nobody was told to use matters less.
		Explains: []cause.ID{
			cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.ServiceNotListening, cause.PortFiltered, cause.ServerUnreachable,
			cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer, cause.LocalFirewallOrAppPermission, cause.ImplicitTLSPortSpokenPlain,
			cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort, cause.AcceptNoGreeting, cause.CertNameMismatchHosting, cause.StartTLSNotOfferedByServer,
			cause.StartTLSStrippedByMiddlebox,
		},
		Judge: typedOtherwise,
	},
	{
		Cause: cause.AutoconfigOrSRVWrong,
		Needs: []chart.Need{
			chart.Met(stage.Resolve, stage.NameNotFound, stage.NoAddress), chart.Met(stage.Connect, stage.Refused, stage.ConnectTimeout),
			chart.Met(stage.Handshake, stage.PlaintextAnswer, stage.BadCertificate), chart.Met(stage.Upgrade, stage.NotOffered),
		},
		// The name wasn't typed, and the server isn't at fault.
		Explains: []cause.ID{
			cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.ServiceNotListening, cause.PortFiltered, cause.ServerUnreachable,
			cause.ImplicitTLSPortSpokenPlain, cause.TLSSpokenToPlaintextPort, cause.CertNameMismatchHosting, cause.StartTLSNotOfferedByServer,
		},
		Judge: publishedWrong,
	},
	{
		Cause: cause.WildcardDNSHidesSettings,
		Needs: []chart.Need{
			chart.Met(stage.Connect, chart.NoTaker...), chart.Met(stage.Handshake, stage.PlaintextAnswer, stage.BadCertificate),
			chart.Met(stage.Greeting, stage.WrongProtocol),
		},
		// Nobody has a mail server there, so nothing about it matters.
		Explains: []cause.ID{
			cause.ServiceNotListening, cause.ServerUnreachable, cause.PortFiltered, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork,
			cause.WrongProtocolOnPort, cause.DNSNXDomainHijack, cause.CertNameMismatchHosting, cause.MXOrWebHostUsedAsServer, cause.TLSSpokenToPlaintextPort,
		},
		Judge: hiddenByWildcard,
	},
	{
		Cause: cause.AutoconfigOrSRVWrong,
		Needs: []chart.Need{chart.Seen(stage.Capabilities)},
		Judge: anotherMisleads,
	},
	{
		Cause: cause.ProfileOutOfDate,
		Needs: []chart.Need{
			chart.Met(stage.Resolve, stage.NameNotFound, stage.NoAddress), chart.Met(stage.Connect, stage.Refused, stage.ConnectTimeout, stage.HostUnreachable),
		},
		// What became of a server that nobody is told to use any more matters less.
		Explains: []cause.ID{
			cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.ServiceNotListening, cause.PortFiltered, cause.ServerUnreachable,
			cause.ClientIPBannedByServer,
		},
		Judge: publishedSince,
	},
	{
		// A mail program needs only the one that works.
		Cause:    cause.ProfileOutOfDate,
		Needs:    []chart.Need{chart.Met(stage.Resolve, stage.NameNotFound, stage.NoAddress), chart.Met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.HostnameTypoNXDomain, cause.HostHasNoAddressRecord, cause.ServiceNotListening},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			return goneFromProfile(c, k, r).holds(c.SameElsewhere(k) != nil)
		},
	},
	{
		Cause: cause.ProfileOutOfDate,
		Needs: []chart.Need{chart.Met(stage.Resolve, stage.NameNotFound, stage.NoAddress), chart.Met(stage.Connect, stage.Refused)},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			return goneFromProfile(c, k, r).holds(c.SameElsewhere(k) == nil)
		},
	},
}

// typedOtherwise: a host that was typed in fails, and what the provider publishes
// for the same protocol works, in the same run.
func typedOtherwise(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if r.Status != stage.Fail || k.Subject.Kind != stage.SubjectURL {
		return nil
	}
	if o := c.PublishedWorks(k); o != nil {
		works := setting(o.Check.Endpoint)
		return likely().with(cause.SlotWorks, works).says(prose.Then(chart.Shows(k, r), say.PublishedWorks(works, o.ProviderName())))
	}
	if h := servedElsewhere(c, k, r); h != nil {
		return h
	}
	return publishedAnswers(c, k, r)
}

// servedElsewhere: a server of the provider that is in none of its settings, such as
// one for companies, refuses the login, and the catalogue has other servers for the
// domain of the user name.
func servedElsewhere(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if len(k.Subject.Own) == 0 || k.Check.Public || r.Stage != stage.Login || !k.RefusedLogin() || c.OtherwiseAccepted(k) {
		return nil
	}
	own := setting(k.Subject.Own[0])
	return likely().with(cause.SlotWorks, own).with(cause.SlotRefuses, prose.Set(true)).
		says(prose.Then(chart.Shows(k, r), say.CatalogueHas(prose.Data(k.Subject.User), own)))
}

// publishedAnswers: the host that was typed in accepts no connection, and a mail
// server answers at the host that known settings have in the same domain.
func publishedAnswers(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	sibling, strange := c.Invented(k)
	if r.Stage != stage.Connect || sibling == chart.Yes || strange == chart.Yes {
		return nil // nothing says that the name exists: see dns-nxdomain-hijack
	}
	for _, e := range c.PublishedBeside(k) {
		for _, f := range c.FollowUps[k.Check.ID] {
			if f.Check.Question == stage.AskNearName && f.Check.Endpoint == e && chart.MailAnswers(f) == chart.Yes {
				works := setting(e)
				return likely().with(cause.SlotWorks, works).with(cause.SlotUntried, prose.Set(true)).
					says(prose.Then(chart.Shows(k, r), say.KnownAnswers(works)))
			}
		}
	}
	return nil
}

// setting describes an endpoint as it is typed in: "imap.example.net, port 993,
// SSL/TLS".
func setting(e stage.Endpoint) prose.Value {
	return say.Setting(prose.Data(e.Host), prose.Figure(int(e.Port)), chart.Encryption(e.Security))
}

// publishedSince: a server of known settings cannot be reached, and another one that is
// published now works. A port that others don't answer at either may be blocked here.
func publishedSince(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	o, by := c.PublishedInstead(k)
	if r.Status != stage.Fail || o == nil || p == nil || len(p.Published) > 0 || c.OtherResolvers(k) == chart.Yes {
		return nil
	}
	h := likely()
	elsewhere := !strings.EqualFold(o.Check.Endpoint.Host, k.Check.Endpoint.Host)
	switch {
	case r.Stage == stage.Resolve && c.OtherResolvers(k) == chart.No:
		h = proven()
	case r.Stage == stage.Resolve, elsewhere && o.Check.Endpoint.Port == k.Check.Endpoint.Port:
	case r.Fault == stage.Refused && !elsewhere && !usualPort(k.Check.Endpoint):
	case r.Fault == stage.Refused || elsewhere:
		h = possible()
	default:
		return nil // a port of the same host may be blocked here
	}
	works := setting(o.Check.Endpoint)
	h.as(weigh(c, k, r, cause.Fail)).with(cause.SlotWorks, works).with(cause.SlotBy, sources(by))
	if r.Stage != stage.Resolve {
		h.with(cause.SlotRefuses, prose.Set(true))
	}
	if !k.Builtin() {
		h.with(cause.SlotOwn, prose.Set(true))
	}
	return h.says(prose.Then(chart.Shows(k, r), say.NamedNowWorks(works, sources(by))))
}

// sources lists sources of settings.
func sources(all []stage.SourceID) prose.Value {
	var ids []prose.Value
	for _, id := range all {
		ids = append(ids, prose.Data(string(id)))
	}
	return prose.And(ids...)
}

// goneFromProfile: a server that the profile names is gone, while another one of the
// same profile works. It is likely if the name no longer exists, or if the port is
// in no standard. A usual port that refuses more likely means that the service is
// down.
func goneFromProfile(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	if r.Status != stage.Fail || p == nil || len(p.Published) > 0 || k.Subject.Kind == stage.SubjectURL || k.Check.Note != "" || !c.OtherWorks(k) && !c.PublishedBesides(k) {
		return nil
	}
	if o, _ := c.PublishedInstead(k); o != nil {
		return nil // see publishedSince
	}
	if k.Check.Optional && r.Stage == stage.Connect {
		return nil
	}
	h := possible().as(cause.Warn)
	other := c.SameElsewhere(k)
	named := r.Stage == stage.Resolve
	if named || other != nil && !usualPort(k.Check.Endpoint) {
		h.Confidence = cause.Likely
	}
	said := say.AnotherWorks()
	if !c.OtherWorks(k) {
		said = say.InsteadOfAnother()
	}
	if other != nil {
		works := setting(other.Check.Endpoint)
		said = say.SameProfileWorks(works)
		if h.with(cause.SlotWorks, works); h.Confidence == cause.Likely {
			h.as(weigh(c, k, r, cause.Fail))
		}
	}
	if !named {
		h.with(cause.SlotRefuses, prose.Set(true))
	}
	if !k.Builtin() {
		h.with(cause.SlotOwn, prose.Set(true))
	}
	return h.says(prose.Then(chart.Shows(k, r), said))
}

// publishedWrong: a server named by sources of discovery fails, and another source's
// server for the same protocol gets as far as the login, or this run has found how the
// server is used instead. A name that does not exist is wrong in any case; everything
// else requires one that works.
func publishedWrong(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	if r.Status != stage.Fail || p == nil || len(p.Published) == 0 || guessed(p) {
		return nil
	}
	by := sources(c.SourcesOf(k))
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == stage.AskPublished && f.Failed() == nil && chart.Reached(f) {
			works := setting(f.Check.Endpoint)
			return proven().with(cause.SlotBy, by).with(cause.SlotWorks, works).says(prose.Then(chart.Shows(k, r), say.OtherSourceWorks(works)))
		}
	}
	if f := usedInstead(c, k, r); f != nil {
		works := setting(f.Check.Endpoint)
		return likely().with(cause.SlotBy, by).with(cause.SlotWorks, works).with(cause.SlotTried, prose.Set(true)).
			says(prose.Then(chart.Shows(k, r), say.FoundToWork(works)))
	}
	if r.Fault != stage.NameNotFound {
		return nil
	}
	return likely().with(cause.SlotBy, by).says(chart.Shows(k, r))
}

// usedInstead returns the follow-up that found how a server is used, where a source has it
// otherwise: under the name in its certificate (RFC 6186 6), at a usual port, or with the
// other encryption; nil if there is none. A usual port that refuses may be down for now.
func usedInstead(c *chart.Case, k *chart.Exam, r *stage.Result) *stage.CheckRecord {
	var of func(*stage.CheckRecord) bool
	switch {
	case r.Fault == stage.BadCertificate && k.Has(stage.CertNameMismatch):
		of = func(f *stage.CheckRecord) bool { return f.Check.Question == stage.AskCertificateName }
	case r.Fault == stage.Refused && !usualPort(k.Check.Endpoint):
		of = func(f *stage.CheckRecord) bool { return f.Check.Question == stage.AskSibling }
	case r.Fault == stage.PlaintextAnswer:
		of = func(f *stage.CheckRecord) bool {
			return f.Check.Question == stage.AskStartTLSHere && f.Check.Endpoint.Port == k.Check.Endpoint.Port
		}
	default:
		return nil
	}
	for _, f := range c.FollowUps[k.Check.ID] {
		e := f.Check.Endpoint
		if of(f) && e.Protocol == k.Check.Endpoint.Protocol && e.Security != stage.None && f.Failed() == nil && chart.Reached(f) {
			return f
		}
	}
	return nil
}

// anotherMisleads: these settings get as far as the login, and a source that disagrees
// names a server that fails, or a right one in a way that programs are misled by.
func anotherMisleads(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if r.Status == stage.Fail || r.Status == stage.Skip {
		return nil
	}
	var wrong, odd, by, said []prose.Value
	for _, s := range c.Stated(k) {
		names := sources(s.By)
		switch f := misled(c, k, s); {
		case f != nil:
			wrong = append(wrong, setting(s.Endpoint))
			said = append(said, say.SourceMisleads(names, setting(s.Endpoint), chart.Shows(chart.NewExam(f, 0, nil), f.Failed())))
		case s.Note == stage.TLSPortForStartTLS && statedWorks(c, k, s):
			odd = append(odd, placeOf(s.Endpoint))
			said = append(said, say.SourceSlips(names, placeOf(s.Endpoint)))
		case s.Note == stage.StartTLSPortForTLS && statedWorks(c, k, s):
			odd = append(odd, placeOf(s.Endpoint))
			said = append(said, say.SourceSlipsPlain(names, placeOf(s.Endpoint)))
		default:
			continue
		}
		by = append(by, names.Items()...)
	}
	if len(said) == 0 {
		return nil
	}
	h := likely().as(cause.Warn).with(cause.SlotAstray, prose.And(by...)).with(cause.SlotOthers, prose.And(wrong...)).with(cause.SlotOdd, prose.And(odd...))
	h.apart = true
	return h.says(prose.Then(said...))
}

func placeOf(e stage.Endpoint) prose.Value { return chart.Place{Host: e.Host, Port: e.Port}.Name() }

// misled returns the follow-up in which a source's server failed by its own fault; nil if
// there is none. A port that gives no answer may be blocked here, unless the same one
// works elsewhere.
func misled(c *chart.Case, k *chart.Exam, s chart.Stated) *stage.CheckRecord {
	f := tried(c, k, s)
	if f == nil || f.Failed() == nil {
		return nil
	}
	samePort := s.Port == k.Check.Endpoint.Port
	switch r := f.Failed(); {
	case chart.Met(stage.Resolve, stage.NameNotFound, stage.NoAddress).Fits(r), chart.Met(stage.Connect, stage.Refused).Fits(r):
	case chart.Met(stage.Handshake, stage.PlaintextAnswer, stage.BadCertificate, stage.TLSVersion).Fits(r):
	case chart.Met(stage.Greeting, stage.WrongProtocol).Fits(r), chart.Met(stage.Upgrade, stage.NotOffered).Fits(r):
	case samePort && chart.Met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable).Fits(r):
	default:
		return nil
	}
	return f
}

// tried returns the follow-up to a source's server.
func tried(c *chart.Case, k *chart.Exam, s chart.Stated) *stage.CheckRecord {
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == stage.AskDisagreeing && f.Check.Endpoint == s.Endpoint {
			return f
		}
	}
	return nil
}

// statedWorks reports whether a source's server works: in the plan, or in a follow-up.
func statedWorks(c *chart.Case, k *chart.Exam, s chart.Stated) bool {
	if chart.SameSetting(k.Check.Endpoint, s.Endpoint) {
		return true
	}
	f := tried(c, k, s)
	return f != nil && f.Failed() == nil && chart.Reached(f)
}

// usualPort reports whether a port is a standard one of the protocol.
func usualPort(e stage.Endpoint) bool {
	return slices.ContainsFunc(chart.UsualPorts, func(u stage.Endpoint) bool { return u.Protocol == e.Protocol && u.Port == e.Port })
}
