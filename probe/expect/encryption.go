package expect

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// securityName is the name of a connection's security.
func securityName(s string) prose.Value {
	switch stage.Security(s) {
	case stage.TLS:
		return prose.Data("SSL/TLS")
	case stage.StartTLS, stage.StartTLSIfOffered:
		return prose.Data("STARTTLS")
	case stage.None:
		return say.ExpectUnencrypted()
	}
	return prose.Data(s)
}

func securities(e stage.Expectation) prose.Value {
	var names []prose.Value
	for _, s := range e.Want {
		names = prose.AppendNew(names, securityName(s))
	}
	return prose.Or(names...)
}

// security judges how the connection was encrypted, whether or not the certificate was
// valid.
func security(k *exam) ruling {
	seen := stage.None
	switch {
	case k.clear():
	case k.tls().Version == "":
		return k.unreached(stage.Handshake)
	case k.c.Check.Endpoint.Security == stage.TLS:
		seen = stage.TLS
	default:
		seen = stage.StartTLS
	}
	if r := k.c.Result(stage.Greeting); seen == stage.None && (r == nil || r.Status != stage.Pass) {
		return k.unreached(stage.Greeting)
	}
	has := func(s stage.Security) bool { return slices.Contains(k.e.Want, string(s)) }
	return is(has(seen) || seen != stage.TLS && has(stage.StartTLSIfOffered), securityName(string(seen)))
}

// tls returns the facts of the handshake; never nil.
func (k *exam) tls() *stage.TLSFacts {
	return chart.OrEmpty(stage.FactsOf[*stage.TLSFacts](k.c))
}

// clear reports whether the connection stays without encryption: by its settings, or
// because it isn't offered.
func (k *exam) clear() bool {
	r := k.c.Result(stage.Handshake)
	return r == nil || r.Status == stage.Skip && r.Reason == stage.NotApplicable
}

// versions are the TLS versions that exist, the oldest first.
var versions = []string{"1.0", "1.1", "1.2", "1.3"}

func version(v string) int { return slices.Index(versions, v[strings.LastIndexByte(v, ' ')+1:]) }

func leastVersion(e stage.Expectation) prose.Value {
	return say.ExpectAtLeast(say.ExpectTLS(prose.Data(strings.Join(e.Want, ""))))
}

// oldestMade is the oldest version that a handshake of this program ends with.
const oldestMade = "1.2"

// tlsMin judges the version that was agreed on. A server whose versions are all refused
// here is older than the oldest that isn't.
func tlsMin(k *exam) ruling {
	r := k.c.Result(stage.Handshake)
	switch seen := k.tls().Version; {
	case seen != "":
		return is(version(seen) >= version(k.want()), prose.Data(seen))
	case k.clear():
		return is(false, say.ExpectUnencrypted())
	case r.Status == stage.Fail && r.Fault == stage.TLSVersion && version(k.want()) >= version(oldestMade):
		return is(false, say.ExpectOutdated())
	}
	return k.unreached(stage.Handshake)
}

func offered(e stage.Expectation) prose.Value { return offers(!slices.Contains(e.Want, "false")) }

func offers(yes bool) prose.Value {
	if yes {
		return say.ExpectOffered()
	}
	return say.ExpectNotOffered()
}

// startTLSOffered judges whether STARTTLS or STLS is announced.
func startTLSOffered(k *exam) ruling {
	want := !slices.Contains(k.e.Want, "false")
	if k.c.Check.Endpoint.Security == stage.TLS {
		return open(say.ExpectEncrypted())
	}
	if r := k.c.Result(stage.Upgrade); r != nil {
		f := stage.FactsOf[*stage.StartTLSFacts](k.c)
		if f == nil || !f.Offered && r.Fault != stage.NotOffered && r.Fault != stage.PreAuth {
			return k.unreached(stage.Upgrade)
		}
		return is(f.Offered == want, offers(f.Offered))
	}
	f := stage.FactsOf[*stage.CapabilityFacts](k.c)
	if f == nil || !k.passed(stage.Capabilities) {
		return k.unreached(stage.Capabilities)
	}
	return is(f.StartTLS == want, offers(f.StartTLS))
}

// passed reports whether a stage passed, perhaps with a warning.
func (k *exam) passed(name stage.Stage) bool {
	r := k.c.Result(name)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}
