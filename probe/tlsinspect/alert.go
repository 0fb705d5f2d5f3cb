package tlsinspect

import (
	"reflect"
	"strconv"

	"maildoctor/probe/stage"
)

// alerts maps the numbers of TLS alerts to their names (RFC 8446 6, RFC 5246 7.2, RFC
// 6066, RFC 7301, and the IANA registry for the rest).
var alerts = map[uint64]string{
	0:   "close_notify",
	10:  "unexpected_message",
	20:  "bad_record_mac",
	21:  "decryption_failed",
	22:  "record_overflow",
	30:  "decompression_failure",
	40:  "handshake_failure",
	41:  "no_certificate",
	42:  "bad_certificate",
	43:  "unsupported_certificate",
	44:  "certificate_revoked",
	45:  "certificate_expired",
	46:  "certificate_unknown",
	47:  "illegal_parameter",
	48:  "unknown_ca",
	49:  "access_denied",
	50:  "decode_error",
	51:  "decrypt_error",
	60:  "export_restriction",
	70:  "protocol_version",
	71:  "insufficient_security",
	80:  "internal_error",
	86:  "inappropriate_fallback",
	90:  "user_canceled",
	100: "no_renegotiation",
	109: "missing_extension",
	110: "unsupported_extension",
	111: "certificate_unobtainable",
	112: "unrecognized_name",
	113: "bad_certificate_status_response",
	114: "bad_certificate_hash_value",
	115: "unknown_psk_identity",
	116: "certificate_required",
	120: "no_application_protocol",
	121: "ech_required",
}

// alertName returns name and number, "handshake_failure (40)", of the alert in an error
// of crypto/tls, whose type is not exported.
func alertName(err error) string {
	v := reflect.ValueOf(err)
	if v.Kind() != reflect.Uint8 {
		return stage.Visible(err.Error()) // in case a future Go version wraps it differently
	}
	return alertText(v.Uint())
}

// alertText returns the name and number of an alert.
func alertText(number uint64) string {
	name, ok := alerts[number]
	if !ok {
		name = "alert"
	}
	return name + " (" + strconv.FormatUint(number, 10) + ")"
}
