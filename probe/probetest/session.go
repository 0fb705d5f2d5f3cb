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

// maxCommand is the maximum length of a line from a client, with its ending.
const maxCommand = 64 << 10

// session is the common part of the three protocols' sessions.
type session struct {
	*Config
	server *Server
	raw    net.Conn // below TLS
	conn   net.Conn
	r      *bufio.Reader
	secure bool // TLS is in force
	over   bool // nothing more is read or sent
	seen   bool // the capabilities were requested
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

// begin does what comes before the greeting: implicit TLS, and the faults that prevent
// a greeting. It reports whether the session continues.
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

// handshake makes the TLS handshake and reports whether it succeeded.
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

// startTLS handles STARTTLS or STLS with one of these replies, and makes the handshake.
// injected is a plaintext reply that doesn't belong there.
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

// quit replies to QUIT or LOGOUT with these lines.
func (s *session) quit(lines ...string) {
	if s.has(QuitIgnored) {
		s.hang()
		return
	}
	s.say(lines...)
	s.over = true
}

// offersStartTLS reports whether it is among the capabilities.
func (s *session) offersStartTLS() bool {
	return s.Security == StartTLS && !s.secure && !s.has(StartTLSNotOffered)
}

// mayLogIn reports whether a login is allowed in the connection's current state.
func (s *session) mayLogIn() bool {
	return s.secure || s.Security == Cleartext && !s.has(LoginNeedsTLS)
}

// mechanisms returns the SASL mechanisms offered in the current state.
func (s *session) mechanisms() []string {
	if !s.mayLogIn() {
		return nil
	}
	return offered(s.Config, s.secure)
}

// line reads a line without its ending. ok is false once the session is over.
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

// write sends text unchanged.
func (s *session) write(text string) {
	if s.over {
		return
	}
	if _, err := io.WriteString(s.conn, text); err != nil {
		s.over = true
	}
}

// sleep waits for d, or until the server is closed.
func (s *session) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.server.done:
		s.over = true
	}
}

// hang sends nothing until the client closes the connection.
func (s *session) hang() {
	io.Copy(io.Discard, s.r)
	s.over = true
}

// state returns the TLS state, or nil without TLS.
func (s *session) state() *tls.ConnectionState { return tlsState(s.conn) }

func tlsState(conn net.Conn) *tls.ConnectionState {
	tc, ok := conn.(*tls.Conn)
	if !ok {
		return nil
	}
	state := tc.ConnectionState()
	return &state
}
