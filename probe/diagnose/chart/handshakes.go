package chart

import (
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// followUpsTo returns the checks that answered a question about k. There are several
// if the question was asked at several addresses.
func (c *Case) followUpsTo(k *Exam, q stage.QuestionID) []*stage.CheckRecord {
	var all []*stage.CheckRecord
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == q {
			all = append(all, f)
		}
	}
	return all
}

// Went reports whether a follow-up passed a stage. A follow-up that got no
// connection or was interrupted is inconclusive.
func Went(f *stage.CheckRecord, s stage.Stage) Answer {
	if f == nil {
		return Unknown
	}
	for i := range f.Results {
		switch r := &f.Results[i]; {
		case r.Status == stage.Fail && (r.Stage == stage.Resolve || r.Stage == stage.Connect):
			return Unknown
		case r.Status == stage.Fail:
			return No
		case r.Stage == s && (r.Status == stage.Pass || r.Status == stage.Warn):
			return Yes
		case r.Status == stage.Skip:
			return Unknown
		}
	}
	return Unknown
}

// ShookHands reports whether a varied handshake got what the usual one did not: the
// server's part of the handshake, whether or not its certificate is valid.
func ShookHands(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	r := f.Result(stage.Handshake)
	switch {
	case r == nil || r.Status == stage.Skip:
		return Unknown
	case r.Status != stage.Fail:
		return Yes
	}
	switch r.Fault {
	case stage.BadCertificate, stage.ClientCertAsked:
		return Yes
	case stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset:
		return No
	}
	return Unknown
}

// BrokenOff are the faults of a handshake that ends without an alert of the server.
var BrokenOff = []stage.Fault{stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset}

// Variations holds the results of repeating a failed handshake in other ways.
type Variations struct {
	Stalled  bool            // nothing had arrived for a long while
	Resent   bool            // and this machine had retransmitted what was not acknowledged
	Again    Answer          // in the same way, to the same address
	Hello    Answer          // with a small ClientHello
	Segments Answer          // in small segments
	Old      *stage.TLSFacts // what the server chose when offered every old version and cipher; nil: nothing, or not asked
}

func (c *Case) Variations(k *Exam) Variations {
	v := Variations{
		Stalled:  k.Stalled(),
		Resent:   k.Connect.Retransmits != nil && *k.Connect.Retransmits > 0,
		Again:    ShookHands(c.FollowUp(k, stage.AskAgain)),
		Hello:    ShookHands(c.FollowUp(k, stage.AskSmallHello)),
		Segments: ShookHands(c.FollowUp(k, stage.AskSmallSegments)),
	}
	if f := c.FollowUp(k, stage.AskOldTLS); f != nil {
		v.Old = stage.FactsOf[*stage.TLSFacts](f)
	}
	if v.Old != nil && v.Old.Version == "" {
		v.Old = nil
	}
	return v
}

// stallAfter is the duration from which a connection that ends was more likely given
// up by a peer that received nothing than cut off.
const stallAfter = 5 * time.Second

// Stalled reports whether the handshake made no progress before it failed.
func (k *Exam) Stalled() bool {
	r := k.Result(stage.Handshake)
	return r != nil && r.Status == stage.Fail &&
		(r.Fault == stage.HandshakeTimeout || slices.Contains(BrokenOff, r.Fault) && r.Time.Duration() >= stallAfter)
}

// Version returns the old TLS version that the server chose; empty if it chose none.
func (v Variations) Version() string {
	if v.Old == nil {
		return ""
	}
	return v.Old.Version
}

// UsualGroup reports whether current programs offer a curve. An empty name means
// that none was needed, or that the server didn't get that far.
func UsualGroup(name string) bool {
	return slices.Contains([]string{"", "X25519", "P-256", "P-384", "P-521"}, name)
}

// atOnce is the longest time in which a server that closes a connection did so
// without waiting for anything.
const atOnce = 3 * time.Second

// unprompted is what a TLS port does while the client sends nothing.
type unprompted struct {
	Cut    bool   // it closes or resets the connection at once
	Silent bool   // it waits, as a TLS server does
	First  string // what it sends, if anything
}

func (c *Case) Unprompted(k *Exam) (out unprompted) {
	f := c.FollowUp(k, stage.AskPortSpeaksPlain)
	if f == nil {
		return out
	}
	r := f.Result(stage.Greeting)
	if r == nil || r.Status == stage.Skip {
		return out
	}
	if g := stage.FactsOf[*stage.GreetingFacts](f); g != nil {
		out.First = g.FirstBytes
		if out.First == "" {
			out.First = g.Text()
		}
	}
	out.Cut = out.First == "" && (r.Fault == stage.Closed || r.Fault == stage.Reset) && r.Time.Duration() < atOnce
	out.Silent = out.First == "" && r.Fault == stage.Silent
	return out
}
