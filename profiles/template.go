package profiles

import (
	"slices"
	"strings"
)

// domainSlot stands in the host of an endpoint for the domain of the mail address.
const domainSlot = "{domain}"

// At returns the profile as it is for addresses of one of its domains: where its
// servers bear the domain's name, with that name filled in.
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

// servers returns the profile's endpoints at all its domains.
func (p *Profile) servers() []Endpoint {
	var all []Endpoint
	for _, domain := range p.Domains {
		at := p.At(domain)
		if at == p {
			break // it makes no difference
		}
		all = append(all, at.Endpoints...)
	}
	if all == nil {
		return p.Endpoints
	}
	return all
}
