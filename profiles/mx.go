package profiles

import "strings"

// FindMX returns the profile of the provider that a mail exchanger belongs to, and
// the entry of its mx list that says so: the exchanger's own name, else the longest
// pattern that covers it. The profile is nil where the catalogue knows none.
//
// An exchanger tells where mail for a domain is delivered, not where it is read:
// filters and relays stand before other people's mailboxes. So the lists hold only
// those behind which the provider's own mailboxes lie.
func (c *Catalogue) FindMX(host string) (p *Profile, entry string) {
	name, ok := asciiName(strings.TrimSpace(host))
	if !ok {
		return nil, ""
	}
	return c.byMX(name)
}

// MX returns those entries of p's mx list that FindMX answers with p.
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
