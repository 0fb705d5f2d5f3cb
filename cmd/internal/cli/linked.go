package cli

import (
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// linked returns a function that finds the catalogue's provider of a web page.
func linked(c *profiles.Catalogue) func(host, domain string) *stage.Linked {
	return func(host, domain string) *stage.Linked {
		p := c.Linked(host, domain)
		if p == nil {
			return nil
		}
		return &stage.Linked{Profile: p.ID, Name: p.Name, Notes: p.ForRules().Notes}
	}
}
