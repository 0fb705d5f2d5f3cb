package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// handshakeRules are about handshakes that ended before a certificate.
var handshakeRules = []Rule{
	{
		Cause: cause.TLSServerTooOld,
		Needs: []chart.Need{chart.Met(stage.Handshake, noHandshake...)},
		// However an old server ends the handshake, its age is the reason.
		Explains: []cause.ID{cause.TLSCipherMismatch, cause.TLSHandshakeInterrupted, cause.AcceptNoGreeting, cause.StartTLSAcceptedThenDropped, cause.StartTLSBrokenOnServer},
		Judge:    serverTooOld,
	},
	{
		Cause: cause.TLSClientCertRequired,
		Needs: []chart.Need{
			chart.Met(stage.Handshake, stage.ClientCertAsked, stage.TLSAlert, stage.HandshakeClosed, stage.HandshakeReset),
			chart.Met(stage.Greeting, stage.ClientCertAsked, stage.TLSAlert, stage.Closed, stage.Reset),
			chart.Met(stage.Capabilities, stage.ClientCertAsked, stage.TLSAlert, stage.Closed, stage.Reset),
		},
		// Under TLS 1.3 the refusal arrives after the handshake (RFC 8446 4.4.2.4),
		// so that the first stage that reads is the one that fails.
		Explains: []cause.ID{cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped, cause.TLSCipherMismatch, cause.AcceptNoGreeting, cause.ServerBusyGreeting},
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			switch {
			case r.Fault == stage.ClientCertAsked, k.Alerted("certificate_required"):
				return proven()
			case k.TLS.ClientAuth:
				return likely()
			}
			return possible().holds(k.Alerted(clientCertAlerts...))
		},
	},
	{
		Cause:    cause.TLSCipherMismatch,
		Needs:    []chart.Need{chart.Met(stage.Handshake, noHandshake...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.AcceptNoGreeting},
		Judge:    cipherMismatch,
	},
	{
		// Retransmissions to a peer that does not answer say nothing about the path.
		Cause:    cause.TLSHandshakeInterrupted,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol, stage.TLSAlert)},
		Explains: []cause.ID{cause.SlowPath},
		Judge:    interrupted,
	},
	{
		Cause:    cause.MTUBlackhole,
		Needs:    []chart.Need{chart.Met(stage.Handshake, chart.BrokenOff...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped, cause.SlowPath},
		Judge:    lostPackets,
	},
	{
		Cause:    cause.TLSPQClientHelloIntolerant,
		Needs:    []chart.Need{chart.Met(stage.Handshake, append(slices.Clone(chart.BrokenOff), stage.TLSVersion)...)},
		Explains: []cause.ID{cause.TLSHandshakeInterrupted, cause.StartTLSAcceptedThenDropped, cause.SlowPath},
		Judge:    intolerant,
	},
}

// noHandshake are the faults of a handshake that the server didn't complete.
var noHandshake = append(slices.Clone(chart.BrokenOff), stage.TLSAlert, stage.TLSVersion, stage.TLSProtocol)

// serverTooOld: the server chose a version that is refused here, or says that it
// supports none of ours.
func serverTooOld(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v := c.Variations(k)
	switch {
	case tooOld(v):
		return proven().with(cause.SlotVersion, prose.Data(v.Version())).says(prose.Then(chart.Shows(k, r), say.ChoosesOfOld(v.ShowsChosen())))
	case r.Fault == stage.TLSVersion && v.Version() != "":
		return possible() // it has TLS 1.2, and fails when 1.3 is offered as well
	case r.Fault == stage.TLSVersion:
		return proven()
	case r.Fault != stage.TLSAlert || v.Version() != "":
		return nil
	case k.Alerted("protocol_version"):
		return likely()
	}
	return possible().holds(k.Alerted("inappropriate_fallback", "handshake_failure"))
}

// cipherMismatch: the versions match, but nothing else does.
func cipherMismatch(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v := c.Variations(k)
	switch {
	case tooOld(v), fieldBits(v) != 0:
		return nil // see tls-server-too-old, tls-weak-dh
	case unusualHello(v):
		return proven().with(cause.SlotSuite, v.ShowsChosen()).says(prose.Then(chart.Shows(k, r), say.ChoosesOfAll(v.ShowsChosen())))
	case r.Fault != stage.TLSAlert:
		return nil
	case v.Version() != "":
		return possible()
	case k.Alerted("handshake_failure", "insufficient_security"):
		return likely()
	}
	return possible().holds(k.Alerted(negotiationAlerts...))
}

// weakField: current programs don't offer finite field groups, so a server that
// supports nothing else breaks off as if there were no common cipher. Offered one,
// it shows the size of its group.
func weakField(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v := c.Variations(k)
	if bits := fieldBits(v); bits > 0 {
		h := likely()
		if bits < refusedField {
			h = proven()
		}
		return h.with(cause.SlotBits, prose.Figure(bits)).says(prose.Then(chart.Shows(k, r), say.ChoosesSmallField(v.ShowsChosen(), prose.Figure(bits))))
	}
	if r.Fault != stage.TLSAlert || v.Version() != "" {
		return nil
	}
	return possible().holds(k.Alerted("handshake_failure", "insufficient_security", "illegal_parameter"))
}

// interrupted: the server or the network cut the handshake off.
func interrupted(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.StartTLS() {
		return nil // see starttls-accepted-then-dropped
	}
	v, clear := c.Variations(k), c.Unprompted(k)
	beside := prose.Set(len(c.CertificatesBeside(k)) > 0)
	switch {
	case r.Fault == stage.TLSAlert:
		return possible().holds(k.Alerted(damageAlerts...))
	case clear.Cut, clear.First != "":
		return nil // regardless of what is sent: see connection-reset-after-accept, tls-spoken-to-plaintext-port
	case curedBy(v):
		return nil // see tls-pq-clienthello-intolerant, tls-server-too-old, tls-cipher-mismatch
	case r.Fault == stage.TLSProtocol, v.Again == chart.Yes:
		return possible()
	case cutOffAlone(c, k):
		return likely().with(cause.SlotTLSAlone, prose.Set(true)).with(cause.SlotTLSBeside, beside).
			says(prose.Then(chart.Shows(k, r), say.TLSWorksBeside()))
	case clear.Silent && v.Hello == chart.No && v.Again == chart.No:
		return proven().with(cause.SlotTLSAlone, prose.Set(true)).with(cause.SlotTLSBeside, beside).
			says(prose.Then(chart.Shows(k, r), say.OnlyTLSIsCutOff()))
	}
	return likely().with(cause.SlotTLSBeside, beside)
}

// lostPackets: packets too large for the path are lost.
func lostPackets(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v := c.Variations(k)
	sure, _ := helloSize(v)
	h := &Hit{Confidence: sure}
	said := []prose.Value{chart.Shows(k, r)}
	if v.Segments == chart.Yes && v.Again != chart.Yes {
		h.with(cause.SlotCured, prose.Set(true))
		said = append(said, say.SmallSegmentsPass())
	}
	if v.Again == chart.Yes && sure == cause.Likely {
		h.with(cause.SlotLearnt, prose.Set(true))
		said = append(said, say.PassesAfterResends())
	}
	if bad := c.SilentFamily(k, r); bad != "" && sure != "" {
		if v.Segments == chart.Unknown && sure == cause.Possible {
			h.Confidence = cause.Likely // the two families differ in the path
		}
		h.with(cause.SlotOver, prose.Data(bad))
		said = append(said, say.OtherFamilyPasses())
	}
	if k.StartTLS() {
		h.with(cause.SlotSpoke, prose.Set(true))
	}
	return h.says(prose.Then(said...)).holds(sure != "")
}

// intolerant: the server, or something on the path, fails on the ClientHello of
// current programs.
func intolerant(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v := c.Variations(k)
	_, sure := helloSize(v)
	if r.Fault == stage.TLSVersion {
		sure = ""
		if v.Version() == newestOld {
			sure = cause.Likely
		}
	}
	h := &Hit{Confidence: sure}
	switch {
	case v.Again == chart.Yes:
	case v.Hello == chart.Yes:
		h.with(cause.SlotCured, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.SmallHelloPasses()))
	case sure == cause.Likely:
		h.with(cause.SlotOldPasses, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.OldOfferPasses()))
	}
	if r.Fault == stage.HandshakeClosed && v.Hello != chart.Yes && sure == cause.Possible {
		return nil // a server that closes usually has another reason
	}
	return h.holds(sure != "")
}
