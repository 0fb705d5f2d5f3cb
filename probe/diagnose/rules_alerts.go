package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// What the alerts mean with which servers answer a ClientHello (RFC 8446 6, RFC 5246
// 7.2.2, RFC 6066 9). Three with only one meaning are left out: protocol_version,
// unrecognized_name and certificate_required.
var (
	// Client and server have nothing in common.
	negotiationAlerts = []string{
		"handshake_failure", "insufficient_security", "export_restriction", "illegal_parameter", "missing_extension", "unsupported_extension",
		"no_application_protocol", "inappropriate_fallback", "no_renegotiation",
	}
	// The client's certificate, of which it sends none.
	clientCertAlerts = []string{
		"no_certificate", "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown", "unknown_ca",
		"access_denied",
	}
	// What arrived differs from what was sent.
	damageAlerts = []string{
		"close_notify", "unexpected_message", "bad_record_mac", "decryption_failed", "record_overflow", "decompression_failure", "decode_error",
		"decrypt_error", "user_canceled",
	}
	// An internal error of the server.
	serverAlerts = []string{
		"internal_error", "certificate_unobtainable", "bad_certificate_status_response", "bad_certificate_hash_value", "unknown_psk_identity", "ech_required",
	}
)

// alertRules are about servers that report an error of their own.
var alertRules = []Rule{{
	Cause:    cause.TLSServerInternalError,
	Needs:    []chart.Need{chart.Met(stage.Handshake, stage.TLSAlert)},
	Explains: []cause.ID{cause.TLSCipherMismatch, cause.TLSHandshakeInterrupted},
	Judge:    ownError,
}}

// ownError: the server reports an error unrelated to what was offered. An
// unregistered alert number says no more than that. After STARTTLS, the server
// failed to do what it had offered: see starttls-broken-on-server.
func ownError(c *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	v := c.Variations(k)
	h := possible()
	switch {
	case k.StartTLS() && k.Alerted("internal_error"), curedBy(v):
		return nil
	case k.Alerted(serverAlerts...):
		h.Confidence = cause.Likely
	case !k.Alerted("alert") && k.TLS.Alert != "":
		return nil
	}
	return h
}
