package cli

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/netip"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// mayPrompt reports whether a person can be asked for a password, and it would
// be of use: without any network nothing could be tested with it, except on
// this machine itself.
func mayPrompt(s Streams, sys stage.System, ts []probe.Target) bool {
	if !s.InTerminal || !s.ErrTerminal || s.ReadPassword == nil {
		return false
	}
	return sys.LinkUp || allLocal(ts)
}

// allLocal reports whether every host is an address of this machine's loopback.
func allLocal(ts []probe.Target) bool {
	for _, t := range ts {
		for _, e := range t.Endpoints {
			a, err := netip.ParseAddr(e.Host)
			if e.Host != "localhost" && (err != nil || !a.IsLoopback()) {
				return false
			}
		}
	}
	return true
}

// prompt is the terminal as a source of the password.
func prompt(s Streams, user string) *source {
	return &source{name: "the prompt", read: func(context.Context) (string, error) {
		fmt.Fprintf(s.Err, "E-mail password of %s (stays hidden; press Enter to test without it): ", stage.Visible(user))
		v, err := s.ReadPassword()
		fmt.Fprintln(s.Err)
		return v, err
	}}
}

// promptedCredential reads what was typed. Here nothing typed means no login.
func promptedCredential(ctx context.Context, src *source, ts []probe.Target) (map[int]probe.Credential, error) {
	v, err := src.read(ctx)
	if err != nil {
		return nil, usage("%s: %w", src.name, err)
	}
	if v == "" {
		return nil, nil
	}
	return forAll(ts, probe.Credential{Secret: auth.NewSecret(v)}), nil
}

func mapValues(m map[string]int) iter.Seq[int] { return maps.Values(m) }
