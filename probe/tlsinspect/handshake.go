package tlsinspect

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// Options say what a handshake offers and what its certificate is held against.
type Options struct {
	// Host is the name, or IP address, that the certificate must be for. A name
	// is sent as SNI (RFC 6066 3).
	Host string

	Roots *Roots // required

	// Builtin says that the provider is one of the embedded catalogue, whose
	// certificates are public: a chain that only a root added to this machine
	// makes trusted is then a failure, unless TrustLocalRoots is set. Otherwise
	// it is a warning.
	Builtin         bool
	TrustLocalRoots bool

	Now time.Time // at which certificates are judged; zero: the time of the handshake

	// CertificateDays is the number of days before its end from which on a
	// certificate is warned of. 0: 21 days, or a third of its life where that is
	// less.
	CertificateDays int

	MinVersion uint16 // of TLS; 0: TLS 1.2

	Hello stage.Hello // the form of the ClientHello
}

// Handshake makes the TLS handshake of a client on nc and examines the
// certificate. The facts are never nil; what could be seen before a failure is
// in them.
//
// The error is a *stage.Error with a fault of the TLS handshake. With
// [stage.BadCertificate] the connection may be returned as well, open, for the
// caller to close; no credential may be sent on it. With any other error the
// connection is nil, and nc may have been closed. When ctx ends, the error wraps
// its error and its cause; nc is closed unless it was only the time that was up. The
// deadline of nc is changed.
func Handshake(ctx context.Context, nc net.Conn, opt Options) (*tls.Conn, *stage.TLSFacts, error) {
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	h := &handshake{conn: &capture{Conn: nc}, facts: new(stage.TLSFacts)}
	tc := tls.Client(h.conn, h.config(opt))
	err := h.shake(ctx, tc)
	h.conn.stop()
	if err == nil {
		s := tc.ConnectionState() // in TLS 1.2 the group comes after the certificate
		h.state = &s
	}
	var bad error
	if h.state != nil {
		h.describe()
		bad = judge(h.facts, h.state.PeerCertificates, opt)
	}
	if err != nil {
		return nil, h.facts, h.failed(ctx, err, bad)
	}
	if bad != nil {
		h.facts.Error = stage.Visible(bad.Error())
		return tc, h.facts, bad
	}
	return tc, h.facts, nil
}

// shake makes the handshake. crypto/tls closes the connection when its context
// ends; where only the time is up it stays open here, for the caller to look at what
// the kernel has counted.
func (h *handshake) shake(ctx context.Context, tc *tls.Conn) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		return tc.HandshakeContext(ctx)
	}
	patient, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			cancel(context.Cause(ctx))
		}
	})
	defer stop()
	h.conn.SetDeadline(deadline)
	err := tc.HandshakeContext(patient)
	if err == nil {
		h.conn.SetDeadline(time.Time{})
	} else if !time.Now().Before(deadline) {
		<-ctx.Done() // which the connection's deadline may have come before by an instant
	}
	return err
}

// handshake is one handshake under way.
type handshake struct {
	conn  *capture
	facts *stage.TLSFacts
	state *tls.ConnectionState // as soon as a certificate has come
}

// config lets crypto/tls accept any certificate, since the verdict is ours. It
// has no session cache: every handshake shall show its certificate.
func (h *handshake) config(opt Options) *tls.Config {
	name := hostForVerify(opt.Host)
	if _, err := netip.ParseAddr(name); err != nil {
		h.facts.ServerName = stage.Visible(name)
	}
	if opt.Hello == stage.HelloNoName {
		name, h.facts.ServerName = "", ""
	}
	minVersion := opt.MinVersion
	if minVersion == 0 {
		minVersion = tls.VersionTLS12
	}
	return &tls.Config{
		ServerName:         name,
		CurvePreferences:   groups(opt.Hello),
		InsecureSkipVerify: true,
		MinVersion:         minVersion,
		VerifyConnection: func(s tls.ConnectionState) error {
			h.state = &s
			return nil
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			h.facts.ClientAuth = true
			return new(tls.Certificate), nil
		},
	}
}

// groups are the key exchanges to offer; nil leaves the choice to crypto/tls,
// whose post-quantum key share alone is longer than a small segment.
func groups(h stage.Hello) []tls.CurveID {
	if h != stage.HelloSmall {
		return nil
	}
	return []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
}

// describe puts the parameters of the connection into the facts.
func (h *handshake) describe() {
	s := h.state
	h.facts.Version = tls.VersionName(s.Version)
	h.facts.CipherSuite = tls.CipherSuiteName(s.CipherSuite)
	if s.CurveID != 0 {
		h.facts.Group = strings.Replace(s.CurveID.String(), "CurveP", "P-", 1)
	}
	h.facts.ALPN = stage.Visible(s.NegotiatedProtocol)
}
