package tlsinspect

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"maildoctor/probe/stage"
)

// HandshakeOld finds out which version and cipher suite a server would select, and the
// size of its finite-field group, if it were offered what crypto/tls can't offer: what
// opt.Hello says, such as TLS 1.0 to 1.2 with every suite used since
// ([stage.HelloOld]). It reads the server's response up to ServerHelloDone (RFC 5246
// 7.4.5) and ends the handshake there. No keys are exchanged. nc is not closed, but
// can't be used any further.
//
// With HelloOld nothing is verified. With the other forms the certificate is verified
// as in [Handshake], but the server doesn't prove that it has the key.
//
// The facts are never nil, and contain what was read before a failure. The error is a
// *stage.Error with a fault of the TLS handshake. nc is closed when ctx ends.
func HandshakeOld(ctx context.Context, nc net.Conn, opt Options) (*stage.TLSFacts, error) {
	h := &handshake{conn: &capture{Conn: nc}, facts: new(stage.TLSFacts)}
	name := hostForVerify(opt.Host)
	if _, err := netip.ParseAddr(name); err == nil {
		name = "" // IP addresses are not sent (RFC 6066 3)
	}
	h.facts.ServerName = stage.Visible(name)

	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	if d, ok := ctx.Deadline(); ok {
		nc.SetDeadline(d)
	}
	if _, err := nc.Write(oldHello(name, offerOf(opt.Hello))); err != nil {
		return h.facts, h.failed(ctx, err, nil)
	}
	answer := &oldAnswer{facts: h.facts}
	err := answer.read(h.conn)
	h.conn.stop()
	if err == nil {
		nc.SetWriteDeadline(time.Now().Add(farewellWait))
		nc.Write(farewell(answer.version))
		return h.facts, answer.judge(opt)
	}
	if h.facts.Alert != "" {
		h.facts.Error = stage.Visible(err.Error())
		return h.facts, &stage.Error{Fault: h.alertFault(), Err: err}
	}
	return h.facts, h.failed(ctx, err, nil)
}

// judge verifies the certificate as a program that makes this handshake would.
func (a *oldAnswer) judge(opt Options) error {
	switch {
	case opt.Hello == stage.HelloOld:
		return nil
	case a.unread != nil:
		a.facts.Faults = []stage.CertFault{{ID: stage.CertUnparsable, Detail: text(a.unread.Error())}}
		return failing(a.facts.Faults)
	case len(a.chain) == 0:
		return stage.Errorf(stage.TLSProtocol, "tls: the server sent no certificate")
	}
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	return judge(a.facts, a.chain, opt)
}

// farewell returns the alerts that end the handshake without an error, user_canceled
// and close_notify (RFC 5246 7.2.1), in records of the version that the server
// selected.
func farewell(version uint16) []byte {
	var out []byte
	for _, alert := range []byte{90, 0} {
		out = append(binary.BigEndian.AppendUint16(append(out, recordAlert), version), 0, 2, 1, alert)
	}
	return out
}

// farewellWait is the time limit for sending them.
const farewellWait = time.Second
