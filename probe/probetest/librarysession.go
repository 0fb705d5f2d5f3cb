package probetest

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailboxes returns a user of go-imap's memory server with the mailboxes of c.
func mailboxes(c *Config, name, password string) *imapmemserver.User {
	user := imapmemserver.NewUser(name, password)
	user.Create("INBOX", nil)
	for _, f := range c.Folders {
		user.Create(f.Name, nil)
	}
	for _, size := range c.Messages {
		head := "Subject: a message\r\n\r\n"
		text := []byte(head + strings.Repeat("x", max(0, size-len(head))))
		user.Append("INBOX", literalReader{bytes.NewReader(text)}, &imap.AppendOptions{})
	}
	return user
}

type literalReader struct{ *bytes.Reader }

func (r literalReader) Size() int64 { return r.Reader.Size() }

// librarySession is a session of go-imap's server with the mechanisms in Config.
type librarySession struct {
	*imapmemserver.UserSession // nil before the login
	library                    *library
	conn                       *imapserver.Conn
}

var (
	_ imapserver.SessionSASL      = (*librarySession)(nil)
	_ imapserver.SessionNamespace = (*librarySession)(nil)
)

func (s *librarySession) Login(user, password string) error {
	var c claim
	c.check(s.library.server.config.Users, user, password)
	s.library.server.sawLogin(Login{User: user, Mechanism: "IMAP LOGIN", OK: c.proven})
	if !c.proven {
		return imapserver.ErrAuthFailed
	}
	s.enter(user)
	return nil
}

func (s *librarySession) enter(user string) {
	s.UserSession = imapmemserver.NewUserSession(s.library.users[user])
}

// List adds the special uses, which the library's memory server doesn't support.
func (s *librarySession) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: '/'})
	}
	for _, f := range append([]Folder{{"INBOX", ""}}, s.library.server.config.Folders...) {
		matches := func(pattern string) bool { return imapserver.MatchList(f.Name, '/', ref, pattern) }
		if !slices.ContainsFunc(patterns, matches) || options.SelectSpecialUse && f.Use == "" {
			continue
		}
		data := &imap.ListData{Mailbox: f.Name, Delim: '/'}
		if f.Use != "" {
			data.Attrs = []imap.MailboxAttr{imap.MailboxAttr(f.Use)}
		}
		if options.ReturnStatus != nil {
			status, err := s.Status(f.Name, options.ReturnStatus)
			if err != nil {
				return err
			}
			data.Status = status
		}
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	return nil
}

func (s *librarySession) AuthenticateMechanisms() []string {
	return offered(&s.library.server.config, tlsState(s.conn.NetConn()) != nil)
}

func (s *librarySession) Authenticate(mechanism string) (sasl.Server, error) {
	x, err := s.library.exchangeFor(mechanism, s.conn.NetConn(), imapserver.ErrAuthFailed, s.enter)
	if noSuchMechanism(err) {
		return nil, &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeCannot, Text: "Unsupported authentication mechanism"}
	}
	return x, err
}

// librarySubmission is a session of go-smtp's server.
type librarySubmission struct {
	library *library
	conn    *smtp.Conn
	user    string
}

var _ smtp.AuthSession = (*librarySubmission)(nil)

func (s *librarySubmission) AuthMechanisms() []string {
	return offered(&s.library.server.config, tlsState(s.conn.Conn()) != nil)
}

func (s *librarySubmission) Auth(mechanism string) (sasl.Server, error) {
	x, err := s.library.exchangeFor(mechanism, s.conn.Conn(), smtp.ErrAuthFailed, func(user string) { s.user = user })
	if noSuchMechanism(err) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return x, err
}

func (s *librarySubmission) Mail(string, *smtp.MailOptions) error {
	if s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	return nil
}

func (s *librarySubmission) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *librarySubmission) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func (s *librarySubmission) Reset()        {}
func (s *librarySubmission) Logout() error { return nil }
