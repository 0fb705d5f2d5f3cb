package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// noTaker are the faults of a connection that came to nothing.
var noTaker = []stage.Fault{
	stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable, stage.Refused, stage.ConnectFailed, stage.Prohibited,
}

// lostOnTheWay are the faults of a connection that nobody at its end had a hand in.
var lostOnTheWay = []stage.Fault{stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable}

// nameRules are about names that lead to a place where no mail server is.
var nameRules = []Rule{
	{
		Cause:    cause.SplitHorizonPrivateAddress,
		Needs:    []Need{met(stage.Connect, lostOnTheWay...)},
		Explains: []cause.ID{cause.ServerUnreachable, cause.PortFiltered, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			o, _ := c.outlook(k)
			if o == oneDoor || o == mailShut {
				return nil // the host answers: that address is reached from here
			}
			h := internalAddress(c, k, r)
			if h != nil && h.Confidence == cause.Possible && o == hostGone && !c.beside(k.resolve.Addresses) {
				h.Confidence = cause.Likely // a way out is there, and it doesn't lead inside
			}
			return h
		},
	},
	{
		Cause:    cause.CDNProxiedMailHost,
		Needs:    []Need{met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused)},
		Explains: []cause.ID{cause.ServerUnreachable, cause.PortFiltered, cause.ServiceNotListening, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork},
		Judge:    behindWebNetwork,
	},
	{
		Cause:    cause.DNSNXDomainHijack,
		Needs:    []Need{met(stage.Connect, noTaker...), met(stage.Handshake, stage.PlaintextAnswer, stage.BadCertificate), met(stage.Greeting, stage.WrongProtocol)},
		Explains: []cause.ID{cause.ServiceNotListening, cause.ServerUnreachable, cause.PortFiltered, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork, cause.WrongProtocolOnPort},
		Judge:    deniedElsewhere,
	},
	{
		Cause: cause.MXOrWebHostUsedAsServer,
		Needs: []Need{
			met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused),
			met(stage.Upgrade, stage.NotOffered), met(stage.Login, stage.NoMechanism, stage.Rejected), met(stage.Submit, stage.Rejected),
		},
		Explains: []cause.ID{
			cause.PortFiltered, cause.ServerUnreachable, cause.ServiceNotListening, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork, cause.CloudEgressSMTPBlocked,
			cause.AuthNotOfferedOnPort, cause.AuthMechNotOffered, cause.SettingsDifferFromProfile,
		},
		Judge: otherDoor,
	},
}

// behindWebNetwork: the name leads to a network that passes on web pages alone.
// That is settled where the web answers there, and mail elsewhere.
func behindWebNetwork(c *Case, k *Check, r *stage.Result) *Hit {
	name := webNetwork(k.resolve.Addresses)
	_, a := c.outlook(k)
	if name == "" || len(a.open) > 0 {
		return nil // some of these networks pass mail on where they are paid for it
	}
	h, text := likely(), k.leadsTo()+", which belongs to "+name+"; "+describe(k, r)
	if a.web != nil && a.web.state == doorOpen {
		text += "; " + a.web.place + " takes connections"
		if c.othersAnswer(k, anyMail) == yes {
			h.Confidence = cause.Proven
		}
	}
	return h.with("network", name).says(text)
}

// leadsTo tells where a name leads: "mail.example.com leads to 192.0.2.1".
func (k *Check) leadsTo() string {
	return stage.Visible(k.host() + " leads to " + list(k.resolve.Addresses))
}

// localNames are the ends of names that belong to one network (RFC 6761, RFC
// 6762, RFC 8375): an address of that network is theirs by right.
var localNames = []string{"localhost", ".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa"}

// internalAddress: a public name leads to an address that is reached from inside
// one network alone. Where any internal address of the run connects, this machine is
// inside; what rejects at once is a filter; loopback is this machine itself, see
// stale-or-overridden-dns. Public addresses that the name has elsewhere settle it.
func internalAddress(c *Case, k *Check, r *stage.Result) *Hit {
	if k.resolve.Literal || !allWithin(k.resolve.Addresses, internalRanges) || !strings.Contains(k.host(), ".") || k.localName() {
		return nil
	}
	if public := c.publicElsewhere(k); public != nil {
		h := likely().with("inside", list(k.resolve.Addresses)).with("public", list(public)).
			says(short(k.leadsTo() + ", elsewhere to " + list(visible(public)) + "; " + describe(k, r)))
		if c.outside(k).mail == yes {
			h.Confidence = cause.Proven
		}
		return h
	}
	if c.openBeside(k) != nil || c.inside() || r.Fault == stage.HostUnreachable && c.rejectedAfter(k) != "" {
		return nil
	}
	h := possible().with("inside", list(k.resolve.Addresses)).says(k.leadsTo() + "; " + describe(k, r))
	if k.builtin() {
		h.Confidence = cause.Likely
	}
	return h
}

// inside reports whether an internal address took a connection.
func (c *Case) inside() bool {
	for ip := range c.dialled {
		if allWithin([]string{ip}, internalRanges) {
			return true
		}
	}
	return false
}

// otherDoor: the host takes mail for the domain from other servers, or it is
// the domain's web site.
func otherDoor(c *Case, k *Check, r *stage.Result) *Hit {
	if name := k.inbound(); name != "" {
		return likely().with("service", name).says(short(k.place() + " is a server of " + name + " for incoming mail; " + describe(k, r)))
	}
	if g, ok := k.guess(r.Stage, cause.MXOrWebHostUsedAsServer); ok {
		return &Hit{Confidence: g.Confidence}
	}
	if r.Stage == stage.Connect {
		return c.otherHouse(k, r)
	}
	named := k.webName() || k.exchangerName() && k.Check.Endpoint.Protocol == stage.SMTP
	return possible().holds(named && !k.builtin() && r.Fault == stage.NoMechanism)
}

// otherHouse: the name is that of a web site or an MX, the host answers as such,
// and at no port of mail programs. Where mail is shut everywhere, or refused by
// something near, that says nothing of this host.
func (c *Case) otherHouse(k *Check, r *stage.Result) *Hit {
	web, mx := k.webName(), k.exchangerName()
	_, a := c.outlook(k)
	alone := a.onlyExchange()
	if k.ofProfile() || !web && !mx && !alone {
		return possible().holds((web || mx) && !k.builtin())
	}
	h := possible().with("near", c.meant(k))
	shut := a.closedToPrograms() && c.othersAnswer(k, anyMail) != no && !a.refusedNearby()
	answers := "" // where the host does
	switch {
	case alone:
		answers = a.mx.place
		h.with("only25", "yes")
	case web && a.web != nil && a.web.state == doorOpen:
		answers = a.web.place
		h.with("web", "yes")
	}
	if (web || mx) && answers != "" && (shut || h.Args["near"] != "") {
		h.Confidence = cause.Likely
	}
	text := describe(k, r)
	if answers != "" {
		text += "; " + answers + " answers, and no port for mail programs"
	}
	if h.Args["near"] != "" {
		text += "; a mail server answers at " + h.Args["near"]
	}
	return h.says(short(text))
}

// webName reports whether the host has the name of the domain's web site. For a
// URL, the domain is what follows "www.", or that of the user's address.
func (k *Check) webName() bool {
	host, domain := k.host(), strings.ToLower(k.Subject.Domain)
	if domain == "" {
		_, domain, _ = strings.Cut(strings.ToLower(cmp.Or(k.Subject.Address, k.Subject.User)), "@")
	}
	return strings.HasPrefix(host, "www.") || domain != "" && host == domain
}

// exchangerName reports whether the host's name begins as those of MX do: "mx.",
// "mx2.", "mx-a.", "mxin.".
func (k *Check) exchangerName() bool {
	label, _, _ := strings.Cut(k.host(), ".")
	rest, ok := strings.CutPrefix(label, "mx")
	return ok && (rest == "" || strings.ContainsAny(rest[:1], "0123456789-") || rest == "in" || rest == "a" || rest == "b")
}

// ofProfile reports whether the provider's own settings name the host.
func (k *Check) ofProfile() bool {
	p := k.Subject.Profile
	return k.builtin() || p != nil && slices.ContainsFunc(p.Endpoints, func(e stage.Endpoint) bool { return strings.EqualFold(e.Host, k.Check.Endpoint.Host) })
}

// inbound names the service for incoming mail that a server is: by its own name,
// by the one in its greeting, or by the certificate's.
func (k *Check) inbound() string {
	if name := inboundService(k.host()); name != "" {
		return name
	}
	if name := inboundService(k.banner()); name != "" && k.Check.Endpoint.Port == 25 {
		return name
	}
	leaf, _ := k.leaf()
	if k.Check.Endpoint.Port == 25 && len(leaf.Names) > 0 {
		return inboundService(leaf.Names[0])
	}
	return ""
}
