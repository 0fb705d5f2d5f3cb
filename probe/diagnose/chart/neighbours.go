package chart

import (
	"slices"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// outlook compares a failed connection with the other ports of its host and with
// other hosts.
type outlook int

const (
	NotAsked outlook = iota // nothing else was tried, or that was inconclusive
	OneDoor                 // the host answers, or mail elsewhere does: the problem is this port
	MailShut                // the host answers but none of its mail ports does, nor, where tried, do those of other hosts
	HostGone                // no port of the host answers, but other hosts do
	AllGone                 // no port of the host answers, nor, where tried, do other hosts
)

// Outlook returns how a failed connection compares with its surroundings.
func (c *Case) Outlook(k *Exam) (outlook, Neighbours) {
	a := c.around(k)
	if !a.asked {
		return NotAsked, a
	}
	others := c.OthersAnswer(k, AnyMail)
	shut := k.Fault(stage.Connect)
	switch {
	case len(a.Open) > 0, shut != stage.Refused && a.Refused > 0:
		return OneDoor, a
	case a.Web == nil:
		return NotAsked, a
	case a.Besides() == nil && others == Yes:
		return HostGone, a
	case a.Besides() == nil:
		return AllGone, a
	case others == Yes:
		return OneDoor, a
	case a.Silent+a.Refused > 1:
		return MailShut, a
	}
	return NotAsked, a
}

// Besides returns the port other than those of mail at which the host answers, if
// only by refusing; nil if there is none.
func (a Neighbours) Besides() *Port {
	for _, d := range []*Port{a.Web, a.spare, a.Mx} {
		if d != nil && d.State != PortSilent {
			return d
		}
	}
	return nil
}

// ShutToMail reports whether the mail ports of the host are silent or rejected, although mail
// connects elsewhere and the host does answer otherwise: at 443, or by an ICMP
// message of its firewall. Nothing of the same provider connects. A server that bans
// an address from its mail services looks like this to that address (fail2ban,
// banaction multiport).
func (c *Case) ShutToMail(k *Exam) bool {
	o, a := c.Outlook(k)
	if AllWithin(k.Resolve.Addresses, InternalRanges) {
		return false // an internal server doesn't see this machine by its public address
	}
	if o != OneDoor || len(a.Open) > 0 || a.Refused > a.Rejected || a.Silent+a.Rejected < 2 || c.OthersAnswer(k, AnyMail) != Yes {
		return false
	}
	return !c.index().owners[k.Owner()]
}

// EverywhereRefused reports whether several hosts at different addresses answer at
// 443 and accept no connection for mail. One server may be out of order, but hardly
// two at the same time.
func (c *Case) EverywhereRefused() bool { return c.notice().refused.get(c.refusedEverywhere) }

func (c *Case) refusedEverywhere() bool {
	addresses := make(map[string]bool)
	for _, k := range c.Checks {
		if k.Fault(stage.Connect) == "" {
			return false
		}
		if o, a := c.Outlook(k); o == MailShut && a.Besides().State == PortOpen {
			for _, t := range k.Connect.Attempts {
				addresses[IPOf(t.Address)] = true
			}
		}
	}
	return len(addresses) > 1
}

// Unanswered are the faults of a connection attempt that gets no answer.
var Unanswered = []stage.Fault{stage.ConnectTimeout, stage.HostUnreachable}

// DialsItself reports whether the host's addresses are this machine's own.
func (c *Case) DialsItself(k *Exam) bool {
	for _, a := range k.Connect.Attempts {
		if ip := IPOf(a.Address); !IsLoopback(ip) && !slices.Contains(c.Record.Header.System.Addresses, ip) {
			return false
		}
	}
	return len(k.Connect.Attempts) > 0
}

// Soon is how fast "host unreachable" arrives from a filter that rejects on purpose.
// A router that searches for an absent host first waits for seconds (RFC 4861 7.2.2,
// and likewise ARP).
const Soon = time.Second

// RejectedAfter says when the first rejection arrived, "18 ms after they begin", if
// all failed attempts were rejected that soon. It is empty if there was no
// rejection, or if it ended this machine's own address search begun for an earlier
// attempt.
func (c *Case) RejectedAfter(k *Exam) prose.Value {
	var after prose.Value
	for _, a := range k.Connect.Attempts {
		switch {
		case c.lookedFor(a):
			return prose.Value{}
		case (a.Outcome == stage.DialHostUnreachable || rejects(a) != NobodySaid) && a.Time.Duration() < Soon:
			if after.Empty() {
				after = say.AfterTheyBegin(prose.Duration(a.Time))
			}
			if a.Time.Duration() < time.Millisecond {
				after = say.AtOnce()
			}
		case a.Outcome != stage.DialNetworkUnreachable && a.Outcome != stage.DialInterrupted:
			return prose.Value{}
		}
	}
	return after
}

// UsualPorts are where mail servers are expected (RFC 8314 3, RFC 3501, RFC 1939,
// RFC 6409).
var UsualPorts = []stage.Endpoint{
	{Protocol: stage.IMAP, Port: 993, Security: stage.TLS},
	{Protocol: stage.IMAP, Port: 143, Security: stage.StartTLS},
	{Protocol: stage.POP3, Port: 995, Security: stage.TLS},
	{Protocol: stage.POP3, Port: 110, Security: stage.StartTLS},
	{Protocol: stage.SMTP, Port: 465, Security: stage.TLS},
	{Protocol: stage.SMTP, Port: 587, Security: stage.StartTLS},
	{Protocol: stage.SMTP, Port: 25, Security: stage.StartTLSIfOffered},
}

// At returns a usual port on a host.
func At(e stage.Endpoint, host string) stage.Endpoint {
	e.Host = host
	return e
}

// NoConnectionAt reports whether the check got no connection, and further questions
// can help.
func (k *Exam) NoConnectionAt() bool {
	f := k.Fault(stage.Connect)
	return f != "" && f != stage.InternalProblem
}

// Siblings returns the usual ports of the check's protocol on its host. If the usual
// ports for sending accept no connection, it adds the spare one.
func (k *Exam) Siblings() []stage.Endpoint {
	own := k.Check.Endpoint
	var all []stage.Endpoint
	for _, e := range UsualPorts {
		if e.Protocol == own.Protocol && e.Port != 25 {
			all = append(all, At(e, own.Host))
		}
	}
	if own.Protocol == stage.SMTP && k.NoConnectionAt() && slices.Contains([]uint16{25, 465, 587}, own.Port) {
		all = append(all, stage.Endpoint{Protocol: stage.SMTP, Host: own.Host, Port: SparePort, Security: stage.StartTLS})
	}
	return all
}
