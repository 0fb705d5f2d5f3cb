package importer

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// maxID is the most that a profile's id may have.
const maxID = 63

// usualNames are files that are named after their format and not after whose they are.
var usualNames = []string{"config", "config-v1-1", "autoconfig", "mail"}

// id is the profile's id: of the file's name, else of the provider's own id. One that
// is taken gets a number.
func (c *compiler) id(f File, d *published.Document) string {
	id := slug(strings.TrimSuffix(f.Base(), filepath.Ext(f.Base())))
	if slices.Contains(usualNames, id) || id == "" {
		id = slug(d.ID)
	}
	if id == "" {
		id = slug(d.Name)
	}
	if id == "" {
		id = "imported"
	}
	free := id
	for n := 2; c.ids[free] != ""; n++ {
		suffix := "-" + strconv.Itoa(n)
		free = id[:min(len(id), maxID-len(suffix))] + suffix
	}
	c.ids[free] = f.Base()
	return free
}

// slug makes an id of a text: words of a-z and 0-9 with hyphens between them.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9')
	})
	id := strings.Join(words, "-")
	return strings.TrimSuffix(id[:min(len(id), maxID)], "-")
}

// nameOf is the provider's name; a placeholder is none.
func nameOf(d *published.Document) string {
	const most = 200 // characters of a title in a profile
	candidates := append([]string{d.Name, d.ShortName}, d.Domains...)
	for _, name := range append(candidates, d.ID) {
		name = strings.TrimSpace(stage.Visible(name))
		if name != "" && !strings.Contains(name, "%") {
			return string([]rune(name)[:min(len([]rune(name)), most)])
		}
	}
	return "Imported settings"
}

// domainsOf are the domains that a file is for. One that is for any domain tells its own
// by its id.
func domainsOf(d *published.Document) []string {
	if id := strings.ToLower(d.ID); len(d.Domains) == 0 && strings.Contains(id, ".") && publicName(id) {
		return []string{id}
	}
	return d.Domains
}

// publicName reports a name below a public suffix.
func publicName(name string) bool {
	registered, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && registered != "" && !strings.ContainsAny(name, "%@/ ")
}

// exchangers are the names and patterns of mail exchangers: those that the file gives as
// such and, where its domains stand for exchangers too, all below the domains in which
// the provider's own servers are.
func (c *compiler) exchangers(d *published.Document) []string {
	var all []string
	add := func(name string) {
		if suffix, _ := publicsuffix.PublicSuffix(name); suffix != name && !slices.Contains(all, "*."+name) {
			all = append(all, "*."+name)
		}
	}
	for _, name := range d.MX {
		add(name)
	}
	if !c.from.Exchangers {
		return widest(all)
	}
	for _, s := range d.Servers {
		registered, err := publicsuffix.EffectiveTLDPlusOne(s.Host)
		if err == nil && slices.Contains(d.Domains, registered) {
			add(registered)
		}
	}
	return widest(all)
}

// widest leaves out the patterns that others cover.
func widest(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(narrow string) bool {
		return slices.ContainsFunc(all, func(wide string) bool { return wide != narrow && strings.HasSuffix(narrow, wide[1:]) })
	})
}
