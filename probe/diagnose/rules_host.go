package diagnose

import (
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// lostOnTheWay are the faults of a connection that the server had no part in.
var lostOnTheWay = []stage.Fault{stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable}

// nameRules are about names that resolve to a place where no mail server is.
var nameRules = []Rule{
	{
		Cause:    cause.SplitHorizonPrivateAddress,
		Needs:    []chart.Need{chart.Met(stage.Connect, lostOnTheWay...)},
		Explains: []cause.ID{cause.ServerUnreachable, cause.PortFiltered, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			o, _ := c.Outlook(k)
			if o == chart.OneDoor || o == chart.MailShut {
				return nil // the host answers: that address is reachable from here
			}
			h := internalAddress(c, k, r)
			if h != nil && h.Confidence == cause.Possible && o == chart.HostGone && !c.Beside(k.Resolve.Addresses) {
				h.Confidence = cause.Likely // there is a route to the Internet, and it doesn't lead inside
			}
			return h
		},
	},
	{
		Cause:    cause.CDNProxiedMailHost,
		Needs:    []chart.Need{chart.Met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused)},
		Explains: []cause.ID{cause.ServerUnreachable, cause.PortFiltered, cause.ServiceNotListening, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork},
		Judge:    behindWebNetwork,
	},
	{
		Cause:    cause.DNSNXDomainHijack,
		Needs:    []chart.Need{chart.Met(stage.Connect, chart.NoTaker...), chart.Met(stage.Handshake, stage.PlaintextAnswer, stage.BadCertificate), chart.Met(stage.Greeting, stage.WrongProtocol)},
		Explains: []cause.ID{cause.ServiceNotListening, cause.ServerUnreachable, cause.PortFiltered, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork, cause.WrongProtocolOnPort},
		Judge:    deniedElsewhere,
	},
	{
		Cause: cause.MXOrWebHostUsedAsServer,
		Needs: []chart.Need{
			chart.Met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused),
			chart.Met(stage.Upgrade, stage.NotOffered), chart.Met(stage.Login, stage.NoMechanism, stage.Rejected), chart.Met(stage.Submit, stage.Rejected),
		},
		Explains: []cause.ID{
			cause.PortFiltered, cause.ServerUnreachable, cause.ServiceNotListening, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork, cause.CloudEgressSMTPBlocked,
			cause.AuthNotOfferedOnPort, cause.AuthMechNotOffered, cause.SettingsDifferFromProfile,
		},
		Judge: otherDoor,
	},
}

// behindWebNetwork: the name resolves to a network that forwards only HTTP. That is
// certain if the web answers there, and mail elsewhere.
func behindWebNetwork(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	name := chart.WebNetwork(k.Resolve.Addresses)
	_, a := c.Outlook(k)
	if name == "" || len(a.Open) > 0 {
		return nil // some of these networks forward mail for customers who pay for it
	}
	h := likely()
	said := prose.Then(say.LeadsToWebNetwork(k.LeadsTo(), prose.Data(name)), chart.Shows(k, r))
	if a.Web != nil && a.Web.State == chart.PortOpen {
		said = prose.Then(said, say.PlaceTakes(a.Web.Place.Name()))
		if c.OthersAnswer(k, chart.AnyMail) == chart.Yes {
			h.Confidence = cause.Proven
		}
	}
	return h.with(cause.SlotNetwork, prose.Data(name)).says(said)
}

// insideAlone reports whether a public name resolves to an address that is reachable
// only from inside one network. If any internal address of the run connects, this
// machine is inside. An immediate rejection comes from a filter. A loopback address
// is this machine, see stale-or-overridden-dns. If the name has public addresses
// elsewhere, that is proof.
func insideAlone(c *chart.Case, k *chart.Exam, r *stage.Result) bool {
	switch {
	case k.Resolve.Literal || !chart.AllWithin(k.Resolve.Addresses, chart.InternalRanges) || !strings.Contains(k.Host(), ".") || k.LocalName():
		return false
	case c.PublicElsewhere(k) != nil:
		return true
	}
	return !c.AnyOpenBeside(k) && !c.Inside() && (r.Fault != stage.HostUnreachable || c.RejectedAfter(k).Empty())
}

// internalAddress: the address is internal to another network.
func internalAddress(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !insideAlone(c, k, r) {
		return nil
	}
	if public := c.PublicElsewhere(k); public != nil {
		h := likely().with(cause.SlotInside, list(k.Resolve.Addresses)).with(cause.SlotPublic, list(public)).
			says(prose.Then(say.ElsewhereLeads(k.LeadsTo(), list(public)), chart.Shows(k, r)))
		if c.Outside(k).Mail == chart.Yes {
			h.Confidence = cause.Proven
		}
		return h
	}
	h := possible().with(cause.SlotInside, list(k.Resolve.Addresses)).says(prose.Then(k.LeadsTo(), chart.Shows(k, r)))
	if k.Builtin() {
		h.Confidence = cause.Likely
	}
	return h
}

// otherDoor: the host accepts mail for the domain from other servers, or it is the
// domain's web site.
func otherDoor(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if name := k.Inbound(); name != "" {
		service := prose.Data(name)
		return likely().with(cause.SlotService, service).says(prose.Then(say.InboundService(k.PlaceName(), service), chart.Shows(k, r)))
	}
	if g, ok := k.Guess(r.Stage, cause.MXOrWebHostUsedAsServer); ok {
		return &Hit{Confidence: g.Confidence}
	}
	if r.Stage == stage.Connect {
		return otherHouse(c, k, r)
	}
	named := k.WebName() || k.ExchangerName() && k.Check.Endpoint.Protocol == stage.SMTP
	return possible().holds(named && !k.Builtin() && r.Fault == stage.NoMechanism)
}

// otherHouse: the name is that of a web site or an MX, and the host answers as such,
// but at no port for mail programs. If mail is blocked everywhere, or refused by
// something nearby, that says nothing about this host.
func otherHouse(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	web, mx := k.WebName(), k.ExchangerName()
	_, a := c.Outlook(k)
	alone := onlyExchange(a)
	if k.OfProfile() || !web && !mx && !alone {
		return possible().holds((web || mx) && !k.Builtin())
	}
	near := c.Meant(k)
	h := possible().with(cause.SlotNear, near)
	shut := closedToPrograms(a) && c.OthersAnswer(k, chart.AnyMail) != chart.No && !refusedNearby(a)
	var answers prose.Value // at which ports the host does
	switch {
	case alone:
		answers = a.Mx.Place.Name()
		h.with(cause.SlotOnly25, prose.Set(true))
	case web && a.Web != nil && a.Web.State == chart.PortOpen:
		answers = a.Web.Place.Name()
		h.with(cause.SlotWeb, prose.Set(true))
	}
	if (web || mx) && !answers.Empty() && (shut || !near.Empty()) {
		h.Confidence = cause.Likely
	}
	said := []prose.Value{chart.Shows(k, r)}
	if !answers.Empty() {
		said = append(said, say.AnswersAndNoMailPort(answers))
	}
	if !near.Empty() {
		said = append(said, say.MailServerAnswersAt(near))
	}
	return h.says(prose.Then(said...))
}
