package diagnose_test

import (
	"encoding/json"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// now is when every run of these tests takes place.
var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// run builds a record. Checks stop at the stage that failed.
type run struct{ rec stage.Record }

func newRun() *run {
	r := &run{}
	r.rec.Header = stage.Header{
		Format: 1, Started: now,
		System: stage.System{OS: "linux", LinkUp: true, Addresses: []string{"192.168.1.23"}},
		Options: stage.Options{
			FollowUps: true, Login: true, Password: true, ConnectTimeout: stage.Ms(10 * time.Second), CertificateDays: 21,
		},
	}
	r.rec.Header.Plan.Subjects = []stage.Subject{{
		Argument: "jane@example.net", Kind: stage.SubjectAddress, Domain: "example.net", Address: "jane@example.net", User: "jane@example.net",
		Profile: &stage.Profile{ID: "example", Name: "Example", UserName: stage.FullAddress, MailboxBytes: 700_000_000, MessageBytes: 10_000_000},
	}}
	r.rec.End = stage.End{State: stage.Complete, Time: stage.Ms(time.Second)}
	return r
}

// builtin makes the provider one of the embedded catalogue.
func (r *run) builtin() *run { r.profile().Builtin = true; return r }

// note adds a note to the profile.
func (r *run) note(id stage.NoteID, text string) *run {
	r.profile().Notes = append(r.profile().Notes, stage.Note{ID: id, Text: text})
	return r
}

func (r *run) profile() *stage.Profile { return r.rec.Header.Plan.Subjects[0].Profile }

// with changes the record.
func (r *run) with(change func(*stage.Record)) *run { change(&r.rec); return r }

// step is the result of one stage of a check, and what to change in it.
type step func(*stage.CheckRecord)

// add makes a check from "imap-993 imap.example.net tls" and the results of its
// stages; stages without a step passed.
func (r *run) add(spec string, steps ...step) *run {
	f := strings.Fields(spec)
	protocol, port, _ := strings.Cut(f[0], "-")
	var n uint16
	for _, d := range strings.TrimRight(port, "abcdefghijklmnopqrstuvwxyz-") {
		n = n*10 + uint16(d-'0')
	}
	c := stage.Check{ID: f[0], Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{
		Protocol: stage.Protocol(protocol), Host: f[1], Port: n, Security: stage.Security(f[2]),
	}}
	return r.check(c, steps...)
}

// check adds any check.
func (r *run) check(c stage.Check, steps ...step) *run {
	rec := stage.CheckRecord{Check: c, Done: true}
	for _, s := range c.Order() {
		rec.Results = append(rec.Results, stage.Result{Stage: s, Status: stage.Pass, Facts: plain(s, c.Endpoint)})
	}
	for _, s := range steps {
		s(&rec)
	}
	blocked := stage.Stage("")
	for i := range rec.Results {
		if blocked != "" {
			rec.Results[i] = stage.Result{Stage: rec.Results[i].Stage, Status: stage.Skip, Reason: stage.Blocked, BlockedBy: blocked}
		} else if rec.Results[i].Status == stage.Fail {
			blocked = rec.Results[i].Stage
		}
	}
	if !c.FollowUp() {
		r.rec.Header.Plan.Checks = append(r.rec.Header.Plan.Checks, rec.Check)
	}
	r.rec.Checks = append(r.rec.Checks, rec)
	return r
}

// plain returns the facts of a stage in which all was well.
func plain(s stage.Stage, e stage.Endpoint) stage.Facts {
	switch s {
	case stage.Resolve:
		return &stage.ResolveFacts{Host: e.Host, Addresses: []string{addressOf(e.Host)}}
	case stage.Connect:
		return &stage.ConnectFacts{Attempts: []stage.Attempt{{Address: addressOf(e.Host) + ":993", Outcome: stage.DialConnected}}}
	case stage.Handshake:
		return &stage.TLSFacts{Version: "TLS 1.3", Verified: true, Chain: []stage.Certificate{leaf()}}
	case stage.Greeting:
		return &stage.GreetingFacts{}
	case stage.Upgrade:
		return &stage.StartTLSFacts{Offered: true, Accepted: true}
	case stage.Capabilities:
		return &stage.CapabilityFacts{Mechanisms: []string{"PLAIN", "SCRAM-SHA-256"}}
	case stage.Login:
		return &stage.LoginFacts{Mechanism: "PLAIN", Encrypted: true, Sent: true}
	case stage.Mailbox:
		return &stage.MailboxFacts{}
	case stage.Submit:
		return &stage.SubmitFacts{Accepted: true}
	case stage.Fetch:
		return &stage.FetchFacts{}
	}
	return nil
}

func leaf() stage.Certificate {
	return stage.Certificate{
		Subject: "CN=imap.example.net", Issuer: "CN=Example Public CA R1", Names: []string{"imap.example.net"}, SHA256: "51aa",
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 2, 0), Issuers: []string{"http://ca.example/r1.der"},
	}
}

// fail makes a stage fail, with facts if they are given.
func fail(s stage.Stage, f stage.Fault, facts ...stage.Facts) step {
	return ended(s, stage.Fail, f, facts...)
}

// warn lets a stage go on with a fault.
func warn(s stage.Stage, f stage.Fault, facts ...stage.Facts) step {
	return ended(s, stage.Warn, f, facts...)
}

// pass gives a stage that passed other facts.
func pass(s stage.Stage, facts stage.Facts) step { return ended(s, stage.Pass, "", facts) }

func ended(s stage.Stage, status stage.Status, f stage.Fault, facts ...stage.Facts) step {
	return func(c *stage.CheckRecord) {
		if r := c.Result(s); r != nil {
			r.Status, r.Fault = status, f
			if len(facts) > 0 {
				r.Facts = facts[0]
			}
		}
	}
}

// skip skips a stage.
func skip(s stage.Stage, why stage.Reason) step {
	return func(c *stage.CheckRecord) {
		if r := c.Result(s); r != nil {
			*r = stage.Result{Stage: s, Status: stage.Skip, Reason: why}
		}
	}
}

// optional marks the check as optional.
func optional(c *stage.CheckRecord) { c.Check.Optional = true }

// certificate fails the handshake with these faults.
func certificate(ids ...stage.CertFaultID) step {
	return fail(stage.Handshake, stage.BadCertificate, certFacts(false, ids...))
}

func certFacts(warning bool, ids ...stage.CertFaultID) *stage.TLSFacts {
	f := &stage.TLSFacts{Chain: []stage.Certificate{leaf()}}
	for _, id := range ids {
		f.Faults = append(f.Faults, stage.CertFault{ID: id, Warning: warning})
	}
	return f
}

// dialled fails the connect stage with one attempt.
func dialled(f stage.Fault, o stage.DialOutcome) step {
	return after(10*time.Second, f, o)
}

// after is dialled with the time that it took.
func after(d time.Duration, f stage.Fault, o stage.DialOutcome) step {
	return func(c *stage.CheckRecord) {
		fail(stage.Connect, f, &stage.ConnectFacts{Attempts: []stage.Attempt{{
			Address: addressOf(c.Check.Endpoint.Host) + ":993", Outcome: o, Time: stage.Ms(d),
		}}})(c)
	}
}

// addressOf gives each host an address of its own.
func addressOf(host string) string {
	return "198.51.100." + strconv.Itoa(int(crc32.ChecksumIEEE([]byte(host))%250)+1)
}

func timeout() step { return dialled(stage.ConnectTimeout, stage.DialTimeout) }

// looked fails the resolve stage with answers of name servers, "A nxdomain
// 192.0.2.53:53".
func looked(f stage.Fault, lookups ...string) step {
	facts := &stage.ResolveFacts{Host: "imap.example.net"}
	for i, l := range lookups {
		w := strings.Fields(l)
		facts.Lookups = append(facts.Lookups, stage.Lookup{Index: i, Type: w[0], Outcome: stage.LookupOutcome(w[1]), Server: w[2]})
	}
	return fail(stage.Resolve, f, facts)
}

// refusedWith fails the login with a reply, by a mechanism.
func refusedWith(mechanism string, r stage.Reply) step {
	return fail(stage.Login, stage.Refusal(r).Fault, &stage.LoginFacts{
		Mechanism: mechanism, Offered: []string{"PLAIN", "SCRAM-SHA-256"}, Reply: &r, Encrypted: true, Sent: true,
	})
}

func imapNo(code, text string) stage.Reply {
	return stage.Reply{Status: "NO", ResponseCode: code, Lines: []string{"a NO " + text}}
}

func smtpReply(code int, enhanced, text string) stage.Reply {
	return stage.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}
}

// followUp adds the check that answers a question of the diagnosis so far.
func (r *run) followUp(t *testing.T, id string, steps ...step) *run {
	t.Helper()
	for _, q := range diagnose.Diagnose(&r.rec).Questions {
		if q.Check.ID == id {
			return r.check(q.Check, steps...)
		}
	}
	t.Fatalf("no question %q was asked", id)
	return nil
}

// diagnose diagnoses the record, and checks what must hold for every diagnosis.
func (r *run) diagnose(t *testing.T) diagnose.Diagnosis {
	t.Helper()
	before, _ := json.Marshal(r.rec)
	d := diagnose.Diagnose(&r.rec)
	if after, _ := json.Marshal(r.rec); string(before) != string(after) {
		t.Error("the record was changed")
	}
	for _, f := range d.Findings {
		p, ok := cause.PageOf(f.Cause)
		if !ok {
			t.Errorf("%s has no page", f.Cause)
			continue
		}
		if m := p.Missing(f.Args); m != nil {
			t.Errorf("%s: no argument for %v in %v", f.Cause, m, f.Args)
		}
		round := slices.ContainsFunc(d.Ways, func(w chart.Way) bool { return w.Round == f.Checks[0] && w.Kind == chart.OtherEndpoint })
		if len(f.Actions) == 0 && !round || p.Sentence(prose.English(), f.Args) == "" {
			t.Errorf("%s: nothing to say or to do with %v", f.Cause, f.Args)
		}
		if len(f.Evidence) == 0 || f.Evidence[0].Text(prose.English()) == "" || len(f.Checks) == 0 {
			t.Errorf("%s has no evidence: %+v", f.Cause, f)
		}
	}
	return d
}

// find returns an independent finding of a cause, else a suppressed one; nil if
// there is none.
func find(d diagnose.Diagnosis, id cause.ID) *diagnose.Finding {
	for i := range d.Findings {
		if d.Findings[i].Cause == id {
			return &d.Findings[i]
		}
	}
	return nil
}
