package smtp

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// patient is a mechanism that answers every challenge with answer.
type patient struct{ answer []byte }

func (patient) Start() (string, []byte, error) { return "PATIENT", nil, nil }
func (p patient) Next([]byte) ([]byte, error)  { return p.answer, nil }
func (patient) Done() error                    { return nil }
func (patient) Seen() auth.Seen                { return auth.Seen{} }
func newExchange(answer []byte, said string) (*exchange, *script) {
	conn := &script{Reader: strings.NewReader(said)}
	s := New(wire.New(conn, wire.Limits{}, nil), Options{})
	return &exchange{s, patient{answer}, &stage.LoginFacts{}}, conn
}

// script is a connection to a server that says what it says.
type script struct {
	*strings.Reader
	sent bytes.Buffer
}

func (s *script) Write(p []byte) (int, error)    { return s.sent.Write(p) }
func (*script) Close() error                     { return nil }
func (*script) LocalAddr() net.Addr              { return nil }
func (*script) RemoteAddr() net.Addr             { return nil }
func (*script) SetDeadline(time.Time) error      { return nil }
func (*script) SetReadDeadline(time.Time) error  { return nil }
func (*script) SetWriteDeadline(time.Time) error { return nil }

// An exchange ends even if the mechanism has patience without end.
func TestExchangeBounds(t *testing.T) {
	tests := []struct {
		name, said string
		answer     []byte
		fault      stage.Fault
		sent       int // lines
	}{
		{"most challenges", strings.Repeat("334 YQ==\r\n", maxRounds) + "235 ok\r\n", []byte("b"), "", maxRounds + 1},
		{"one challenge more", strings.Repeat("334 YQ==\r\n", maxRounds+1) + "501 no\r\n", []byte("b"), stage.TooManyRounds, maxRounds + 2},
		{"long response", "334 YQ==\r\n501 no\r\n", bytes.Repeat([]byte("b"), maxResponse), stage.BadCredential, 2},
	}
	for _, tt := range tests {
		x, conn := newExchange(tt.answer, tt.said)
		var got stage.Fault
		if e, ok := errors.AsType[*stage.Error](x.run()); ok {
			got = e.Fault
		}
		sent := conn.sent.String()
		if n := strings.Count(sent, "\r\n"); got != tt.fault || n != tt.sent {
			t.Errorf("%s: fault %q, want %q; %d lines, want %d", tt.name, got, tt.fault, n, tt.sent)
		}
		if cancelled := strings.HasSuffix(sent, "\r\n*\r\n"); cancelled != (tt.fault != "") {
			t.Errorf("%s: cancelled %v", tt.name, cancelled)
		}
	}
}
