package profiles

import (
	"slices"
	"strings"
)

// domainSlot represents the domain of the mail address in the host of an endpoint.
const domainSlot = "{domain}"

// At returns the profile for addresses of one of its domains, with the domain filled
// in in the names of its servers.
func (p *Profile) At(domain string) *Profile {
	templated := func(e Endpoint) bool { return strings.Contains(e.Host, domainSlot) }
	if !slices.ContainsFunc(p.Endpoints, templated) {
		return p
	}
	filled := *p
	filled.Endpoints = slices.Clone(p.Endpoints)
	for i, e := range filled.Endpoints {
		filled.Endpoints[i].Host = strings.ReplaceAll(e.Host, domainSlot, domain)
	}
	return &filled
}

// servers returns the profile's endpoints for all its domains.
func (p *Profile) servers() []Endpoint {
	var all []Endpoint
	for _, domain := range p.Domains {
		at := p.At(domain)
		if at == p {
			break // the domain makes no difference
		}
		all = append(all, at.Endpoints...)
	}
	if all == nil {
		return p.Endpoints
	}
	return all
}
