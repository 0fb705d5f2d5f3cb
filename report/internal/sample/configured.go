package sample

import "maildoctor/probe/stage"

// configured is a run in which all is well, while Thunderbird has another port for
// sending, which is blocked, and no encryption for receiving.
func configured() *run {
	r := healthy()
	pop, smtp := r.endpoint(pop), r.endpoint(smtp)
	clear, blocked := pop, smtp
	clear.Port, clear.Security = 110, stage.None
	blocked.Port = 25
	r.header.Plan.Subjects[0].Configured = []stage.Configured{
		{
			Program: stage.ProgramThunderbird, Name: "Thunderbird", Place: "~/.thunderbird/a1b2c3d4.default-release/prefs.js",
			Account: "jane@q.com", Address: "jane@q.com", Servers: []stage.ConfiguredServer{
				{Endpoint: clear, User: "jane", Line: 41},
				{Endpoint: blocked, User: "jane@q.com", Line: 57},
			},
		},
		{
			Program: stage.ProgramMsmtp, Name: "msmtp", Place: "~/.msmtprc", Account: "q", Address: "jane@q.com",
			Servers: []stage.ConfiguredServer{{Endpoint: smtp, User: "jane@q.com", Line: 3}},
		},
	}
	plain := r.after("pop3-995", "configured", stage.KindEndpoint, stage.AskConfigured)
	plain.Endpoint = clear
	other := r.after("smtp-587", "configured", stage.KindEndpoint, stage.AskConfigured)
	other.Endpoint = blocked
	r.ask(plain)
	r.open(plain.ID)
	r.skip(plain.ID, stage.NotAsked, stage.Login, stage.Mailbox)
	r.done(plain.ID)
	r.dropped(other, "endpoint")
	return r
}
