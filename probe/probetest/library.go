package probetest

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// library is a server of go-imap or go-smtp.
type library struct {
	server  *Server
	ln      *handed
	stop    func()
	running sync.WaitGroup
	users   map[string]*imapmemserver.User
}

func newLibrary(s *Server) *library {
	l := &library{server: s, ln: &handed{
		conns: make(chan net.Conn), accepting: make(chan struct{}), done: make(chan struct{}),
	}}
	serve := l.imap
	if s.config.Protocol == SMTP {
		serve = l.smtp
	}
	run, stop := serve(&s.config)
	l.stop = stop
	l.running.Go(run)
	return l
}

func (l *library) close() {
	// go-imap's Close must not be called while Serve is starting.
	<-l.ln.accepting
	l.ln.Close()
	l.stop()
	l.running.Wait()
}

// serve passes conn, whose underlying connection is raw, to the library, and waits
// until the library has closed it.
func (l *library) serve(conn, raw net.Conn) {
	ended := make(chan struct{})
	if tc, ok := conn.(*tls.Conn); ok {
		// The libraries look for a *tls.Conn, so the wrapper that notices the end goes
		// below it.
		beneath, ok := tc.NetConn().(*bufferedConn)
		if !ok {
			return
		}
		beneath.Conn = &watched{Conn: beneath.Conn, ended: ended}
	} else {
		conn = &watched{Conn: raw, ended: ended}
	}
	select {
	case l.ln.conns <- conn:
		<-ended
	case <-l.ln.done:
	}
}

// watched is a connection that reports when it is closed.
type watched struct {
	net.Conn
	once  sync.Once
	ended chan struct{}
}

func (w *watched) Close() error {
	defer w.once.Do(func() { close(w.ended) })
	return w.Conn.Close()
}

// NetConn returns the underlying connection, for [Reset].
func (w *watched) NetConn() net.Conn { return w.Conn }

// handed is a listener that accepts the connections passed to it.
type handed struct {
	conns     chan net.Conn
	first     sync.Once
	accepting chan struct{} // closed by the first Accept
	once      sync.Once
	done      chan struct{}
}

func (h *handed) Accept() (net.Conn, error) {
	h.first.Do(func() { close(h.accepting) })
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

func (h *handed) Addr() net.Addr { return pipeServer }

// imap returns go-imap's server.
func (l *library) imap(c *Config) (run, stop func()) {
	l.users = map[string]*imapmemserver.User{}
	for name, password := range c.Users {
		l.users[name] = mailboxes(c, name, password)
	}
	options := &imapserver.Options{
		NewSession: func(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &librarySession{library: l, conn: conn}, &imapserver.GreetingData{}, nil
		},
		Caps: imap.CapSet{
			imap.CapIMAP4rev1: {}, imap.CapNamespace: {}, imap.CapUIDPlus: {}, imap.CapListExtended: {},
			imap.CapListStatus: {}, imap.CapStatusSize: {}, imap.CapMove: {}, imap.CapSpecialUse: {},
		},
		Logger:       log.New(io.Discard, "", 0),
		InsecureAuth: c.Security == Cleartext,
	}
	if c.Security == StartTLS {
		options.TLSConfig = c.TLS
	}
	server := imapserver.New(options)
	return func() { server.Serve(l.ln) }, func() { server.Close() }
}

// smtp returns go-smtp's server.
func (l *library) smtp(c *Config) (run, stop func()) {
	server := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &librarySubmission{library: l, conn: conn}, nil
	}))
	server.Domain = c.Hello
	server.MaxMessageBytes = c.Size
	server.AllowInsecureAuth = c.Security == Cleartext
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	if c.Security == StartTLS {
		server.TLSConfig = c.TLS
	}
	return func() { server.Serve(l.ln) }, func() { server.Close() }
}

// exchangeFor returns the server side of a SASL exchange for a login.
func (l *library) exchangeFor(mechanism string, conn net.Conn, refused error, entered func(user string)) (sasl.Server, error) {
	x, err := newExchange(&l.server.config, mechanism, tlsState(conn))
	if err != nil {
		return nil, err
	}
	return &libraryExchange{exchange: x, done: func(c claim) error {
		l.server.sawLogin(Login{User: c.user, Mechanism: mechanism, OK: c.proven})
		if !c.proven {
			return refused
		}
		entered(c.user)
		return nil
	}}, nil
}

// libraryExchange converts the result of an exchange into the error that the libraries
// expect.
type libraryExchange struct {
	exchange
	done func(claim) error
}

func (x *libraryExchange) Next(response []byte) (challenge []byte, done bool, err error) {
	challenge, done, err = x.exchange.Next(response)
	if err == nil && done {
		err = x.done(x.result())
	}
	return challenge, done && err == nil, err
}

// noSuchMechanism reports whether an error means that a mechanism isn't offered.
func noSuchMechanism(err error) bool { return errors.Is(err, errMechanism) }
