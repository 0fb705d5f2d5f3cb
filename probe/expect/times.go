package expect

import (
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

func within(e stage.Expectation) prose.Value {
	n, _ := (&exam{e: e}).limit()
	return say.ExpectWithin(prose.Duration(n))
}

// limit returns the time that an expectation allows, which the file has in milliseconds.
func (k *exam) limit() (m stage.Millis, ok bool) {
	n, ok := k.number()
	return stage.Ms(time.Duration(n) * time.Millisecond), ok
}

// greetingWithin judges the time from the connection to the greeting. The handshake
// counts where it comes before.
func greetingWithin(k *exam) ruling {
	limit, ok := k.limit()
	r := k.c.Result(stage.Greeting)
	if r == nil || !ok || r.Status == stage.Skip {
		return k.unreached(stage.Greeting)
	}
	took := r.Time
	if t := k.c.Result(stage.Handshake); t != nil && k.c.Check.Endpoint.Security == stage.TLS {
		took += t.Time
	}
	switch {
	case r.Status != stage.Fail:
		return is(took <= limit, prose.Duration(took))
	case took > limit && (r.Fault == stage.Silent || r.Fault == stage.Stalled):
		return is(false, say.ExpectNoneRead(prose.Duration(took)))
	}
	return k.unreached(stage.Greeting)
}

// readyWithin judges the time from the start to the capabilities or, where login was
// tried, to its end. Waiting for other sessions of the account doesn't count.
func readyWithin(k *exam) ruling {
	limit, ok := k.limit()
	last := stage.Capabilities
	if r := k.c.Result(stage.Login); r != nil && r.Status != stage.Skip {
		last = stage.Login
	}
	if !ok || !k.passed(last) {
		return k.unreached(last)
	}
	var took stage.Millis
	for i := range k.c.Results {
		took += k.c.Results[i].Time
		if k.c.Results[i].Stage == last {
			break
		}
	}
	return is(took <= limit, prose.Duration(took))
}
