package probe

import (
	"cmp"
	"regexp"
	"strings"

	"maildoctor/probe/stage"
)

// maxLinks bounds how many addresses of a reply are looked at.
const maxLinks = 4

// webPage finds the host of a web page in a server's words, of whatever code page.
var webPage = regexp.MustCompile(`https?://([A-Za-z0-9.-]+)`)

// linked returns the provider that a web page in a refusal belongs to, where nothing else
// tells whose server it is: providers name their pages.
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
