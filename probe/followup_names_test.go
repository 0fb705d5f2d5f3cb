package probe_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// book is a name server: addresses or a fault by name, or by "*" and a suffix. Other
// names don't exist.
type book map[string]string

func (b book) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	entry, ok := b[host]
	for end, found := range b {
		if !ok && strings.HasPrefix(end, "*") && strings.HasSuffix(host, end[1:]) {
			entry = found
		}
	}
	l := stage.Lookup{Server: "198.51.100.53:53", Type: "A", Outcome: stage.LookupAnswer, Addresses: []string{entry}}
	facts := &stage.ResolveFacts{Host: host, Implementation: "server"}
	var fault stage.Fault
	switch entry {
	case "":
		fault, l.Outcome = stage.NameNotFound, stage.LookupNXDomain
	case "0.0.0.0":
		fault, facts.NotDialled = stage.BadAddress, []string{entry}
	case string(stage.ServFail):
		fault, l.Outcome = stage.ServFail, stage.LookupServFail
	case string(stage.DNSTimeout):
		fault, l.Outcome = stage.DNSTimeout, stage.LookupTimeout
		time.Sleep(5 * time.Second)
	default:
		facts.Addresses = []string{entry}
	}
	if fault != "" {
		l.Addresses = nil
	}
	seen(l)
	if fault != "" {
		return facts, func() {}, stage.Errorf(fault, "%s", entry)
	}
	return facts, func() {}, nil
}

const (
	wwwName  = "www.example.com"
	nowhere  = "203.0.113.9" // refuses
	servfail = string(stage.ServFail)
	silence  = string(stage.DNSTimeout)
)

// Names, name servers here and elsewhere, and the conclusions of whole runs.
func TestFollowUpsOfNames(t *testing.T) {
	const there = "THERE" // the server's address
	for _, tt := range []struct {
		name      string
		here      book
		elsewhere book
		host      string // zero: the server's own
		cause     cause.ID
		sure      cause.Confidence
		followed  string // questions, in order
	}{
		{name: "healthy", here: book{"HOST": there}, elsewhere: book{}},
		{name: "mistyped, agreed", here: book{"HOST": there}, elsewhere: book{"HOST": there}, host: "iamp.example.test", cause: cause.HostnameTypoNXDomain, sure: cause.Proven, followed: "near near others"},
		{name: "hidden", here: book{}, elsewhere: book{"HOST": there}, cause: cause.DNSFilterBlocksHost, sure: cause.Proven, followed: "near others"},
		{name: "sinkhole", here: book{"HOST": "0.0.0.0"}, elsewhere: book{"HOST": there}, cause: cause.DNSFilterBlocksHost, sure: cause.Proven, followed: "others"},
		{name: "broken for all", here: book{"*": servfail}, elsewhere: book{"*": silence}, cause: cause.DNSResolverBroken, sure: cause.Proven, followed: "control others"},
		{name: "broken for one", here: book{"HOST": servfail, wwwName: nowhere}, elsewhere: book{"*": servfail}, cause: cause.DNSResolverBroken, sure: cause.Proven, followed: "control others"},
		{name: "silent", here: book{"*": silence}, elsewhere: book{"HOST": there}, cause: cause.DNSResolverBroken, sure: cause.Proven, followed: "control others"},
		{name: "an old address", here: book{"HOST": nowhere}, elsewhere: book{"HOST": there}, cause: cause.StaleOrOverriddenDNS, sure: cause.Likely, followed: "made-up made-up others"},
		{name: "every name found", here: book{"*": nowhere}, elsewhere: book{"HOST": there}, cause: cause.DNSNXDomainHijack, sure: cause.Proven, followed: "made-up made-up others"},
		{name: "a wildcard", here: book{"*.example.test": nowhere}, elsewhere: book{"*.example.test": nowhere}, cause: cause.DNSNXDomainHijack, sure: cause.Likely, followed: "made-up made-up others"},
		{name: "a wildcard, and a server", here: book{"*.example.test": there}, elsewhere: book{}},
		{name: "an internal address", here: book{"HOST": "192.168.50.10"}, elsewhere: book{"HOST": there}, cause: cause.SplitHorizonPrivateAddress, sure: cause.Proven, followed: "made-up made-up others"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, []probetest.Config{{Protocol: imap, Security: implicit}}, func(t *testing.T, h *healthy) {
				e := h.endpoints[0]
				host, address := e.Host, h.names[e.Host][0]
				h.network.Fail(nowhere, probetest.Refuse)
				h.network.Fail("192.168.50.10", probetest.Drop)
				fill := func(b book) book {
					out := book{}
					for name, entry := range b {
						out[strings.Replace(name, "HOST", host, 1)] = strings.Replace(entry, there, address, 1)
					}
					return out
				}
				opt := h.options()
				opt.Credentials = nil
				opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
				opt.Resolver, opt.ResolverAt = fill(tt.here), func(string) probe.Resolver { return fill(tt.elsewhere) }
				opt.Controls = stage.Controls{Resolvers: []string{"192.0.2.53:53", "192.0.2.54:53"}, Name: wwwName}
				if tt.host != "" {
					e.Host = tt.host
				}
				target := probe.Target{Subject: stage.Subject{Argument: "imap", Kind: stage.SubjectURL}, Endpoints: []probe.PlannedEndpoint{{Endpoint: e}}}
				rec := examine(t, t.Context(), probe.NewPlan([]probe.Target{target}, nil), opt)
				got, sure := leading(rec)
				if followed := followedUp(rec); got != tt.cause || sure != tt.sure || followed != tt.followed {
					t.Errorf("%s: %q (%s) after %q, want %q (%s) after %q", outcome(&rec.Checks[0]), got, sure, followed, tt.cause, tt.sure, tt.followed)
				}
			})
		})
	}
}

// followedUp lists the questions about names that a run asked, by short names, sorted.
func followedUp(rec *stage.Record) string {
	short := map[stage.QuestionID]string{
		stage.AskOtherResolvers: "others", stage.AskControlName: "control", stage.AskNonsenseName: "made-up", stage.AskNearName: "near",
	}
	var out []string
	for _, c := range rec.Checks {
		if word := short[c.Check.Question]; word != "" {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// A user name not in the profile's form is tried once in that form, and never more
// often.
func TestTheUserNameInTheOtherForm(t *testing.T) {
	for _, tt := range []struct {
		name     string
		secret   string
		cause    cause.ID
		sure     cause.Confidence
		accepted int
	}{
		{"the name alone was wrong", password, cause.WrongUsernameFormat, cause.Proven, 1},
		{"the password as well", "no " + password, cause.WrongPassword, cause.Likely, 0},
	} {
		c := probetest.Config{Protocol: imap, Security: implicit, Mechanisms: []string{"PLAIN"}}
		inBubble(t, []probetest.Config{c}, func(t *testing.T, h *healthy) {
			opt := h.options()
			opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
			opt.Credentials = map[int]probe.Credential{0: {Secret: auth.NewSecret(tt.secret)}}
			targets := account(h.endpoints...)
			targets[0].Subject.User, _, _ = strings.Cut(user, "@")
			targets[0].Subject.Profile.UserName = stage.FullAddress
			rec := examine(t, t.Context(), probe.NewPlan(targets, nil), opt)
			if got, sure := leading(rec); got != tt.cause || sure != tt.sure {
				t.Errorf("%s: leads with %q (%s), want %q (%s)", tt.name, got, sure, tt.cause, tt.sure)
			}
			if want := (stage.Logins{Tried: 2, Failed: 2 - tt.accepted}); rec.Logins != want {
				t.Errorf("%s: logins %+v, want %+v", tt.name, rec.Logins, want)
			}
			f := rec.Check(rec.Checks[0].Check.ID + "/user-name")
			if f == nil || f.Check.User != user {
				t.Errorf("%s: the follow-up is %+v", tt.name, f)
			}
		})
	}
}
