package sample

import (
	"fmt"

	"maildoctor/probe/stage"
)

// again orders a further try of a check, and returns its id.
func (r *run) again(check string, try, crowd int) string {
	c := stage.Check{ID: fmt.Sprintf("%s/try-%d", check, try), Kind: stage.KindEndpoint, Endpoint: r.endpoint(check), Parents: []string{check}, Try: try, Crowd: crowd}
	r.ask(c)
	return c.ID
}

// fickle: POP3 times out and works when tried again, IMAP is closed on each of three
// tries, once in another way, and SMTP is refused while others are connected.
func fickle() *run {
	r := jane()
	r.end.Time = ms(31_200)
	r.name(pop)
	r.contact(pop, "pop.centurylink.net", "198.51.100.11:995", "endpoint")
	r.fail(pop, stage.Connect, 10_000, stage.ConnectTimeout, &stage.ConnectFacts{Attempts: []stage.Attempt{
		{Index: 0, Address: "198.51.100.11:995", Outcome: stage.DialTimeout, Time: ms(10_000)},
	}})
	id := r.again(pop, 2, 0)
	r.open(id)
	r.accepted(id)
	for i, fault := range []stage.Fault{stage.HandshakeReset, stage.HandshakeClosed, stage.HandshakeClosed} {
		id := imap
		if i > 0 {
			id = r.again(imap, i+1, 0)
		}
		r.connect(id)
		r.fail(id, stage.Handshake, 42, fault, &stage.TLSFacts{ServerName: "mail.centurylink.net"})
	}
	reply := stage.Reply{Code: 421, Enhanced: "4.7.0", Lines: []string{"421 4.7.0 smtp.centurylink.net Error: too many connections from 192.168.1.23"}}
	r.connect(smtp)
	r.say(smtp, stage.Greeting, "S "+reply.Lines[0])
	r.fail(smtp, stage.Greeting, 43, stage.TemporarilyOut, &stage.GreetingFacts{Reply: reply, Wait: ms(43)})
	id = r.again(smtp, 2, 3)
	r.open(id)
	r.accepted(id)
	return r
}
