package resolve

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/miekg/dns"
)

const (
	udpSize  = 1232 // fits any IPv6 path unfragmented: 1280 less the headers (RFC 8200 5)
	maxStray = 100  // datagrams that are not an answer to the query
)

// exchange sends one query to one server. It uses UDP with EDNS(0), which allows
// extended errors; again without EDNS(0) if the server doesn't support it; and TCP if
// the answer was truncated. If TCP then fails, there is still an answer, but only a
// truncated one: see errCut.
func (r *Resolver) exchange(ctx context.Context, server, name string, qtype uint16, secure bool) (answer, error) {
	a, err := r.once(ctx, "udp", server, newQuery(name, qtype, secure, true))
	plain := err == nil && a.noEDNS
	if plain {
		a, err = r.once(ctx, "udp", server, newQuery(name, qtype, secure, false))
	}
	if err == nil && a.truncated {
		a, err = r.once(ctx, "tcp", server, newQuery(name, qtype, secure, !plain))
		if err != nil {
			err = fmt.Errorf("%w: %w", errCut, err)
		}
	}
	a.plain = plain
	return a, err
}

// newQuery returns a query. With secure, the AD bit asks whether the answer was
// validated (RFC 6840 5.7), without the signatures that the DO bit would bring.
func newQuery(name string, qtype uint16, secure, edns bool) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name, qtype)
	m.AuthenticatedData = secure
	if edns {
		m.SetEdns0(udpSize, false)
	}
	return m
}

// once sends a query over one connection and reads the answer.
func (r *Resolver) once(ctx context.Context, network, server string, query *dns.Msg) (answer, error) {
	packet, err := query.Pack()
	if err != nil {
		return answer{}, fmt.Errorf("%w: the question: %w", errMalformed, err)
	}
	conn, err := r.opt.Dial(ctx, network, server)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	// Only this hook enforces the deadline; it also handles cancellation.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	var a answer
	if network == "tcp" {
		a, err = stream(conn, packet, query)
	} else {
		a, err = datagram(ctx, conn, packet, query)
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return a, err
}

// datagram sends the query over UDP, and again after half of the time, because a packet
// may be lost. Packets that don't answer the query, such as forged ones, are ignored.
func datagram(ctx context.Context, conn net.Conn, packet []byte, query *dns.Msg) (answer, error) {
	if end, ok := ctx.Deadline(); ok {
		again := time.AfterFunc(time.Until(end)/2, func() { conn.Write(packet) })
		defer again.Stop()
	}
	if _, err := conn.Write(packet); err != nil {
		return answer{}, err
	}
	buf := make([]byte, 4096)
	for range maxStray {
		n, err := conn.Read(buf)
		if err != nil {
			return answer{}, err
		}
		if answers(buf[:n], query) {
			return readAnswer(buf[:n], query)
		}
	}
	return answer{}, fmt.Errorf("%w: %d datagrams, none to the question", errMalformed, maxStray)
}

// stream sends the query over TCP, where each message is preceded by its length in two
// bytes (RFC 1035 4.2.2).
func stream(conn net.Conn, packet []byte, query *dns.Msg) (answer, error) {
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)); err != nil {
		return answer{}, err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return answer{}, err
	}
	buf := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, buf); err != nil {
		return answer{}, err
	}
	if !answers(buf, query) {
		return answer{}, fmt.Errorf("%w: not to the question", errMalformed)
	}
	return readAnswer(buf, query)
}
