package importer

import (
	"slices"
	"strings"

	"maildoctor/profiles"
	"maildoctor/profiles/published"
)

// Places are the lines of a file at which the parts of a profile are that [Compile]
// made of it. It is empty if the file is no settings.
func Places(f File, p *profiles.Profile) profiles.Places {
	d, err := f.document()
	if err != nil {
		return profiles.Places{}
	}
	out := profiles.Places{Profile: 1, Names: d.Lines}
	for _, e := range p.Endpoints {
		i := slices.IndexFunc(d.Servers, func(s published.Server) bool {
			return s.Protocol == e.Protocol && strings.ReplaceAll(s.Host, "%EMAILDOMAIN%", "{domain}") == e.Host && s.Port == e.Port
		})
		line := 0
		if i >= 0 {
			line = d.Servers[i].Line
		}
		out.Servers = append(out.Servers, line)
	}
	return out
}
