package probetest

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"
)

// maxCommand bounds a line that a client may send, with its ending.
const maxCommand = 64 << 10

// session is what the three protocols' sessions have in common.
type session struct {
	*Config
	server *Server
	raw    net.Conn // beneath TLS
	conn   net.Conn
	r      *bufio.Reader
	secure bool // TLS is on
	over   bool // nothing more is read or said
	seen   bool // the capabilities were asked for
	user   string
	echo   echo
}

func newSession(s *Server, conn net.Conn) *session {
	ses := &session{Config: &s.config, server: s, raw: conn}
	ses.echo.faults = s.config.Faults
	ses.use(conn)
	return ses
}

func (s *session) use(conn net.Conn) {
	s.conn = conn
	s.r = bufio.NewReaderSize(conn, maxCommand)
}

// begin does what comes before the protocol's own greeting: the faults that
// leave no place for it, and implicit TLS. It says whether the session goes on.
func (s *session) begin() bool {
	switch {
	case s.has(CloseAtOnce):
		return false
	case s.has(ResetAtOnce):
		Reset(s.raw)
		return false
	}
	if s.Security == ImplicitTLS && !s.handshake() {
		return false
	}
	switch {
	case s.has(Silent):
		s.hang()
		return false
	case s.has(SlowGreeting):
		s.sleep(s.Delay)
	}
	return s.foreign() && !s.over
}

// handshake puts TLS on the connection and says whether that went well.
func (s *session) handshake() bool {
	switch {
	case s.has(StallHandshake):
		s.hang()
		return false
	case s.has(CloseInHandshake):
		s.r.ReadByte()
		s.raw.Close()
		return false
	case s.has(ResetInHandshake):
		s.r.ReadByte()
		Reset(s.raw)
		return false
	}
	tc := tls.Server(&bufferedConn{s.conn, s.r}, s.TLS)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	if tc.HandshakeContext(ctx) != nil {
		s.over = true
		return false
	}
	s.use(tc)
	s.secure = true
	return true
}

// startTLS answers STARTTLS or STLS with one of these replies and makes the
// handshake. injected is a plaintext reply that doesn't belong there.
func (s *session) startTLS(accepted, refused, injected string) {
	switch {
	case s.Security != StartTLS || s.secure || s.has(StartTLSNotOffered) || s.has(StartTLSRefused):
		s.say(refused)
		return
	case s.has(StartTLSDropped):
		s.say(accepted)
		s.over = true
		return
	case s.has(StartTLSPlaintext):
		s.say(accepted)
		s.r.ReadByte()
		s.say(injected)
		s.hang()
		return
	case s.has(StartTLSInjected):
		s.say(accepted, injected)
	default:
		s.say(accepted)
	}
	if !s.handshake() {
		s.over = true
	}
}

// quit answers the goodbye, with these lines.
func (s *session) quit(lines ...string) {
	if s.has(QuitIgnored) {
		s.hang()
		return
	}
	s.say(lines...)
	s.over = true
}

// offersStartTLS says whether it is in the list of capabilities.
func (s *session) offersStartTLS() bool {
	return s.Security == StartTLS && !s.secure && !s.has(StartTLSNotOffered)
}

// mayLogIn says whether a login is taken on this connection as it is.
func (s *session) mayLogIn() bool {
	return s.secure || s.Security == Cleartext && !s.has(LoginNeedsTLS)
}

// mechanisms returns those of SASL that are offered now.
func (s *session) mechanisms() []string {
	if !s.mayLogIn() {
		return nil
	}
	return offered(s.Config, s.secure)
}

// line reads a line without its ending; ok is false once the session is over.
func (s *session) line() (line string, ok bool) {
	if s.over {
		return "", false
	}
	b, err := s.r.ReadSlice('\n')
	if err != nil {
		s.over = true
		return "", false
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), true
}

// sawCommand records a command's name for [Server.Commands].
func (s *session) sawCommand(word string) { s.server.sawCommand(strings.ToUpper(word)) }

// say sends lines in one write.
func (s *session) say(lines ...string) {
	if s.over {
		return
	}
	if s.has(DelayedDialog) {
		s.sleep(s.Delay)
	}
	var b strings.Builder
	for _, l := range s.echo.into(s.Protocol, lines) {
		b.WriteString(s.dirty(l))
		b.WriteString("\r\n")
	}
	s.write(b.String())
}

// write sends text as it is.
func (s *session) write(text string) {
	if s.over {
		return
	}
	if _, err := io.WriteString(s.conn, text); err != nil {
		s.over = true
	}
}

// sleep waits, no longer than the server lives.
func (s *session) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.server.done:
		s.over = true
	}
}

// hang says nothing until the client closes.
func (s *session) hang() {
	io.Copy(io.Discard, s.r)
	s.over = true
}

// state returns the state of TLS; nil without.
func (s *session) state() *tls.ConnectionState { return tlsState(s.conn) }

func tlsState(conn net.Conn) *tls.ConnectionState {
	tc, ok := conn.(*tls.Conn)
	if !ok {
		return nil
	}
	state := tc.ConnectionState()
	return &state
}
