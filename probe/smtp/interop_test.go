package smtp_test

import (
	"context"
	"crypto/tls"
	"net"
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Against servers that weren't written for this dialogue: go-smtp, and the one
// of probetest with every mechanism.
func TestServers(t *testing.T) {
	every := []string{
		"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
		"PLAIN", "LOGIN", "CRAM-MD5",
	}
	for _, library := range []probetest.Library{probetest.LibraryIfPossible, probetest.LibraryNever} {
		config := probetest.Config{
			Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: serverTLS(t), Library: library,
			Users: map[string]string{"jane@example.test": password},
		}
		mechanisms := every
		if library == probetest.LibraryIfPossible {
			mechanisms = []string{"PLAIN", "LOGIN"}
		}
		config.Mechanisms = mechanisms
		server, err := probetest.Start(config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		for _, m := range mechanisms {
			t.Run(string(library)+"/"+m, func(t *testing.T) { healthy(t, server, auth.Mechanism(m)) })
		}
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
	c.Session = smtp.New(c.conn, smtp.Options{Sender: "jane@example.test"})
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
	if err != nil || caps.StartTLS || caps.Size == nil {
		t.Fatalf("%s, %v", encode(t, caps), err)
	}
	req := request()
	req.Force, req.TLS = m, c.conn.TLS()
	login, err := c.Login(ctx, req)
	if err != nil || login.Mechanism != string(m) {
		t.Fatalf("%s, %v\n%s", encode(t, login), err, c.transcript())
	}
	submit, err := c.Submit(ctx)
	if err != nil || !submit.Accepted {
		t.Fatalf("%s, %v", encode(t, submit), err)
	}
	c.Quit(ctx)
	if last := c.lines[len(c.lines)-1]; last.From != stage.Server || last.Text[:3] != "221" {
		t.Errorf("the last line is %+v", last)
	}
}
