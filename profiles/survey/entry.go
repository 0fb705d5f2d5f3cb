package survey

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/importer"
)

// Entry is what a catalogue says about one mail domain.
type Entry struct {
	Domain   string // empty for a profile without domains that could be looked up
	Profile  string // its id
	Provider string
	File     string
	Line     int // of the domain; without one, of the profile
	Source   profiles.Source
	MX       []string // names and patterns of mail exchangers, if the source states them
	Servers  []Server
}

// Server is a server that an entry names.
type Server struct {
	stage.Endpoint
	Optional bool
	Line     int
}

// ID names the entry: the domain, else the profile's id, which has no dot.
func (e Entry) ID() string { return cmp.Or(e.Domain, e.Profile) }

// FromProfiles returns an entry for each domain that the catalogue finds a profile by,
// and one for each profile without domains, sorted by id. Patterns stand for any name,
// so that there is none to look up. The error is that of reading a file once more.
func FromProfiles(c *profiles.Catalogue) ([]Entry, error) {
	var out []Entry
	for _, p := range c.Profiles() {
		where, err := p.Places()
		if err != nil {
			return nil, err
		}
		domains := slices.DeleteFunc(c.Domains(p), func(d string) bool { return strings.HasPrefix(d, "*.") })
		// Exchangers of the imported part are partly inferred.
		out = append(out, entries(p, where, domains, !p.Imported)...)
	}
	return sorted(out), nil
}

// FromFiles returns the entries of files in Thunderbird's format, in the same way. The
// error is a [*profiles.LoadError] with everything that is no settings.
func FromFiles(files []importer.File, from importer.Origin) ([]Entry, error) {
	all, _, err := importer.Compile(files, from)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, p := range all {
		i := slices.IndexFunc(files, func(f importer.File) bool { return f.Base() == p.File })
		where := importer.Places(files[i], p)
		p.File = files[i].Name
		out = append(out, entries(p, where, p.Domains, true)...)
	}
	return sorted(out), nil
}

func sorted(all []Entry) []Entry {
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Compare(a.ID(), b.ID()) })
	return all
}

// entries returns those of one profile.
func entries(p *profiles.Profile, where profiles.Places, domains []string, stated bool) []Entry {
	one := Entry{Profile: p.ID, Provider: p.Name, File: p.File, Line: where.Profile, Source: p.Source}
	if stated {
		one.MX = p.MX
	}
	if len(domains) == 0 {
		one.Servers = servers(p, where, "")
		return []Entry{one}
	}
	var out []Entry
	for _, d := range domains {
		e := one
		e.Domain, e.Line, e.Servers = d, cmp.Or(where.Names[d], where.Profile), servers(p, where, d)
		out = append(out, e)
	}
	return out
}

// servers returns a profile's servers for a domain. One on the user's own machine says
// nothing about the provider.
func servers(p *profiles.Profile, where profiles.Places, domain string) []Server {
	var out []Server
	for i, e := range p.Endpoints {
		s := Server{Endpoint: e.Endpoint, Optional: e.Optional}
		if i < len(where.Servers) {
			s.Line = where.Servers[i]
		}
		if domain == "" && strings.Contains(s.Host, "{domain}") || here(s.Host) {
			continue
		}
		s.Host = strings.ReplaceAll(s.Host, "{domain}", domain)
		out = append(out, s)
	}
	return out
}

func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Suffix returns the part of a name that is nobody's own, "co.uk". known reports
// whether it is in the list of public suffixes, so that it has to exist.
func Suffix(name string) (suffix string, known bool) {
	suffix, official := publicsuffix.PublicSuffix(name)
	return suffix, official || strings.Contains(suffix, ".")
}

// related reports whether two hosts belong to one registered domain.
func related(a, b string) bool {
	return account.Domain(a) != "" && account.Domain(a) == account.Domain(b)
}
