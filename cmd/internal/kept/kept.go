// Package kept finds what mail programs on this machine have for the accounts that a
// command is about. The reading is done by package installed; here is which accounts
// are meant, and what they are called.
package kept

import (
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
	"maildoctor/profiles/installed"
)

// Source says where to look.
type Source struct {
	Files []string // FORMAT:PATH
	Sets  []string // as for [installed.ParseSet]
	Here  installed.Environment
}

// Accounts are what programs have, as a command has found it.
type Accounts struct {
	All      []installed.Account
	Relayed  []stage.ProgramID
	Problems []installed.Problem
	given    bool // by the command line: they are meant, whatever address they have
}

// Read reads the files and settings that were given or, if none were, what mail programs
// on this machine have. The error is for what can't be a file or settings at all; what is
// wrong inside a file is a problem.
func Read(src Source) (Accounts, error) {
	out := Accounts{given: len(src.Files)+len(src.Sets) > 0}
	if !out.given {
		found := installed.Find(src.Here)
		return Accounts{All: found.Accounts, Relayed: found.Relayed, Problems: found.Problems}, nil
	}
	for _, f := range src.Files {
		format, path, err := installed.SplitFile(f)
		if err != nil {
			return out, fmt.Errorf("--file %q: %w", f, err)
		}
		found, err := installed.ReadFile(format, path)
		if err != nil {
			return out, fmt.Errorf("--file %q: %w", f, err)
		}
		out.All, out.Problems = append(out.All, found.Accounts...), append(out.Problems, found.Problems...)
	}
	if len(src.Sets) > 0 {
		a, err := installed.ParseSet(src.Sets)
		if err != nil {
			return out, fmt.Errorf("--set: %w", err)
		}
		out.All = append(out.All, a)
	}
	return out, nil
}

// Addresses returns the mail addresses of the accounts, each once, in their order.
func (a Accounts) Addresses() []string {
	var out []string
	for _, one := range a.All {
		address := addressOf(one)
		same := func(o string) bool { return strings.EqualFold(o, address) }
		if address != "" && !slices.ContainsFunc(out, same) {
			out = append(out, address)
		}
	}
	return out
}

// addressOf returns the address of an account: the one that the program has, or a user
// name that is one.
func addressOf(a installed.Account) string {
	if a.Address != "" {
		return a.Address
	}
	for _, s := range a.Servers {
		if local, domain, ok := strings.Cut(s.User, "@"); ok && local != "" && strings.Contains(domain, ".") {
			return s.User
		}
	}
	return ""
}

// Of returns the accounts of a subject. What the command line gave is meant, unless it
// has another address.
func (a Accounts) Of(s stage.Subject) []installed.Account {
	var out []installed.Account
	for _, one := range a.All {
		if a.given && addressOf(one) == "" || meant(s, one) {
			out = append(out, one)
		}
	}
	return out
}

// Stored returns the first password of some accounts that stands in a file in readable
// form.
func Stored(all []installed.Account) (string, bool) {
	for _, a := range all {
		for i := range a.Servers {
			if p, ok := a.Password(i); ok {
				return p.Reveal(), true
			}
		}
	}
	return "", false
}

// meant reports whether an account is a subject's: it has its address or, for a domain
// or a profile, an address or a server there. An account without an address is meant if
// it is logged in to one of the subject's servers under the subject's name.
func meant(s stage.Subject, a installed.Account) bool {
	address := addressOf(a)
	_, domain, _ := strings.Cut(address, "@")
	switch {
	case s.Address != "" && address != "":
		return strings.EqualFold(s.Address, address)
	case s.Address != "":
		return slices.ContainsFunc(a.Servers, func(o stage.ConfiguredServer) bool {
			return s.User != "" && strings.EqualFold(o.User, s.User) && near(s, o.Host)
		})
	case s.Domain != "" && address != "":
		return strings.EqualFold(s.Domain, domain)
	}
	return slices.ContainsFunc(a.Servers, func(o stage.ConfiguredServer) bool { return near(s, o.Host) })
}

// near reports whether a host is the provider's, or in the registered domain of one of
// its servers or of the subject's own.
func near(s stage.Subject, host string) bool {
	registered := account.Domain(host)
	if s.Profile.Serves(host) || registered != "" && registered == account.Domain(s.Domain) {
		return true
	}
	return s.Profile != nil && registered != "" && slices.ContainsFunc(s.Profile.Endpoints, func(e stage.Endpoint) bool { return account.Domain(e.Host) == registered })
}

// Configured returns what the stream of a run keeps of accounts, with the names of their
// programs.
func Configured(all []installed.Account) []stage.Configured {
	var out []stage.Configured
	for _, a := range all {
		c := a.Configured
		c.Name = nameOf(c.Program)
		out = append(out, c)
	}
	return out
}

// Relayed returns entries for programs that connect through their maker's servers.
func Relayed(programs []stage.ProgramID) []stage.Configured {
	var out []stage.Configured
	for _, id := range programs {
		out = append(out, stage.Configured{Program: id, Name: nameOf(id), Relayed: true})
	}
	return out
}

// nameOf returns the name of a program; none for settings that were typed in.
func nameOf(id stage.ProgramID) string {
	if p := dialogs.For(id, dialogs.English); p != nil {
		return p.Name
	}
	if id == stage.ProgramTyped {
		return ""
	}
	return string(id)
}
