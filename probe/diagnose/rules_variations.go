package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
)

// newestOld is the newest version that can be chosen without being offered as TLS
// 1.3 is.
const newestOld = "TLS 1.2"

// tooOld reports whether the server chose a version that programs of today refuse
// (RFC 8996).
func tooOld(v chart.Variations) bool { return v.Version() != "" && v.Version() != newestOld }

// sound is from how many bits on a finite field group is safe (RFC 9325 4.4), and
// refused the number below which programs refuse it (weakdh.org).
const (
	soundField   = 2048
	refusedField = 1024
)

// fieldBits is the size in bits of a finite field group that is too small; 0 where
// none was chosen.
func fieldBits(v chart.Variations) int {
	if v.Old == nil || v.Old.DHBits >= soundField {
		return 0
	}
	return v.Old.DHBits
}

// unusualHello reports whether the server chose, under a version of today, a suite or a
// curve that this program doesn't offer by itself.
func unusualHello(v chart.Variations) bool {
	return v.Version() == newestOld && (!usualSuite(v.Old.CipherSuite) || !chart.UsualGroup(v.Old.Group))
}

// usualSuite reports whether programs of today offer a suite of TLS 1.2: with keys
// exchanged on curves, and none of the ciphers that have been broken.
func usualSuite(name string) bool {
	if !strings.HasPrefix(name, "TLS_ECDHE_") {
		return false
	}
	_, cipher, _ := strings.Cut(name, "_WITH_")
	return slices.Contains([]string{
		"AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA",
	}, cipher)
}

// helloSize weighs whether large packets get lost (mtu) or the large ClientHello is not
// understood (hello) where a handshake was broken off. Neither is a finding where it
// is empty.
//
// Small segments cure what is lost, and no intolerance; a small ClientHello may cure
// both, and only the one where it is the server's part that is large.
func helloSize(v chart.Variations) (mtu, hello cause.Confidence) {
	sure := cause.Proven
	if v.Again != chart.No {
		sure = cause.Likely // it might have passed in any case
	}
	switch {
	case v.Again == chart.Yes && v.Stalled && v.Resent:
		mtu = cause.Likely // the size that passes has been found out meanwhile (RFC 1191)
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
			hello = cause.Likely // not its size: what TLS 1.3 puts into it
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

// notFor drops what a loss of packets explains badly: that the connection is closed
// or reset. Only where small segments pass it is likely all the same.
func notFor(mtu cause.Confidence, segments chart.Answer) cause.Confidence {
	if segments == chart.Yes && mtu == cause.Proven {
		return cause.Likely
	}
	if segments == chart.Yes {
		return mtu
	}
	return ""
}

// curedBy reports whether some other form of the handshake passed where the usual one
// does not.
func curedBy(v chart.Variations) bool {
	return v.Again != chart.Yes && (v.Hello == chart.Yes || v.Segments == chart.Yes || v.Version() != "")
}
