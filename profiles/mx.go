package profiles

import (
	"strings"

	"maildoctor/profiles/hostname"
)

// FindMX returns the profile of the provider that a mail exchanger belongs to, and
// the entry of its mx list that matched: the exchanger's own name, else the longest
// pattern that covers it. The profile is nil if the catalogue has none.
//
// A mail exchanger is where mail for a domain is delivered, not where it is read:
// filters and relays may accept mail for other providers' mailboxes. So the lists
// hold only those that deliver to the provider's own mailboxes.
func (c *Catalogue) FindMX(host string) (p *Profile, entry string) {
	name, ok := hostname.Parse(strings.TrimSpace(host))
	if !ok {
		return nil, ""
	}
	return c.byMX(name)
}

// MX returns those entries of p's mx list for which FindMX returns p.
func (c *Catalogue) MX(p *Profile) []string {
	var own []string
	for _, entry := range p.MX {
		if owner, _ := c.byMX(entry); owner == p {
			own = append(own, entry)
		}
	}
	return own
}

func (c *Catalogue) byMX(entry string) (*Profile, string) {
	return c.find(entry, func(l layer) index { return l.mx })
}
