package survey

import (
	"slices"

	"maildoctor/probe/stage"
)

// protocols are in the order in which they are judged.
var protocols = []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}

// servers judges the entry's servers.
func (j *judge) servers() {
	for _, p := range protocols {
		var all []Server
		for _, s := range j.Servers {
			if s.Protocol == p {
				all = append(all, s)
			}
		}
		if len(all) > 0 && !j.allGone(p, all) {
			for i := range all {
				j.server(&all[i])
			}
		}
	}
}

// allGone reports whether the names of all servers of a protocol are gone, or may be.
func (j *judge) allGone(p stage.Protocol, all []Server) bool {
	for _, s := range all {
		if v, ok := j.visit(s.Endpoint); !ok || v.Fault != stage.NameNotFound {
			return false
		}
	}
	for _, s := range all {
		r := j.gone(s.Host, Reason{ID: ServersGone, Verdict: Dead, Protocol: p, Name: s.Host, Line: s.Line})
		if r.Verdict != Dead || s == all[len(all)-1] {
			j.because(r)
			return true
		}
	}
	return true
}

func (j *judge) visit(e stage.Endpoint) (Visit, bool) {
	v, ok := j.seen.Visits[Key(Visited(e))]
	return v, ok
}

// server judges one server. Of an optional one nothing is expected, unless it turns out
// to be wrong.
func (j *judge) server(s *Server) {
	v, ok := j.visit(s.Endpoint)
	if !ok {
		j.Visited = false
		return
	}
	if j.fulfils(s, v) {
		j.encrypt(s, v)
		return
	}
	r := j.blame(s, v)
	if s.Optional && r.Verdict == NotFromHere {
		return
	}
	j.because(r)
}

// fulfils reports whether a server did what the entry says. Without encryption, it
// needs only to greet.
func (j *judge) fulfils(s *Server, v Visit) bool {
	return v.Passed() || s.Security == stage.None && v.Greeted
}

// blame says whether what went wrong is the entry's fault.
func (j *judge) blame(s *Server, v Visit) Reason {
	r := Reason{Server: s, Visit: &v, Name: s.Host, Fault: v.Fault, Line: s.Line}
	switch {
	case v.Fault == stage.NameNotFound:
		r.ID, r.Verdict = ServerGone, Differs
		return j.gone(s.Host, r)
	case j.seen.Again.Invented:
		r.ID, r.Verdict = Invented, NotFromHere
	case !slices.Contains(blamable, v.Fault) || intercepted(v):
		r.ID, r.Verdict = Unknown, NotFromHere
	case !j.open(s, v):
		r.ID, r.Verdict = NoControl, NotFromHere
	default:
		r.ID, r.Verdict = ServerDiffers, Differs
	}
	return r
}

// blamable are the faults that a server has itself, where the network is not to blame.
// All others, and those that are unknown here, say nothing about an entry: a greeting
// that refuses, for one, may be about the address that we come from.
var blamable = []stage.Fault{
	stage.NoAddress, stage.BadAddress, stage.Refused,
	stage.PlaintextAnswer, stage.TLSAlert, stage.TLSVersion, stage.TLSProtocol, stage.BadCertificate,
	stage.WrongProtocol, stage.Malformed, stage.NotOffered, stage.PreAuth,
}

// intercepted reports whether the certificate was made on this machine or network.
func intercepted(v Visit) bool {
	return v.TLS != nil && slices.ContainsFunc(v.TLS.Faults, func(f stage.CertFault) bool { return f.ID == stage.CertLocalRoot })
}

// open reports whether another host was reached at the same port, before the visit or
// with the first ones, and once more at the end. What goes wrong with encryption needs
// a host that was encrypted.
func (j *judge) open(s *Server, v Visit) bool {
	encrypted := v.Stage == stage.Handshake || v.Stage == stage.Upgrade
	before := false
	for _, o := range j.seen.Visits {
		other := o.Endpoint.Port == s.Port && o.Endpoint.Host != s.Host && o.Passed() && (o.Encrypted || !encrypted)
		if other && !o.At.Before(j.seen.Since) && (o.First || !o.At.After(v.At)) {
			before = true
			break
		}
	}
	return before && slices.ContainsFunc(j.seen.Again.Ports[s.Port], func(r Reached) bool {
		return r.Host != s.Host && (r.Encrypted || !encrypted)
	})
}

// encrypt looks whether a server that the entry uses in clear would encrypt.
func (j *judge) encrypt(s *Server, v Visit) {
	if s.Security != stage.None || j.seen.Again.Invented {
		return
	}
	if v.Passed() && v.Encrypted {
		instead := s.Endpoint
		instead.Security = stage.StartTLS
		j.because(Reason{ID: StartTLS, Verdict: CouldEncrypt, Server: s, Name: s.Host, Instead: instead, Line: s.Line})
	}
	other, _ := Beside(s.Endpoint)
	if o, ok := j.seen.Visits[Key(other)]; ok && o.Passed() && o.Encrypted {
		j.because(Reason{ID: ImplicitTLS, Verdict: CouldEncrypt, Server: s, Name: s.Host, Instead: other, Line: s.Line})
	}
}

// published looks whether what the domain publishes makes the entry superfluous: all
// its servers answer, there is one to receive with and one to send with, each protocol
// that the entry requires is among them, and none is less encrypted.
func (j *judge) published(d Domain) {
	if len(d.Published) == 0 {
		return
	}
	receives, sends := false, false
	for _, e := range d.Published {
		v, ok := j.visit(e)
		if !ok || !v.Passed() {
			return
		}
		receives, sends = receives || e.Protocol.Receives(), sends || !e.Protocol.Receives()
	}
	missing := slices.ContainsFunc(j.Servers, func(s Server) bool { return !s.Optional && !asGood(d.Published, s) })
	if receives && sends && !missing {
		j.because(Reason{ID: Published, Verdict: SelfPublished, Name: j.Domain, Other: string(d.By)})
	}
}

// asGood reports whether a server of the same protocol is published that is encrypted
// as well as the entry's.
func asGood(published []stage.Endpoint, s Server) bool {
	return slices.ContainsFunc(published, func(e stage.Endpoint) bool {
		return e.Protocol == s.Protocol && safety[e.Security] >= safety[s.Security]
	})
}

// safety compares kinds of encryption.
var safety = map[stage.Security]int{stage.None: 0, stage.StartTLSIfOffered: 1, stage.StartTLS: 2, stage.TLS: 2}
