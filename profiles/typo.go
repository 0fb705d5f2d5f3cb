package profiles

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/probe/slip"
)

// split is a domain name in the parts in which typing errors are counted separately.
type split struct {
	name   string
	below  []string // the labels below the registered domain
	label  string   // the registered label
	suffix string   // the public suffix
	exists bool     // it is on the list of public suffixes
}

func splitName(name string) split {
	suffix, official := publicsuffix.PublicSuffix(name)
	s := split{name: name, suffix: suffix, exists: official || strings.Contains(suffix, ".")}
	labels := strings.Split(strings.TrimSuffix(strings.TrimSuffix(name, suffix), "."), ".")
	s.below, s.label = labels[:len(labels)-1], labels[len(labels)-1]
	return s
}

// under returns the same name, split so that its suffix has as many labels as
// another one: what follows yahoo in yahoo.co.uj must be compared with co.uk.
func (s split) under(other string) split {
	for n := strings.Count(other, ".") - strings.Count(s.suffix, "."); n > 0 && len(s.below) > 0; n-- {
		s.suffix, s.label = s.label+"."+s.suffix, s.below[len(s.below)-1]
		s.below = s.below[:len(s.below)-1]
	}
	return s
}

// mistyped counts the typing errors that turn the meant domain into typed. The name
// of a server in the domain counts as one.
func mistyped(typed, meant split) (slips int, ok bool) {
	slips, same, ok := suffixSlips(&typed, meant)
	if !ok {
		return 0, false
	}
	if typed.label == meant.label && same && len(typed.below) > len(meant.below) {
		return 1, endsWith(typed.below, meant.below)
	}
	if strings.Join(typed.below, ".") != strings.Join(meant.below, ".") {
		return 0, false
	}
	n, ok := labelSlips(typed.label, meant.label)
	return slips + n, ok && 0 < slips+n && slips+n <= slip.Most
}

// mistypedServer is like mistyped, but for a server's name that is known not to
// resolve. So it may also be the same name under another public suffix, lack a dot,
// and each of its labels may be mistyped.
func mistypedServer(typed, meant split) (slips int, ok bool) {
	if typed.lacksDot(meant) || typed.suffix != meant.suffix && typed.exists && typed.sameButSuffix(meant) {
		return 1, true
	}
	slips, _, ok = suffixSlips(&typed, meant)
	if !ok || len(typed.below) != len(meant.below) {
		return 0, false
	}
	n, ok := labelSlips(typed.label, meant.label)
	slips += n
	for i, b := range typed.below {
		if b == meant.below[i] {
			continue
		}
		n, word := slip.Word(b, meant.below[i])
		slips, ok = slips+n, ok && word
	}
	return slips, ok && 0 < slips && slips <= slip.Most
}

func (s split) sameButSuffix(o split) bool {
	return s.label == o.label && slices.Equal(s.below, o.below)
}

// lacksDot reports whether the dot between two labels of a name is missing.
func (s split) lacksDot(o split) bool {
	return len(s.name)+1 == len(o.name) && strings.ReplaceAll(s.name, ".", "") == strings.ReplaceAll(o.name, ".", "")
}

// suffixSlips counts the typing errors in a public suffix. One that exists is a
// different suffix and not an error: yahoo.co.jp and yahoo.co.in are two domains.
func suffixSlips(typed *split, meant split) (slips int, same, ok bool) {
	if typed.suffix == meant.suffix {
		return 0, true, true
	}
	if typed.exists {
		return 0, false, false
	}
	*typed = typed.under(meant.suffix)
	slips, ok = slip.Short(typed.suffix, meant.suffix)
	return slips, false, ok
}

// labelSlips counts the typing errors in a registered label. Most words of four
// letters are somebody's domain: for those, only what cannot be another word is an
// error.
func labelSlips(typed, meant string) (slips int, ok bool) {
	switch {
	case typed == meant:
		return 0, true
	case len(meant) < 5:
		return 1, slip.Twisted(typed, meant)
	}
	return slip.Word(typed, meant)
}

func endsWith(labels, end []string) bool {
	return strings.HasSuffix("."+strings.Join(labels, "."), "."+strings.Join(end, ".")) || len(end) == 0
}
