package chart

import (
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// comparison compares the results at the addresses of a host.
type comparison struct {
	Bad, Good []string // IP addresses at which the stage failed, and at which it passed
	Again     Answer   // yes: a second try at the first address passed
}

// Compared compares the address that failed with the others that were tried.
func (c *Case) Compared(k *Exam, r *stage.Result) comparison {
	out := comparison{Again: Went(c.FollowUp(k, stage.AskAgain), r.Stage)}
	if used := IPOf(k.Connect.Address); used != "" {
		out.Bad = append(out.Bad, used)
	}
	for _, f := range c.followUpsTo(k, stage.AskOtherAddress) {
		switch Went(f, r.Stage) {
		case Yes:
			out.Good = append(out.Good, f.Check.Manner.Address)
		case No:
			out.Bad = append(out.Bad, f.Check.Manner.Address)
		}
	}
	return out
}

// SilentFamily returns the address family, "IPv6", all of whose addresses failed in
// a way that the network path can cause, while the other family's passed; else
// empty.
func (c *Case) SilentFamily(k *Exam, r *stage.Result) string {
	switch r.Fault {
	case stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset, stage.Silent, stage.Stalled, stage.Closed, stage.Reset:
	default:
		return "" // there was an answer
	}
	n := c.Compared(k, r)
	six := func(ip string) bool { return IsIPv6(withPort(ip)) }
	four := func(ip string) bool { return !six(ip) }
	switch {
	case len(n.Bad) == 0 || len(n.Good) == 0 || n.Again == Yes:
		return ""
	case !slices.ContainsFunc(n.Bad, four) && !slices.ContainsFunc(n.Good, six):
		return "IPv6"
	}
	return ""
}

// withPort returns ip:port for an IP address.
func withPort(ip string) string { return stage.Endpoint{Host: ip, Port: 1}.Address() }

// Unlike are the faults that may differ between the machines behind a name, and that
// may be absent at a second try: those that aren't caused by this client.
var Unlike = map[stage.Stage][]stage.Fault{
	stage.Handshake: {stage.HandshakeTimeout, stage.HandshakeClosed, stage.HandshakeReset, stage.TLSProtocol, stage.BadCertificate},
	stage.Greeting:  {stage.Silent, stage.Stalled, stage.Closed, stage.Reset, stage.Malformed, stage.WrongProtocol},
	stage.Upgrade:   {stage.Closed, stage.Reset},
}

// Refusing are further faults that may differ between machines. A second try at the
// same machine would only burden it.
var Refusing = map[stage.Stage][]stage.Fault{
	stage.Handshake: {stage.TLSAlert, stage.TLSVersion, stage.PlaintextAnswer},
	stage.Greeting:  {stage.Rejected, stage.TemporarilyOut, stage.Bye},
	stage.Upgrade:   {stage.NotOffered, stage.Rejected, stage.TemporarilyOut, stage.Bye},
}

// Before returns the last try that failed, in this stage, although the one that counts
// got through; nil if there is none.
func (k *Exam) Before(s stage.Stage) *Exam {
	t := k.Flaked()
	if t == nil || t.Failed().Stage != s {
		return nil
	}
	before := NewExam(t, k.Index, nil)
	before.Subject = k.Subject
	return before
}

// Lone returns the first try that was made because the server had refused one while
// others from here were connected to it; nil if there is none.
func (k *Exam) Lone() *stage.CheckRecord {
	for i := range k.Tries {
		if k.Tries[i].Check.Crowd > 0 {
			return &k.Tries[i]
		}
	}
	return nil
}

// ShowsTries says how often a check that fails was tried and, where the tries failed in
// different ways, how the others did. It is empty for one try.
func ShowsTries(k *stage.CheckRecord) prose.Value {
	last := k.Failed()
	if len(k.Tries) == 0 || last == nil {
		return prose.Value{}
	}
	var others []prose.Value
	for i := range k.Tries {
		r := k.Tries[i].Failed()
		if r != nil && (r.Stage != last.Stage || r.Fault != last.Fault) {
			others = prose.AppendNew(others, Fault(r.Stage, r.Fault, prose.Value{}))
		}
	}
	if len(others) == 0 {
		return say.TriesAlike(prose.Count(len(k.Tries)))
	}
	return say.TriesDiffer(prose.Count(len(k.Tries)), prose.Then(others...))
}
