package diagnose

import (
	"slices"

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

// goneFromProfile: a server that the profile names is gone, while another one of the
// same profile works. It is likely if the name no longer exists, or if the port is
// in no standard. A usual port that refuses more likely means that the service is
// down.
func goneFromProfile(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	if r.Status != stage.Fail || p == nil || len(p.Published) > 0 || k.Subject.Kind == stage.SubjectURL || k.Check.Note != "" || !c.OtherWorks(k) {
		return nil
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
// server for the same protocol gets as far as the login. A name that does not exist
// is wrong in any case; everything else requires one that works.
func publishedWrong(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	if r.Status != stage.Fail || p == nil || len(p.Published) == 0 || slices.Equal(p.Published, []stage.SourceID{stage.SourceGuess}) {
		return nil
	}
	var ids []prose.Value
	for _, id := range p.Published {
		ids = append(ids, prose.Data(string(id)))
	}
	by := prose.And(ids...)
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == stage.AskPublished && f.Failed() == nil && chart.Reached(f) {
			works := setting(f.Check.Endpoint)
			return proven().with(cause.SlotBy, by).with(cause.SlotWorks, works).says(prose.Then(chart.Shows(k, r), say.OtherSourceWorks(works)))
		}
	}
	if r.Fault != stage.NameNotFound {
		return nil
	}
	return likely().with(cause.SlotBy, by).says(chart.Shows(k, r))
}

// usualPort reports whether a port is a standard one of the protocol.
func usualPort(e stage.Endpoint) bool {
	return slices.ContainsFunc(chart.UsualPorts, func(u stage.Endpoint) bool { return u.Protocol == e.Protocol && u.Port == e.Port })
}
