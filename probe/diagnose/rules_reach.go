package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// reachRules are about ports that give no answer, or refuse. One observer alone
// can't tell who drops packets; other connections narrow it down.
var reachRules = []Rule{
	{
		Cause:    cause.ISPPort25Filtered,
		Needs:    []chart.Need{chart.Met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused)},
		Explains: []cause.ID{cause.PortFiltered, cause.ServerUnreachable, cause.ServiceNotListening, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer},
		Judge:    port25,
	},
	{
		Cause:    cause.PortFiltered,
		Needs:    []chart.Need{chart.Met(stage.Connect, chart.Unanswered...), chart.Met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.ServerUnreachable, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork, cause.ServiceNotListening},
		Judge:    portFiltered,
	},
	{
		Cause: cause.ServerUnreachable,
		Needs: []chart.Need{chart.Met(stage.Connect, chart.Unanswered...), chart.Met(stage.Connect, stage.ConnectFailed, stage.NetworkUnreachable)},
		Judge: unreachableServer,
	},
	{
		Cause:    cause.MailPortsBlockedOnThisNetwork,
		Needs:    []chart.Need{chart.Met(stage.Connect, chart.Unanswered...), chart.Met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.ServiceNotListening},
		Judge:    mailBlocked,
	},
	{
		Cause:    cause.ClientIPBannedByServer,
		Needs:    []chart.Need{chart.Met(stage.Connect, chart.Unanswered...), chart.Met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.ServiceNotListening},
		Judge:    banned,
	},
	{
		// A local firewall that drops packets looks like any other. If nothing
		// connects, it is not the first suspect, and if somebody else reports that
		// it rejects, it is none.
		Cause: cause.LocalFirewallOrAppPermission,
		Needs: []chart.Need{chart.Met(stage.Connect, chart.Unanswered...)},
		Judge: func(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
			who, _ := c.RejectedBy(k)
			return possible().holds(len(c.Connected) > 0 && who == chart.NobodySaid && !nobodyHome(k))
		},
	},
	{
		Cause: cause.ServiceNotListening,
		Needs: []chart.Need{chart.Met(stage.Connect, stage.Refused)},
		Judge: notListening,
	},
}

// port25: most networks close it to their customers, for any server. An answer at 25
// elsewhere, or a host that answers at no port, is evidence against that.
func port25(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Check.Endpoint.Port != 25 {
		return nil
	}
	_, noted := k.Subject.Profile.Note(stage.NotePort25Filtered)
	o, a := c.Outlook(k)
	others := c.OthersAnswer(k, chart.AtExchange)
	h := likely().with(cause.SlotWay, c.WayRound(k))
	switch {
	case noted:
	case others == chart.Yes, o == chart.HostGone, o == chart.AllGone:
		return possible()
	case r.Fault == stage.Refused && (others != chart.No || len(a.Open) == 0):
		return possible()
	case r.Fault != stage.Refused && len(c.Connected) == 0 && len(a.Open) == 0:
		return possible()
	}
	return h
}

// unreachableServer: nothing answers at the host's addresses, at any port tried.
func unreachableServer(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if r.Fault == stage.NetworkUnreachable && (!c.Answered || c.Offline != "" || !k.TriedIPv4() || insideAlone(c, k, r)) {
		return nil // no route from this machine: see no-network-route, ipv6-broken-path
	}
	who, by := c.RejectedBy(k)
	switch o, _ := c.Outlook(k); {
	case o == chart.OneDoor, o == chart.MailShut, c.AnyOpenBeside(k):
		return nil
	case who == chart.OnTheWay && !(o == chart.HostGone && saidGone(k)):
		return possible() // a filter rule there says nothing about the server
	case o == chart.HostGone:
		return likely().with(cause.SlotAsked, prose.Set(true)).with(cause.SlotBy, prose.Data(by)).
			says(prose.Then(chart.Shows(k, r), say.WebPortSilent()))
	case o == chart.NotAsked && r.Fault == stage.HostUnreachable && len(c.Connected) > 0 && c.RejectedAfter(k).Empty():
		return likely() // the network searched for it, and said so
	}
	return possible()
}

// saidGone reports whether every attempt was answered with a message that the host
// can't be reached, which no firewall rule caused.
func saidGone(k *chart.Exam) bool {
	for _, a := range k.Connect.Attempts {
		if a.Rejection == nil || a.Rejection.Why != stage.RejectHost {
			return false
		}
	}
	return len(k.Connect.Attempts) > 0
}

// mailBlocked: HTTPS connects, and mail does not.
func mailBlocked(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	who, _ := c.RejectedBy(k)
	o, a := c.Outlook(k)
	switch o {
	case chart.OneDoor, chart.HostGone:
		return nil
	case chart.AllGone:
		return possible().holds(len(c.Connected) == 0)
	case chart.MailShut:
		h := likely().with(cause.SlotWeb, prose.Figure(int(a.Besides().Port)))
		others := c.OthersAnswer(k, chart.AnyMail)
		if others == chart.No {
			h.with(cause.SlotOthers, prose.Set(true))
		}
		answers := say.PlaceAnswers(a.Besides().Place.Name())
		nearby := refusedNearby(a)
		if nearby {
			answers = say.PlaceFar(a.Besides().Place.Name(), prose.Duration(stage.Ms(a.Web.Trip)))
		}
		// The host's own message says nothing about the network, unless others say
		// the same.
		own := r.Fault == stage.Refused && who == chart.NobodySaid || who == chart.TheHost
		if own && others != chart.No && !nearby && !c.EverywhereRefused() {
			h.Confidence = cause.Possible
		}
		return h.says(prose.Then(chart.Shows(k, r), answers))
	}
	if len(c.Connected) > 0 || r.Fault == stage.Refused && chart.Others(c.Unanswered, k.Host()) == 0 {
		return nil
	}
	if c.Silent > 1 {
		return likely()
	}
	return possible()
}

// banned: a server that bans one address, at all of its ports or at those for mail,
// looks as if it were down. Some servers refuse instead of staying silent, or have
// their firewall do so.
func banned(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	who, _ := c.RejectedBy(k)
	o, a := c.Outlook(k)
	switch {
	case who == chart.OnTheWay, c.DialsItself(k):
		return nil
	case c.ShutToMail(k):
		return likely().with(cause.SlotMailAlone, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.BannedFromMail(answersAt(a))))
	case who == chart.TheHost:
		return possible().holds(a.Rejected > 1)
	case r.Fault == stage.Refused:
		all := a.Web != nil && a.Web.State == chart.PortRefused && len(a.Open) == 0
		return possible().holds(all && c.OthersAnswer(k, chart.AnyMail) == chart.Yes)
	case len(a.Open) > 0, a.Refused > 0, c.AnyOpenBeside(k):
		return nil
	case o == chart.HostGone && !nobodyHome(k):
		return likely()
	}
	return possible()
}

// notListening: the host said that nothing listens there, or something in between
// said so in its name. The latter is likelier the more servers refuse that are known
// to be up. A firewall's message says nothing about who listens.
func notListening(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	h := likely()
	o, _ := c.Outlook(k)
	several := len(c.Connected) == 0 && (c.Silent > 1 || k.Builtin() && chart.Others(c.Unanswered, k.Host()) > 0)
	switch who, _ := c.RejectedBy(k); {
	case who == chart.OnTheWay:
		return nil
	case who == chart.TheHost, several && o != chart.OneDoor:
		h = possible()
	}
	if k.Builtin() && !k.LeadsToLoopback() {
		h.with(cause.SlotCatalogue, prose.Set(true)) // the settings are those of the provider's page
	}
	return h.with(cause.SlotOpen, c.OpenAround(k))
}

// portFiltered: only this port is filtered, not its host. A refusal counts if it is
// a firewall's message.
func portFiltered(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	who, by := c.RejectedBy(k)
	if r.Fault == stage.Refused && who == chart.NobodySaid {
		return nil
	}
	h := possible()
	var after prose.Value
	if r.Fault == stage.HostUnreachable || who != chart.NobodySaid {
		after = c.RejectedAfter(k)
	}
	o, a := c.Outlook(k)
	switch {
	case o == chart.HostGone && (who != chart.OnTheWay || saidGone(k)), o == chart.AllGone:
		return nil
	case o == chart.OneDoor:
		h = likely().with(cause.SlotOpen, answersAt(a)).with(cause.SlotWay, c.WayRound(k))
		if who != chart.OnTheWay && c.ShutToMail(k) {
			h.Confidence = cause.Possible
		}
	case o == chart.MailShut:
	case c.AnyOpenBeside(k):
		h = likely().with(cause.SlotOpen, c.OpenThere(k)).with(cause.SlotWay, c.WayRound(k))
	case who != chart.NobodySaid:
		h = likely()
	case len(c.Connected) == 0 && len(c.Unanswered) > 1 && after.Empty():
		// Several hosts without a single answer: the port is not the problem.
		return nil
	}
	if after.Empty() {
		return h
	}
	h.with(cause.SlotRejected, after)
	switch who {
	case chart.OnTheWay:
		return h.with(cause.SlotBy, prose.Data(by))
	case chart.TheHost:
		return h.with(cause.SlotAtHost, prose.Set(true))
	}
	return h.says(prose.Then(chart.Shows(k, r), say.RejectedSoSoon()))
}
