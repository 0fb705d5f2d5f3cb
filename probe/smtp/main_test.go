package smtp_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// timeout is what each test gives its whole dialogue.
const timeout = 30 * time.Second

// client is one end of a dialogue and what it recorded.
type client struct {
	*smtp.Session
	ctx   context.Context
	conn  *wire.Conn
	lines []stage.Line
}

// converse plays script against use, inside a bubble. It fails the test if the
// client says something else than the script expects.
func converse(t *testing.T, script string, opt smtp.Options, use func(*testing.T, *client)) {
	t.Helper()
	serve(t, func(conn net.Conn) {
		if err := probetest.Play(conn, script); err != nil {
			t.Errorf("server: %v", err)
		}
	}, opt, use)
}

func serve(t *testing.T, server func(net.Conn), opt smtp.Options, use func(*testing.T, *client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := probetest.Pipe(time.Millisecond)
		done := make(chan struct{})
		go func() { defer close(done); server(far) }()
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		c := &client{ctx: ctx}
		c.conn = wire.New(near, wire.Limits{}, func(l stage.Line) { c.lines = append(c.lines, l) })
		c.Session = smtp.New(c.conn, opt)
		use(t, c)
		cancel()
		near.Close()
		<-done
	})
}

// transcript returns what was recorded, "C: " and "S: " before each line.
func (c *client) transcript() string {
	var b strings.Builder
	for _, l := range c.lines {
		b.WriteString(string(l.From) + ": " + l.Text + "\n")
	}
	return b.String()
}

// upgrade makes the handshake after STARTTLS.
func (c *client) upgrade(t *testing.T) {
	t.Helper()
	tc := tls.Client(c.conn.Underlying(), &tls.Config{InsecureSkipVerify: true}) // whose it is doesn't matter here
	if err := tc.HandshakeContext(c.ctx); err != nil {
		t.Fatal(err)
	}
	c.conn.Upgrade(tc)
}

// serverTLS returns a configuration for a server; inside a bubble alone, where
// its certificate is valid.
func serverTLS(t *testing.T) *tls.Config {
	t.Helper()
	ca, err := probetest.NewCA("Test Root")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue(probetest.Leaf{Names: []string{"smtp.example.test"}})
	if err != nil {
		t.Fatal(err)
	}
	return probetest.TLS(cert)
}

// faultOf returns the fault of an error of a stage; empty for none.
func faultOf(t *testing.T, err error) stage.Fault {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		t.Fatalf("%T is no *stage.Error: %v", err, err)
	}
	return e.Fault
}

func wantFault(t *testing.T, err error, want stage.Fault) {
	t.Helper()
	if got := faultOf(t, err); got != want {
		t.Errorf("fault %q (%v), want %q", got, err, want)
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const password = `p"ä\ s w0rd`

func request() auth.Request {
	return auth.Request{User: "jane@example.test", Secret: auth.NewSecret(password), Encrypted: true}
}
