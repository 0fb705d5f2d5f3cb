package installed

import (
	"strings"

	"maildoctor/probe/stage"
)

// keep keeps the accounts: the one that mutt begins with, those that a folder-hook
// changes to, and those of further mailboxes.
func (m *muttReader) keep(st *muttState) {
	for _, h := range m.hooks {
		if !h.account && (h.pattern == "." || h.pattern == ".*") {
			st.runHook(h)
		}
	}
	seen := make(map[string]bool)
	m.keepState(st, "", seen)
	for _, pattern := range m.patterns() {
		c := st.copied()
		for _, h := range m.hooks {
			if !h.account && h.pattern == pattern {
				c.runHook(h)
			}
		}
		m.keepState(c, pattern, seen)
	}
	for _, box := range m.boxes {
		c := st.copied()
		for _, name := range []string{"folder", "pop_host", "smtp_url"} {
			delete(c.set, name)
		}
		c.set["spoolfile"] = box
		m.keepState(c, "", seen)
	}
}

// patterns are those of folder-hooks, each once.
func (m *muttReader) patterns() (all []string) {
	seen := map[string]bool{".": true, ".*": true}
	for _, h := range m.hooks {
		if !h.account && !seen[h.pattern] {
			seen[h.pattern] = true
			all = append(all, h.pattern)
		}
	}
	return all
}

func (st *muttState) runHook(h muttHook) {
	if !h.command.untold {
		at := h.command.position
		st.run(h.command.value, &at)
	}
}

// keepState keeps the account that the variables make, unless there is one already.
func (m *muttReader) keepState(st *muttState, name string, seen map[string]bool) {
	if len(seen) > maxAccounts {
		return
	}
	a := m.r.account(name, st.set["from"].value)
	key := a.Address
	for _, v := range st.urls() {
		e, url, ok := st.server(v)
		if !ok {
			continue
		}
		m.r.serve(a, e)
		key += " " + url
	}
	if !seen[key] {
		seen[key] = true
		m.r.keep(a)
	}
}

// urls are the URLs of the servers that an account uses.
func (st *muttState) urls() []setting {
	var all []setting
	if st.set["tunnel"].value == "" || st.set["tunnel"].value == "no" { // a command makes the connection
		incoming := st.set["folder"]
		if !isMailURL(incoming) {
			incoming = st.set["spoolfile"]
		}
		all = append(all, incoming, popURL(st.set["pop_host"]))
	}
	return append(all, st.set["smtp_url"])
}

// popURL is the value of pop_host, which needs no scheme.
func popURL(s setting) setting {
	if s.value != "" && !strings.Contains(s.value, "://") {
		s.value = "pop://" + s.value
		s.column = 0
	}
	return s
}

func isMailURL(s setting) bool {
	u, ok := splitURL(s, "/")
	_, is := muttSchemes[u.scheme]
	return ok && is
}

// muttScheme is what a scheme stands for.
type muttScheme struct {
	protocol stage.Protocol
	tls      bool
	name     string // begins the variables of the protocol
}

var muttSchemes = map[string]muttScheme{
	"imap": {stage.IMAP, false, "imap"}, "imaps": {stage.IMAP, true, "imap"},
	"pop": {stage.POP3, false, "pop"}, "pops": {stage.POP3, true, "pop"},
	"smtp": {stage.SMTP, false, "smtp"}, "smtps": {stage.SMTP, true, "smtp"},
}

// server is how mutt connects to a URL, after the account-hooks for it.
func (st *muttState) server(v setting) (e entry, url string, ok bool) {
	u, ok := splitURL(v, "/")
	scheme, known := muttSchemes[u.scheme]
	if !ok || !known || v.untold {
		return e, "", false
	}
	st = st.copied()
	subject := u.withoutSecret
	if st.m.r.program == stage.ProgramNeomutt { // mutt leaves the path out
		subject += strings.TrimPrefix(u.path, "/")
	}
	for _, h := range st.m.hooks {
		if h.account && h.matches != nil && h.matches.MatchString(subject) {
			st.runHook(h)
		}
	}
	e = entry{protocol: scheme.protocol, host: u.host, port: u.port, at: v.position}
	e.mechanism = st.set[scheme.name+"_authenticators"].value
	e.password = u.password.or(st.set[scheme.name+"_pass"])
	e.unchecked = st.set["ssl_verify_host"].value == "no"
	e.user = st.user(scheme.name, u)
	if !e.user.given && scheme.protocol != stage.SMTP {
		e.defaults = append(e.defaults, defaultUser) // the name on this machine
	}
	e.security = st.security(scheme.tls, &e)
	e.usual = usualPort(scheme.protocol, e.security, 25)
	return e, u.withoutSecret, true
}

// user is the name to log in with. imap_login is that of SASL; the command LOGIN of mutt
// and PLAIN of neomutt go without it.
func (st *muttState) user(name string, u address) setting {
	user := u.user
	if name != "smtp" {
		user = u.user.or(st.set[name+"_user"])
	}
	if login := st.set["imap_login"]; name == "imap" && login.given && login.value != "" {
		user = login
	}
	if smtp := st.set["smtp_user"]; name == "smtp" && !user.given {
		user = smtp
	}
	user.given = user.given && user.value != ""
	return user
}

// security is how a connection is encrypted. With ssl_force_tls STARTTLS is wanted
// whatever ssl_starttls says (mutt, imap/imap.c and smtp.c). It is set where nothing is
// said since mutt 2.0 and neomutt 20200821.
func (st *muttState) security(tls bool, e *entry) stage.Security {
	if tls {
		return stage.TLS
	}
	force, startTLS := st.set["ssl_force_tls"], st.set["ssl_starttls"]
	switch {
	case force.value == "" || force.untold:
		e.defaults = append(e.defaults, defaultSecurity)
		return stage.StartTLS
	case force.value != "no":
		return stage.StartTLS
	case startTLS.value == "no" || startTLS.value == "ask-no":
		return stage.None
	}
	return stage.StartTLSIfOffered
}
