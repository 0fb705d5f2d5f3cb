package installed

import (
	"strings"

	"maildoctor/probe/stage"
)

// readIsync reads mbsync's configuration: mbsync(1), section "CONFIGURATION". A line is a
// keyword and its arguments, an empty line ends a section. An IMAPStore may have the
// settings of an account itself.
func readIsync(r *reader, s string) {
	var name string
	var set map[string]setting // of the section; nil: of another kind
	end := func() {
		if set != nil {
			a := r.account(name, "")
			r.serve(a, isyncServer(set))
			r.keep(a)
		}
		set = nil
	}
	for l := range lines(s) {
		args, ok := isyncWords(l)
		if !ok {
			r.wrong(l.at(0), "expected a double quote at the end of the argument")
		}
		switch {
		case strings.TrimSpace(l.text) == "":
			end()
		case len(args) == 0:
		case len(args) == 1:
			r.wrong(args[0].position, "expected an argument behind the keyword")
		case strings.EqualFold(args[0].value, "IMAPAccount"), strings.EqualFold(args[0].value, "IMAPStore"):
			end()
			name, set = args[1].value, map[string]setting{}
		case set != nil:
			set[strings.ToLower(args[0].value)] = args[1].joined(args[2:])
		}
	}
	end()
}

// joined puts further arguments behind a setting.
func (s setting) joined(more []setting) setting {
	for _, m := range more {
		s.value += " " + m.value
	}
	return s
}

// maxWords bounds the words of a line: the ways to log in are the most.
const maxWords = 64

// isyncWords are the words of a line. Double quotes keep blanks together; within them a
// backslash takes the next character. # begins a comment.
func isyncWords(l line) (words []setting, ok bool) {
	quoted, within := false, false
	var b strings.Builder
	var at int
	add := func() {
		if within {
			words = append(words, setting{position: l.at(at), value: b.String(), given: true})
		}
		b.Reset()
		within = false
	}
	for i := 0; i < len(l.text) && len(words) < maxWords; i++ {
		switch c := l.text[i]; {
		case c == '\\' && i+1 < len(l.text):
			i++
			b.WriteByte(l.text[i])
		case c == '"':
			quoted = !quoted
		case !quoted && c == '#':
			add()
			return words, true
		case !quoted && (c == ' ' || c == '\t'):
			add()
			continue
		default:
			b.WriteByte(c)
		}
		if !within {
			within, at = true, i
		}
	}
	add()
	return words, !quoted
}

// isyncServer is how mbsync connects. TLSType is the name since 1.5 of what was SSLType,
// and before 1.1 UseIMAPS and RequireSSL.
func isyncServer(set map[string]setting) entry {
	e := entry{
		protocol: stage.IMAP, host: set["host"], port: set["port"], user: set["user"], password: set["pass"],
		mechanism: set["authmechs"].or(set["authmech"]).value,
	}
	if set["tunnel"].given { // a command makes the connection
		e.host = setting{}
	}
	if set["usercmd"].given {
		e.user.untold = true
	}
	if set["passcmd"].given {
		e.password.untold = true
	}
	e.security, e.defaults = isyncSecurity(set)
	if rest, ok := strings.CutPrefix(e.host.value, "imaps:"); ok { // as versions before 1.1 had it
		e.host.value, e.security, e.defaults = rest, stage.TLS, nil
	}
	e.host.value = strings.TrimPrefix(e.host.value, "imap:")
	e.usual = usualPort(stage.IMAP, e.security, 0)
	return e
}

func isyncSecurity(set map[string]setting) (s stage.Security, defaults []string) {
	kind := set["tlstype"].or(set["ssltype"])
	switch strings.ToLower(kind.value) {
	case "none":
		return stage.None, nil
	case "starttls":
		return stage.StartTLS, nil
	case "imaps":
		return stage.TLS, nil
	}
	switch {
	case kind.given:
		return "", nil
	case set["useimaps"].on(false, "yes", "true", "on", "1"):
		return stage.TLS, nil
	case set["useimaps"].given, set["requiressl"].given: // "RequireSSL no" is passed over
		return stage.StartTLS, nil
	}
	return stage.StartTLS, []string{defaultSecurity}
}
