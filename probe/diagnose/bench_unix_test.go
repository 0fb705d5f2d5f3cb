//go:build unix

package diagnose_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

// shapes of runs: where the n-th check is made, and for whom.
var shapes = []struct {
	name string
	at   func(n int) (host, address string, port uint16, subject, group int)
}{
	{"a host each", func(n int) (string, string, uint16, int, int) {
		return fmt.Sprintf("mail%d.example%d.net", n, n), address(n), 0, n, n
	}},
	{"a host each, of one account", func(n int) (string, string, uint16, int, int) {
		return fmt.Sprintf("mail%d.example.net", n), address(n), 0, 0, 0
	}},
	{"names of one address", func(n int) (string, string, uint16, int, int) {
		return fmt.Sprintf("mail%d.example%d.net", n, n), address(0), 0, n, 0
	}},
	{"ports of one host", func(n int) (string, string, uint16, int, int) {
		return "mail.example.net", address(0), uint16(1000 + n), 0, 0
	}},
	{"accounts of one server", func(n int) (string, string, uint16, int, int) {
		return "mail.example.net", address(0), 0, n, 0
	}},
}

func address(n int) string { return fmt.Sprintf("198.%d.%d.%d", 18+n>>16, n>>8&255, n&255) }

// troubles are faults that a stage ends with, and two of a kind side by side.
func troubles() map[string]func(n int) []step {
	all := map[string]func(int) []step{
		"none":                func(int) []step { return nil },
		"half of them shut":   func(n int) []step { return []step{timeout(), well}[n%2 : n%2+1] },
		"half of them refuse": func(n int) []step { return []step{dialled(stage.Refused, stage.DialRefused), well}[n%2 : n%2+1] },
		"refused logins, and spared ones": func(n int) []step {
			return []step{refusedWith("PLAIN", authFailed), skip(stage.Login, stage.LoginBudget)}[n%2 : n%2+1]
		},
		"unknown authority": func(int) []step {
			return []step{certificate(stage.CertUnknownAuthority, stage.CertMissingLink)}
		},
		"expired":      func(int) []step { return []step{certificate(stage.CertExpired)} },
		"another name": func(int) []step { return []step{certificate(stage.CertNameMismatch)} },
		"half of them expired": func(n int) []step {
			return []step{certificate(stage.CertExpired), well}[n%2 : n%2+1]
		},
		"not yet valid": func(int) []step { return []step{certificate(stage.CertNotYetValid)} },
		"local root":    func(int) []step { return []step{certificate(stage.CertLocalRoot)} },
	}
	for s, faults := range produced() {
		for _, f := range faults {
			all[string(s)+" "+string(f)] = func(int) []step { return []step{fail(s, f)} }
		}
	}
	return all
}

// many returns a run of n checks with the same trouble, in folded form.
func many(n int, at func(int) (string, string, uint16, int, int), trouble func(int) []step) *stage.Record {
	r := newRun()
	first := r.rec.Header.Plan.Subjects[0]
	r.rec.Header.Plan.Subjects = nil
	protocols := []stage.Endpoint{
		{Protocol: stage.IMAP, Port: 993, Security: stage.TLS},
		{Protocol: stage.SMTP, Port: 587, Security: stage.StartTLS},
		{Protocol: stage.POP3, Port: 995, Security: stage.TLS},
	}
	for i := range n {
		host, ip, port, subject, group := at(i)
		for len(r.rec.Header.Plan.Subjects) <= subject {
			s := first
			s.User = fmt.Sprintf("user%d@example.net", subject)
			if subject%2 == 1 {
				s.Kind, s.Profile = stage.SubjectURL, nil
			}
			r.rec.Header.Plan.Subjects = append(r.rec.Header.Plan.Subjects, s)
		}
		e := protocols[i%len(protocols)]
		e.Host = host
		if port != 0 {
			e.Port = port
		}
		steps := append([]step{func(c *stage.CheckRecord) { leadsTo(c, ip) }}, trouble(i)...)
		r.check(stage.Check{ID: fmt.Sprintf("c%d", i), Kind: stage.KindEndpoint, Subject: subject, Group: group, Endpoint: e}, append(steps, func(c *stage.CheckRecord) { leadsTo(c, ip) })...)
	}
	return refolded(&r.rec)
}

// leadsTo gives a check's host an address.
func leadsTo(c *stage.CheckRecord, ip string) {
	if f := stage.FactsOf[*stage.ResolveFacts](c); f != nil {
		f.Addresses = []string{ip}
	}
	if f := stage.FactsOf[*stage.ConnectFacts](c); f != nil {
		for i := range f.Attempts {
			f.Attempts[i].Address = stage.Endpoint{Host: ip, Port: c.Check.Endpoint.Port}.Address()
		}
		if r := c.Result(stage.Connect); r.Status == stage.Pass {
			f.Address = f.Attempts[0].Address
		}
	}
}

// refolded returns a record folded from its own stream.
func refolded(rec *stage.Record) *stage.Record {
	s := &stage.Stream{Header: rec.Header, End: &rec.End}
	for i := range rec.Checks {
		c := &rec.Checks[i]
		for n := range c.Results {
			s.Events = append(s.Events, stage.Event{Type: stage.EventResult, Check: c.Check.ID, Seq: n, Result: &c.Results[n]})
		}
		s.Events = append(s.Events, stage.Event{Type: stage.EventDone, Check: c.Check.ID, Seq: 99})
	}
	return stage.Fold(s)
}

// cpu returns the CPU time of this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

// BenchmarkMany diagnoses runs of 300 and 3,000 checks that all have the same
// trouble, for each trouble of a stage and each way in which checks can belong
// together. Ten times the checks may cost 12 times the CPU time. It reports the
// worst case.
func BenchmarkMany(b *testing.B) {
	for _, shape := range shapes {
		b.Run(shape.name, func(b *testing.B) {
			for b.Loop() {
				worst, of := 0.0, ""
				for name, trouble := range troubles() {
					few, lots := costOf(b, many(300, shape.at, trouble), 5), costOf(b, many(3000, shape.at, trouble), 1)
					if ratio := float64(lots) / float64(few); ratio > worst {
						worst, of = ratio, name
					}
					if lots > 12*few {
						b.Logf("%s: %.1f (%v, %v)", name, float64(lots)/float64(few), few, lots)
					}
				}
				b.ReportMetric(worst, "worst-ratio")
				b.Logf("the worst: %s", of)
			}
		})
	}
}

// costOf returns the cost of diagnosing a run this many times.
func costOf(b *testing.B, rec *stage.Record, times int) time.Duration {
	runtime.GC()
	before := cpu(b)
	for range times {
		diagnose.Diagnose(rec)
	}
	return (cpu(b) - before) / time.Duration(times)
}

func well(*stage.CheckRecord) {}
