package pop3_test

import (
	"context"
	"crypto/tls"
	"net"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/pop3"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Against a server that wasn't written for this dialogue, by every way in.
func TestServers(t *testing.T) {
	sasl := []string{
		"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
		"PLAIN", "LOGIN", "CRAM-MD5",
	}
	server, err := probetest.Start(probetest.Config{
		Protocol: probetest.POP3, Security: probetest.StartTLS, TLS: serverTLS(t), APOP: true,
		Mechanisms: sasl, Users: map[string]string{"jane@example.test": password},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for _, m := range append(sasl, "USER/PASS", "APOP") {
		t.Run(m, func(t *testing.T) { healthy(t, server, auth.Mechanism(m)) })
	}
}

func healthy(t *testing.T, server *probetest.Server, m auth.Mechanism) {
	t.Helper()
	nc, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := &client{ctx: ctx}
	c.conn = wire.New(nc, wire.Limits{}, func(l stage.Line) { c.lines = append(c.lines, l) })
	defer c.conn.Close()
	c.Session = pop3.New(c.conn)
	ready(t, c)
	if _, err := c.StartTLS(ctx); err != nil {
		t.Fatal(err)
	}
	tc := tls.Client(c.conn.Underlying(), &tls.Config{InsecureSkipVerify: true})
	if err := tc.HandshakeContext(ctx); err != nil {
		t.Fatal(err)
	}
	c.conn.Upgrade(tc)
	caps, err := c.Capabilities(ctx)
	if err != nil || caps.StartTLS || len(caps.Mechanisms) == 0 {
		t.Fatalf("%s, %v", encode(t, caps), err)
	}
	req := request()
	req.Force, req.TLS = m, c.conn.TLS()
	login, err := c.Login(ctx, req)
	if err != nil || login.Mechanism != string(m) {
		t.Fatalf("%s, %v\n%s", encode(t, login), err, c.transcript())
	}
	mailbox, err := c.Mailbox(ctx)
	if err != nil || *mailbox.Messages != 3 || *mailbox.Bytes != 44717 || !*mailbox.UIDL {
		t.Fatalf("%s, %v", encode(t, mailbox), err)
	}
	c.Quit(ctx)
	if last := c.lines[len(c.lines)-1]; last.From != stage.Server || last.Text[:3] != "+OK" {
		t.Errorf("the last line is %+v", last)
	}
}
