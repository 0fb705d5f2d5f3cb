package diagnose_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// configured gives the account a program with these servers.
func (r *run) configured(program string, servers ...stage.ConfiguredServer) *run {
	s := &r.rec.Header.Plan.Subjects[0]
	s.Configured = append(s.Configured, stage.Configured{Program: stage.ProgramThunderbird, Name: program, Servers: servers})
	return r
}

func inbox(host string, port uint16, s stage.Security, user string) stage.ConfiguredServer {
	return stage.ConfiguredServer{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: port, Security: s}, User: user}
}

func TestConfiguredRules(t *testing.T) {
	differ := cause.SettingsDifferFromProfile
	works := func() *run { return newRun().add(imap).add("smtp-587 smtp.example.net starttls") }
	other := inbox("imap.example.net", 143, stage.StartTLS, "jane@example.net")
	untested := func(r *stage.Record) {
		r.Header.Options.Login = false
		for i := range r.Checks {
			for j := range r.Checks[i].Results {
				if x := &r.Checks[i].Results[j]; x.Stage.Rank() >= stage.Login.Rank() {
					*x = stage.Result{Stage: x.Stage, Status: stage.Skip, Reason: stage.NotAsked}
				}
			}
		}
	}
	const followUp = "imap-993/configured-imap.example.net-143-starttls"
	checkCases(t, []ruleCase{
		{"the same", works().configured("Thunderbird", inbox("IMAP.example.net", 993, stage.TLS, "Jane@example.net")), "", nil, []cause.ID{differ}},
		{"another port, not tried", works().configured("Thunderbird", other), differ, sure{differ: likely}, nil},
		{"another port that fails", works().configured("Thunderbird", other).followUp(t, followUp, timeout()), differ, sure{differ: proven}, nil},
		{"another port that works", works().configured("Thunderbird", other).followUp(t, followUp), "", nil, []cause.ID{differ}},
		{"another provider's server, which works, with its own user name", works().configured("Thunderbird", inbox("imap.example.org", 993, stage.TLS, "jane@example.org")).
			followUp(t, "imap-993/configured-imap.example.org-993-tls"), "", nil, []cause.ID{differ}},
		{"the login is refused, and another user name is there", newRun().add(imap, refusedWith("PLAIN", stage.Reply{Command: "AUTHENTICATE", Status: "NO", ResponseCode: "AUTHENTICATIONFAILED"})).configured("Thunderbird", inbox("imap.example.net", 993, stage.TLS, "jane")), "", nil, []cause.ID{differ}},
		{"the login is refused, and the program's port is silent", newRun().add(imap, refusedWith("PLAIN", stage.Reply{Command: "AUTHENTICATE", Status: "NO", ResponseCode: "AUTHENTICATIONFAILED"})).configured("Thunderbird", other).followUp(t, followUp, timeout()), "", sure{differ: proven}, nil},
		{"no encryption, and it answers", works().configured("Thunderbird", inbox("imap.example.net", 143, stage.None, "")).
			followUp(t, "imap-993/configured-imap.example.net-143-none"), differ, sure{differ: likely}, nil},
		{"the user name alone, logged in", works().configured("Thunderbird", inbox("imap.example.net", 993, stage.TLS, "jane")), differ, sure{differ: likely}, nil},
		{"the user name alone, no login", works().configured("Thunderbird", inbox("imap.example.net", 993, stage.TLS, "jane")).with(untested), differ, sure{differ: possible}, nil},
		{"no user name told", works().configured("Thunderbird", inbox("imap.example.net", 993, stage.TLS, "")), "", nil, []cause.ID{differ}},
		{"encrypted if offered", newRun().add("imap-143 imap.example.net starttls").configured("mutt", inbox("imap.example.net", 143, stage.StartTLSIfOffered, "")), "", nil, []cause.ID{differ}},
		{"the right one fails too", newRun().add(imap, timeout()).configured("Thunderbird", other), "", nil, []cause.ID{differ}},
		{"two programs", works().configured("Thunderbird", other).configured("Evolution", inbox("mail.example.net", 993, stage.TLS, "")), differ, sure{differ: likely}, nil},
	})
}

// What a program has and should have is said field by field.
func TestConfiguredWords(t *testing.T) {
	works := func() *run { return newRun().add(imap).add("smtp-587 smtp.example.net starttls") }
	out := stage.ConfiguredServer{Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 25, Security: stage.StartTLS}}
	in := inbox("mail.example.net", 143, stage.None, "jane")
	for _, c := range []struct {
		run  *run
		want string
	}{
		{
			works().configured("Thunderbird", in, out).followUp(t, "imap-993/configured-mail.example.net-143-none", timeout()),
			"Thunderbird has the server mail.example.net instead of imap.example.net, port 143 instead of 993, no encryption instead of SSL/TLS and the user name jane instead of jane@example.net for the incoming server and port 25 instead of 587 for the outgoing server. Port 143 of mail.example.net does not work from here.",
		},
		{
			works().configured("Thunderbird", inbox("imap.example.net", 143, stage.None, "")).followUp(t, "imap-993/configured-imap.example.net-143-none"),
			"Thunderbird has port 143 instead of 993 and no encryption instead of SSL/TLS for the incoming server. Without encryption, the password can be read on the way.",
		},
		{
			works().configured("Thunderbird", out).configured("Evolution", inbox("imap.example.net", 993, stage.TLS, "jane")),
			"Mail programs here have other settings than those that work: the user name jane instead of jane@example.net for the incoming server in Evolution and port 25 instead of 587 for the outgoing server in Thunderbird.",
		},
	} {
		if got := sentence(t, c.run); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}
