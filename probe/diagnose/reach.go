package diagnose

import (
	"strconv"
	"time"

	"maildoctor/probe/stage"
)

// unanswered are the faults of a connection that nobody answers.
var unanswered = []stage.Fault{stage.ConnectTimeout, stage.HostUnreachable}

// reachRules are about ports that give no answer, or refuse. From one place
// alone nobody can tell who drops packets; what else connected narrows it down.
var reachRules = []Rule{
	{
		Cause:    ISPPort25Filtered,
		Needs:    []Need{met(stage.Connect, stage.ConnectTimeout, stage.HostUnreachable, stage.Refused)},
		Explains: []CauseID{PortFiltered, ServerUnreachable, ServiceNotListening, MailPortsBlockedOnThisNetwork, ClientIPBannedByServer},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if k.Check.Endpoint.Port != 25 {
				return nil
			}
			_, noted := k.Subject.Profile.Note("port-25-filtered")
			if noted || r.Fault != stage.Refused && len(c.connected) > 0 {
				return likely()
			}
			return possible()
		},
	},
	{
		Cause:    PortFiltered,
		Needs:    []Need{met(stage.Connect, unanswered...)},
		Explains: []CauseID{ServerUnreachable, ClientIPBannedByServer, MailPortsBlockedOnThisNetwork},
		Judge:    portFiltered,
	},
	{
		Cause: ServerUnreachable,
		Needs: []Need{met(stage.Connect, unanswered...), met(stage.Connect, stage.ConnectFailed, stage.NetworkUnreachable)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			switch {
			case r.Fault == stage.NetworkUnreachable && (!c.answered || !k.triedIPv4() || internalAddress(c, k, r) != nil):
				return nil // no way from this machine: see no-network-route, ipv6-broken-path
			case c.openBeside(k) != nil:
				return nil
			case r.Fault == stage.HostUnreachable && len(c.connected) > 0 && k.rejectedAfter() == "":
				return likely() // the network looked for it, and said so
			}
			return possible()
		},
	},
	{
		Cause: MailPortsBlockedOnThisNetwork,
		Needs: []Need{met(stage.Connect, unanswered...), met(stage.Connect, stage.Refused)},
		Judge: func(c *Case, k *Check, r *stage.Result) *Hit {
			if len(c.connected) > 0 || r.Fault == stage.Refused && others(c.unanswered, k.host()) == 0 {
				return nil
			}
			if c.silent > 1 {
				return likely()
			}
			return possible()
		},
	},
	{
		Cause: ClientIPBannedByServer,
		Needs: []Need{met(stage.Connect, unanswered...)},
		Judge: func(c *Case, k *Check, _ *stage.Result) *Hit {
			return possible().holds(c.openBeside(k) == nil)
		},
	},
	{
		// A firewall here that drops packets looks like one anywhere else. Where nothing
		// connects, it is not the first thing to think of.
		Cause: LocalFirewallOrAppPermission,
		Needs: []Need{met(stage.Connect, unanswered...)},
		Judge: func(c *Case, _ *Check, _ *stage.Result) *Hit { return possible().holds(len(c.connected) > 0) },
	},
	{
		Cause: ServiceNotListening,
		Needs: []Need{met(stage.Connect, stage.Refused)},
		Judge: notListening,
	},
}

// notListening: a machine said that nobody is there, or something on the way said
// it in the machine's name. That is the likelier, the more servers refuse that are
// known to be there.
func notListening(c *Case, k *Check, _ *stage.Result) *Hit {
	h := likely()
	if len(c.connected) == 0 && (c.silent > 1 || k.builtin() && others(c.unanswered, k.host()) > 0) {
		h = possible()
	}
	if k.builtin() && !k.leadsToLoopback() {
		h.with("catalogue", "yes") // the settings are those of the provider's page
	}
	return h.with("open", list(c.connected[k.host()]))
}

// portFiltered: this port, and not its host.
func portFiltered(c *Case, k *Check, r *stage.Result) *Hit {
	h := possible()
	after := ""
	if r.Fault == stage.HostUnreachable {
		after = k.rejectedAfter()
	}
	if open := c.openBeside(k); open != nil {
		h = likely().with("open", list(open)).with("way", c.wayRound(k))
	} else if len(c.connected) == 0 && len(c.unanswered) > 1 && after == "" {
		// Several hosts and not one answer: that is no matter of a port.
		return nil
	}
	if after != "" {
		h.with("rejected", after)
		h.says(describe(k, r) + "; so soon a router or firewall says it, and not for want of a host")
	}
	return h
}

// soon is how fast "host unreachable" comes from a filter that means to reject.
// A router that looks for a host that isn't there first waits for seconds (RFC
// 4861 7.2.2, and likewise ARP).
const soon = time.Second

// rejectedAfter says when the first rejection came, "18 ms after they begin", where
// all attempts that failed were rejected that soon; empty where it was no rejection.
func (k *Check) rejectedAfter() string {
	after := ""
	for _, a := range k.connect.Attempts {
		switch {
		case a.Outcome == stage.DialHostUnreachable && a.Time.Duration() < soon:
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
// and protocol, and its encryption; empty where this run has tried none.
func (c *Case) wayRound(k *Check) string {
	for _, o := range c.Checks {
		e := o.Check.Endpoint
		if o == k || o.Check.Subject != k.Check.Subject || o.host() != k.host() || e.Protocol != k.Check.Endpoint.Protocol || !o.works() {
			continue
		}
		switch e.Security {
		case stage.TLS:
			return "port " + strconv.Itoa(int(e.Port)) + " with SSL/TLS"
		case stage.StartTLS:
			return "port " + strconv.Itoa(int(e.Port)) + " with STARTTLS"
		}
	}
	return ""
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
