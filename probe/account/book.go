package account

import (
	"cmp"
	"strings"

	"maildoctor/probe/stage"
)

// Book knows the accounts of a plan.
type Book struct {
	subjects []stage.Subject
	byHost   map[string]string // profile ids by server
	byDomain map[string]string // profile ids by domain
}

// NewBook returns the Book for a plan.
func NewBook(plan stage.Plan) *Book {
	b := &Book{subjects: plan.Subjects, byHost: make(map[string]string), byDomain: make(map[string]string)}
	first := func(m map[string]string, name, id string) {
		name = strings.ToLower(name)
		m[name] = cmp.Or(m[name], id)
	}
	for _, s := range plan.Subjects {
		if s.Profile == nil {
			continue
		}
		for _, e := range s.Profile.Endpoints {
			first(b.byHost, e.Host, s.Profile.ID)
		}
		for _, d := range s.Profile.Domains {
			first(b.byDomain, d, s.Profile.ID)
		}
	}
	return b
}

// Login returns the login of a check at a host with these addresses.
func (b *Book) Login(c stage.Check, addresses []string) Login {
	l := Login{User: c.User, Host: c.Endpoint.Host, Addresses: addresses}
	if i := c.Subject; i >= 0 && i < len(b.subjects) {
		l.User = cmp.Or(c.User, b.subjects[i].User)
		if p := b.subjects[i].Profile; p != nil {
			l.Provider = p.ID
			return l
		}
	}
	l.Provider = b.provider(c.Endpoint.Host)
	return l
}

// provider returns the id of the profile that serves a host, in the sense of
// [stage.Profile.Serves].
func (b *Book) provider(host string) string {
	host = strings.ToLower(host)
	if id := b.byHost[host]; id != "" {
		return id
	}
	for name := host; name != ""; _, name, _ = strings.Cut(name, ".") {
		if id := b.byDomain[name]; id != "" {
			return id
		}
	}
	return ""
}
