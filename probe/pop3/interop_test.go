package pop3_test

import (
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/pop3"
	"maildoctor/probe/probetest"
)

// A server that wasn't written for this dialogue, with every way to log in.
func TestServers(t *testing.T) {
	sasl := []string{
		"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
		"PLAIN", "LOGIN", "CRAM-MD5",
	}
	server, err := probetest.Start(probetest.Config{
		Protocol: probetest.POP3, Security: probetest.StartTLS, TLS: dialoguetest.ServerTLS(t, "mail.example.test"), APOP: true,
		Mechanisms: sasl, Users: map[string]string{"jane@example.test": dialoguetest.Password},
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
	s, talk, caps := dialoguetest.LogIn(t, server, m, open)
	if len(caps.Mechanisms) == 0 {
		t.Errorf("no mechanisms: %s", dialoguetest.Encode(t, caps))
	}
	mailbox, err := s.(*pop3.Session).Mailbox(talk.Ctx)
	if err != nil || *mailbox.Messages != 3 || *mailbox.Bytes != 44717 || !*mailbox.UIDL {
		t.Fatalf("%s, %v", dialoguetest.Encode(t, mailbox), err)
	}
	talk.Goodbye(t, s, "+OK")
}
