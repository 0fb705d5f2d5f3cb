package cli

import (
	"fmt"
	"net/netip"
	"slices"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// mayPrompt reports whether a person can be asked for a password, and whether it
// would be used: some check may send it, and there is a network, or the servers are
// on this machine.
func mayPrompt(s console.Streams, o probe.Options, plan stage.Plan) bool {
	if !s.InTerminal || !s.ErrTerminal || s.ReadPassword == nil {
		return false
	}
	return slices.ContainsFunc(plan.Checks, func(c stage.Check) bool {
		e := c.Endpoint
		return plan.Subjects[c.Subject].User != "" &&
			(e.Security != stage.None || o.CleartextLogin) &&
			(o.System.LinkUp || local(e.Host))
	})
}

// local reports whether a host is this machine.
func local(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// prompted asks for the password of the one account of the targets. An empty answer
// means no login.
func prompted(s console.Streams, ts []probe.Target) (map[int]probe.Credential, error) {
	i := slices.IndexFunc(ts, func(t probe.Target) bool { return account(t, ts) != "" })
	l := s.Language
	fmt.Fprintf(s.Err, "%s\n%s ", l.Title(say.DialoguePassword(prose.Data(ts[i].Subject.User))), l.Text(say.DialoguePasswordHidden()))
	v, err := s.ReadPassword()
	fmt.Fprintln(s.Err)
	switch {
	case err == console.ErrInterrupted:
		return nil, fault.Exit(fault.ExitInterrupted)
	case err != nil:
		return nil, fault.Own("the password could not be read: %w", err)
	case v == "":
		return nil, nil
	}
	return forAll(ts, probe.Credential{Secret: s.Secret(v)}), nil
}
