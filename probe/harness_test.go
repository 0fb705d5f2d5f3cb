package probe_test

import (
	"context"
	"crypto/tls"
	"net/netip"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// names is a resolver that answers from a table, without delay.
type names map[string][]string

func (n names) Lookup(_ context.Context, host string, _ func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	f := &stage.ResolveFacts{Host: host, Addresses: n[host]}
	if a, err := netip.ParseAddr(host); err == nil {
		f.Addresses = []string{a.String()}
	}
	if len(f.Addresses) == 0 {
		return f, func() {}, stage.Errorf(stage.NameNotFound, "no such host")
	}
	return f, func() {}, nil
}

// authority is a CA that the runs of these tests trust like a public one.
type authority struct {
	*probetest.CA
	roots *tlsinspect.Roots
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	ca, err := probetest.NewCA("Test Root")
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tlsinspect.NewRoots(ca.Pool(), ca.Pool(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return authority{ca, roots}
}

// config returns a server's TLS configuration for these names.
func (a authority) config(t testing.TB, leaf probetest.Leaf) *tls.Config {
	t.Helper()
	cert, err := a.Issue(leaf)
	if err != nil {
		t.Fatal(err)
	}
	return probetest.TLS(cert)
}

const (
	user     = "jane@example.test"
	password = "correct horse"
)

// account returns a target that logs in at the given endpoints.
func account(endpoints ...stage.Endpoint) []probe.Target {
	t := probe.Target{Subject: stage.Subject{
		Argument: user, Kind: stage.SubjectAddress, Domain: "example.test", Address: user, User: user,
		Profile: &stage.Profile{ID: "test", Name: "Test", Builtin: true},
	}}
	for _, e := range endpoints {
		t.Endpoints = append(t.Endpoints, probe.PlannedEndpoint{Endpoint: e, Public: true})
	}
	return []probe.Target{t}
}

func withPassword(p string) map[int]probe.Credential {
	return map[int]probe.Credential{0: {Secret: auth.NewSecret(p)}}
}

// examine runs a plan and folds the stream.
func examine(t testing.TB, ctx context.Context, plan stage.Plan, opt probe.Options) *stage.Record {
	t.Helper()
	s, err := probe.Run(ctx, plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Fold(s)
}

// outcome returns a check's stages as "resolve=pass login=fail(rejected)".
func outcome(c *stage.CheckRecord) string {
	text := ""
	for _, r := range c.Results {
		if text != "" {
			text += " "
		}
		text += string(r.Stage) + "=" + string(r.Status)
		switch {
		case r.Fault != "":
			text += "(" + string(r.Fault) + ")"
		case r.Reason != "":
			text += "(" + string(r.Reason) + ")"
		}
	}
	return text
}
