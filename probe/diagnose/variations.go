package diagnose

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// followUpsTo returns the checks that answered a question about k; several, where
// it was asked of several addresses.
func (c *Case) followUpsTo(k *Check, q stage.QuestionID) []*stage.CheckRecord {
	var all []*stage.CheckRecord
	for _, f := range c.followUps[k.Check.ID] {
		if f.Check.Question == q {
			all = append(all, f)
		}
	}
	return all
}

// went says whether a follow-up passed a stage. One that did not get as far as a
// connection, or was broken off, says nothing.
func went(f *stage.CheckRecord, s stage.Stage) answer {
	if f == nil {
		return unknown
	}
	for i := range f.Results {
		switch r := &f.Results[i]; {
		case r.Status == stage.Fail && (r.Stage == stage.Resolve || r.Stage == stage.Connect):
			return unknown
		case r.Status == stage.Fail:
			return no
		case r.Stage == s && (r.Status == stage.Pass || r.Status == stage.Warn):
			return yes
		case r.Status == stage.Skip:
			return unknown
		}
	}
	return unknown
}

// shookHands says whether a handshake that was made otherwise brought what the
// usual one did not: the server's own part of it, whatever its certificate is worth.
func shookHands(f *stage.CheckRecord) answer {
	if f == nil {
		return unknown
	}
	r := f.Result(stage.Handshake)
	switch {
	case r == nil || r.Status == stage.Skip:
		return unknown
	case r.Status != stage.Fail:
		return yes
	}
	switch r.Fault {
	case stage.BadCertificate, stage.ClientCertAsked:
		return yes
	case stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset:
		return no
	}
	return unknown
}

// brokenOff are the faults of a handshake that ends without a word of the server's.
var brokenOff = []stage.Fault{stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset}

// variations are what became of a handshake that failed when it was made
// otherwise.
type variations struct {
	stalled  bool            // for a long while nothing had come
	resent   bool            // and this machine had sent again what nobody acknowledged
	again    answer          // in the same way, at the same address
	hello    answer          // with a small ClientHello
	segments answer          // in small segments
	old      *stage.TLSFacts // what the server chose of all that there ever was; nil: nothing, or not asked
}

func (c *Case) variations(k *Check) variations {
	v := variations{
		stalled:  k.stalled(),
		resent:   k.connect.Retransmits != nil && *k.connect.Retransmits > 0,
		again:    shookHands(c.followUp(k, stage.AskAgain)),
		hello:    shookHands(c.followUp(k, stage.AskSmallHello)),
		segments: shookHands(c.followUp(k, stage.AskSmallSegments)),
	}
	if f := c.followUp(k, stage.AskOldTLS); f != nil {
		v.old = stage.FactsOf[*stage.TLSFacts](f)
	}
	if v.old != nil && v.old.Version == "" {
		v.old = nil
	}
	return v
}

// stallAfter is from when on a connection that ends has rather been given up by
// somebody to whom nothing came than cut off.
const stallAfter = 5 * time.Second

// stalled reports whether the handshake stood still before it failed.
func (k *Check) stalled() bool {
	r := k.Result(stage.Handshake)
	return r != nil && r.Status == stage.Fail &&
		(r.Fault == stage.HandshakeTimeout || slices.Contains(brokenOff, r.Fault) && r.Time.Duration() >= stallAfter)
}

// version is what the server chose among old versions; empty where it chose none.
func (v variations) version() string {
	if v.old == nil {
		return ""
	}
	return v.old.Version
}

// newestOld is the newest version that can be chosen without being offered as TLS
// 1.3 is.
const newestOld = "TLS 1.2"

// tooOld reports whether the server chose a version that programs of today refuse
// (RFC 8996).
func (v variations) tooOld() bool { return v.version() != "" && v.version() != newestOld }

// sound is from how many bits on a finite field group is safe (RFC 9325 4.4), and
// refused the number below which programs refuse it (weakdh.org).
const (
	soundField   = 2048
	refusedField = 1024
)

// weakField is the size in bits of a finite field group that is too small; 0 where
// none was chosen.
func (v variations) weakField() int {
	if v.old == nil || v.old.DHBits >= soundField {
		return 0
	}
	return v.old.DHBits
}

// unusual reports whether the server chose, under a version of today, a suite or a
// curve that this program doesn't offer by itself.
func (v variations) unusual() bool {
	return v.version() == newestOld && (!usualSuite(v.old.CipherSuite) || !usualGroup(v.old.Group))
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

// usualGroup reports whether programs of today offer a curve. An empty name says
// that none was needed, or that the server didn't get so far.
func usualGroup(name string) bool {
	return slices.Contains([]string{"", "X25519", "P-256", "P-384", "P-521"}, name)
}

// chosen says what the server chose: "TLS 1.2 with TLS_RSA_WITH_AES_128_CBC_SHA".
func (v variations) chosen() string {
	s := v.old.Version
	if v.old.CipherSuite != "" {
		s += " with " + v.old.CipherSuite
	}
	if !usualGroup(v.old.Group) {
		s += " and " + v.old.Group
	}
	return stage.Visible(s)
}

// size weighs whether large packets get lost (mtu) or the large ClientHello is not
// understood (hello) where a handshake was broken off. Neither is a finding where it
// is empty.
//
// Small segments cure what is lost, and no intolerance; a small ClientHello may cure
// both, and only the one where it is the server's part that is large.
func (v variations) size() (mtu, hello cause.Confidence) {
	sure := cause.Proven
	if v.again != no {
		sure = cause.Likely // it might have passed in any case
	}
	switch {
	case v.again == yes && v.stalled && v.resent:
		mtu = cause.Likely // the size that passes has been found out meanwhile (RFC 1191)
	case v.again == yes:
		mtu, hello = cause.Possible, cause.Possible
	case v.segments == yes:
		mtu = sure
	case v.hello == yes && v.segments == no:
		hello = sure
	case v.hello == yes:
		mtu, hello = cause.Likely, cause.Likely
	case v.hello == no && v.segments == no:
		if v.version() == newestOld && !v.unusual() && v.weakField() == 0 {
			hello = cause.Likely // not its size: what TLS 1.3 puts into it
		}
	case v.hello == no:
		mtu = cause.Possible
	case v.segments == no:
		hello = cause.Possible
	default:
		mtu, hello = cause.Possible, cause.Possible
	}
	if !v.stalled {
		mtu = notFor(mtu, v.segments)
	}
	return mtu, hello
}

// notFor drops what a loss of packets explains badly: that the connection is closed
// or reset. Only where small segments pass it is likely all the same.
func notFor(mtu cause.Confidence, segments answer) cause.Confidence {
	if segments == yes && mtu == cause.Proven {
		return cause.Likely
	}
	if segments == yes {
		return mtu
	}
	return ""
}

// cured reports whether some other form of the handshake passed where the usual one
// does not.
func (v variations) cured() bool {
	return v.again != yes && (v.hello == yes || v.segments == yes || v.version() != "")
}

// atOnce is how soon a server has closed a connection if it did so without waiting
// for anything.
const atOnce = 3 * time.Second

// unprompted is what a port that was meant for TLS does while we say nothing.
type unprompted struct {
	cut    bool   // it closes or resets the connection at once
	silent bool   // it waits, as a server for TLS does
	first  string // what it says, if anything
}

func (c *Case) unprompted(k *Check) (out unprompted) {
	f := c.followUp(k, stage.AskPortSpeaksPlain)
	if f == nil {
		return out
	}
	r := f.Result(stage.Greeting)
	if r == nil || r.Status == stage.Skip {
		return out
	}
	if g := stage.FactsOf[*stage.GreetingFacts](f); g != nil {
		out.first = g.FirstBytes
		if out.first == "" {
			out.first = g.Text()
		}
	}
	out.cut = out.first == "" && (r.Fault == stage.Closed || r.Fault == stage.Reset) && r.Time.Duration() < atOnce
	out.silent = out.first == "" && r.Fault == stage.Silent
	return out
}
