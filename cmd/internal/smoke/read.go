package smoke

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
	"maildoctor/profiles/strict"
)

// reader reads one file and collects what is wrong.
type reader struct {
	*File
	d        *strict.Document
	accounts []*account
	defaults []*Expectation
	names    map[string]Place // of endpoints
	targets  map[string]Place // of endpoints, with their users
}

// account is one [[account]].
type account struct {
	name, user string
	credential *Credential
	at         Place
}

func (r *reader) place(at int) Place { return Place{at, r.d.Line(at)} }

func (r *reader) read(s *strict.Section) {
	r.refuse(s)
	r.defaults = r.expectations(s)
	for _, a := range s.List("account", false) {
		r.account(a)
	}
	for _, e := range s.List("endpoint", true) {
		r.endpoint(e)
	}
	s.Close()
}

// secretive matches keys under which somebody may have written a password.
var secretive = regexp.MustCompile(`(?i)^(pass|password|passwd|passphrase|pwd|secret|token|oauth|auth|credential|credentials)$`)

// refuse reports keys that hold a password, and doesn't repeat it.
func (r *reader) refuse(s *strict.Section) {
	for _, e := range s.Table.Entries {
		if secretive.MatchString(e.Key) {
			s.Need(e.Key, false, "") // it isn't unknown as well
			r.d.Wrong(e.At, "%s%s: found a password or token, which is not repeated here, expected %s instead", s.Path, e.Key, strict.OrList(kindNames()))
		}
	}
}

func kindNames() []string {
	var out []string
	for _, k := range credentials {
		out = append(out, string(k))
	}
	return out
}

// text reads one line of text.
func (r *reader) text(s *strict.Section, key string, required bool, expected string) (string, *strict.Value) {
	return s.Text(key, required, maxLine, expected)
}

func (r *reader) account(s *strict.Section) {
	r.refuse(s)
	a := &account{at: r.place(s.Table.At)}
	name, v := r.text(s, "name", true, "a name, by which endpoints refer to the account")
	a.name = name
	a.user, _ = r.text(s, "user", true, "the user name to log in with")
	a.credential = r.credential(s)
	s.Close()
	same := func(o *account) bool { return o.name == a.name }
	if i := slices.IndexFunc(r.accounts, same); v != nil && i >= 0 {
		r.d.Wrong(v.At, "account.name: %s stands here a second time; it was given on line %d", strict.Quote(a.name), r.accounts[i].at.Line)
		return
	}
	if v != nil {
		r.accounts = append(r.accounts, a)
	}
}

// variable is what an environment variable may be called (POSIX 8.1, in either case).
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// credential reads where a password comes from; nil if nothing says so. No message
// repeats the value: a password may stand there.
func (r *reader) credential(s *strict.Section) *Credential {
	var found *Credential
	for _, kind := range credentials {
		v := s.Need(string(kind), false, "")
		if v == nil {
			continue
		}
		expected := map[CredentialKind]string{
			PasswordEnv:     "the name of an environment variable, such as MAIL_PASSWORD",
			PasswordFile:    "the path of a file whose first line is the password",
			PasswordCommand: "a command whose first line of output is the password",
			TokenCommand:    "a command whose first line of output is an access token",
		}[kind]
		bad := v.Kind != unstable.String || strings.TrimSpace(v.Text) == "" || stage.Visible(v.Text) != v.Text ||
			kind == PasswordEnv && !variable.MatchString(v.Text)
		switch {
		case bad:
			r.d.Wrong(v.At, "%s%s: found something else, which is not repeated here, expected %s", s.Path, kind, expected)
		case found != nil:
			r.d.Wrong(v.At, "%s%s: found a second source of a password beside %s, expected one of them", s.Path, kind, found.Kind)
		default:
			found = &Credential{Kind: kind, Value: v.Text, At: r.place(v.At)}
		}
	}
	return found
}

func (r *reader) endpoint(s *strict.Section) {
	before := r.d.Found()
	r.refuse(s)
	e := &Endpoint{defaults: r.defaults, At: r.place(s.Table.At)}
	server := r.target(s, e)
	r.named(s, e)
	r.login(s, e)
	e.own = r.expectations(s)
	s.Close()
	r.applicable(s, e, server)
	key := string(e.Kind) + " " + strings.ToLower(e.Argument) + " " + e.User
	first, twice := r.targets[key]
	switch {
	case r.d.Found() > before:
	case twice:
		e.At.Wrong(r.d, "endpoint: it stands here a second time for the same account; it was given on line %d", first.Line)
	default:
		r.targets[key] = e.At
		r.Endpoints = append(r.Endpoints, e)
	}
}

// target reads what the endpoint is. It returns the server of a URL.
func (r *reader) target(s *strict.Section, e *Endpoint) (server *stage.Endpoint) {
	found := ""
	for _, t := range []struct {
		kind     stage.SubjectKind
		expected string
	}{
		{stage.SubjectURL, "a URL such as imaps://imap.example.com"},
		{stage.SubjectAddress, "an e-mail address such as jane@example.com"},
		{stage.SubjectDomain, "a mail domain such as example.com"},
		{stage.SubjectProfile, "the id of a profile; maildoctor profiles list has them"},
	} {
		v := s.Need(string(t.kind), false, "")
		if v == nil {
			continue
		}
		if found != "" {
			r.d.Wrong(v.At, "endpoint.%s: found it beside %s, expected one of them", t.kind, found)
			continue
		}
		found = string(t.kind)
		text := v.Text
		if v.Kind != unstable.String {
			text = ""
		}
		e.Kind, e.Argument, e.At = t.kind, text, r.place(v.At)
		if wrong := wrongTarget(t.kind, text, &server); wrong != nil {
			r.d.Wrong(v.At, "endpoint.%s: %v", t.kind, wrong)
		} else if !goodTarget(t.kind, text) {
			r.d.Wrong(v.At, "endpoint.%s: found %s, expected %s", t.kind, harmless(v), t.expected)
		}
	}
	if found == "" {
		r.d.Wrong(s.Table.At, "endpoint: found no url, address, domain or profile, expected one of them")
	}
	return server
}

// plainURL matches URLs in which no password can be, not even a misplaced one.
var plainURL = regexp.MustCompile(`^[a-z0-9]+://(\[[0-9A-Fa-f:.]*\]|[^:/@?#]*)(:[0-9]*)?(\?[a-z=-]*)?$`)

// wrongTarget parses a URL. The errors are its own if no password can be in them.
func wrongTarget(kind stage.SubjectKind, text string, server **stage.Endpoint) error {
	if kind != stage.SubjectURL || !mailurl.Is(text) {
		return nil
	}
	u, err := mailurl.Parse(text)
	switch {
	case err == nil:
		*server = &u
	case strings.Contains(text, "@"):
		return errors.New("found a user name or password in it, which is not repeated here, expected user or account beside it")
	case !plainURL.MatchString(text):
		return errors.New("found something else, which is not repeated here, expected a URL such as imaps://imap.example.com:993")
	}
	return err
}

// profileID is the form of a profile's id.
var profileID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// goodTarget reports whether an argument has the form of its kind.
func goodTarget(kind stage.SubjectKind, text string) bool {
	if !oneLine(text) {
		return false
	}
	switch kind {
	case stage.SubjectURL:
		return mailurl.Is(text)
	case stage.SubjectAddress:
		at := strings.LastIndexByte(text, '@')
		_, ok := hostname.MailDomain(text[at+1:])
		return at > 0 && ok
	case stage.SubjectDomain:
		_, ok := hostname.MailDomain(text)
		return ok
	}
	return profileID.MatchString(text)
}

// harmless describes a value, unless a password may be in it, as in jane:secret@host.
func harmless(v *strict.Value) string {
	if strings.ContainsAny(v.Text, "@:") {
		return "something else, which is not repeated here"
	}
	return strict.Found(v)
}

// named reads what the endpoint is called.
func (r *reader) named(s *strict.Section, e *Endpoint) {
	var v *strict.Value
	e.Name, v = r.text(s, "name", false, "a name of your own")
	if first, twice := r.names[e.Name]; v != nil && twice {
		r.d.Wrong(v.At, "endpoint.name: %s stands here a second time; it was given on line %d", strict.Quote(e.Name), first.Line)
	} else if v != nil {
		r.names[e.Name] = r.place(v.At)
	}
	if v != nil {
		r.noID("endpoint.name", v)
	}
	const expected = `a list of words such as ["production", "eu"]`
	v = s.Need("labels", false, expected)
	if v == nil {
		return
	}
	if v.Kind != unstable.Array || len(v.Items) > maxList {
		s.Bad("labels", v, expected)
		return
	}
	for _, l := range v.Items {
		if l.Kind != unstable.String || !oneLine(l.Text) || strings.Contains(l.Text, ",") {
			s.Bad("labels", l, "a word without commas, in quotes")
			continue
		}
		r.noID("endpoint.labels", l)
		e.Labels = append(e.Labels, l.Text)
	}
}

// noID reports a name that is the id of an expectation as well: --only and --skip take
// both.
func (r *reader) noID(key string, v *strict.Value) {
	if slices.Contains(IDs(), stage.ExpectationID(v.Text)) {
		r.d.Wrong(v.At, "%s: found %s, which is an expectation, expected a name of your own", key, strict.Quote(v.Text))
	}
}

// login reads as whom to log in.
func (r *reader) login(s *strict.Section, e *Endpoint) {
	user, userAt := r.text(s, "user", false, "the user name to log in with")
	name, v := r.text(s, "account", false, "the name of an [[account]]")
	own := r.credential(s)
	e.User, e.Credential = user, own
	if own != nil && user == "" && e.Kind != stage.SubjectAddress {
		own.At.Wrong(r.d, "endpoint.%s: found it without a user name, expected user beside it", own.Kind)
	}
	if v == nil {
		return
	}
	i := slices.IndexFunc(r.accounts, func(a *account) bool { return a.name == name })
	switch {
	case userAt != nil || own != nil:
		r.d.Wrong(v.At, "endpoint.account: found it beside a user name or a password of its own, expected one of them")
	case i < 0 && len(r.accounts) == 0:
		r.d.Wrong(v.At, "endpoint.account: found %s, expected the name of an [[account]], of which there is none", strict.Quote(name))
	case i < 0:
		s.Bad("account", v, strict.OrList(accountNames(r.accounts)))
	default:
		e.User, e.Credential = r.accounts[i].user, r.accounts[i].credential
	}
}

func accountNames(all []*account) []string {
	var out []string
	for _, a := range all {
		out = append(out, strict.Quote(a.name))
	}
	return out
}

// expectations reads the keys of a table that are expectations.
func (r *reader) expectations(s *strict.Section) []*Expectation {
	var out []*Expectation
	for i := range kinds {
		k := &kinds[i]
		if v := s.Need(string(k.id), false, ""); v != nil {
			if x := r.expectation(s, k, v); x != nil {
				out = append(out, x)
			}
		}
	}
	return out
}

// expectation reads one, a value or a table of value and severity; nil if it is wrong.
func (r *reader) expectation(s *strict.Section, k *kind, v *strict.Value) *Expectation {
	key := string(k.id)
	x := &Expectation{kind: k, At: r.place(s.Table.Get(key).At)}
	x.ID, x.Severity, x.Line = k.id, stage.ExpectFail, x.At.Line
	if v.Table != nil {
		in := &strict.Section{Doc: r.d, Table: v.Table, Path: s.Path + key + "."}
		if severity := strict.OneOf(in, "severity", false, stage.ExpectFail, stage.ExpectWarn); severity != "" {
			x.Severity = severity
		}
		v = in.Need("value", true, "what is expected")
		in.Close()
		if v == nil {
			return nil
		}
	}
	want, wrong, expected := k.read(v)
	if wrong != nil {
		s.Bad(key, wrong, expected)
		return nil
	}
	x.Want = want
	x.off = k.id != stage.ExpectStartTLSOffered && len(want) == 1 && want[0] == "false"
	return x
}

// applicable reports the expectations of an endpoint that can't be expected of it.
func (r *reader) applicable(s *strict.Section, e *Endpoint, server *stage.Endpoint) {
	for _, x := range e.own {
		switch {
		case x.off:
		case x.kind.account && !e.loggedInTo():
			x.At.Wrong(r.d, "%s%s: found it without an account, expected account or user beside it", s.Path, x.ID)
		case server != nil && !x.kind.of(*server):
			x.At.Wrong(r.d, "%s%s: this endpoint can't have it; expected it of %s", s.Path, x.ID, x.kind.only)
		}
	}
}
