package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"slices"

	"maildoctor/probe/stage"
)

// errTime is the error of a connection whose deadline has passed.
var errTime = os.ErrDeadlineExceeded

// fault classifies an I/O error; see [Fault].
func (c *Conn) fault(err error, partial bool) *stage.Error { return Fault(c.cause(err), partial) }

// cause returns, for a timeout, an error that wraps the reason why the stage's context
// ended. An interruption is thereby distinguished from a silent server.
func (c *Conn) cause(err error) error {
	if errors.Is(err, errTime) {
		if why := c.over(); why != nil {
			return why
		}
	}
	return err
}

// Fault classifies an error of an established connection, specific errors first.
// partial says that part of a reply had been received.
func Fault(err error, partial bool) *stage.Error {
	if e, ok := errors.AsType[*stage.Error](err); ok {
		return e
	}
	f := stage.Closed
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && partial:
		f = stage.Stalled
	case errors.Is(err, os.ErrDeadlineExceeded):
		f = stage.Silent
	case slices.ContainsFunc(resets, func(e error) bool { return errors.Is(err, e) }):
		f = stage.Reset
	case errors.Is(err, timedOut):
		f = stage.Stalled
	default:
		if t := tlsFault(err); t != "" {
			f = t
		}
	}
	return &stage.Error{Fault: f, Err: err}
}

// MidAnswer returns the error for reading further in a reply that has partly arrived.
// Silence is then Stalled.
func MidAnswer(err error) error {
	if e, ok := errors.AsType[*stage.Error](err); ok && e.Fault == stage.Silent {
		return &stage.Error{Fault: stage.Stalled, Err: e.Err}
	}
	return err
}

// tlsFault classifies an error of the TLS layer after the handshake. It returns "" for
// any other error. A TLS 1.3 server that requires a client certificate says so only at
// that point (RFC 8446 4.4.2.4). Its alerts have no exported type.
func tlsFault(err error) stage.Fault {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		switch {
		case op.Op == "remote error" && op.Err.Error() == "tls: certificate required":
			return stage.ClientCertAsked
		case op.Op == "remote error":
			return stage.TLSAlert
		case op.Op == "local error":
			return stage.TLSProtocol
		}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return stage.TLSProtocol
	}
	return ""
}
