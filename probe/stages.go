package probe

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/dial"
	"maildoctor/probe/expect"
	"maildoctor/probe/imap"
	"maildoctor/probe/pop3"
	"maildoctor/probe/queue"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// resolve looks up the host. Explanations of name servers may come later. They are
// waited for when the check ends, never before connecting.
func (s *session) resolve(ctx context.Context) outcome {
	if facts := s.alreadyKnown(); facts != nil {
		s.addresses = facts.Addresses
		return outcome{facts: facts}
	}
	ctx, cancel := context.WithTimeout(ctx, s.reach(s.opt.StageTimeout))
	start := time.Now()
	for _, server := range s.check.Manner.Resolvers {
		s.contact(s.check, "", server, s.askedAs(server)) // even if the server never answers
	}
	s.seat.Wait(queue.Lookup)
	facts, wait, err := s.resolver().Lookup(ctx, s.check.Endpoint.Host, func(l stage.Lookup) {
		s.log.event(stage.Event{Type: stage.EventLookup, Check: s.check.ID, Lookup: &l})
		s.contact(s.check, "", l.Server, s.askedAs(l.Server))
	})
	s.seat.Heard(!isFault(err, stage.DNSTimeout))
	if err == nil && time.Since(start) < explanation {
		s.explained = cancel
	}
	if wait == nil {
		cancel()
	} else {
		s.beside.Go(func() {
			defer cancel()
			wait()
		})
	}
	if facts != nil {
		s.addresses = facts.Addresses
	}
	if s.leadsInside(s.addresses) {
		s.skipRest = stage.UnvouchedHost
	}
	if err == nil && s.check.Manner.Resolvers == nil {
		s.known.Store(strings.ToLower(s.check.Endpoint.Host), facts.Addresses)
	}
	if err == nil && !s.check.FollowUp() {
		s.located(s.task, facts.Addresses)
	}
	return outcome{facts: facts, err: err}
}

// alreadyKnown returns the address that a follow-up must dial, or the addresses that
// another check has found. Another lookup would cost time and yield nothing new.
func (s *session) alreadyKnown() *stage.ResolveFacts {
	host := s.check.Endpoint.Host
	if a := s.check.Manner.Address; a != "" {
		return &stage.ResolveFacts{Host: host, Literal: true, Addresses: []string{a}}
	}
	found, ok := s.known.Load(strings.ToLower(host))
	if !ok || !s.check.FollowUp() || s.check.Kind == stage.KindLookup || s.check.Manner.Resolvers != nil {
		return nil
	}
	addresses := found.([]string)
	if s.check.Round == maxRounds {
		// In the last round, dial no address that may time out.
		if a := s.connectedTo(s.check.Parents[0]); a.IsValid() {
			addresses = []string{a.String()}
		}
	}
	return &stage.ResolveFacts{Host: host, Implementation: "earlier", Addresses: addresses}
}

// resolver returns the resolver for the check's host.
func (s *session) resolver() Resolver {
	servers := s.check.Manner.Resolvers
	if servers == nil {
		return s.opt.Resolver
	}
	var all several
	for _, server := range servers {
		all = append(all, s.opt.ResolverAt(server))
	}
	return all
}

// askedAs returns why a name server was contacted.
func (s *session) askedAs(server string) string {
	if s.check.Manner.Resolvers != nil && !slices.Contains(s.opt.System.Resolvers, server) {
		return "other resolver"
	}
	return "resolver"
}

// connect dials all addresses concurrently. ctx is the run's: each attempt has its own
// limit, and attempts that were not chosen continue after the stage.
func (s *session) connect(ctx context.Context) outcome {
	facts := &stage.ConnectFacts{}
	s.race.Timeout = s.reach(s.race.Timeout)
	s.seat.Wait(queue.Connect)
	start := time.Now()
	conn, err := s.race.Run(ctx, s.addresses, s.check.Endpoint.Port)
	s.connecting = time.Since(start)
	s.seat.Heard(!isFault(err, stage.ConnectTimeout))
	if err != nil {
		return outcome{facts: facts, err: err}
	}
	s.raw = conn
	facts.Address = conn.RemoteAddr().String()
	facts.Local = conn.LocalAddr().String()
	if k := dial.KernelView(conn); k != nil {
		s.again, s.trip = k.Retransmits, k.RoundTrip
		facts.RoundTrip, facts.Retransmits = new(stage.Ms(k.RoundTrip)), &k.Retransmits
	}
	if kind := s.check.Manner.ProxyHeader; kind != "" {
		if _, err := io.WriteString(conn, proxyHeader(conn, kind)); err != nil {
			return outcome{facts: facts, err: &stage.Error{Fault: stage.WriteFailed, Err: err}}
		}
	}
	if s.check.Endpoint.Security != stage.TLS && s.check.Kind != stage.KindConnect {
		s.begin(&ears{conn, s})
	}
	return outcome{facts: facts}
}

// handshake starts TLS, either at once or after STARTTLS on the dialogue's connection.
func (s *session) handshake(ctx context.Context) outcome {
	if s.noTLS {
		return outcome{status: stage.Skip, reason: stage.NotApplicable}
	}
	var nc net.Conn = &ears{s.raw, s}
	if s.conn != nil {
		nc = s.conn.Underlying()
	}
	opt := tlsinspect.Options{
		Host:            s.check.Endpoint.Host,
		Roots:           s.opt.Roots,
		Builtin:         s.public(),
		TrustLocalRoots: s.opt.TrustLocalRoots,
		Now:             s.log.header.Started,
		CertificateDays: s.opt.CertificateDays,
		Hello:           s.check.Manner.Hello,
		KeepRoot:        expect.AsksTLSA(s.check), // a record may have the root, which servers need not send
	}
	if opt.Hello.BreaksOff() {
		facts, err := tlsinspect.HandshakeOld(ctx, nc, opt)
		s.drop() // no session was established, so no dialogue can follow
		return outcome{facts: facts, err: err}
	}
	conn, facts, err := tlsinspect.Handshake(ctx, nc, opt)
	if err != nil {
		s.drop()
		return outcome{facts: facts, err: err}
	}
	s.verified, s.askedCert = facts.Verified, facts.ClientAuth
	switch {
	case s.conn != nil:
		s.conn.Upgrade(conn)
	case s.check.Endpoint.Protocol == "":
		s.raw = conn // the server belongs to somebody else: only its certificate was wanted
		return outcome{facts: facts}
	default:
		s.begin(conn)
	}
	s.conn.Remark(facts.Version + " begins")
	out := outcome{facts: facts}
	for _, f := range facts.Faults {
		if f.Warning {
			out.status = stage.Warn
		}
	}
	return out
}

// isFault reports whether an error has the given fault.
func isFault(err error, f stage.Fault) bool {
	e, ok := errors.AsType[*stage.Error](err)
	return ok && e.Fault == f
}

// drop closes a connection that can't be used any further.
func (s *session) drop() {
	s.hangUp()
	s.talk = nil
}

func (s *session) greeting(ctx context.Context) outcome {
	facts, err := s.talk.Greeting(ctx)
	return outcome{facts: facts, err: err}
}

// startTLS requests TLS. If the profile only says "if offered" and the server doesn't
// offer it, that is a warning, and no credential is sent.
func (s *session) startTLS(ctx context.Context) outcome {
	if s.check.Manner.Insist {
		s.talk.Insist()
	}
	facts, err := s.talk.StartTLS(ctx)
	if e, ok := errors.AsType[*stage.Error](err); ok && e.Fault == stage.NotOffered &&
		s.check.Endpoint.Security == stage.StartTLSIfOffered {
		s.noTLS = true
		return outcome{facts: facts, status: stage.Warn, err: err}
	}
	return outcome{facts: facts, err: err}
}

// capabilities asks for the server's capabilities. A negative reply is in the facts as
// well as in the error.
func (s *session) capabilities(ctx context.Context) outcome {
	facts, err := s.talk.Capabilities(ctx)
	if e, ok := errors.AsType[*stage.Error](err); ok {
		facts.Reply = e.Reply
	}
	return outcome{facts: facts, err: err}
}

// mayLogIn returns why login is not tried, with related facts. An empty reason means
// that it is tried, and that the session has the account's turn, a ticket and the
// secret.
func (s *session) mayLogIn(ctx context.Context) (stage.Reason, *stage.LoginFacts) {
	switch {
	case s.listsNone():
		return stage.NotApplicable, nil
	case s.opt.NoLogin:
		return stage.NotAsked, nil
	case s.user() == "":
		return stage.NoUser, nil
	case !s.credential().given():
		return stage.NoPassword, nil
	case s.unvouched():
		return stage.UnvouchedHost, nil
	case !s.planned():
		return stage.NotAsked, nil // nothing says that the account exists on this host
	case !s.verified && !s.clearAllowed():
		return stage.CleartextNotAllowed, nil
	case s.check.Forgeable && !s.opt.ForgeableLogin:
		return stage.SettingsNotVerified, nil
	}
	return s.ticket(ctx)
}

// planned reports whether the host is in the plan, or is another name of such a host
// (see unvouched).
func (s *session) planned() bool {
	return !s.check.FollowUp() || s.check.Question == stage.AskCertificateName || s.check.Question == stage.AskPublished || s.hosts()[strings.ToLower(s.check.Endpoint.Host)]
}

// extra reports whether the login is the one additional login of a run. A login at
// another port of a server is not: it takes the place, and the ticket, of one that was
// impossible.
func (s *session) extra() bool { return s.check.Kind == stage.KindLogin }

// clearAllowed reports whether the settings specify no encryption and the user allows
// login without it. It is never true on a TLS connection, so that an invalid
// certificate doesn't lead here.
func (s *session) clearAllowed() bool {
	return s.opt.CleartextLogin && s.check.Endpoint.Security == stage.None && s.state() == nil
}

// user is the user name to log in with at this endpoint.
func (s *session) user() string { return cmp.Or(s.check.User, s.subject.User) }

// login logs in. The ticket is returned if no credential was sent or the login
// succeeded; silence and interruption use it up.
func (s *session) login(ctx context.Context) outcome {
	token := s.credential().Token
	req := auth.Request{
		User: s.user(), Secret: s.secret, Token: token,
		Force: s.opt.Mechanism, Encrypted: s.verified, TLS: s.state(),
		Host: s.check.Endpoint.Host, Port: s.check.Endpoint.Port,
	}
	m := s.check.Manner
	if m.Mechanism != "" {
		req.Force, req.FollowUp = auth.Mechanism(m.Mechanism), true
	}
	if m.Tidy {
		req.Secret = s.secret.Tidy()
	}
	if m.Encoding == stage.Latin1 {
		req.Secret = s.secret.Latin1()
	}
	s.conn.WithholdReplies(req.Secret.Short())
	facts, err := s.talk.Login(ctx, req)
	s.conn.WithholdReplies(false)
	var fault stage.Fault
	wrong := s.check.Kind == stage.KindWrongPassword
	if err != nil {
		fault = s.faultOf(err)
	}
	if err != nil && !wrong {
		tellOf(s.secret, token, facts)
		facts.Provider = s.linked(facts.Reply)
	}
	s.turn.Ended(facts.Sent, fault)
	if facts.Sent {
		s.log.event(stage.Event{Type: stage.EventLogin, Check: s.check.ID, Login: &stage.LoginAttempt{
			Protocol: s.check.Endpoint.Protocol, Accepted: err == nil, Wrong: wrong,
		}})
	}
	s.signedIn = err == nil
	return outcome{facts: facts, err: err}
}

// tellOf adds to the facts of a refused login what may be said about the credential,
// because it may be the cause.
func tellOf(secret auth.Secret, token bool, facts *stage.LoginFacts) {
	if token {
		facts.TokenAudience, facts.TokenExpires = secret.Claims()
	} else {
		facts.Oddities = secret.Oddities()
	}
}

// last looks into the mailbox, or tries the sender. A reply that the library can't
// parse doesn't show that the mail service is at fault, so it is a warning. So is a
// refusal after the sender was accepted, which may concern one recipient, unless the
// user named it.
func (s *session) last(ctx context.Context) outcome {
	var out outcome
	switch talk := s.talk.(type) {
	case *smtp.Session:
		if s.sender() == "" {
			return outcome{status: stage.Skip, reason: stage.NoSender}
		}
		f, err := talk.Submit(ctx)
		out = outcome{facts: f, err: err}
		if err != nil && f.Accepted && f.Recipient == "" {
			out.status = stage.Warn
		}
	case *imap.Session:
		f, err := talk.Mailbox(ctx)
		out = outcome{facts: f, err: err}
	case *pop3.Session:
		f, err := talk.Mailbox(ctx)
		out = outcome{facts: f, err: err}
	}
	if e, ok := errors.AsType[*stage.Error](out.err); ok && e.Fault == stage.Unparsed {
		out.status = stage.Warn
	}
	return out
}
