package probetest

import (
	"net"
	"slices"
	"sync"
)

// Server is one mail server. Start one with [Start], or make one with [New] and
// give it connections.
type Server struct {
	config Config
	ln     net.Listener // nil: none
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

// Login is one attempt to log in.
type Login struct {
	User      string
	Mechanism string // of SASL, or "IMAP LOGIN", "USER/PASS", "APOP"
	OK        bool
}

// New returns a server without a listener, for [Server.ServeConn]. The error
// says what is wrong with config.
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

// Start runs a server on 127.0.0.1 and a port that is free; see [Server.Addr].
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

// StartOn runs a server on ln, which [Server.Close] closes.
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
			return // closed: a listener of ours has no other end
		}
		s.running.Go(func() { s.ServeConn(conn) })
	}
}

// Addr returns where the server listens; nil for one made by [New].
func (s *Server) Addr() *net.TCPAddr {
	if s.ln == nil {
		return nil
	}
	a, _ := s.ln.Addr().(*net.TCPAddr)
	return a
}

// Close ends the server, its connections and its goroutines.
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

// ServeConn speaks with one client until the session is over, and closes conn.
// It is also a handler for [Network.Handle].
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

// Logins returns the attempts to log in so far.
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

// Commands returns the first word, in capitals, of every command so far of all
// sessions. A library's server tells none: see [LibraryNever].
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
