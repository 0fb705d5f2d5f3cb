package pop3_test

import (
	"net"
	"testing"

	"go.uber.org/goleak"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/pop3"
	"maildoctor/probe/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is one end of a dialogue.
type client struct {
	*pop3.Session
	*dialoguetest.Talk
}

// converse plays script against use.
func converse(t *testing.T, script string, use func(*testing.T, *client)) {
	t.Helper()
	serve(t, dialoguetest.Script(t, script), use)
}

func serve(t *testing.T, server func(net.Conn), use func(*testing.T, *client)) {
	t.Helper()
	dialoguetest.Serve(t, server, func(t *testing.T, talk *dialoguetest.Talk) {
		use(t, &client{pop3.New(talk.Conn), talk})
	})
}

func open(c *wire.Conn) dialoguetest.Session { return pop3.New(c) }

// ready reads the greeting, so that scripts begin with the first command.
func ready(t *testing.T, c *client) {
	t.Helper()
	dialoguetest.Greet(t, c, c.Talk)
}

// everyStage goes through all stages without TLS.
func everyStage(c *wire.Conn) []dialoguetest.Outcome {
	s := pop3.New(c)
	return dialoguetest.Through(s.Quit,
		dialoguetest.As(s.Greeting), dialoguetest.As(s.Capabilities),
		dialoguetest.Login(s.Login, dialoguetest.Request()), dialoguetest.As(s.Mailbox))
}
