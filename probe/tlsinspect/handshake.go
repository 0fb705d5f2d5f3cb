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

// Options say what a handshake offers and how the certificate is verified.
type Options struct {
	// Host is the host name or IP address that the certificate must be valid for. A
	// host name is sent as SNI (RFC 6066 3).
	Host string

	Roots *Roots // required

	// Builtin says that the provider is in the embedded catalogue, so its certificate
	// must chain to a public root. A chain trusted only through a root that was added
	// to this machine is then a failure, unless TrustLocalRoots is set. Otherwise it is
	// a warning.
	Builtin         bool
	TrustLocalRoots bool

	Now time.Time // time for verification; zero: the time of the handshake

	// CertificateDays is how many days before its expiry a certificate causes a
	// warning. 0: 21 days, or a third of its lifetime if that is less.
	CertificateDays int

	MinVersion uint16 // minimum TLS version; 0: TLS 1.2

	Hello stage.Hello // which ClientHello to send

	KeepRoot bool // keep the root itself, and not only what is said of it
}

// Handshake makes a TLS handshake on nc as a client and verifies the certificate. The
// facts are never nil, and contain what was seen before a failure.
//
// The error is a *stage.Error with a fault of the TLS handshake. With
// [stage.BadCertificate] the open connection may be returned as well; the caller must
// close it and must not send a credential on it. With any other error the connection is
// nil, and nc may have been closed. If ctx ends, the error wraps its error and its
// cause, and nc is closed unless only the deadline passed. Handshake changes the
// deadline of nc.
func Handshake(ctx context.Context, nc net.Conn, opt Options) (*tls.Conn, *stage.TLSFacts, error) {
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	h := &handshake{conn: &capture{Conn: nc}, facts: new(stage.TLSFacts)}
	tc := tls.Client(h.conn, h.config(opt))
	err := h.shake(ctx, tc)
	h.conn.stop()
	if err == nil {
		s := tc.ConnectionState() // in TLS 1.2 the group is known only after the certificate
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

// shake makes the handshake. crypto/tls closes the connection when its context ends. If
// only the deadline passed, shake keeps it open, so that the caller can read the
// kernel's counters.
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
		<-ctx.Done() // the connection's deadline may pass an instant earlier
	}
	return err
}

// handshake is a handshake in progress.
type handshake struct {
	conn  *capture
	facts *stage.TLSFacts
	state *tls.ConnectionState // set as soon as a certificate has been received
}

// config lets crypto/tls accept any certificate, because judge verifies it. There is no
// session cache, so that every handshake shows the certificate.
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

// groups returns the key exchange groups to offer. nil stands for the default of
// crypto/tls, whose post-quantum key share alone exceeds a small segment.
func groups(h stage.Hello) []tls.CurveID {
	if h != stage.HelloSmall {
		return nil
	}
	return []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
}

// describe adds the parameters of the connection to the facts.
func (h *handshake) describe() {
	s := h.state
	h.facts.Version = tls.VersionName(s.Version)
	h.facts.CipherSuite = tls.CipherSuiteName(s.CipherSuite)
	if s.CurveID != 0 {
		h.facts.Group = strings.Replace(s.CurveID.String(), "CurveP", "P-", 1)
	}
	h.facts.ALPN = stage.Visible(s.NegotiatedProtocol)
}
