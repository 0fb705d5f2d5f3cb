package chart

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// InOrder reports whether every check of the run got as far as the login, and under
// encryption.
func (c *Case) InOrder() bool { return c.index().inOrder }

// AppendNew appends v unless the list has it. A list may be as long as a run has
// checks, so it is searched from the end, where repeats are.
func AppendNew[T comparable](list []T, v T) []T {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == v {
			return list
		}
	}
	return append(list, v)
}

// Truth returns 1 for true and 0 for false.
func Truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TLSPorts are the ports for TLS from the first byte (RFC 8314 3), by protocol.
var TLSPorts = map[stage.Protocol]uint16{stage.IMAP: 993, stage.POP3: 995, stage.SMTP: 465}

// AtTLSPort reports whether the check was made at the port for TLS from the first
// byte, so that advising this port is pointless.
func (k *Exam) AtTLSPort() bool { return k.Check.Endpoint.Port == TLSPorts[k.Check.Endpoint.Protocol] }

// AllOf names the servers of a provider as a whole, "CenturyLink's servers", if a
// finding concerns all of those that the run examined and there are several; else
// empty.
func (c *Case) AllOf(checks []*Exam) prose.Value {
	if len(checks) == 0 || checks[0].Subject.Profile == nil || checks[0].Subject.Profile.Name == "" {
		return prose.Value{}
	}
	hosts := make(map[string]bool)
	for _, k := range checks {
		if k.Check.Subject != checks[0].Check.Subject {
			return prose.Value{}
		}
		hosts[k.Host()] = true
	}
	for _, k := range c.Checks {
		if k.Check.Subject == checks[0].Check.Subject && !hosts[k.Host()] {
			return prose.Value{}
		}
	}
	if len(hosts) < 2 {
		return prose.Value{}
	}
	return say.ServersOf(checks[0].ProviderName())
}
