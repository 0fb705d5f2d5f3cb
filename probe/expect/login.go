package expect

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// loginNeedsTLS judges whether a way to log in is offered before encryption. IMAP has
// its LOGIN command unless the server says otherwise (RFC 9051 6.2.3), and so has POP3
// USER unless it announces capabilities without it (RFC 2449 6.3).
func loginNeedsTLS(k *exam) ruling {
	if k.c.Check.Endpoint.Security == stage.TLS {
		if k.tls().Version == "" {
			return k.unreached(stage.Handshake)
		}
		return is(true, prose.Data("SSL/TLS"))
	}
	var list []string
	var disabled bool
	if r := k.c.Result(stage.Upgrade); r != nil {
		f := stage.FactsOf[*stage.StartTLSFacts](k.c)
		if f == nil || r.Status == stage.Skip || len(f.Capabilities) == 0 && !f.LoginDisabled {
			return k.unreached(stage.Upgrade)
		}
		list, disabled = f.Capabilities, f.LoginDisabled
	} else {
		f := stage.FactsOf[*stage.CapabilityFacts](k.c)
		if f == nil || !k.passed(stage.Capabilities) {
			return k.unreached(stage.Capabilities)
		}
		list, disabled = f.List, f.LoginDisabled
	}
	ways := waysIn(k.c.Check.Endpoint.Protocol, list)
	if !disabled {
		ways = append(ways, k.unlistedWay(ways)...)
	}
	if len(ways) == 0 {
		return is(true, say.ExpectNoLoginYet())
	}
	return is(false, say.ExpectLoginBefore(prose.And(prose.Datas(ways)...)))
}

// unlistedWay returns the way to log in that a server has without announcing it.
func (k *exam) unlistedWay(ways []string) []string {
	switch p := k.c.Check.Endpoint.Protocol; {
	case p == stage.IMAP && !slices.Contains(ways, "LOGIN"):
		return []string{"LOGIN"}
	case p != stage.POP3 || len(ways) > 0:
		return nil
	case chart.OrEmpty(stage.FactsOf[*stage.GreetingFacts](k.c)).APOP:
		return []string{"APOP"}
	}
	return []string{"USER"}
}

// waysIn returns the mechanisms in an announcement, and USER of POP3.
func waysIn(p stage.Protocol, list []string) (ways []string) {
	for _, entry := range list {
		words := strings.Fields(strings.ToUpper(strings.Replace(entry, "=", " ", 1)))
		if len(words) == 0 {
			continue
		}
		switch {
		case p == stage.POP3 && words[0] == "USER" && len(words) == 1:
			ways = append(ways, words[0])
		case p == stage.POP3 && words[0] == "SASL", p != stage.POP3 && words[0] == "AUTH":
			for _, w := range words[1:] {
				if !slices.Contains(ways, w) {
					ways = append(ways, w)
				}
			}
		}
	}
	return ways
}

func listed(e stage.Expectation) prose.Value { return say.ExpectListed(all(e)) }

func unlisted(e stage.Expectation) prose.Value { return say.ExpectUnlisted(all(e)) }

// announced returns what the server announces where login would be made, or why that
// was not seen.
func (k *exam) announced() (*stage.CapabilityFacts, ruling) {
	if f := stage.FactsOf[*stage.CapabilityFacts](k.c); f != nil && k.passed(stage.Capabilities) {
		return f, ruling{}
	}
	return nil, k.unreached(stage.Capabilities)
}

func mechanismsOffered(k *exam) ruling {
	f, none := k.announced()
	if f == nil {
		return none
	}
	return k.lacking(f.Mechanisms, func(m string) bool { return has(f.Mechanisms, m) })
}

// lacking judges whether all values are there, of those that were seen.
func (k *exam) lacking(seen []string, there func(string) bool) ruling {
	var missing []string
	for _, w := range k.e.Want {
		if !there(w) {
			missing = append(missing, w)
		}
	}
	if len(missing) > 0 {
		return is(false, say.ExpectLacks(prose.And(prose.Datas(missing)...)))
	}
	return is(true, prose.And(prose.Datas(seen)...))
}

func mechanismsAbsent(k *exam) ruling {
	f, none := k.announced()
	if f == nil {
		return none
	}
	var there []string
	for _, w := range k.e.Want {
		if has(f.Mechanisms, w) {
			there = append(there, w)
		}
	}
	if len(there) > 0 {
		return is(false, say.ExpectListed(prose.And(prose.Datas(there)...)))
	}
	return is(true, prose.And(prose.Datas(f.Mechanisms)...))
}

// capabilities judges what is announced. A value stands for a whole entry, or for its
// first words: SIZE for "SIZE 1000", SASL PLAIN for "SASL PLAIN LOGIN".
func capabilities(k *exam) ruling {
	f, none := k.announced()
	if f == nil {
		return none
	}
	return k.lacking(f.List, func(w string) bool {
		return slices.ContainsFunc(f.List, func(entry string) bool { return begins(entry, w) })
	})
}

// begins reports whether the first words of an entry are those of w.
func begins(entry, w string) bool {
	is, want := strings.Fields(entry), strings.Fields(w)
	return len(want) > 0 && len(is) >= len(want) && slices.EqualFunc(is[:len(want)], want, strings.EqualFold)
}

func has(list []string, w string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, w) })
}

// login judges whether the account's login was accepted.
func login(k *exam) ruling {
	r := k.c.Result(stage.Login)
	switch {
	case r == nil:
		return k.unreached(stage.Login)
	case r.Status == stage.Pass, r.Status == stage.Warn:
		return is(true, say.ExpectAccepted())
	case r.Status == stage.Skip:
		return k.unreached(stage.Login)
	}
	return is(false, refusal(r, chart.OrEmpty(stage.FactsOf[*stage.LoginFacts](k.c)).Reply))
}

// maxReply bounds what is shown of a server's reply, in bytes.
const maxReply = 120

// refusal says how a stage failed: with which reply, or why there was none.
func refusal(r *stage.Result, reply *stage.Reply) prose.Value {
	if reply != nil && (r.Fault == stage.Rejected || r.Fault == stage.TemporarilyOut) {
		return say.ExpectRefusal(words(reply))
	}
	return chart.Fault(r.Stage, r.Fault, prose.Seconds(r.Time))
}

// words are those of a reply, as far as there is room.
func words(reply *stage.Reply) prose.Value { return prose.Cut(reply.Text(), maxReply) }

// wrongPassword judges the login that was made with a random password, here or at
// another endpoint of the same account. Where the right password isn't accepted, a
// refusal proves nothing.
func wrongPassword(k *exam) ruling {
	t := k.trial(stage.KindWrongPassword)
	switch r := k.c.Result(stage.Login); {
	case r == nil || r.Status == stage.Skip:
		return k.unreached(stage.Login)
	case r.Status == stage.Fail:
		return open(say.ExpectRightFirst())
	case t == nil:
		return open(say.ExpectUntried())
	}
	at := prose.Data(t.Check.Endpoint.Address())
	switch r := t.Result(stage.Login); {
	case r.Status == stage.Pass, r.Status == stage.Warn:
		return is(false, say.ExpectAcceptedAt(at))
	case r.Status == stage.Fail && r.Fault == stage.Rejected:
		return is(true, say.ExpectRefusedAt(at))
	case r.Status == stage.Fail && r.Fault == stage.TemporarilyOut:
		return open(say.ExpectForNow(words(chart.OrEmpty(stage.FactsOf[*stage.LoginFacts](t)).Reply)))
	}
	return unreached(t, stage.Login)
}
