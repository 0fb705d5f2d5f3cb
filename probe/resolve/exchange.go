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
	maxStray = 100  // datagrams that are no answer to our question
)

// exchange asks one server one question: by UDP with EDNS(0), which brings
// extended errors, again without it where the server doesn't know it, and by
// TCP where the answer did not fit. What goes wrong there is no lack of an answer:
// the server has one, see errCut.
func (r *Resolver) exchange(ctx context.Context, server, name string, qtype uint16) (answer, error) {
	a, err := r.once(ctx, "udp", server, newQuery(name, qtype, true))
	plain := err == nil && a.noEDNS
	if plain {
		a, err = r.once(ctx, "udp", server, newQuery(name, qtype, false))
	}
	if err == nil && a.truncated {
		a, err = r.once(ctx, "tcp", server, newQuery(name, qtype, !plain))
		if err != nil {
			err = fmt.Errorf("%w: %w", errCut, err)
		}
	}
	a.plain = plain
	return a, err
}

func newQuery(name string, qtype uint16, edns bool) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name, qtype)
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
	// Only this hook sets the deadline that ends all; it also serves contexts
	// that are cancelled.
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

// datagram asks over UDP, and once more when half of the time has passed: one
// packet may be lost. What is no answer to the question, such as a forged one,
// is passed over.
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

// stream asks over TCP, where a length of two bytes stands before each message
// (RFC 1035 4.2.2).
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
