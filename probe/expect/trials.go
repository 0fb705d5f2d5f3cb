package expect

import (
	"slices"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// Trials returns the checks that have to be made because a check of rec expects
// something that it doesn't look at itself, and got far enough. rec is a whole run, or a
// group of checks that share a host, an address or an account.
//
//   - A login with a wrong password is made once for each account, after the right one
//     was accepted.
//   - Whether mail is taken from anybody is tried once for each endpoint.
//   - What is published is asked once for each domain, unless it was asked before there
//     was a plan.
//   - Which certificate a server has by DNS is asked once for each host and port, if the
//     server has shown one.
//
// Parents are all checks that a trial serves.
func Trials(rec *stage.Record) []stage.Check {
	t := trials{rec: rec}
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if c.Check.FollowUp() {
			continue
		}
		for _, e := range c.Check.Expects {
			switch e.ID {
			case stage.ExpectWrongPassword:
				t.wrongPassword(c)
			case stage.ExpectNoRelay:
				t.relay(c)
			case stage.ExpectDiscovery:
				t.published(c, e)
				t.tlsa(c, e)
			}
		}
	}
	return t.made
}

// trials collects them.
type trials struct {
	rec  *stage.Record
	made []stage.Check
	keys [][]account.Key // of each, with KindWrongPassword
}

// bookOfPlan is the key of the plan's accounts, which all groups of a run share.
type bookOfPlan struct{}

func (t *trials) book() *account.Book {
	return t.rec.OfPlan(bookOfPlan{}, func() any { return account.NewBook(t.rec.Header.Plan) }).(*account.Book)
}

// add adds a trial for c, unless one that is made already serves it.
func (t *trials) add(c *stage.CheckRecord, kind stage.Kind, e stage.Endpoint, keys []account.Key, same func(i int) bool) {
	for i := range t.made {
		if o := &t.made[i]; o.Kind == kind && same(i) {
			if !slices.Contains(o.Parents, c.Check.ID) {
				o.Parents = append(o.Parents, c.Check.ID)
			}
			t.keys[i] = append(t.keys[i], keys...)
			return
		}
	}
	t.made = append(t.made, stage.Check{
		ID: c.Check.ID + "/" + string(kind), Kind: kind, Subject: c.Check.Subject, Endpoint: e, User: c.Check.User,
		Public: c.Check.Public, Forgeable: c.Check.Forgeable, Parents: []string{c.Check.ID}, Round: 1,
	})
	t.keys = append(t.keys, keys)
}

func (t *trials) wrongPassword(c *stage.CheckRecord) {
	if r := c.Result(stage.Login); r == nil || r.Status != stage.Pass {
		return
	}
	var addresses []string
	if f := stage.FactsOf[*stage.ResolveFacts](c); f != nil {
		addresses = f.Addresses
	}
	keys := t.book().Login(c.Check, addresses).Keys()
	t.add(c, stage.KindWrongPassword, c.Check.Endpoint, keys, func(i int) bool {
		return slices.ContainsFunc(keys, func(k account.Key) bool { return slices.Contains(t.keys[i], k) })
	})
}

// relay uses STARTTLS where it is offered, even if the settings leave it out.
func (t *trials) relay(c *stage.CheckRecord) {
	r := c.Result(stage.Capabilities)
	if c.Check.Endpoint.Protocol != stage.SMTP || r == nil || r.Status == stage.Skip || r.Status == stage.Fail {
		return
	}
	e := c.Check.Endpoint
	if e.Security == stage.None {
		e.Security = stage.StartTLSIfOffered
	}
	t.add(c, stage.KindRelay, e, nil, func(i int) bool { return t.made[i].Endpoint == e })
}

func (t *trials) published(c *stage.CheckRecord, e stage.Expectation) {
	domain := strings.ToLower(domainOf(t.rec, c))
	if domain == "" || len(consulted(e)) == 0 || !t.rec.Header.Options.Discovery || len(askedBefore(t.rec, c.Check.Subject)) > 0 {
		return
	}
	t.add(c, stage.KindPublished, stage.Endpoint{Host: domain}, nil, func(i int) bool { return t.made[i].Endpoint.Host == domain })
}

func (t *trials) tlsa(c *stage.CheckRecord, e stage.Expectation) {
	at := stage.Endpoint{Host: strings.ToLower(c.Check.Endpoint.Host), Port: c.Check.Endpoint.Port}
	f := stage.FactsOf[*stage.TLSFacts](c)
	if !consultsTLSA(e) || f == nil || len(f.Chain) == 0 || isAddress(at.Host) {
		return
	}
	t.add(c, stage.KindTLSA, at, nil, func(i int) bool { return t.made[i].Endpoint == at })
}
