package redact_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/redact"
	"maildoctor/probe/stage"
)

func line(seq int, from stage.Side, text string) stage.Event {
	return stage.Event{Type: stage.EventLine, Check: "smtp-587", Seq: seq, Line: &stage.Line{From: from, Stage: stage.Capabilities, Text: text}}
}

func sample() *stage.Stream {
	e := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 587, Security: stage.StartTLS}
	return &stage.Stream{
		Header: stage.Header{
			Format: 1, Version: "test", Started: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
			System: stage.System{OS: "linux", Addresses: []string{"192.168.1.23", "203.0.113.7", "2a02:1234::5"}, Resolvers: []string{"192.168.1.1:53", "[fe80::1%eth0]:53"}},
			Plan: stage.Plan{
				Subjects: []stage.Subject{{Argument: "Jane.Doe@example.net", Kind: stage.SubjectAddress, Address: "Jane.Doe@example.net", User: "Jane.Doe@example.net", Domain: "example.net"}},
				Checks:   []stage.Check{{ID: "smtp-587", Kind: stage.KindEndpoint, Endpoint: e}},
			},
		},
		Events: []stage.Event{
			{Type: stage.EventAttempt, Check: "smtp-587", Seq: 1, Attempt: &stage.Attempt{Address: "198.51.100.25:587", Outcome: stage.DialConnected}},
			{Type: stage.EventResult, Check: "smtp-587", Seq: 2, Result: &stage.Result{Stage: stage.Connect, Status: stage.Pass, Facts: &stage.ConnectFacts{Address: "198.51.100.25:587", Local: "192.168.1.23:40000"}}},
			line(3, stage.Server, "220 smtp.example.net at 12:34:56 ready"),
			line(4, stage.Client, "EHLO laptop-of-jane.home.arpa"),
			line(5, stage.Server, "250-smtp.example.net Hello dsl-7.isp.example [203.0.113.99], pleased to meet you"),
			line(6, stage.Server, "535 5.7.8 <jane.doe@EXAMPLE.net> no such user Jane.Doe; janedoes is another; from 203.0.113.99 to 198.51.100.25"),
			line(7, stage.Server, "250 dsl-7.isp.example again, [192.168.1.23]"),
		},
		End: &stage.End{State: stage.Complete},
	}
}

func text(t *testing.T, s *stage.Stream) string {
	t.Helper()
	var b bytes.Buffer
	w := stage.NewStreamWriter(&b)
	w.Header(s.Header)
	for _, e := range s.Events {
		w.Event(e)
	}
	return b.String()
}

func TestStream(t *testing.T) {
	before := text(t, sample())
	in := sample()
	out, n, err := redact.Stream(in)
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, out)
	for _, gone := range []string{"jane.doe", "192.168.1.23", "192.168.1.1:", "203.0.113.7", "203.0.113.99", "2a02:1234::5", "laptop-of-jane", "dsl-7.isp"} {
		if strings.Contains(strings.ToLower(got), gone) {
			t.Errorf("%s is still there:\n%s", gone, got)
		}
	}
	for _, kept := range []string{"account-1@example.net", "smtp.example.net", "198.51.100.25", "at 12:34:56 ready", "535 5.7.8", "janedoes"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is gone:\n%s", kept, got)
		}
	}
	if n < 7 {
		t.Errorf("%d things replaced", n)
	}
	// The same address has the same stand-in, in facts and in what a server says.
	local := out.Events[1].Result.Facts.(*stage.ConnectFacts).Local
	address, _, _ := strings.Cut(local, ":")
	if out.Header.System.Addresses[0] != address || !strings.Contains(out.Events[6].Line.Text, "["+address+"]") || !strings.HasPrefix(address, "10.0.0.") {
		t.Errorf("local address %s, in the header %v, said %q: want one private stand-in", local, out.Header.System.Addresses, out.Events[6].Line.Text)
	}
	if text(t, in) != before {
		t.Error("the stream that was given has been changed")
	}
	if again, _, err := redact.Stream(sample()); err != nil || text(t, again) != got {
		t.Error("redacting twice gives two results")
	}
}

// Without an account nothing but addresses is replaced.
func TestStreamWithoutAccount(t *testing.T) {
	s := sample()
	s.Header.Plan.Subjects[0] = stage.Subject{Argument: "example.net", Kind: stage.SubjectDomain, Domain: "example.net"}
	s.Events = s.Events[:2]
	out, _, err := redact.Stream(s)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, out); strings.Contains(got, "192.168.1.23") || !strings.Contains(got, `"argument":"example.net"`) {
		t.Errorf("got %s", got)
	}
}

func FuzzStream(f *testing.F) {
	f.Add("jane", "250 x Hello a.b [::1]", "1.2.3.4")
	f.Add("a@b", "::ffff:1.2.3.4 fe80::1%eth0", ":::::")
	f.Fuzz(func(t *testing.T, user, said, address string) {
		s := sample()
		s.Header.Plan.Subjects[0].User = stage.Visible(user)
		s.Header.System.Addresses = []string{stage.Visible(address)}
		s.Events[4].Line.Text = stage.Visible(said)
		if _, _, err := redact.Stream(s); err != nil {
			t.Fatal(err)
		}
	})
}
