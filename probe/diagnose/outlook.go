package diagnose

import (
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// outlook is what a connection that came to nothing looks like beside the other
// ports of its host and beside other hosts.
type outlook int

const (
	notAsked outlook = iota // nothing else was tried, or nothing came of it
	oneDoor                 // the host answers, or mail elsewhere does: it is a matter of this port
	mailShut                // the host answers and no mail port of it does, nor of others as far as was tried
	hostGone                // no port of the host answers, and others do
	allGone                 // no port of the host answers, nor do others as far as was tried
)

// outlook looks round from a check whose connection came to nothing.
func (c *Case) outlook(k *Check) (outlook, around) {
	a := c.around(k)
	if !a.asked {
		return notAsked, a
	}
	others := c.othersAnswer(k, anyMail)
	shut := k.fault(stage.Connect)
	switch {
	case len(a.open) > 0, shut != stage.Refused && a.refused > 0:
		return oneDoor, a
	case a.web == nil:
		return notAsked, a
	case a.besides() == nil && others == yes:
		return hostGone, a
	case a.besides() == nil:
		return allGone, a
	case others == yes:
		return oneDoor, a
	case a.silent+a.refused > 1:
		return mailShut, a
	}
	return notAsked, a
}

// besides is the port besides those of mail at which the host answers, if only by
// refusing; nil where it gives no answer there.
func (a around) besides() *door {
	for _, d := range []*door{a.web, a.spare, a.mx} {
		if d != nil && d.state != doorSilent {
			return d
		}
	}
	return nil
}

// answersAt names where the host of a check answers otherwise: at a mail port, at
// 443, or by refusing.
func (a around) answersAt() string {
	switch {
	case len(a.open) > 0:
		return list(a.open)
	case a.besides() != nil:
		return a.besides().place
	}
	return list(a.saidNo)
}

// farAway is by how much two times of connecting have to differ: by less, they
// differ by chance.
const farAway = 5 * time.Millisecond

// refusedNearby reports whether the host's mail ports were refused in less than
// half the time that a packet takes to the host and back: whoever refuses is nearer
// than the host. What a refusal took in all is never less than the packet's time.
func (a around) refusedNearby() bool {
	if a.web == nil || a.web.state != doorOpen || a.refused == 0 || a.rejected > 0 {
		return false
	}
	return a.slowest < a.web.trip/2 && a.web.trip-a.slowest > farAway
}

// shutToMail reports whether no port of the host at which mail programs connect
// answers, while mail connects elsewhere and the host does answer otherwise: at 443,
// or with the word of its firewall. Nothing of the same provider connects. A server
// that bans an address from its mail services looks like this from there (fail2ban,
// banaction multiport).
func (c *Case) shutToMail(k *Check) bool {
	o, a := c.outlook(k)
	if allWithin(k.resolve.Addresses, internalRanges) {
		return false // such a server sees this machine by no internet address
	}
	if o != oneDoor || len(a.open) > 0 || a.refused > a.rejected || a.silent+a.rejected < 2 || c.othersAnswer(k, anyMail) != yes {
		return false
	}
	return !slices.ContainsFunc(c.Checks, func(o *Check) bool { return o.owner() == k.owner() && o.passed(stage.Connect) })
}

// everywhereRefused reports whether several hosts at different addresses answer at
// 443 and take no connection for mail. One server may be out of order; hardly two
// at once.
func (c *Case) everywhereRefused() bool {
	addresses := make(map[string]bool)
	for _, k := range c.Checks {
		if k.fault(stage.Connect) == "" {
			return false
		}
		if o, a := c.outlook(k); o == mailShut && a.besides().state == doorOpen {
			for _, t := range k.connect.Attempts {
				addresses[ipOf(t.Address)] = true
			}
		}
	}
	return len(addresses) > 1
}
