package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// handshakeRules are about handshakes that never got as far as a certificate.
var handshakeRules = []Rule{
	{
		Cause: TLSServerTooOld,
		Needs: []Need{met(stage.Handshake, stage.TLSVersion, stage.TLSAlert)},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			switch {
			case r.Fault == stage.TLSVersion:
				return proven()
			case k.alerted("protocol_version"):
				return likely()
			}
			return possible().holds(k.alerted("inappropriate_fallback", "handshake_failure"))
		},
	},
	{
		Cause: TLSClientCertRequired,
		Needs: []Need{
			met(stage.Handshake, stage.ClientCertAsked, stage.TLSAlert, stage.HandshakeClosed, stage.HandshakeReset),
			met(stage.Greeting, stage.ClientCertAsked, stage.TLSAlert, stage.Closed, stage.Reset),
			met(stage.Capabilities, stage.ClientCertAsked, stage.TLSAlert, stage.Closed, stage.Reset),
		},
		// Under TLS 1.3 the refusal comes after the handshake (RFC 8446 4.4.2.4), so that
		// the first stage that reads is the one that fails.
		Explains: []CauseID{ConnectionResetAfterAccept, TLSHandshakeInterrupted, StartTLSAcceptedThenDropped, TLSCipherMismatch, AcceptNoGreeting, ServerBusyGreeting},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			switch {
			case r.Fault == stage.ClientCertAsked, k.alerted("certificate_required"):
				return proven()
			}
			return likely().holds(k.tls.ClientAuth)
		},
	},
	{
		Cause: TLSCipherMismatch,
		Needs: []Need{met(stage.Handshake, stage.TLSAlert)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			switch {
			case k.alerted("handshake_failure", "insufficient_security"):
				return likely()
			}
			// Any other alert: no common ground, and no word on which.
			return possible().holds(!k.alerted("protocol_version", "certificate_required", "unrecognized_name"))
		},
	},
	{
		Cause: TLSHandshakeInterrupted,
		Needs: []Need{met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol)},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			switch {
			case k.startTLS():
				return nil // see starttls-accepted-then-dropped
			case r.Fault == stage.TLSProtocol:
				return possible()
			}
			return likely()
		},
	},
	{
		Cause: MTUBlackhole,
		Needs: []Need{met(stage.Handshake, stage.HandshakeTimeout)},
		Judge: func(_ *Case, k *Check, _ *stage.Result) *Hit {
			if k.startTLS() {
				return possible().with("spoke", "yes")
			}
			return possible()
		},
	},
	{
		Cause: TLSPQClientHelloIntolerant,
		Needs: []Need{met(stage.Handshake, stage.HandshakeTimeout, stage.HandshakeReset)},
		Judge: func(*Case, *Check, *stage.Result) *Hit { return possible() },
	},
}

// alerted reports whether the server sent one of these alerts (RFC 8446 6).
func (k *Check) alerted(names ...string) bool {
	name, _, _ := strings.Cut(k.tls.Alert, " ")
	return slices.Contains(names, strings.TrimSpace(name))
}
