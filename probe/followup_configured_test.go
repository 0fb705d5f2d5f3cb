package probe_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// What a mail program has is tried although the account's own server works: without a
// login at a host that is not the account's, and not at all in a private run.
func TestConfiguredServers(t *testing.T) {
	const stranger = "old.hosting.test"
	imap := stage.Endpoint{Protocol: stage.IMAP, Host: mailHost, Port: 993, Security: stage.TLS}
	for _, tt := range []struct {
		name    string
		has     stage.Endpoint
		private bool
		made    string
		differs cause.Confidence
	}{
		{"the same", imap, false, "", ""},
		{
			"a host that is gone",
			stage.Endpoint{Protocol: stage.IMAP, Host: "gone.hosting.test", Port: 993, Security: stage.TLS},
			false,
			"configured-gone.hosting.test-993-tls resolve=fail(name-not-found) connect=skip(blocked) tls=skip(blocked) greeting=skip(blocked) capabilities=skip(blocked) login=skip(blocked) mailbox=skip(blocked)",
			cause.Proven,
		},
		{
			"another host, which works",
			stage.Endpoint{Protocol: stage.IMAP, Host: stranger, Port: 993, Security: stage.TLS},
			false,
			"configured-old.hosting.test-993-tls resolve=pass connect=pass tls=pass greeting=pass capabilities=pass login=skip(not-asked) mailbox=skip(not-asked)",
			"",
		},
		{"another host, in private", stage.Endpoint{Protocol: stage.IMAP, Host: stranger, Port: 993, Security: stage.TLS}, true, "", cause.Likely},
		{
			"no name at all",
			stage.Endpoint{Protocol: stage.IMAP, Host: "imap,example test", Port: 993, Security: stage.TLS},
			false,
			"configured-imap,example test-993-tls resolve=fail(name-not-found) connect=skip(blocked) tls=skip(blocked) greeting=skip(blocked) capabilities=skip(blocked) login=skip(blocked) mailbox=skip(blocked)",
			cause.Proven,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *healthy) {
				b := &bench{healthy: h, t: t, opt: h.options()}
				b.opt.Private = tt.private
				h.names[mailHost], h.names[stranger] = []string{mailAddress}, []string{otherAddress}
				b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{mailHost}}))
				b.mail(otherAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{stranger}}))
				targets := account(imap)
				targets[0].Subject.Configured = []stage.Configured{{
					Program: stage.ProgramTyped, Name: "Mail", Servers: []stage.ConfiguredServer{{Endpoint: tt.has, User: user}},
				}}
				rec := examine(t, t.Context(), probe.NewPlan(targets, nil), b.opt)
				made := slices.DeleteFunc(madeOf(rec), func(m string) bool { return !strings.HasPrefix(m, "configured-") })
				if got := strings.Join(made, "; "); got != tt.made {
					t.Errorf("made %q, want %q", got, tt.made)
				}
				d := diagnose.Diagnose(rec)
				var sure cause.Confidence
				for _, f := range d.Findings {
					if f.Cause == cause.SettingsDifferFromProfile {
						sure = f.Confidence
					}
				}
				if sure != tt.differs {
					t.Errorf("that the settings differ is %q, want %q", sure, tt.differs)
				}
				if n := len(b.servers[len(b.servers)-1].Logins()); n > 0 {
					t.Errorf("%d logins at the program's own host", n)
				}
			})
		})
	}
}
