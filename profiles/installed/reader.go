package installed

import (
	"cmp"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// The package's bounds.
const (
	maxFile     = 4 << 20 // bytes of a file
	maxAccounts = 200     // of all files
	maxServers  = 16      // of an account
	maxProblems = 100     // of a file
	maxValue    = 1024    // bytes of a value that is shown
	maxFiles    = 200     // that one program's settings are read from
)

// What the program was left to choose, in stage.ConfiguredServer.Defaults.
const (
	defaultPort     = "port"
	defaultSecurity = "security"
	defaultUser     = "user"
	defaultProtocol = "protocol"
)

// position is where something stands, line and column from 1; zero is nowhere.
type position struct {
	line, column int
	place        string // of another file than the reader's
}

// setting is a value and where it stands.
type setting struct {
	position
	value string
	given bool
	// untold holds where the program gets the value from a command, which isn't run.
	untold bool
	quoted bool // where quotes make a word of the language a value
}

func (s setting) or(other setting) setting {
	if s.given {
		return s
	}
	return other
}

// on reads a switch, which an empty value turns on.
func (s setting) on(otherwise bool, yes ...string) bool {
	if !s.given || s.untold {
		return otherwise
	}
	return slices.Contains(yes, strings.ToLower(s.value))
}

// reader collects what a file holds.
type reader struct {
	program stage.ProgramID
	place   string
	found   *Found
	wrongs  int
	full    bool // it was said that there are too many accounts
}

func (r *reader) wrong(at position, format string, args ...any) {
	if r.wrongs++; r.wrongs > maxProblems {
		return
	}
	r.found.Problems = append(r.found.Problems, Problem{cmp.Or(at.place, r.place), at.line, at.column, fmt.Sprintf(format, args...)})
}

// entry is a server as it stands in a file, before it is made fit to be shown.
type entry struct {
	protocol         stage.Protocol
	security         stage.Security
	host, port, user setting
	usual            uint16 // the port that the program takes where none is given
	mechanism        string
	unchecked        bool
	password         setting
	defaults         []string
	at               position // of the server; else the host's
}

// account begins one.
func (r *reader) account(name, address string) *Account {
	return &Account{Configured: stage.Configured{
		Program: r.program, Place: r.place, Account: shown(name), Address: addressOf(address),
	}}
}

// keep adds an account that has servers.
func (r *reader) keep(a *Account) {
	switch {
	case len(a.Servers) == 0:
	case len(r.found.Accounts) < maxAccounts:
		r.found.Accounts = append(r.found.Accounts, *a)
	case !r.full:
		r.full = true
		r.wrong(position{}, "at most %d accounts are read; those from here on are left out", maxAccounts)
	}
}

// serve adds a server to an account. One without a host isn't configured.
func (r *reader) serve(a *Account, e entry) {
	host := hostOf(e.host.value)
	if !e.host.given || e.host.untold || host == "" || len(a.Servers) == maxServers {
		return
	}
	at := e.at
	if at.line == 0 {
		at = e.host.position
	}
	s := stage.ConfiguredServer{
		Endpoint:  stage.Endpoint{Protocol: e.protocol, Host: host, Security: e.security},
		Mechanism: shown(e.mechanism), Line: at.line, Unchecked: e.unchecked,
	}
	if at.place != a.Place {
		s.Place = at.place
	}
	s.Defaults = append(s.Defaults, e.defaults...)
	switch {
	case e.port.untold:
	case e.port.given:
		s.Port = r.port(e.port)
	case e.usual != 0:
		s.Port = e.usual
		s.Defaults = append(s.Defaults, defaultPort)
	}
	if e.user.given && !e.user.untold {
		s.User = shown(e.user.value)
	}
	a.Servers = append(a.Servers, s)
	password := ""
	if e.password.given && !e.password.untold {
		password = e.password.value
	}
	a.stored = append(a.stored, stored(password))
}

// port reads one; 0 where it can't be read.
func (r *reader) port(s setting) uint16 {
	n, err := strconv.ParseUint(strings.TrimSpace(s.value), 10, 16)
	if err != nil || n == 0 {
		r.wrong(s.position, "the port: expected a number from 1 to 65535")
		return 0
	}
	return uint16(n)
}

// shown makes a value fit to be shown.
func shown(s string) string {
	if len(s) > maxValue {
		s = strings.ToValidUTF8(s[:maxValue], "") + "…"
	}
	return stage.Visible(s)
}

// addressOf is a mail address without the name of its owner; empty for what is none.
func addressOf(s string) string {
	s = strings.TrimSpace(s)
	if a, err := mail.ParseAddress(s); err == nil {
		s = a.Address
	}
	if at := strings.LastIndexByte(s, '@'); at < 1 || at == len(s)-1 || strings.ContainsAny(s, " <>") {
		return ""
	}
	return shown(s)
}

// usualPort is the port of a protocol for a mode, where programs agree (RFC 8314
// section 7); submission is what is asked for by those that know port 587.
func usualPort(p stage.Protocol, s stage.Security, submission uint16) uint16 {
	tls := s == stage.TLS
	switch {
	case p == stage.IMAP && tls:
		return 993
	case p == stage.IMAP:
		return 143
	case p == stage.POP3 && tls:
		return 995
	case p == stage.POP3:
		return 110
	case tls:
		return 465
	}
	return submission
}
