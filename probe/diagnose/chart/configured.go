package chart

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Configured is a server as a program has it, next to the one of the plan that it
// corresponds to.
type Configured struct {
	Account *stage.Configured
	Server  *stage.ConfiguredServer
	Right   *Exam              // the check to compare with
	Tried   *stage.CheckRecord // the check of the program's own server; nil: there was none
	Differs []stage.Field      // in which it differs from Right, in the order of the fields
}

// Configured returns the servers that programs have in place of k's: those of the same
// subject and protocol to which no other check of the plan comes closer.
func (c *Case) Configured(k *Exam) []Configured {
	var all []Configured
	for i := range k.Subject.Configured {
		a := &k.Subject.Configured[i]
		for j := range a.Servers {
			s := &a.Servers[j]
			if s.Protocol == k.Check.Endpoint.Protocol && c.closest(k, s) == k {
				all = append(all, Configured{Account: a, Server: s, Right: k, Tried: c.configuredTried(k, s), Differs: differs(k, s)})
			}
		}
	}
	return all
}

// closest returns the check of k's subject and protocol that a program's server is
// compared with: of the same endpoint, else of the same host, else of another one; of
// several, one that works.
func (c *Case) closest(k *Exam, s *stage.ConfiguredServer) *Exam {
	var best *Exam
	most := -1
	for _, o := range c.Checks {
		if o.Check.Subject != k.Check.Subject || o.Check.Endpoint.Protocol != s.Protocol {
			continue
		}
		n := 0
		switch {
		case sameServer(o.Check.Endpoint, s.Endpoint):
			n = 4
		case strings.EqualFold(o.Check.Endpoint.Host, s.Host):
			n = 2
		}
		if o.Failed() == nil {
			n++
		}
		if n > most {
			best, most = o, n
		}
	}
	return best
}

// configuredTried returns the check of a program's own server: one of the plan, or a
// follow-up of k.
func (c *Case) configuredTried(k *Exam, s *stage.ConfiguredServer) *stage.CheckRecord {
	if sameServer(k.Check.Endpoint, s.Endpoint) {
		return k.CheckRecord
	}
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Kind == stage.KindEndpoint && Usual(f.Check.Manner) && sameServer(f.Check.Endpoint, s.Endpoint) {
			return f
		}
	}
	return nil
}

// sameServer reports whether two endpoints are the same to a mail program. Encryption
// that is used if it is offered is the same as encryption that is required, as long as
// it is offered.
func sameServer(a, b stage.Endpoint) bool {
	return strings.EqualFold(a.Host, b.Host) && a.Port == b.Port && required(a.Security) == required(b.Security)
}

func required(s stage.Security) stage.Security {
	if s == stage.StartTLSIfOffered {
		return stage.StartTLS
	}
	return s
}

// differs returns the fields in which a program's server is not the one of a check.
func differs(k *Exam, s *stage.ConfiguredServer) []stage.Field {
	var all []stage.Field
	e := k.Check.Endpoint
	if !strings.EqualFold(e.Host, s.Host) {
		all = append(all, stage.FieldHost)
	}
	if e.Port != s.Port {
		all = append(all, stage.FieldPort)
	}
	if required(e.Security) != required(s.Security) {
		all = append(all, stage.FieldSecurity)
	}
	if user := k.User(); user != "" && s.User != "" && !strings.EqualFold(user, s.User) {
		all = append(all, stage.FieldUser)
	}
	return all
}

// User returns the user name to log in with at the check's server; empty: none is known.
func (k *Exam) User() string { return cmp.Or(k.Check.User, k.Subject.User) }

// ServerDiffers reports whether a program connects elsewhere, or in another way.
func (c Configured) ServerDiffers() bool {
	return slices.ContainsFunc(c.Differs, func(f stage.Field) bool { return f != stage.FieldUser })
}

// InClear reports whether a program uses no encryption where the plan does.
func (c Configured) InClear() bool {
	return c.Server.Security == stage.None && c.Right.Check.Endpoint.Security != stage.None
}

// Serves returns what the run saw of a program's own server: Yes if it got as far as
// its greeting over encryption, No if it failed, Unknown if it wasn't tried.
func (c Configured) Serves() Answer {
	switch {
	case c.Tried == nil:
		return Unknown
	case c.Tried.Failed() != nil:
		return No
	case Reached(c.Tried) && !c.InClear():
		return Yes
	}
	return Unknown
}

// Known reports whether the run has seen that the server to compare with is right: it
// works or, if not, only the login failed there.
func (c Configured) Known() bool {
	f := c.Right.Failed()
	return f == nil || f.Stage.Rank() >= stage.Login.Rank()
}

// Wrong returns the fields to change: those that differ from a server that is known to
// be right. Another server that works as well is somebody's choice, and may have another
// user name. If the login failed, nobody knows which user name is right.
func (c Configured) Wrong() []stage.Field {
	if !c.Known() || c.ServerDiffers() && c.Serves() == Yes {
		return nil
	}
	var wrong []stage.Field
	for _, f := range c.Differs {
		if f != stage.FieldUser || c.Right.Failed() == nil {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

// ProgramName names the program of an account.
func ProgramName(a *stage.Configured) prose.Value {
	if a.Name == "" {
		return say.YourMailProgram()
	}
	return prose.Data(a.Name)
}

// Values returns what a program has in a field, and what should be there.
func (c Configured) Values(f stage.Field) (has, right prose.Value) {
	e, s := c.Right.Check.Endpoint, c.Server
	switch f {
	case stage.FieldHost:
		return prose.Data(s.Host), prose.Data(e.Host)
	case stage.FieldPort:
		return prose.Figure(int(s.Port)), prose.Figure(int(e.Port))
	case stage.FieldSecurity:
		return Encryption(s.Security), Encryption(e.Security)
	default:
		return prose.Data(s.User), prose.Data(c.Right.User())
	}
}

// fieldNames name a value by the field that it is in. Encryption names itself.
var fieldNames = map[stage.Field]func(prose.Value) prose.Value{
	stage.FieldHost: say.ConfiguredHost, stage.FieldPort: say.ConfiguredPort, stage.FieldUser: say.ConfiguredUser,
}

// Instead says what a program has instead of what should be there, field by field.
func (c Configured) Instead(fields []stage.Field) prose.Value {
	var all []prose.Value
	for _, f := range fields {
		has, right := c.Values(f)
		if named := fieldNames[f]; named != nil {
			has = named(has)
		}
		all = append(all, say.ConfiguredInstead(has, right))
	}
	return prose.And(all...)
}

// Encryption names the way of encryption as mail programs do.
func Encryption(s stage.Security) prose.Value {
	switch s {
	case stage.TLS:
		return say.SettingTLS()
	case stage.None:
		return say.SettingClear()
	}
	return say.SettingStartTLS()
}
