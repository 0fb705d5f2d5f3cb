// Package demo has the demonstrations: mail servers, a name server, a certificate
// authority and the rest of the world, all inside this program, with one thing wrong
// in each case.
package demo

import (
	"crypto/x509"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// Timeouts of a demonstration, shorter than those of a real run: nobody wants to wait
// half a minute to see a silent port.
const (
	ConnectTimeout = 2 * time.Second
	StageTimeout   = 3 * time.Second
)

// World is the world of a case while it exists.
type World struct {
	of       Case
	provider *probetest.Provider
	roots    *tlsinspect.Roots
}

// Start creates the world of a case, which must be closed.
func (c Case) Start() (*World, error) {
	provider, err := probetest.StartProvider(c.provider())
	if err != nil {
		return nil, err
	}
	// The demonstration's authority replaces the public ones.
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(provider.Root.PEM())
	roots, err := tlsinspect.NewRoots(pool, pool, nil)
	if err != nil {
		provider.Close()
		return nil, err
	}
	return &World{c, provider, roots}, nil
}

// Close ends the world.
func (w *World) Close() { w.provider.Close() }

// Options returns the runner's options for an examination of the world's account,
// with the case's password.
func (w *World) Options() probe.Options {
	opt := probe.Options{
		System: probe.ThisSystem(), Demo: w.of.Name, Controls: controls(w.provider.Strangers),
		Roots: w.roots, Dial: w.provider.Dial,
		Resolver: resolve.New(resolve.Options{Server: w.provider.Resolver}),

		ConnectTimeout: ConnectTimeout, StageTimeout: StageTimeout,
		Credentials: map[int]probe.Credential{0: {Secret: auth.NewSecret(w.of.password())}},
	}
	// The demonstration's network, and its name server, are inside this program.
	opt.System.LinkUp, opt.System.Resolvers, opt.System.Proxies = true, []string{w.provider.Resolver}, nil
	return opt
}

// controls returns the unrelated servers of the demonstration, which are also
// inside this program.
func controls(s *probetest.Strangers) stage.Controls {
	return stage.Controls{
		Resolvers: []string{s.Resolver}, Name: s.Name, Hosts: []string{s.Host}, Portal: s.Portal, Time: s.Time, Nobody: s.Nobody,
	}
}

// Target returns the account of the demonstration, with a profile of its own.
func (w *World) Target() probe.Target {
	provider := w.provider
	profile := &stage.Profile{
		ID: "demo", Name: "Demo Mail", Date: "2026-11-22", Source: "this demonstration", Builtin: true,
		Domains: []string{provider.Domain}, UserName: stage.FullAddress,
		MailboxBytes: 700 << 20, MessageBytes: 10 << 20,
	}
	t := probe.Target{Subject: stage.Subject{
		Argument: probetest.DemoUser, Kind: stage.SubjectAddress, Domain: provider.Domain,
		Address: probetest.DemoUser, User: probetest.DemoUser, Profile: profile,
	}}
	for _, e := range provider.Endpoints {
		if e.Unlisted {
			continue
		}
		endpoint := stage.Endpoint{
			Protocol: stage.Protocol(e.Protocol), Host: e.Host, Port: e.Port, Security: securities[e.Security],
		}
		profile.Endpoints = append(profile.Endpoints, endpoint)
		t.Endpoints = append(t.Endpoints, probe.PlannedEndpoint{Endpoint: endpoint, Optional: e.Optional, Public: true})
	}
	return t
}

var securities = map[probetest.Security]stage.Security{
	probetest.ImplicitTLS: stage.TLS,
	probetest.StartTLS:    stage.StartTLS,
	probetest.Cleartext:   stage.None,
}
