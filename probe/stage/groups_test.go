package stage_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"maildoctor/probe/stage"
)

// grouped returns a run of checks a to d in the given groups, with a follow-up of a
// that serves further checks.
func grouped(groups [4]int, shared []string, merged ...[2]string) *stage.Stream {
	s := &stage.Stream{End: &stage.End{State: stage.Complete}}
	for i, id := range []string{"a", "b", "c", "d"} {
		e := stage.Endpoint{Protocol: stage.IMAP, Host: id + ".example.net", Port: 993, Security: stage.TLS}
		s.Header.Plan.Checks = append(s.Header.Plan.Checks, stage.Check{ID: id, Kind: stage.KindEndpoint, Endpoint: e, Group: groups[i]})
	}
	follow := stage.Check{ID: "a/portal", Kind: stage.KindFetch, Question: stage.AskPortal, Round: 1, Parents: []string{"a"}}
	s.Events = []stage.Event{
		{Type: stage.EventCheck, Check: follow.ID, Seq: 1, Ordered: &follow},
		{Type: stage.EventDone, Check: follow.ID, Seq: 2},
	}
	if shared != nil {
		s.Events = append(s.Events, stage.Event{Type: stage.EventShared, Check: follow.ID, Seq: 3, Parents: shared})
	}
	for i, m := range merged {
		s.Events = append(s.Events, stage.Event{Type: stage.EventMerged, Check: m[0], Seq: 10 + i, Merged: &stage.Merge{With: m[1], Address: "192.0.2.1"}})
	}
	return s
}

// parts returns the groups of a record: "a b a/portal(a)
//
// c d".
func parts(rec *stage.Record) string {
	var groups []string
	for _, part := range rec.Parts() {
		p := part.Record()
		var ids []string
		for i := range p.Checks {
			c := &p.Checks[i].Check
			id := c.ID
			if c.FollowUp() {
				id += "(" + strings.Join(c.Parents, " ") + ")"
			}
			if p.Check(c.ID) != &p.Checks[i] {
				id += fmt.Sprintf(" is not found, but %v", p.Check(c.ID))
			}
			ids = append(ids, id)
		}
		groups = append(groups, strings.Join(ids, " "))
	}
	return strings.Join(groups, " | ")
}

func TestParts(t *testing.T) {
	for _, tt := range []struct {
		name string
		run  *stage.Stream
		want string
	}{
		{"one group", grouped([4]int{}, nil), "a b c d a/portal(a)"},
		{"as the plan says", grouped([4]int{0, 1, 0, 2}, nil), "a c a/portal(a) | b | d"},
		{"a follow-up that serves two", grouped([4]int{0, 1, 0, 2}, []string{"b", "c"}), "a c a/portal(a c) | b a/portal(b) | d"},
		{"an address in common", grouped([4]int{0, 1, 2, 3}, []string{"b"}, [2]string{"c", "b"}), "a a/portal(a) | b c a/portal(b) | d"},
		{"one after the other", grouped([4]int{0, 1, 2, 3}, nil, [2]string{"d", "c"}, [2]string{"c", "b"}, [2]string{"b", "d"}), "a a/portal(a) | b c d"},
		{"all of them", grouped([4]int{0, 1, 2, 3}, []string{"d"}, [2]string{"a", "b"}, [2]string{"d", "c"}, [2]string{"d", "a"}), "a b c d a/portal(a d)"},
		{"of a check that isn't there", grouped([4]int{0, 1, 1, 1}, nil, [2]string{"a", "x"}, [2]string{"x", "b"}), "a a/portal(a) | b c d"},
	} {
		if got := parts(stage.Fold(tt.run)); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}

// A folder that closes checks as they end yields the same record as the whole stream,
// with or without transcripts.
func TestFolderClosesChecks(t *testing.T) {
	s := sample()
	f, mute := stage.NewFolder(s.Header), stage.NewFolder(s.Header).WithoutTranscripts()
	for _, e := range s.Events {
		f.Add(&e)
		mute.Add(&e)
		if e.Type == stage.EventDone {
			c := stage.Check{ID: e.Check, Kind: stage.KindTLS, Endpoint: s.Header.Plan.Checks[1].Endpoint}
			if e.Check == "imap-993" {
				c = s.Header.Plan.Checks[0]
			}
			f.Close(c)
			mute.Close(c)
		}
	}
	want := stage.Fold(s)
	if d := cmp.Diff(want, f.Record(s.End), cmpopts.IgnoreUnexported(stage.Record{})); d != "" {
		t.Error(d)
	}
	if len(want.Checks[1].Transcript) != 1 {
		t.Fatalf("%d lines of transcript in the sample, want 1", len(want.Checks[1].Transcript))
	}
	want.Checks[1].Transcript = nil
	if d := cmp.Diff(want, mute.Record(s.End), cmpopts.IgnoreUnexported(stage.Record{})); d != "" {
		t.Errorf("without transcripts: %s", d)
	}
}

// Lookups before the plan are in the record, even of a run read from a file, and the
// hosts contacted for them are among the contacts.
func TestSourcesAreReplayed(t *testing.T) {
	s := sample()
	asked := []stage.Source{
		{
			ID: stage.SourceAutoconfig, Domain: "example.net", Asked: []string{"https://autoconfig.example.net/mail/config-v1.1.xml"},
			Outcome: stage.SourceFound, Provider: "Example", Settings: []stage.Setting{{Endpoint: imap, User: "jane@example.net"}},
		},
		{
			ID: stage.SourceISPDB, Asked: []string{"https://v1.ispdb.net/example.net"}, Outcome: stage.SourceFailed, Fault: stage.FetchFailed, Detail: "HTTP 500",
			Contacts: []stage.Contact{{Host: "v1.ispdb.net", Address: "192.0.2.80:443", Why: "settings"}},
		},
	}
	for i := range asked {
		s.Events = append(s.Events, stage.Event{Type: stage.EventSource, Seq: 2 + i, Source: &asked[i]})
	}
	read, err := stage.ReadStream(bytes.NewReader(encode(t, s)))
	if err != nil || read.Unknown > 0 {
		t.Fatalf("%d unknown events, %v", read.Unknown, err)
	}
	rec := stage.Fold(read)
	want := append([]stage.Source{*sample().Events[0].Source}, asked...)
	if d := cmp.Diff(want, rec.Sources); d != "" {
		t.Error(d)
	}
	if got := rec.Contacts[1]; got != asked[1].Contacts[0] {
		t.Errorf("contacts are %v, want those of the sources first", rec.Contacts)
	}
}

// Equal facts of similar servers are stored once, and different facts stay different.
func TestFolderSharesFacts(t *testing.T) {
	var s stage.Stream
	e := imap
	list := func() []string { return []string{"IMAP4rev1", "IDLE"} }
	f := stage.NewFolder(stage.Header{Plan: stage.Plan{Checks: make([]stage.Check, 1000)}})
	for i, facts := range [][]stage.Facts{
		{&stage.CapabilityFacts{List: list()}, &stage.TLSFacts{ServerName: "a", Chain: []stage.Certificate{{SHA256: "1", Subject: "a"}}}},
		{&stage.CapabilityFacts{List: list()}, &stage.TLSFacts{ServerName: "b", Chain: []stage.Certificate{{SHA256: "1", Subject: "a"}}}},
		{&stage.CapabilityFacts{List: list(), LoginDisabled: true}, &stage.TLSFacts{ServerName: "b", Chain: []stage.Certificate{{SHA256: "2", Subject: "a"}}}},
	} {
		c := stage.Check{ID: fmt.Sprint(i), Kind: stage.KindEndpoint, Endpoint: e}
		s.Header.Plan.Checks = append(s.Header.Plan.Checks, c)
		for n, name := range []stage.Stage{stage.Capabilities, stage.Handshake} {
			f.Add(&stage.Event{Type: stage.EventResult, Check: c.ID, Seq: 1 + n, Result: &stage.Result{Stage: name, Status: stage.Pass, Facts: facts[n]}})
		}
		f.Close(c)
	}
	caps := func(i int) *stage.CapabilityFacts {
		k := f.Check(s.Header.Plan.Checks[i])
		return stage.FactsOf[*stage.CapabilityFacts](&k)
	}
	tls := func(i int) *stage.TLSFacts {
		k := f.Check(s.Header.Plan.Checks[i])
		return stage.FactsOf[*stage.TLSFacts](&k)
	}
	if caps(0) != caps(1) || caps(0) == caps(2) || !caps(2).LoginDisabled {
		t.Errorf("capabilities: %+v, %+v, %+v", caps(0), caps(1), caps(2))
	}
	if &tls(0).Chain[0] != &tls(1).Chain[0] || &tls(1).Chain[0] == &tls(2).Chain[0] || tls(0).ServerName != "a" || tls(1).ServerName != "b" {
		t.Errorf("handshakes: %+v, %+v, %+v", tls(0), tls(1), tls(2))
	}
}
