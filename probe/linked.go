package probe

import (
	"cmp"
	"regexp"
	"strings"

	"maildoctor/probe/stage"
)

// maxLinks is how many URLs of a reply are examined.
const maxLinks = 4

// webPage matches a URL in a server's reply and captures its host.
var webPage = regexp.MustCompile(`https?://([A-Za-z0-9.-]+)`)

// linked returns the provider whose web page a refusal links to, if nothing else tells
// whose server it is.
func (s *session) linked(r *stage.Reply) *stage.Linked {
	if p := s.subject.Profile; r == nil || s.opt.Linked == nil || p != nil && p.Builtin || len(s.subject.Servers) > 0 {
		return nil
	}
	_, domain, _ := strings.Cut(cmp.Or(s.subject.Address, s.user()), "@")
	for _, m := range webPage.FindAllStringSubmatch(r.Text(), maxLinks) {
		if p := s.opt.Linked(m[1], domain); p != nil {
			return p
		}
	}
	return nil
}
