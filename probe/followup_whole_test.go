package probe_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A server that knows the password may repeat it in the next greeting.
func TestFollowUpsWithholdWhatServersWereTold(t *testing.T) {
	const secret = "Tr0ub4dor&3"
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		e := h.endpoints[0]
		config := h.authority.config(t, probetest.Leaf{Names: []string{e.Host}})
		greeting := "hello"
		h.network.Handle(net.JoinHostPort(h.names[e.Host][0], "993"), func(c net.Conn) {
			c = tls.Server(c, config)
			defer c.Close()
			fmt.Fprintf(c, "* OK %s\r\n", greeting)
			for lines := bufio.NewScanner(c); lines.Scan(); {
				tag, command, _ := strings.Cut(lines.Text(), " ")
				switch {
				case strings.HasPrefix(command, "CAPABILITY"):
					fmt.Fprintf(c, "* CAPABILITY IMAP4rev1\r\n%s OK\r\n", tag)
				case strings.HasPrefix(command, "LOGIN"):
					greeting = "hello " + secret
					fmt.Fprintf(c, "%s NO [AUTHENTICATIONFAILED] no\r\n", tag)
				default:
					fmt.Fprintf(c, "%s BAD\r\n", tag)
				}
			}
		})
		opt := h.options()
		opt.Credentials = withPassword(secret + " ") // odd enough for a second try
		s, err := probe.Run(t.Context(), probe.NewPlan(account(e), nil), opt)
		if err != nil {
			t.Fatal(err)
		}
		greetings := 0
		for _, event := range s.Events {
			b, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), "Tr0ub4dor") {
				t.Errorf("in the stream: %s", b)
			}
			if event.Result != nil && event.Result.Stage == stage.Greeting {
				greetings++
			}
		}
		if greetings < 2 {
			t.Errorf("%d greetings: no follow-up was made", greetings)
		}
	})
}

// Several URLs of one provider's servers are one account: a wrong password is refused
// once.
func TestLoginBudgetOfURLs(t *testing.T) {
	wrong := imapTLS
	wrong.Faults = []probetest.Fault{probetest.WrongPassword}
	inBubble(t, []probetest.Config{wrong}, func(t *testing.T, h *healthy) {
		opt := h.options()
		opt.NoFollowUps = true
		hosts := []string{"imap.example.test", "imap1.example.test", "imap2.example.test"}
		wrong.TLS = h.authority.config(t, probetest.Leaf{Names: hosts})
		wrong.Users = map[string]string{user: password}
		server, err := probetest.New(wrong)
		if err != nil {
			t.Fatal(err)
		}
		h.servers = append(h.servers, server)
		h.network.Handle(net.JoinHostPort(h.names[hosts[0]][0], "993"), server.ServeConn)
		var targets []probe.Target
		for i, host := range hosts {
			h.names[host] = h.names[hosts[0]]
			e := stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: 993, Security: stage.TLS}
			targets = append(targets, probe.Target{
				Subject: stage.Subject{Kind: stage.SubjectURL, User: user}, Endpoints: []probe.PlannedEndpoint{{Endpoint: e}},
			})
			opt.Credentials[i] = opt.Credentials[0]
		}
		rec := examine(t, t.Context(), probe.NewPlan(targets, nil), opt)
		if rec.Logins.Failed != 1 {
			t.Errorf("%d logins were refused, want 1", rec.Logins.Failed)
		}
	})
}

// After a whole run no question is open: none depends on its own answer.
func TestNoQuestionIsOpenAfterAWholeRun(t *testing.T) {
	const host, address = "imap.example.com", "203.0.113.7"
	for _, answers := range []bool{true, false} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			h.names[host] = []string{address}
			h.network.Fail(address, probetest.NetworkUnreachable)
			if answers {
				h.network.Fail(address+":443", probetest.Refuse)
			}
			opt := h.options()
			opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
			opt.Controls = stage.Controls{Resolvers: []string{"192.0.2.53:53"}}
			opt.ResolverAt = func(string) probe.Resolver { return names{host: {address}} }
			target := probe.Target{Subject: stage.Subject{Argument: host, Kind: stage.SubjectURL}}
			target.Endpoints = []probe.PlannedEndpoint{{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: 993, Security: stage.TLS}}}
			rec := examine(t, t.Context(), probe.NewPlan([]probe.Target{target}, nil), opt)
			for _, q := range diagnose.Diagnose(rec).Questions {
				t.Errorf("answers %v: open after a whole run: %s (round %d)", answers, q.Check.ID, q.Check.Round)
			}
		})
	}
}
