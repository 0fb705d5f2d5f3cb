package probetest

import (
	"net"
	"slices"
	"sync"
)

// Server is one mail server. [Start] starts one on a listener; [New] creates one to
// which connections are passed.
type Server struct {
	config Config
	ln     net.Listener // may be nil
	lib    *library     // nil: this package's own server
	done   chan struct{}

	mu       sync.Mutex
	conns    map[net.Conn]bool
	logins   []Login
	commands []string
	sessions int
	closed   bool
	running  sync.WaitGroup
}

// Login is one login attempt.
type Login struct {
	User      string
	Mechanism string // SASL mechanism, or "IMAP LOGIN", "USER/PASS", "APOP"
	OK        bool
}

// New returns a server without a listener, for [Server.ServeConn]. It returns an error
// if config is invalid.
func New(config Config) (*Server, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, done: make(chan struct{}), conns: map[net.Conn]bool{}}
	if config.byLibrary() {
		s.lib = newLibrary(s)
	}
	return s, nil
}

// Start starts a server on 127.0.0.1 and a free port; see [Server.Addr].
func Start(config Config) (*Server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s, err := StartOn(ln, config)
	if err != nil {
		ln.Close()
	}
	return s, err
}

// StartOn starts a server on ln. [Server.Close] closes ln.
func StartOn(ln net.Listener, config Config) (*Server, error) {
	s, err := New(config)
	if err != nil {
		return nil, err
	}
	s.ln = ln
	s.running.Go(s.accept)
	return s, nil
}

func (s *Server) accept() {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			return // closed: Accept of our listeners doesn't fail otherwise
		}
		s.running.Go(func() { s.ServeConn(conn) })
	}
}

// Addr returns the server's address, or nil for a server from [New].
func (s *Server) Addr() *net.TCPAddr {
	if s.ln == nil {
		return nil
	}
	a, _ := s.ln.Addr().(*net.TCPAddr)
	return a
}

// Close stops the server and ends its connections and goroutines.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.running.Wait()
		return
	}
	s.closed = true
	close(s.done)
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	if s.ln != nil {
		s.ln.Close()
	}
	if s.lib != nil {
		s.lib.close()
	}
	s.running.Wait()
}

// ServeConn serves one client until the session is over, and closes conn. It can also
// be the handler for [Network.Handle].
func (s *Server) ServeConn(conn net.Conn) {
	defer conn.Close()
	if !s.enter(conn) {
		return
	}
	defer s.leave(conn)
	ses := newSession(s, conn)
	if !ses.begin() {
		return
	}
	switch {
	case s.lib != nil:
		s.lib.serve(ses.conn, conn)
	case s.config.Protocol == IMAP:
		(&imapSession{session: ses}).serve()
	case s.config.Protocol == POP3:
		(&pop3Session{session: ses}).serve()
	default:
		(&smtpSession{session: ses}).serve()
	}
	ses.conn.Close()
}

func (s *Server) enter(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.sessions++
	s.conns[conn] = true
	return true
}

func (s *Server) leave(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// Logins returns the login attempts so far.
func (s *Server) Logins() []Login {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.logins)
}

// Sessions returns the number of connections so far.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Commands returns the first word, in upper case, of every command so far in all
// sessions. A library's server doesn't report them: see [LibraryNever].
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

func (s *Server) sawLogin(l Login) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins = append(s.logins, l)
}

func (s *Server) sawCommand(word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, word)
}
