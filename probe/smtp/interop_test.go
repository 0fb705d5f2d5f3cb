package smtp_test

import (
	"testing"

	"maildoctor/probe/auth"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/probetest"
	"maildoctor/probe/smtp"
)

// Servers that weren't written for this dialogue: go-smtp, and that of probetest with
// every mechanism.
func TestServers(t *testing.T) {
	every := []string{
		"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
		"PLAIN", "LOGIN", "CRAM-MD5",
	}
	for _, library := range []probetest.Library{probetest.LibraryIfPossible, probetest.LibraryNever} {
		config := probetest.Config{
			Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: dialoguetest.ServerTLS(t, "mail.example.test"), Library: library,
			Users: map[string]string{"jane@example.test": dialoguetest.Password},
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
	s, talk, caps := dialoguetest.LogIn(t, server, m, open)
	if caps.Size == nil {
		t.Errorf("no size: %s", dialoguetest.Encode(t, caps))
	}
	submit, err := s.(*smtp.Session).Submit(talk.Ctx)
	if err != nil || !submit.Accepted {
		t.Fatalf("%s, %v", dialoguetest.Encode(t, submit), err)
	}
	talk.Goodbye(t, s, "221")
}
