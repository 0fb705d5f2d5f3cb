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

// failed returns the fault of a failed handshake, specific ones first. bad is the
// verification error, if a certificate was received.
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
		return stage.BadCertificate // crypto/tls refuses RSA keys below 1024 bits
	}
	return stage.TLSProtocol
}

// weakKey reports whether the leaf certificate's key is too small.
func (h *handshake) weakKey() bool {
	for _, f := range h.facts.Faults {
		if f.ID == stage.CertWeakKey && f.Depth == 0 {
			return true
		}
	}
	return false
}

// endedEarly returns the error of a handshake whose context has ended.
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

// isReset reports whether the peer, or a device on the network path, aborted the
// connection. Windows has its own error numbers: WSAECONNABORTED and WSAECONNRESET.
func isReset(err error) bool {
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED) {
		return true
	}
	n, ok := errors.AsType[syscall.Errno](err)
	return ok && runtime.GOOS == "windows" && (n == 10053 || n == 10054)
}

// readAlert records an alert from the server in the facts. crypto/tls returns it as a
// "remote error" of an unexported numeric type.
func (h *handshake) readAlert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return false
	}
	h.facts.Alert = alertName(op.Err)
	return true
}

// alertFault returns the fault for an alert.
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
