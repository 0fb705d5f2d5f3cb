package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
)

// newestOld is the newest version that a server can choose if TLS 1.3 is not
// offered.
const newestOld = "TLS 1.2"

// tooOld reports whether the server chose a version that current programs refuse
// (RFC 8996).
func tooOld(v chart.Variations) bool { return v.Version() != "" && v.Version() != newestOld }

// sound is the number of bits from which a finite field group is safe (RFC 9325
// 4.4), and refused the number below which programs refuse it (weakdh.org).
const (
	soundField   = 2048
	refusedField = 1024
)

// fieldBits returns the size in bits of a finite field group that is too small; 0 if
// none was chosen.
func fieldBits(v chart.Variations) int {
	if v.Old == nil || v.Old.DHBits >= soundField {
		return 0
	}
	return v.Old.DHBits
}

// unusualHello reports whether the server chose a current version, but a cipher
// suite or a curve that this program doesn't offer by default.
func unusualHello(v chart.Variations) bool {
	return v.Version() == newestOld && (!usualSuite(v.Old.CipherSuite) || !chart.UsualGroup(v.Old.Group))
}

// usualSuite reports whether current programs offer a TLS 1.2 cipher suite: one with
// an elliptic-curve key exchange and an unbroken cipher.
func usualSuite(name string) bool {
	if !strings.HasPrefix(name, "TLS_ECDHE_") {
		return false
	}
	_, cipher, _ := strings.Cut(name, "_WITH_")
	return slices.Contains([]string{
		"AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA",
	}, cipher)
}

// helloSize returns, for a handshake that was broken off, the confidence that large
// packets are lost (mtu) or that the large ClientHello is not understood (hello). An
// empty confidence means no finding.
//
// Small segments cure packet loss, but not intolerance. A small ClientHello may cure
// both. It cures only intolerance if the large part of the handshake is the
// server's.
func helloSize(v chart.Variations) (mtu, hello cause.Confidence) {
	sure := cause.Proven
	if v.Again != chart.No {
		sure = cause.Likely // it might have succeeded in any case
	}
	switch {
	case v.Again == chart.Yes && v.Stalled && v.Resent:
		mtu = cause.Likely // the path MTU has been discovered meanwhile (RFC 1191)
	case v.Again == chart.Yes:
		mtu, hello = cause.Possible, cause.Possible
	case v.Segments == chart.Yes:
		mtu = sure
	case v.Hello == chart.Yes && v.Segments == chart.No:
		hello = sure
	case v.Hello == chart.Yes:
		mtu, hello = cause.Likely, cause.Likely
	case v.Hello == chart.No && v.Segments == chart.No:
		if v.Version() == newestOld && !unusualHello(v) && fieldBits(v) == 0 {
			hello = cause.Likely // not its size: its TLS 1.3 extensions
		}
	case v.Hello == chart.No:
		mtu = cause.Possible
	case v.Segments == chart.No:
		hello = cause.Possible
	default:
		mtu, hello = cause.Possible, cause.Possible
	}
	if !v.Stalled {
		mtu = notFor(mtu, v.Segments)
	}
	return mtu, hello
}

// notFor limits mtu if the connection was closed or reset, which packet loss
// explains badly. If small segments succeed it is likely at most, and otherwise it
// is dropped.
func notFor(mtu cause.Confidence, segments chart.Answer) cause.Confidence {
	if segments == chart.Yes && mtu == cause.Proven {
		return cause.Likely
	}
	if segments == chart.Yes {
		return mtu
	}
	return ""
}

// curedBy reports whether some other form of the handshake succeeded where the usual
// one does not.
func curedBy(v chart.Variations) bool {
	return v.Again != chart.Yes && (v.Hello == chart.Yes || v.Segments == chart.Yes || v.Version() != "")
}
