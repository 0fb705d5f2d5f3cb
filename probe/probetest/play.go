package probetest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// maxPlayLine is the maximum length of a line that [Play] reads.
const maxPlayLine = 64 << 10

// Play is a server that follows script on conn, one step per line:
//
//	S: text    sends text and CRLF
//	R: text    sends text without CRLF; escapes as in a Go string: \r \n \x00
//	C: text    waits for exactly this line or, if text ends in *, one with this prefix
//	starttls   makes the TLS handshake as a server; see [PlayTLS]
//	wait 5s    waits
//	close      closes the connection
//	reset      ends it so that the client's Read fails with ECONNRESET
//	hang       sends nothing until the client closes the connection
//
// Consecutive S and R steps are sent in a single write. Spaces around a step, empty
// lines and lines that begin with # are ignored. When the script ends or fails, the
// connection is closed. The error names the step: the client sent something else, or
// the connection failed.
func Play(conn net.Conn, script string) error { return PlayTLS(conn, script, nil) }

// PlayTLS is like [Play], with the configuration for the step "starttls". If that is
// the first step, it plays a server with implicit TLS.
func PlayTLS(conn net.Conn, script string, config *tls.Config) error {
	p := &player{conn: conn, r: bufio.NewReaderSize(conn, maxPlayLine), config: config}
	defer func() { p.conn.Close() }()
	for i, step := range strings.Split(script, "\n") {
		step = strings.TrimSpace(step)
		if step == "" || strings.HasPrefix(step, "#") {
			continue
		}
		if err := p.do(step); errors.Is(err, errOver) {
			return nil
		} else if err != nil {
			return fmt.Errorf("line %d, %q: %w", i+1, step, err)
		}
	}
	return p.flush()
}

// errOver is returned if a step has ended the connection as intended.
var errOver = errors.New("the connection is over")

type player struct {
	conn   net.Conn
	r      *bufio.Reader
	out    strings.Builder // not yet sent
	config *tls.Config
}

func (p *player) do(step string) error {
	word, rest, _ := strings.Cut(step, " ")
	switch word {
	case "S:":
		p.out.WriteString(rest + "\r\n")
		return nil
	case "R:":
		raw, err := unescape(rest)
		p.out.WriteString(raw)
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	switch word {
	case "C:":
		return p.expect(rest)
	case "starttls":
		return p.startTLS()
	case "wait":
		d, err := time.ParseDuration(rest)
		time.Sleep(d)
		return err
	case "close":
		p.conn.Close()
		return errOver
	case "reset":
		Reset(p.conn)
		return errOver
	case "hang":
		io.Copy(io.Discard, p.r)
		return errOver
	}
	return errors.New("no such step")
}

// unescape replaces the escapes of a Go string. Quotes stand for themselves.
func unescape(s string) (string, error) {
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		return "", errors.New("not a text with Go escapes")
	}
	return out, nil
}

func (p *player) flush() error {
	if p.out.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(p.conn, p.out.String())
	p.out.Reset()
	return err
}

func (p *player) expect(want string) error {
	line, err := p.r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("after %q: %w", line, err)
	}
	got := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
	if start, ok := strings.CutSuffix(want, "*"); ok && strings.HasPrefix(got, start) || got == want {
		return nil
	}
	return fmt.Errorf("the client said %q", got)
}

// handshakeTimeout ends a handshake with a silent client.
const handshakeTimeout = 30 * time.Second

func (p *player) startTLS() error {
	if p.config == nil {
		return errors.New("no TLS configuration: use PlayTLS")
	}
	tc := tls.Server(&bufferedConn{p.conn, p.r}, p.config)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	if err := tc.HandshakeContext(ctx); err != nil {
		return err
	}
	p.conn, p.r = tc, bufio.NewReaderSize(tc, maxPlayLine)
	return nil
}

// bufferedConn is a connection whose next bytes may be in a reader's buffer.
type bufferedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

// NetConn returns the underlying connection, for [Reset].
func (c *bufferedConn) NetConn() net.Conn { return c.Conn }
