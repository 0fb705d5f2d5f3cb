package installed

import (
	"strings"

	"maildoctor/probe/stage"
)

// msmtpAccount is an account of msmtp: the commands that were given, by their names.
type msmtpAccount struct {
	name string
	set  map[string]setting
}

// copied is a copy that can be changed.
func (a msmtpAccount) copied() map[string]setting {
	set := make(map[string]setting, len(a.set))
	for k, v := range a.set {
		set[k] = v
	}
	return set
}

// msmtpFile is what has been read of a configuration.
type msmtpFile struct {
	r        *reader
	defaults map[string]setting
	accounts []*msmtpAccount
	current  map[string]setting // where commands go to
}

// readMsmtp reads msmtp's configuration: msmtp(1), section "CONFIGURATION FILES". A line
// is a command and its argument, of which double quotes at both ends are taken away. An
// account takes the defaults that stand before it, or all of another account.
func readMsmtp(r *reader, s string) {
	f := &msmtpFile{r: r, defaults: map[string]setting{}}
	f.accounts = []*msmtpAccount{{name: "default", set: map[string]setting{}}}
	f.current = f.accounts[0].set
	for l := range lines(s) {
		command, argument, at := l.word()
		if command == "" || strings.HasPrefix(command, "#") {
			continue
		}
		f.command(l, command, argument, l.at(at))
	}
	f.keep()
}

func (f *msmtpFile) command(l line, command, argument string, at position) {
	switch command {
	case "defaults":
		f.current = f.defaults
	case "account":
		f.begin(l, argument, at)
	case "eval":
		f.r.wrong(l.at(0), "eval: the command isn't run, so that what it would set is not known")
	case "host", "port", "from", "user", "password", "auth", "protocol", "tls", "tls_starttls", "tls_certcheck":
		if n := len(argument); n > 1 && argument[0] == '"' && argument[n-1] == '"' {
			argument = argument[1 : n-1]
			at.column++
		}
		f.current[command] = setting{position: at, value: argument, given: true}
	}
}

// begin begins an account, which may take another's settings: "work : home, office".
func (f *msmtpFile) begin(l line, argument string, at position) {
	if len(f.accounts) > maxKeys {
		f.current = map[string]setting{}
		return
	}
	name, others, inherits := strings.Cut(argument, ":")
	a := &msmtpAccount{name: strings.TrimSpace(name), set: msmtpAccount{set: f.defaults}.copied()}
	for other := range strings.SplitSeq(others, ",") {
		if !inherits {
			break
		}
		from := f.named(strings.TrimSpace(other))
		if from == nil {
			f.r.wrong(at, "account: expected the name of an account that stands above")
			continue
		}
		for k, v := range from.set {
			a.set[k] = v
		}
	}
	f.accounts = append(f.accounts, a)
	f.current = a.set
}

func (f *msmtpFile) named(name string) *msmtpAccount {
	for i := len(f.accounts) - 1; i > 0; i-- {
		if f.accounts[i].name == name {
			return f.accounts[i]
		}
	}
	return nil
}

// keep keeps the accounts; of several with the same settings the first.
func (f *msmtpFile) keep() {
	seen := make(map[position]bool) // of hosts: one line makes a server
	for _, a := range f.accounts {
		host := a.set["host"]
		if seen[host.position] && a.name == "default" {
			continue
		}
		seen[host.position] = true
		account := f.r.account(a.name, a.set["from"].value)
		f.r.serve(account, a.server())
		f.r.keep(account)
	}
}

// server is how msmtp connects for an account.
func (a *msmtpAccount) server() entry {
	e := entry{
		protocol: stage.SMTP, host: a.set["host"], port: a.set["port"], user: a.set["user"], password: a.set["password"],
		mechanism: a.set["auth"].or(setting{value: "off"}).value, unchecked: !a.set["tls_certcheck"].on(true, "", "on"),
	}
	tls, startTLS := a.set["tls"], a.set["tls_starttls"]
	switch {
	case !tls.on(false, "", "on"):
		e.security = stage.None
	case startTLS.on(true, "", "on"):
		e.security = stage.StartTLS
	default:
		e.security = stage.TLS
	}
	if !tls.given || e.security != stage.None && !startTLS.given {
		e.defaults = []string{defaultSecurity}
	}
	if a.set["protocol"].value != "lmtp" { // which has no usual port
		e.usual = usualPort(stage.SMTP, e.security, 25)
	}
	return e
}
