package diagnose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/remedy"
	"maildoctor/probe/stage"
)

// advises returns an action for this person with this advice.
func advises(id cause.ActionID, a ...cause.Advice) cause.Action {
	return cause.Action{ID: id, Kind: cause.ChangeSettings, Who: cause.You, Advises: a}
}

func port(n uint16, s stage.Security) cause.Advice {
	return cause.Advice{Kind: cause.AdviseEndpoint, Port: n, Security: s}
}

// chosen returns the ids and kinds of the actions that are chosen for the first
// check.
func chosen(r *run, blind bool, actions ...cause.Action) string {
	c := chart.New(&r.rec)
	var out []string
	for _, a := range remedy.New(c, c.Ways(), blind).Choose(c.Checks[:1], actions) {
		out = append(out, fmt.Sprintf("%s:%s", a.ID, a.Kind))
	}
	return strings.Join(out, " ")
}

// What an action advises is compared with what the run has tried at the server: it
// is dropped if that failed, and comes first if it works.
func TestWhatWasTried(t *testing.T) {
	const (
		kept    = "other:wait it:change-settings"
		dropped = "other:wait"
		first   = "it:use-way other:wait"
	)
	kind := func(k cause.AdviceKind, form string) cause.Advice { return cause.Advice{Kind: k, Form: form} }
	blocked := func() *run { return newRun().add("smtp-587 smtp.example.net starttls", timeout()) }
	at := func(c stage.Check, port uint16, s stage.Security) stage.Check {
		c.Endpoint.Port, c.Endpoint.Security = port, s
		return c
	}
	// tried adds a follow-up of the first check at another port.
	tried := func(r *run, port uint16, s stage.Security, steps ...step) *run {
		f := at(r.rec.Checks[0].Check, port, s)
		f.ID, f.Round, f.Question, f.Parents = fmt.Sprintf("%s/%d", f.ID, port), 1, stage.AskSibling, []string{f.ID}
		return r.check(f, steps...)
	}
	login := func(steps ...step) *run { return newRun().add(imap, steps...) }
	again := func(r *run, user, mechanism string, steps ...step) *run {
		f := r.rec.Checks[0].Check
		f.ID, f.Kind, f.Round, f.Question, f.Parents, f.User, f.Manner.Mechanism = f.ID+"/x", stage.KindLogin, 1, stage.AskOtherLogin, []string{f.ID}, user, mechanism
		return r.check(f, steps...)
	}
	resolvers := func(s step) *run {
		r := login(fail(stage.Resolve, stage.ServFail))
		f := r.rec.Checks[0].Check
		f.ID, f.Kind, f.Round, f.Question, f.Parents, f.Manner.Resolvers = f.ID+"/resolvers", stage.KindTLS, 1, stage.AskOtherResolvers, []string{f.ID}, []string{"192.0.2.53:53"}
		return r.check(f, s)
	}
	no := func(m string) step { return refusedWith(m, authFailed) }
	missing := warn(stage.Upgrade, stage.NotOffered)
	pop := "pop3-995 pop.example.net tls"
	bare := func(r *stage.Record) {
		r.Header.Plan.Subjects[0].User, r.Header.Plan.Subjects[0].Kind, r.Header.Plan.Subjects[0].Address = "jane", stage.SubjectURL, ""
	}
	for _, tc := range []struct {
		name string
		run  *run
		it   cause.Advice
		want string
	}{
		{"a port that nobody tried", blocked(), port(465, stage.TLS), kept},
		{"a port that works is an action of its own", tried(blocked(), 465, stage.TLS), port(465, stage.TLS), dropped},
		{"a port that refuses", tried(blocked(), 465, stage.TLS, dialled(stage.Refused, stage.DialRefused)), port(465, stage.TLS), dropped},
		{"however it would be secured", tried(blocked(), 465, stage.TLS, timeout()), port(465, stage.StartTLS), dropped},
		{"a port with a bad certificate", tried(blocked(), 465, stage.TLS, certificate(stage.CertExpired)), port(465, stage.TLS), dropped},
		{"a port that refuses the login alone", tried(blocked(), 465, stage.TLS, no("PLAIN")), port(465, stage.TLS), kept},
		{"a port that answers now and then", tried(tried(blocked(), 465, stage.TLS, no("PLAIN")), 465, stage.TLS, fail(stage.Greeting, stage.Silent)), port(465, stage.TLS), kept},
		{"a port of another host", blocked().add("smtp-465 other.example.net tls", timeout()), port(465, stage.TLS), kept},
		{"a port under an address of our own choice", tried(blocked(), 465, stage.TLS, timeout(), func(c *stage.CheckRecord) { c.Check.Manner.Address = "192.0.2.1" }), port(465, stage.TLS), kept},
		{"our own fault refutes nothing", tried(blocked(), 465, stage.TLS, fail(stage.Greeting, stage.InternalProblem)), port(465, stage.TLS), kept},
		{"the protocol's own port", tried(blocked(), 465, stage.TLS, timeout()), port(cause.TLSPort, stage.TLS), dropped},
		{"STARTTLS that is missing", newRun().add("imap-143 imap.example.net starttls-if-offered", missing, skip(stage.Handshake, stage.NotApplicable)), port(0, stage.StartTLS), dropped},
		{"STARTTLS that works", tried(newRun().add("imap-143 imap.example.net tls", fail(stage.Handshake, stage.PlaintextAnswer)), 143, stage.StartTLS), port(0, stage.StartTLS), first},
		{"TLS at the port, with another certificate", tried(newRun().add("imap-993 imap.example.net starttls", fail(stage.Greeting, stage.Silent)), 993, stage.TLS, certificate(stage.CertSelfSigned)), port(0, stage.TLS), kept},

		{"a port for sending", tried(blocked(), 465, stage.TLS, timeout()), kind(cause.AdviseSubmission, ""), dropped},
		{"one of two ports for sending", newRun().add("smtp-25 smtp.example.net starttls", timeout()).add("smtp-465 smtp.example.net tls", timeout()), kind(cause.AdviseSubmission, ""), kept},

		{"another protocol that works", login(timeout()).add(pop), kind(cause.AdviseOtherProtocol, ""), first},
		{"another protocol, of a login that was refused", login(no("PLAIN")).add(pop), kind(cause.AdviseOtherProtocol, ""), kept},
		{"another protocol that fails", login(timeout()).add(pop, timeout()), kind(cause.AdviseOtherProtocol, ""), dropped},
		{"no other protocol", login(timeout()), kind(cause.AdviseOtherProtocol, ""), kept},

		{"a password in clear that was refused", login(no("PLAIN")), kind(cause.AdvisePassword, cause.PlainPassword), dropped},
		{"a password in clear that was taken", again(login(no("SCRAM-SHA-256")), "", "PLAIN"), kind(cause.AdvisePassword, cause.PlainPassword), first},
		{"a challenge that was refused", login(no("SCRAM-SHA-256")), kind(cause.AdvisePassword, cause.EncryptedPassword), dropped},
		{"a mechanism of neither kind", login(no("XOAUTH2"), pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"XOAUTH2"}})), kind(cause.AdvisePassword, cause.PlainPassword), kept},
		{"a mechanism that SMTP does not offer", newRun().add(smtp465, no("XOAUTH2"), pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"XOAUTH2"}})), kind(cause.AdvisePassword, cause.PlainPassword), dropped},

		{"the address as user name", login(no("PLAIN")), kind(cause.AdviseUserName, cause.FullAddress), dropped},
		{"another form than the one refused", login(no("PLAIN")), kind(cause.AdviseUserName, cause.LocalPart), kept},
		{"an address made up of the server's name", again(newRun().with(bare).add(imap, no("PLAIN")), "jane@example.net", "", no("PLAIN")), kind(cause.AdviseUserName, cause.FullAddress), kept},
		{"the bare name", newRun().with(bare).add(imap, no("PLAIN")), kind(cause.AdviseUserName, cause.LocalPart), dropped},

		{"IPv4 that does not connect", login(timeout()), kind(cause.AdviseIPv4, ""), dropped},

		{"other name servers that know no more", resolvers(fail(stage.Resolve, stage.NameNotFound)), kind(cause.AdviseOtherResolver, ""), dropped},
		{"other name servers that do not answer", resolvers(fail(stage.Resolve, stage.DNSTimeout)), kind(cause.AdviseOtherResolver, ""), kept},
		{"other name servers that know better", resolvers(fine), kind(cause.AdviseOtherResolver, ""), first},
	} {
		if got := chosen(tc.run, false, cause.Action{ID: "other", Kind: cause.Wait, Who: cause.You}, advises("it", tc.it)); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// If nothing could be reached, nothing has been refuted.
func TestNothingIsRefutedOffline(t *testing.T) {
	r := newRun().add("smtp-587 smtp.example.net starttls", timeout()).add("smtp-465 smtp.example.net tls", timeout())
	it := advises("it", port(465, stage.TLS))
	if got := chosen(r, true, it); got != "it:change-settings" {
		t.Errorf("offline: %q", got)
	}
	if got := chosen(r, false, it); got != "" {
		t.Errorf("online: %q", got)
	}
}

// Of several wordings of an action one is kept: that which names what works, else
// the first that names nothing refuted. An alternative to a refuted action is kept
// only then.
func TestWordingsAndWhatStandsInstead(t *testing.T) {
	both := advises("send", port(465, stage.TLS), port(587, stage.StartTLS))
	one, other := advises("send", port(465, stage.TLS)), advises("send", port(587, stage.StartTLS))
	one.Kind, other.Kind = cause.Beware, cause.Repair // to tell them apart
	instead := cause.Action{ID: "else", Kind: cause.Contact, Who: cause.Provider, Else: true}
	last := cause.Action{ID: "last", Kind: cause.Contact, Who: cause.Provider}
	at25 := func() *run { return newRun().add("smtp-25 smtp.example.net starttls", timeout()) }
	gone := dialled(stage.Refused, stage.DialRefused)
	for _, tc := range []struct {
		name string
		run  *run
		want string
	}{
		{"neither tried", at25(), "send:change-settings last:contact"},
		{"one refuses", at25().add("smtp-587 smtp.example.net starttls", gone), "send:beware last:contact"},
		{"the other refuses", at25().add("smtp-465 smtp.example.net tls", gone), "send:repair last:contact"},
		{"both refuse", at25().add("smtp-465 smtp.example.net tls", gone).add("smtp-587 smtp.example.net starttls", gone), "else:contact last:contact"},
	} {
		if got := chosen(tc.run, false, both, one, other, instead, last); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	// What works is named alone.
	plain := newRun().add("imap-143 imap.example.net tls", fail(stage.Handshake, stage.PlaintextAnswer)).add("imap-143b imap.example.net starttls")
	wide, narrow := advises("set", port(0, stage.StartTLS), port(cause.TLSPort, stage.TLS)), advises("set", port(0, stage.StartTLS))
	c := chart.New(&plain.rec)
	if got := remedy.New(c, nil, false).Choose(c.Checks[:1], []cause.Action{wide, narrow}); len(got) != 1 || got[0].Kind != cause.UseProven || len(got[0].Advises) != 1 {
		t.Errorf("what works: %+v", got)
	}
	// The same id about something else is another action.
	if got := chosen(at25(), false, last, last, advises("last")); got != "last:contact" {
		t.Errorf("repeats: %q", got)
	}
}

// If other settings work, nothing else is advised to be typed in. Actions of others,
// and those unrelated to settings, stay.
func TestSettingsThatWorkReplaceOthers(t *testing.T) {
	repair := cause.Action{ID: "repair", Kind: cause.Repair, Who: cause.Network}
	proven := cause.Action{ID: "proven", Kind: cause.UseProven, Who: cause.You}
	all := []cause.Action{advises("it"), proven, repair}
	blocked := func() *run { return newRun().add("smtp-587 smtp.example.net starttls", timeout()) }
	imapBlocked := func() *run { return newRun().add(imap, timeout()) }
	for _, tc := range []struct {
		name string
		run  *run
		want string
	}{
		{"nothing else works", blocked(), "proven:use-way it:change-settings repair:repair"},
		{"another port works", blocked().add(smtp465), "repair:repair"},
		{"another protocol works", imapBlocked().add("pop3-995 pop.example.net tls"), "it:change-settings repair:repair"},
		{"and the endpoint is optional", newRun().add(imap, timeout(), optional).add("pop3-995 pop.example.net tls"), "proven:use-way it:change-settings repair:repair"},
	} {
		if got := chosen(tc.run, false, all...); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// A finding about several servers advises nothing that one of them has refuted, and
// calls nothing proven that one of them has not shown.
func TestAdviceHoldsForEveryCheck(t *testing.T) {
	r := newRun().add("imap-143 imap.example.net starttls", fail(stage.Upgrade, stage.NotOffered)).
		add("pop3-110 pop.example.net starttls", fail(stage.Upgrade, stage.NotOffered)).
		add("pop3-995 pop.example.net tls", timeout())
	c := chart.New(&r.rec)
	run := remedy.New(c, nil, false)
	it := []cause.Action{advises("it", port(cause.TLSPort, stage.TLS))}
	if n := len(run.Choose(c.Checks[:1], it)); n != 1 {
		t.Errorf("IMAP alone: %d actions", n)
	}
	if n := len(run.Choose(c.Checks[:2], it)); n != 0 {
		t.Errorf("with POP: %d actions", n)
	}
}

// Ways round failed checks: the best of each kind, and who supports it.
func TestWays(t *testing.T) {
	named := func(r *stage.Record) {
		p := r.Header.Plan.Subjects[0].Profile
		p.Endpoints = append(p.Endpoints, stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 465, Security: stage.TLS})
	}
	noPassword := func(r *stage.Record) { r.Header.Options.Password = false }
	unasked := skip(stage.Login, stage.NoPassword)
	const submission, pop = "smtp-587 smtp.example.net starttls", "pop3-995 pop.example.net tls"
	busy := fail(stage.Greeting, stage.TemporarilyOut, &stage.GreetingFacts{Reply: smtpReply(421, "", "421 busy")})
	for _, tc := range []struct {
		name string
		run  *run
		want []string
	}{
		{"none", newRun().add(submission, timeout()), nil},
		{"nothing failed", newRun().add(submission).add(smtp465), nil},
		{"of the plan", newRun().add(submission, timeout()).add(smtp465), []string{"endpoint smtp-587 smtp-465 planned works login"}},
		{"that the provider names", newRun().with(named).add(submission, timeout()).add(smtp465), []string{"endpoint smtp-587 smtp-465 planned named works login"}},
		{"that refuses the login", newRun().add(submission, timeout()).add(smtp465, refusedWith("PLAIN", authFailed)), nil},
		{"in clear", newRun().add(submission, timeout()).add("smtp-25 smtp.example.net none"), nil},
		{"in clear, by a follow-up", newRun().add(submission, timeout()).check(stage.Check{
			ID: "smtp-587/clear", Kind: stage.KindEndpoint, Round: 1, Question: stage.AskSibling, Parents: []string{"smtp-587"},
			Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 2525, Security: stage.None},
		}), nil},
		{"of another account", newRun().add(submission, timeout()).check(stage.Check{ID: "smtp-465", Kind: stage.KindEndpoint, Subject: 1, Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 465, Security: stage.TLS}}), nil},
		{"untried, and nobody names it", newRun().with(noPassword).add(submission, timeout()).add(smtp465, unasked), []string{"endpoint smtp-587 smtp-465 planned"}},
		{"untried, and the provider names it", newRun().with(noPassword).with(named).add(submission, timeout()).add(smtp465, unasked), []string{"endpoint smtp-587 smtp-465 planned named works"}},
		{"TLS from the first byte before STARTTLS", newRun().add(submission, timeout()).add("smtp-2525 smtp.example.net starttls").add(smtp465), []string{"endpoint smtp-587 smtp-465 planned works login"}},
		{"the same server before another", newRun().add("imap-143 imap.example.net starttls", timeout()).add("imap-993b other.example.net tls").add(imap), []string{"endpoint imap-143 imap-993 planned works login"}},
		{"another protocol", newRun().add(imap, timeout()).add(pop), []string{"protocol imap-993 pop3-995 planned works login"}},
		{"another protocol, of a refused login", newRun().add(imap, refusedWith("PLAIN", authFailed)).add(pop), nil},
		{"sending is no other protocol", newRun().add(imap, timeout()).add(smtp465), nil},
		{"a wait", newRun().add(smtp465, busy), []string{"wait smtp-465  10m0s"}},
	} {
		var got []string
		for _, w := range tc.run.diagnose(t).Ways {
			s := fmt.Sprintf("%s %s %s", w.Kind, w.Round, w.Shown)
			for _, f := range []struct {
				is   bool
				name string
			}{{w.Planned, "planned"}, {w.Named, "named"}, {w.Works, "works"}, {w.LoggedIn, "login"}, {w.After > 0, w.After.String()}} {
				if f.is {
					s += " " + f.name
				}
			}
			got = append(got, s)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
