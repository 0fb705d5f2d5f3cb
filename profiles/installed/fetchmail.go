package installed

import (
	"maps"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// fetchmailReader reads .fetchmailrc: fetchmail(1), section "THE RUN CONTROL FILE".
// Entries begin with poll, skip or defaults; options of the server come first, each user
// has options of his own.
type fetchmailReader struct {
	r        *reader
	c        *scanner
	defaults map[string]setting
	name     setting            // of the entry
	server   map[string]setting // its options
	user     map[string]setting // of the user being read; nil: none yet
	inside   bool               // within an entry for a server
	served   bool               // a user of it was kept
}

func readFetchmail(r *reader, s string) {
	f := &fetchmailReader{r: r, c: newScanner(s), defaults: map[string]setting{}}
	f.server = f.defaults
	for t, ok := f.word(); ok; t, ok = f.word() {
		f.option(t)
	}
	f.end()
}

// option reads what a word begins.
func (f *fetchmailReader) option(t setting) {
	word := fetchmailName(t.value)
	if t.quoted {
		word = ""
	}
	switch word {
	case "poll", "skip", "server":
		f.end()
		f.name, _ = f.word()
		f.server, f.user, f.inside, f.served = maps.Clone(f.defaults), nil, true, false
	case "defaults":
		f.end()
		f.server, f.user, f.inside = f.defaults, nil, false
	case "set": // of fetchmail as a whole
		f.global()
	case "user":
		f.begin()
	case "no":
		if next, ok := f.word(); ok {
			f.put(fetchmailName(next.value), setting{position: next.position, value: "no", given: true})
		}
	case "is", "to", "smtphost", "fetchdomains", "aka", "localdomains", "folder", "antispam":
		f.names()
	default:
		f.value(word, t)
	}
}

// value reads an option that has one value, or none.
func (f *fetchmailReader) value(word string, t setting) {
	switch {
	case strings.Contains(fetchmailSwitches, " "+word+" "):
		f.put(word, setting{position: t.position, value: "yes", given: true})
	case strings.Contains(fetchmailValues, " "+word+" "):
		v, ok := f.argument()
		if _, err := strconv.Atoi(v.value); word == "envelope" && err == nil { // how many to skip
			v, ok = f.word()
		}
		if !ok {
			f.r.wrong(t.position, "expected a value behind the word")
		}
		f.put(word, v)
	case strings.Contains(fetchmailNoise, " "+word+" "):
	default:
		f.r.wrong(t.position, "expected a word of fetchmail's, such as poll, user, password or options")
	}
}

// argument reads the word behind another one, between which there is no =.
func (f *fetchmailReader) argument() (setting, bool) {
	t, ok := f.word()
	if ok && t.value == "=" && !t.quoted {
		f.r.wrong(t.position, "expected a value, without = before it")
		return f.word()
	}
	return t, ok
}

// Words of fetchmail's (rcfile_l.l): those that stand for themselves, those that a value
// follows, those without a meaning.
const (
	fetchmailSwitches = " ssl sslcertck uidl checkalias dns tracepolls keep flush limitflush fetchall rewrite stripcr forcecr pass8bits dropstatus dropdelivered mimedecode idle "
	fetchmailValues   = " via protocol port auth timeout envelope qvirtual interface monitor plugin plugout interval principal esmtpname esmtppassword bad-header password sslcert sslcertfile sslcertpath sslfingerprint sslkey sslproto sslcommonname smtpaddress smtpname mda bsmtp preconnect postconnect limit warnings batchlimit fetchlimit fetchsizelimit fastuidl expunge properties retrieve-error "
	fetchmailNoise    = " and with has wants options here there "
)

// fetchmailName is the full name of a word that has shorter ones.
func fetchmailName(word string) string {
	word = strings.ToLower(word)
	if full, ok := map[string]string{
		"proto": "protocol", "service": "port", "authenticate": "auth", "username": "user", "pass": "password",
		"smtp": "smtphost", "local": "localdomains",
	}[word]; ok {
		return full
	}
	return word
}

// put sets an option: of the user, once there is one.
func (f *fetchmailReader) put(name string, v setting) {
	switch name {
	case "via", "protocol", "port", "auth", "password", "ssl", "sslproto", "sslcertck", "plugin":
	default: // says nothing about how fetchmail connects
		return
	}
	if f.user != nil {
		f.user[name] = v
		return
	}
	f.server[name] = v
}

// begin begins a user. His name may stand last: "user jane here is j.doe there".
func (f *fetchmailReader) begin() {
	f.keep()
	name, _ := f.argument()
	f.user = map[string]setting{"user": name}
	before := *f.c
	if t, ok := f.word(); ok && strings.EqualFold(t.value, "here") {
		delete(f.user, "user")
		return
	}
	*f.c = before
}

// names reads the names behind is and its like: those up to the next word of
// fetchmail's. "is NAME there" names the user on the server.
func (f *fetchmailReader) names() {
	var last setting
	for before := *f.c; ; before = *f.c {
		t, ok := f.word()
		switch {
		case !ok:
			return
		case !t.quoted && strings.EqualFold(t.value, "there"):
			if f.user != nil && last.given {
				f.user["user"] = last
			}
			return
		case !t.quoted && isFetchmailWord(t.value):
			*f.c = before
			return
		}
		last = t
	}
}

// isFetchmailWord reports whether a word that isn't quoted has a meaning.
func isFetchmailWord(word string) bool {
	const entries = " poll skip server defaults set user no is to smtphost fetchdomains aka localdomains folder antispam "
	word = " " + fetchmailName(word) + " "
	return strings.Contains(entries, word) || strings.Contains(fetchmailSwitches, word) ||
		strings.Contains(fetchmailValues, word) || strings.Contains(fetchmailNoise, word)
}

// global reads what follows set.
func (f *fetchmailReader) global() {
	name, _ := f.word()
	if strings.EqualFold(name.value, "no") {
		name, _ = f.word()
	}
	switch strings.ToLower(name.value) {
	case "bouncemail", "spambounce", "softbounce", "syslog", "invisible", "showdots":
	default:
		f.word()
	}
}

// end ends an entry; one without users has what the defaults say.
func (f *fetchmailReader) end() {
	f.keep()
	if f.inside && !f.served {
		f.user = map[string]setting{}
		f.keep()
	}
	f.user, f.inside = nil, false
}

// keep keeps a user of an entry.
func (f *fetchmailReader) keep() {
	if f.user == nil {
		return
	}
	if !f.inside { // of defaults
		maps.Copy(f.defaults, f.user)
		f.user = nil
		return
	}
	set := maps.Clone(f.server)
	maps.Copy(set, f.user)
	a := f.r.account(f.name.value, "")
	f.r.serve(a, fetchmailServer(f.name, set))
	f.r.keep(a)
	f.user, f.served = nil, true
}

// fetchmailServer is how fetchmail connects.
func fetchmailServer(name setting, set map[string]setting) entry {
	e := entry{
		protocol: stage.IMAP, host: set["via"].or(name), port: set["port"], user: set["user"], password: set["password"],
		mechanism: set["auth"].value, unchecked: set["sslcertck"].value == "no", at: name.position,
	}
	switch protocol := strings.ToLower(set["protocol"].value); protocol {
	case "imap":
	case "pop3", "apop", "sdps", "rpop":
		e.protocol = stage.POP3
	case "", "auto": // it tries IMAP and then POP3
		e.defaults = append(e.defaults, defaultProtocol)
	default: // POP2, KPOP, ETRN, ODMR
		e.host = setting{}
	}
	if set["plugin"].given { // a command makes the connection
		e.host = setting{}
	}
	if !e.user.given {
		e.defaults = append(e.defaults, defaultUser) // the name on this machine
	}
	e.fetchmailSecurity(set)
	e.usual = usualPort(e.protocol, e.security, 0)
	if _, err := strconv.Atoi(e.port.value); e.port.given && err != nil {
		e.port = servicePort(e.port)
	}
	return e
}

// fetchmailSecurity reads ssl, which is TLS from the first byte, and sslproto: without
// ssl its being empty is none, its being there STARTTLS, and its absence STARTTLS where
// it is offered, which sslcertck, the default since 6.4, makes required.
func (e *entry) fetchmailSecurity(set map[string]setting) {
	ssl, proto := set["ssl"], set["sslproto"]
	switch {
	case ssl.value == "yes":
		e.security = stage.TLS
	case proto.given && proto.value == "":
		e.security = stage.None
	case proto.given:
		e.security = stage.StartTLS
	default:
		e.defaults = append(e.defaults, defaultSecurity)
		e.security = stage.StartTLS
		if set["sslcertck"].value == "no" {
			e.security = stage.StartTLSIfOffered
		}
	}
}

// servicePort is the port of a service by its name (RFC 6335).
func servicePort(s setting) setting {
	port, ok := map[string]string{"imap": "143", "imap2": "143", "imaps": "993", "pop3": "110", "pop-3": "110", "pop3s": "995"}[strings.ToLower(s.value)]
	if ok {
		s.value = port
	}
	return s
}
