package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// handshakeRules are about handshakes that never got as far as a certificate.
var handshakeRules = []Rule{
	{
		Cause: cause.TLSServerTooOld,
		Needs: []Need{met(stage.Handshake, noHandshake...)},
		// Whatever an old server ends the handshake with, that is why.
		Explains: []cause.ID{cause.TLSCipherMismatch, cause.TLSHandshakeInterrupted, cause.AcceptNoGreeting, cause.StartTLSAcceptedThenDropped, cause.StartTLSBrokenOnServer},
		Judge:    serverTooOld,
	},
	{
		Cause: cause.TLSClientCertRequired,
		Needs: []Need{
			met(stage.Handshake, stage.ClientCertAsked, stage.TLSAlert, stage.HandshakeClosed, stage.HandshakeReset),
			met(stage.Greeting, stage.ClientCertAsked, stage.TLSAlert, stage.Closed, stage.Reset),
			met(stage.Capabilities, stage.ClientCertAsked, stage.TLSAlert, stage.Closed, stage.Reset),
		},
		// Under TLS 1.3 the refusal comes after the handshake (RFC 8446 4.4.2.4), so that
		// the first stage that reads is the one that fails.
		Explains: []cause.ID{cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped, cause.TLSCipherMismatch, cause.AcceptNoGreeting, cause.ServerBusyGreeting},
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			switch {
			case r.Fault == stage.ClientCertAsked, k.alerted("certificate_required"):
				return proven()
			}
			return likely().holds(k.tls.ClientAuth)
		},
	},
	{
		Cause:    cause.TLSCipherMismatch,
		Needs:    []Need{met(stage.Handshake, noHandshake...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.AcceptNoGreeting},
		Judge:    cipherMismatch,
	},
	{
		// What is sent again to somebody who does not answer says nothing of the way.
		Cause:    cause.TLSHandshakeInterrupted,
		Needs:    []Need{met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol)},
		Explains: []cause.ID{cause.SlowPath},
		Judge:    interrupted,
	},
	{
		Cause:    cause.MTUBlackhole,
		Needs:    []Need{met(stage.Handshake, brokenOff...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped, cause.SlowPath},
		Judge:    lostPackets,
	},
	{
		Cause:    cause.TLSPQClientHelloIntolerant,
		Needs:    []Need{met(stage.Handshake, append(slices.Clone(brokenOff), stage.TLSVersion)...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped, cause.SlowPath},
		Judge:    intolerant,
	},
}

// noHandshake are the faults of a handshake that the server didn't go through with.
var noHandshake = append(slices.Clone(brokenOff), stage.TLSAlert, stage.TLSVersion, stage.TLSProtocol)

// serverTooOld: the server chose a version that is refused here, or says that it has
// none in common.
func serverTooOld(c *Case, k *Check, r *stage.Result) *Hit {
	v := c.variations(k)
	switch {
	case v.tooOld():
		return proven().with("version", v.version()).says(describe(k, r) + "; offered old versions, it chooses " + v.chosen())
	case r.Fault == stage.TLSVersion && v.version() != "":
		return possible() // it has TLS 1.2, and minds that 1.3 is offered beside it
	case r.Fault == stage.TLSVersion:
		return proven()
	case r.Fault != stage.TLSAlert || v.version() != "":
		return nil
	case k.alerted("protocol_version"):
		return likely()
	}
	return possible().holds(k.alerted("inappropriate_fallback", "handshake_failure"))
}

// cipherMismatch: the versions agree, and nothing else does.
func cipherMismatch(c *Case, k *Check, r *stage.Result) *Hit {
	v := c.variations(k)
	switch {
	case v.tooOld(), v.weakField() != 0:
		return nil // see tls-server-too-old, tls-weak-dh
	case v.unusual():
		h := proven().with("suite", v.chosen())
		return h.says(describe(k, r) + "; offered everything, it chooses " + v.chosen())
	case r.Fault != stage.TLSAlert:
		return nil
	case v.version() != "":
		return possible()
	case k.alerted("handshake_failure", "insufficient_security"):
		return likely()
	}
	// Any other alert: no common ground, and no word on which.
	return possible().holds(!k.alerted("protocol_version", "certificate_required", "unrecognized_name"))
}

// weakField: programs of today leave finite field groups out, so that a server that
// has nothing else breaks off like one without a common cipher. Offered one, it shows
// its size.
func weakField(c *Case, k *Check, r *stage.Result) *Hit {
	v := c.variations(k)
	if bits := v.weakField(); bits > 0 {
		h := likely()
		if bits < refusedField {
			h = proven()
		}
		return h.with("bits", strconv.Itoa(bits)).says(describe(k, r) + "; offered everything, it chooses " + v.chosen() +
			" and a finite field group of " + strconv.Itoa(bits) + " bits")
	}
	if r.Fault != stage.TLSAlert || v.version() != "" {
		return nil
	}
	return possible().holds(k.alerted("handshake_failure", "insufficient_security", "illegal_parameter"))
}

// interrupted: cut off by the server or on the way, when encryption was to begin.
func interrupted(c *Case, k *Check, r *stage.Result) *Hit {
	if k.startTLS() {
		return nil // see starttls-accepted-then-dropped
	}
	v, clear := c.variations(k), c.unprompted(k)
	switch {
	case clear.cut, clear.first != "":
		return nil // whatever is said to it: see connection-reset-after-accept, tls-spoken-to-plaintext-port
	case v.cured():
		return nil // see tls-pq-clienthello-intolerant, tls-server-too-old, tls-cipher-mismatch
	case r.Fault == stage.TLSProtocol, v.again == yes:
		return possible()
	case clear.silent && v.hello == no && v.again == no:
		return proven().with("tls_alone", "yes").says(describe(k, r) + "; in clear text the port waits, and every other form of TLS is cut off as well")
	}
	return likely()
}

// lostPackets: what is too large for the way gets lost on it.
func lostPackets(c *Case, k *Check, r *stage.Result) *Hit {
	v := c.variations(k)
	sure, _ := v.size()
	h := &Hit{Confidence: sure}
	text := describe(k, r)
	if v.segments == yes && v.again != yes {
		h.with("cured", "yes")
		text += "; in small segments the same handshake goes through"
	}
	if v.again == yes && sure == cause.Likely {
		h.with("learnt", "yes")
		text += "; this computer sent packets again that were not acknowledged, and a second try went well"
	}
	if bad := c.silentFamily(k, r); bad != "" && sure != "" {
		if v.segments == unknown && sure == cause.Possible {
			h.Confidence = cause.Likely // what differs between the two families is the way
		}
		h.with("over", bad)
		text += "; over the other family it goes through"
	}
	if k.startTLS() {
		h.with("spoke", "yes")
	}
	return h.says(text).holds(sure != "")
}

// intolerant: something on the way, or the server, does not bear what programs of
// today begin with.
func intolerant(c *Case, k *Check, r *stage.Result) *Hit {
	v := c.variations(k)
	_, sure := v.size()
	if r.Fault == stage.TLSVersion {
		sure = ""
		if v.version() == newestOld {
			sure = cause.Likely
		}
	}
	h := &Hit{Confidence: sure}
	switch {
	case v.again == yes:
	case v.hello == yes:
		h.with("cured", "yes").says(describe(k, r) + "; with a small ClientHello the server answers")
	case sure == cause.Likely:
		h.with("old_passes", "yes").says(describe(k, r) + "; without an offer of TLS 1.3 the server answers")
	}
	if r.Fault == stage.HandshakeClosed && v.hello != yes && sure == cause.Possible {
		return nil // a server that closes has mostly another reason
	}
	return h.holds(sure != "")
}

// alerted reports whether the server sent one of these alerts (RFC 8446 6).
func (k *Check) alerted(names ...string) bool {
	name, _, _ := strings.Cut(k.tls.Alert, " ")
	return slices.Contains(names, strings.TrimSpace(name))
}
