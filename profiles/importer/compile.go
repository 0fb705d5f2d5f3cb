package importer

import (
	"errors"
	"fmt"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/published"
)

// Origin says where files come from.
type Origin struct {
	// Source returns what a profile says about the file that it was made of.
	Source func(File) profiles.Source
	// Exchangers holds where the files' domains are those of mail exchangers too, as in
	// Thunderbird's database, which is asked for the domain of an exchanger like for that
	// of an address.
	Exchangers bool
}

// Compile makes profiles of files. What the files disagree about belongs to the first of
// them. The error is a [*profiles.LoadError] with all files that are no settings at all;
// the others are compiled all the same.
func Compile(files []File, from Origin) ([]*profiles.Profile, *Report, error) {
	c := compiler{from: from, report: &Report{}, ids: map[string]string{}, names: map[string]string{}, mx: map[string]string{}}
	var all []*profiles.Profile
	var broken []profiles.Problem
	for _, f := range files {
		d, err := f.document()
		switch e := (*published.Error)(nil); {
		case errors.Is(err, published.ErrNoServers):
			c.report.add(Skipped, f.Base(), 0, "%s", stage.Visible(err.Error()))
		case errors.As(err, &e):
			broken = append(broken, problem(f, e))
		default:
			if p := c.profile(f, d); p != nil {
				all = append(all, p)
			}
		}
	}
	if broken != nil {
		return all, c.report, &profiles.LoadError{Problems: broken}
	}
	return all, c.report, nil
}

// problem is what is wrong with a file that can't be read, at its line.
func problem(f File, e *published.Error) profiles.Problem {
	return profiles.Problem{File: f.Name, Line: max(e.Line, 1), Column: 1, Message: e.Reason}
}

// compiler keeps what the files before have taken.
type compiler struct {
	from           Origin
	report         *Report
	ids, names, mx map[string]string // each with the file that has it
}

// profile makes a profile of one file; nil where nothing is left of it.
func (c *compiler) profile(f File, d *published.Document) *profiles.Profile {
	for _, p := range d.Problems {
		kind := Odd
		if p.Ignored {
			kind = Skipped
		}
		c.report.add(kind, f.Base(), p.Line, "%s", p.Message)
	}
	p := &profiles.Profile{File: f.Base(), Name: nameOf(d), Source: c.from.Source(f)}
	p.Domains = c.claim(f, d, c.names, domainsOf(d))
	p.MX = c.claim(f, d, c.mx, c.exchangers(d))
	if len(p.Domains)+len(p.MX) == 0 {
		c.report.add(Skipped, f.Base(), 0, "there is no domain that is its own")
		return nil
	}
	if !c.servers(f, d, p) {
		return nil
	}
	p.ID = c.id(f, d)
	c.odd(f, d, p)
	return p
}

// claim takes those names that no file before has.
func (c *compiler) claim(f File, d *published.Document, taken map[string]string, names []string) []string {
	var own []string
	for _, n := range names {
		if first, ok := taken[n]; ok {
			c.report.add(Conflict, f.Base(), d.Lines[n], "%s stands in %s, too, whose it is", n, first)
			continue
		}
		taken[n] = f.Base()
		own = append(own, n)
	}
	return own
}

// counted is a number of things.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
