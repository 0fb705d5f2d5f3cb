package smtp_test

import (
	"net"
	"testing"

	"go.uber.org/goleak"

	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is one end of a dialogue.
type client struct {
	*smtp.Session
	*dialoguetest.Talk
}

// converse plays script against use.
func converse(t *testing.T, script string, opt smtp.Options, use func(*testing.T, *client)) {
	t.Helper()
	serve(t, dialoguetest.Script(t, script), opt, use)
}

func serve(t *testing.T, server func(net.Conn), opt smtp.Options, use func(*testing.T, *client)) {
	t.Helper()
	dialoguetest.Serve(t, server, func(t *testing.T, talk *dialoguetest.Talk) {
		use(t, &client{smtp.New(talk.Conn, opt), talk})
	})
}

// sending are options with a sender.
var sending = smtp.Options{Sender: dialoguetest.User}

func open(c *wire.Conn) dialoguetest.Session { return smtp.New(c, sending) }

// ready reads the greeting, so that scripts begin with the first command.
func ready(t *testing.T, c *client) {
	t.Helper()
	dialoguetest.Greet(t, c, c.Talk)
}

// everyStage goes through all stages without TLS.
func everyStage(c *wire.Conn) []dialoguetest.Outcome {
	s := smtp.New(c, sending)
	return dialoguetest.Through(s.Quit,
		dialoguetest.As(s.Greeting), dialoguetest.As(s.Capabilities),
		dialoguetest.Login(s.Login, dialoguetest.Request()), dialoguetest.As(s.Submit))
}
