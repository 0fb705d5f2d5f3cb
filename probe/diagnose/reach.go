package diagnose

import (
	"slices"
	"strconv"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// unanswered are the faults of a connection that nobody answers.
var unanswered = []stage.Fault{stage.ConnectTimeout, stage.HostUnreachable}

// reachRules are about ports that give no answer, or refuse. From one place
// alone nobody can tell who drops packets; what else connected narrows it down.
var reachRules = []Rule{
	{
		Cause:    cause.ISPPort25Filtered,
		Needs:    []Need{met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused)},
		Explains: []cause.ID{cause.PortFiltered, cause.ServerUnreachable, cause.ServiceNotListening, cause.MailPortsBlockedOnThisNetwork, cause.ClientIPBannedByServer},
		Judge:    port25,
	},
	{
		Cause:    cause.PortFiltered,
		Needs:    []Need{met(stage.Connect, unanswered...), met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.ServerUnreachable, cause.ClientIPBannedByServer, cause.MailPortsBlockedOnThisNetwork, cause.ServiceNotListening},
		Judge:    portFiltered,
	},
	{
		Cause: cause.ServerUnreachable,
		Needs: []Need{met(stage.Connect, unanswered...), met(stage.Connect, stage.ConnectFailed, stage.NetworkUnreachable)},
		Judge: unreachableServer,
	},
	{
		Cause:    cause.MailPortsBlockedOnThisNetwork,
		Needs:    []Need{met(stage.Connect, unanswered...), met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.ServiceNotListening},
		Judge:    mailBlocked,
	},
	{
		Cause:    cause.ClientIPBannedByServer,
		Needs:    []Need{met(stage.Connect, unanswered...), met(stage.Connect, stage.Refused)},
		Explains: []cause.ID{cause.ServiceNotListening},
		Judge:    banned,
	},
	{
		// A firewall here that drops packets looks like one anywhere else. Where nothing
		// connects, it is not the first thing to think of, and where somebody else says
		// that he rejects, not at all.
		Cause: cause.LocalFirewallOrAppPermission,
		Needs: []Need{met(stage.Connect, unanswered...)},
		Judge: func(c *Case, k *Check, _ *stage.Result) *Hit {
			who, _ := c.rejectedBy(k)
			return possible().holds(len(c.connected) > 0 && who == nobodySaid && !nobodyHome(k))
		},
	},
	{
		Cause: cause.ServiceNotListening,
		Needs: []Need{met(stage.Connect, stage.Refused)},
		Judge: notListening,
	},
}

// dialsItself reports whether the host's addresses are this machine's own.
func (c *Case) dialsItself(k *Check) bool {
	for _, a := range k.connect.Attempts {
		if ip := ipOf(a.Address); !isLoopback(ip) && !slices.Contains(c.Record.Header.System.Addresses, ip) {
			return false
		}
	}
	return len(k.connect.Attempts) > 0
}

// port25: it is closed to customers in most networks, whosever the server is.
// What answers at 25 elsewhere, or does not answer at any port, speaks against it.
func port25(c *Case, k *Check, r *stage.Result) *Hit {
	if k.Check.Endpoint.Port != 25 {
		return nil
	}
	_, noted := k.Subject.Profile.Note("port-25-filtered")
	o, a := c.outlook(k)
	others := c.othersAnswer(k, func(d *door) bool { return d.port == 25 })
	h := likely().with("way", c.wayRound(k))
	switch {
	case noted:
	case others == yes, o == hostGone, o == allGone:
		return possible()
	case r.Fault == stage.Refused && (others != no || len(a.open) == 0):
		return possible()
	case r.Fault != stage.Refused && len(c.connected) == 0 && len(a.open) == 0:
		return possible()
	}
	return h
}

// unreachableServer: nobody answers for the host, at any port that was tried.
func unreachableServer(c *Case, k *Check, r *stage.Result) *Hit {
	if r.Fault == stage.NetworkUnreachable && (!c.answered || c.offline != "" || !k.triedIPv4() || internalAddress(c, k, r) != nil) {
		return nil // no way from this machine: see no-network-route, ipv6-broken-path
	}
	who, by := c.rejectedBy(k)
	switch o, _ := c.outlook(k); {
	case o == oneDoor, o == mailShut, c.openBeside(k) != nil:
		return nil
	case who == onTheWay && !(o == hostGone && saidGone(k)):
		return possible() // a rule there says nothing of the server
	case o == hostGone:
		return likely().with("asked", "yes").with("by", by).says(describe(k, r) + "; port 443 of the host gives no answer either, and other servers answer")
	case o == notAsked && r.Fault == stage.HostUnreachable && len(c.connected) > 0 && c.rejectedAfter(k) == "":
		return likely() // the network looked for it, and said so
	}
	return possible()
}

// saidGone reports whether every attempt was answered with the word that the host
// cannot be reached: no rule of a firewall is in it.
func saidGone(k *Check) bool {
	for _, a := range k.connect.Attempts {
		if a.Rejection == nil || a.Rejection.Why != stage.RejectHost {
			return false
		}
	}
	return len(k.connect.Attempts) > 0
}

// mailBlocked: the web is open, and mail is not.
func mailBlocked(c *Case, k *Check, r *stage.Result) *Hit {
	who, _ := c.rejectedBy(k)
	o, a := c.outlook(k)
	switch o {
	case oneDoor, hostGone:
		return nil
	case allGone:
		return possible().holds(len(c.connected) == 0)
	case mailShut:
		h := likely().with("web", strconv.Itoa(int(a.besides().port))).with("way", c.wayRound(k))
		others := c.othersAnswer(k, anyMail)
		if others == no {
			h.with("others", "yes")
		}
		text := describe(k, r) + "; " + a.besides().place + " answers"
		nearby := a.refusedNearby()
		if nearby {
			text += ", and only after " + duration(stage.Ms(a.web.trip))
		}
		// The host's own word says nothing of the network, unless others say the same.
		own := r.Fault == stage.Refused && who == nobodySaid || who == theHost
		if own && others != no && !nearby && !c.everywhereRefused() {
			h.Confidence = cause.Possible
		}
		return h.says(text)
	}
	if len(c.connected) > 0 || r.Fault == stage.Refused && others(c.unanswered, k.host()) == 0 {
		return nil
	}
	if c.silent > 1 {
		return likely()
	}
	return possible()
}

// banned: a server that shuts one address out, at all of its ports or at those for
// mail, looks like one that isn't there. Some refuse in the place of silence, or
// have their firewall say so.
func banned(c *Case, k *Check, r *stage.Result) *Hit {
	who, _ := c.rejectedBy(k)
	o, a := c.outlook(k)
	switch {
	case who == onTheWay, c.dialsItself(k):
		return nil
	case c.shutToMail(k):
		return likely().with("mail_alone", "yes").says(describe(k, r) + "; " + a.answersAt() + " answers, and so do mail servers of others")
	case who == theHost:
		return possible().holds(a.rejected > 1)
	case r.Fault == stage.Refused:
		all := a.web != nil && a.web.state == doorRefused && len(a.open) == 0
		return possible().holds(all && c.othersAnswer(k, anyMail) == yes)
	case len(a.open) > 0, a.refused > 0, c.openBeside(k) != nil:
		return nil
	case o == hostGone && !nobodyHome(k):
		return likely()
	}
	return possible()
}

// notListening: a machine said that nobody is there, or something on the way said
// it in the machine's name. That is the likelier, the more servers refuse that are
// known to be there. A firewall's message says nothing of who listens.
func notListening(c *Case, k *Check, _ *stage.Result) *Hit {
	h := likely()
	o, a := c.outlook(k)
	several := len(c.connected) == 0 && (c.silent > 1 || k.builtin() && others(c.unanswered, k.host()) > 0)
	switch who, _ := c.rejectedBy(k); {
	case who == onTheWay:
		return nil
	case who == theHost, several && o != oneDoor:
		h = possible()
	}
	if k.builtin() && !k.leadsToLoopback() {
		h.with("catalogue", "yes") // the settings are those of the provider's page
	}
	open := slices.Clone(c.connected[k.host()])
	for _, place := range a.open {
		open = appendNew(open, place)
	}
	return h.with("open", list(open)).with("way", c.wayRound(k))
}

// portFiltered: this port, and not its host. A refusal counts where a firewall's
// message says it.
func portFiltered(c *Case, k *Check, r *stage.Result) *Hit {
	who, by := c.rejectedBy(k)
	if r.Fault == stage.Refused && who == nobodySaid {
		return nil
	}
	h := possible()
	after := ""
	if r.Fault == stage.HostUnreachable || who != nobodySaid {
		after = c.rejectedAfter(k)
	}
	o, a := c.outlook(k)
	switch open := c.openBeside(k); {
	case o == hostGone && (who != onTheWay || saidGone(k)), o == allGone:
		return nil
	case o == oneDoor:
		h = likely().with("open", a.answersAt()).with("way", c.wayRound(k))
		if who != onTheWay && c.shutToMail(k) {
			h.Confidence = cause.Possible
		}
	case o == mailShut:
	case open != nil:
		h = likely().with("open", list(open)).with("way", c.wayRound(k))
	case who != nobodySaid:
		h = likely()
	case len(c.connected) == 0 && len(c.unanswered) > 1 && after == "":
		// Several hosts and not one answer: that is no matter of a port.
		return nil
	}
	if after == "" {
		return h
	}
	h.with("rejected", after)
	switch who {
	case onTheWay:
		return h.with("by", by)
	case theHost:
		return h.with("at_host", "yes")
	}
	return h.says(describe(k, r) + "; so soon a router or firewall says it, and not for want of a host")
}

// soon is how fast "host unreachable" comes from a filter that means to reject.
// A router that looks for a host that isn't there first waits for seconds (RFC
// 4861 7.2.2, and likewise ARP).
const soon = time.Second

// rejectedAfter says when the first rejection came, "18 ms after they begin", where
// all attempts that failed were rejected that soon; empty where it was no rejection,
// or the end of a search of this machine's own that others had begun.
func (c *Case) rejectedAfter(k *Check) string {
	after := ""
	for _, a := range k.connect.Attempts {
		switch {
		case c.lookedFor(a):
			return ""
		case (a.Outcome == stage.DialHostUnreachable || rejects(a) != nobodySaid) && a.Time.Duration() < soon:
			if after == "" {
				after = duration(a.Time) + " after they begin"
			}
			if a.Time.Duration() < time.Millisecond {
				after = "at once"
			}
		case a.Outcome != stage.DialNetworkUnreachable && a.Outcome != stage.DialInterrupted:
			return ""
		}
	}
	return after
}

// wayRound names another port of the same host that works for the same account
// and protocol, and its encryption; empty where this run has found none.
func (c *Case) wayRound(k *Check) string {
	for _, o := range c.Checks {
		if o == k || o.Check.Subject != k.Check.Subject || o.host() != k.host() || o.Check.Endpoint.Protocol != k.Check.Endpoint.Protocol {
			continue
		}
		if way := o.way(); way != "" {
			return way
		}
	}
	for _, e := range k.siblings() {
		for _, f := range c.followUps[k.Check.ID] {
			if f.Check.Question != stage.AskSibling || f.Check.Kind != stage.KindEndpoint || f.Check.Endpoint.Port != e.Port {
				continue
			}
			if way := newCheck(f, 0, nil).way(); way != "" {
				return way
			}
		}
	}
	return ""
}

// way names the port of a check that works, and its encryption; empty where it
// doesn't work, or is in clear.
func (k *Check) way() string {
	if !k.works() || !k.encrypted() {
		return ""
	}
	return "port " + strconv.Itoa(int(k.Check.Endpoint.Port)) + " " + encryption(k.Check.Endpoint.Security)
}

// providersUnanswered counts the unrelated providers of which a server took no
// connection: those of different profiles or, without one, domains.
func providersUnanswered(c *Case) int {
	silent := make(map[string]bool)
	for _, k := range c.Checks {
		if !c.unanswered[k.host()] {
			continue
		}
		switch p := k.Subject.Profile; {
		case p != nil:
			silent["profile "+p.ID] = true
		case k.Subject.Domain != "":
			silent["domain "+k.Subject.Domain] = true
		default:
			silent["host "+k.host()] = true
		}
	}
	return len(silent)
}
