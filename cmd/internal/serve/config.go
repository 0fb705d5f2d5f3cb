package serve

import (
	"context"
	"slices"
	"strings"
	"time"

	"maildoctor/report"
)

// Config is what can be examined.
type Config struct {
	Targets []*Target
	Modules map[string]Module
}

// Target is an endpoint of the configuration: an address, a domain, a profile or a URL,
// with an account or without.
type Target struct {
	Name     string // as it is called; its argument, if it has no name
	Argument string
	Labels   []string
	Account  string // its user name; empty: it doesn't log in

	Examine func(ctx context.Context, r Request) (*report.Report, error)
}

// Request says how a target is to be examined this time.
type Request struct {
	Module
	Limit    time.Duration // for all of it
	Debug    bool          // the report will be read, with its transcripts
	Redacted bool          // without names of accounts, and of this machine and its network
}

// Module says how targets are examined.
type Module struct {
	Name      string
	NoLogin   bool          // up to the login
	FollowUps bool          // with the follow-up probes that tell look-alikes apart
	Timeout   time.Duration // at most; 0: as long as the scrape
}

// DefaultModule is the name of the module where none is named.
const DefaultModule = "default"

// BuiltinModules returns the modules that every configuration has.
func BuiltinModules() map[string]Module {
	return map[string]Module{
		DefaultModule: {Name: DefaultModule, FollowUps: true},
		"no-login":    {Name: "no-login", NoLogin: true, FollowUps: true},
		"quick":       {Name: "quick"},
	}
}

// find returns the target of that name or, if it is the only one, with that argument.
func (c *Config) find(name string) *Target {
	by := func(same func(*Target) bool) *Target {
		i := slices.IndexFunc(c.Targets, same)
		if i < 0 {
			return nil
		}
		return c.Targets[i]
	}
	if t := by(func(t *Target) bool { return t.Name == name }); t != nil {
		return t
	}
	return by(func(t *Target) bool { return strings.EqualFold(t.Argument, name) })
}
