package cli

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/profiles"
)

// listProfiles writes one line per profile: as many of its domains as fit, and the
// number of the others.
func listProfiles(s Streams, c *profiles.Catalogue) error {
	l := s.language()
	all := c.Profiles()
	t := table{gap: 2}
	t.row(l.Text(say.ProfilesProfile()), l.Text(say.ProfilesProvider()), l.Text(say.ProfilesRead()), l.Text(say.ProfilesDomains()))
	for _, p := range all {
		t.row(texts(l, p.ID, p.Name, p.Source.Date, "")...)
	}
	room := s.proseWidth() - t.before(3)
	for i, p := range all {
		t.rows[i+1][3] = fitting(l, c.Domains(p), room)
	}
	return t.write(s.Out, 0)
}

// fitting lists as many names as there is room for, but at least one, and counts the
// others.
func fitting(l *prose.Language, names []string, room int) string {
	shown := texts(l, names...)
	for n := len(shown); n > 0; n-- {
		text := strings.Join(shown[:n], " ")
		if left := len(shown) - n; left > 0 {
			text += " " + l.Text(say.ProfilesMore(prose.Count(left)))
		}
		if n == 1 || ansi.StringWidth(text) <= room {
			return text
		}
	}
	return ""
}
