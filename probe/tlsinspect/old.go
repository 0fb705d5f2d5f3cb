package tlsinspect

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"maildoctor/probe/stage"
)

// HandshakeOld asks what crypto/tls cannot ask: which version and cipher suite a
// server would choose if it were offered what opt.Hello says, such as TLS 1.0 to 1.2
// with every suite in use since ([stage.HelloOld]), and how large its finite field
// group is. It reads the server's answer up to ServerHelloDone (RFC 5246 7.4.5) and
// leaves it at that: nothing secret is agreed on. nc is not closed, and is of no more
// use.
//
// With HelloOld nothing is verified. With the other forms the certificate is judged
// as in [Handshake]; that the server has its key isn't proven.
//
// The facts are never nil, and hold what was read before a failure as well. The
// error is a *stage.Error with a fault of the TLS handshake. When ctx ends, nc is
// closed.
func HandshakeOld(ctx context.Context, nc net.Conn, opt Options) (*stage.TLSFacts, error) {
	h := &handshake{conn: &capture{Conn: nc}, facts: new(stage.TLSFacts)}
	name := hostForVerify(opt.Host)
	if _, err := netip.ParseAddr(name); err == nil {
		name = "" // an address is not sent (RFC 6066 3)
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

// judge looks at the certificate, as a program that makes this handshake would.
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

// farewell says, in records of the version that the server chose, that the handshake
// ends here and no harm is meant: user_canceled and close_notify (RFC 5246 7.2.1).
func farewell(version uint16) []byte {
	var out []byte
	for _, alert := range []byte{90, 0} {
		out = append(binary.BigEndian.AppendUint16(append(out, recordAlert), version), 0, 2, 1, alert)
	}
	return out
}

// farewellWait bounds the sending of it.
const farewellWait = time.Second
