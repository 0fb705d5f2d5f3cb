package tlsinspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"

	"maildoctor/probe/stage"
)

// failed names the fault of a handshake that did not end well, specific before
// general. bad is the verdict on the certificate, if one had come.
func (h *handshake) failed(ctx context.Context, err, bad error) error {
	if ctx.Err() != nil {
		err = endedEarly(ctx)
	}
	h.facts.Error = stage.Visible(err.Error())
	fault := h.fault(ctx, err)
	if fault == stage.BadCertificate && bad != nil {
		return bad
	}
	return &stage.Error{Fault: fault, Err: err}
}

func (h *handshake) fault(ctx context.Context, err error) stage.Fault {
	switch {
	case errors.Is(err, context.Canceled):
		return stage.HandshakeClosed
	case h.conn.plaintext():
		h.facts.FirstBytes = h.conn.line(ctx)
		return stage.PlaintextAnswer
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return stage.HandshakeTimeout
	case h.readAlert(err):
		return h.alertFault()
	case isReset(err):
		return stage.HandshakeReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return stage.HandshakeClosed
	case strings.HasPrefix(err.Error(), "tls: server selected unsupported protocol version"):
		return stage.TLSVersion
	}
	if detail, ok := unparsable(err); ok {
		h.facts.Faults = append(h.facts.Faults, stage.CertFault{ID: stage.CertUnparsable, Detail: detail})
		return stage.BadCertificate
	}
	if strings.HasPrefix(err.Error(), "tls: invalid signature by the server certificate") && h.weakKey() {
		return stage.BadCertificate // Go refuses to check it: RSA below 1024 bits
	}
	return stage.TLSProtocol
}

// weakKey reports whether the key of the server's own certificate is too small.
func (h *handshake) weakKey() bool {
	for _, f := range h.facts.Faults {
		if f.ID == stage.CertWeakKey && f.Depth == 0 {
			return true
		}
	}
	return false
}

// endedEarly is the error of a handshake whose context ended.
func endedEarly(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

func isTimeout(err error) bool {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// isReset reports that the peer, or somebody on the way, broke the connection
// off. Windows has numbers of its own: WSAECONNABORTED and WSAECONNRESET.
func isReset(err error) bool {
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED) {
		return true
	}
	n, ok := errors.AsType[syscall.Errno](err)
	return ok && runtime.GOOS == "windows" && (n == 10053 || n == 10054)
}

// readAlert puts an alert that the server sent into the facts. crypto/tls wraps
// it as a "remote error" in a type that it doesn't export, a number.
func (h *handshake) readAlert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return false
	}
	h.facts.Alert = alertName(op.Err)
	return true
}

// alertFault names the fault behind an alert.
func (h *handshake) alertFault() stage.Fault {
	number := h.facts.Alert[strings.LastIndexByte(h.facts.Alert, '(')+1:]
	switch strings.TrimSuffix(number, ")") {
	case "70": // protocol_version
		return stage.TLSVersion
	case "116": // certificate_required
		return stage.ClientCertAsked
	case "40", "41", "42": // handshake_failure, no_certificate (SSL 3), bad_certificate
		if h.facts.ClientAuth {
			return stage.ClientCertAsked
		}
	}
	return stage.TLSAlert
}
