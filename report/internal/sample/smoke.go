package sample

import "maildoctor/probe/stage"

// smokeFile has the lines of the endpoints in smoke.toml.
var smokeFile = []struct {
	id, url string
	line    int
	e       stage.Endpoint
}{
	{"imap-993", "imaps://imap.example.com", 11, stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.com", Port: 993, Security: stage.TLS}},
	{"imap-143", "imap://imap.example.com", 15, stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.com", Port: 143, Security: stage.StartTLS}},
	{"pop3-995", "pop3s://pop.example.com", 19, stage.Endpoint{Protocol: stage.POP3, Host: "pop.example.com", Port: 995, Security: stage.TLS}},
	{"smtp-465@smtp.example.com", "smtps://smtp.example.com", 23, stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.com", Port: 465, Security: stage.TLS}},
	{"smtp-587", "smtp://smtp.example.com", 27, stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.com", Port: 587, Security: stage.StartTLS}},
	{"smtp-465@smtp2.example.com", "smtps://smtp2.example.com", 31, stage.Endpoint{Protocol: stage.SMTP, Host: "smtp2.example.com", Port: 465, Security: stage.TLS}},
}

// smoke is a pipeline's run of a file with six endpoints and four expectations of each.
// All work, and one certificate expires in five days.
func smoke() *run {
	r := jane()
	r.header.System.OS, r.header.System.Zone = "linux", "+00:00"
	r.header.Plan = stage.Plan{File: &stage.SmokeFile{Path: "smoke.toml", SHA256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}}
	r.end.Time = ms(312)
	for i, f := range smokeFile {
		if addresses[f.e.Host] == "" {
			addresses[f.e.Host] = "203.0.113.2" + string(rune('0'+i))
		}
		r.header.Plan.Subjects = append(r.header.Plan.Subjects, stage.Subject{
			Argument: f.url, Kind: stage.SubjectURL, User: "probe@example.com", Address: "probe@example.com", Line: f.line,
		})
		r.header.Plan.Checks = append(r.header.Plan.Checks, stage.Check{
			ID: f.id, Kind: stage.KindEndpoint, Subject: i, Endpoint: f.e,
			Expects: []stage.Expectation{
				{ID: stage.ExpectCertificateDays, Want: []string{"14"}, Severity: stage.ExpectFail, Line: 3},
				{ID: stage.ExpectTLSMin, Want: []string{"1.2"}, Severity: stage.ExpectFail, Line: 4},
				{ID: stage.ExpectLogin, Want: []string{"true"}, Severity: stage.ExpectFail, Line: 5},
				{ID: stage.ExpectGreeting, Want: []string{"2000"}, Severity: stage.ExpectWarn, Line: 6},
			},
		})
	}
	for _, c := range r.header.Plan.Checks {
		r.open(c.ID)
		r.accepted(c.ID)
	}
	return r
}

// smokeRunsOut is the same with a certificate that expires in five days.
func smokeRunsOut() *run {
	r := smoke()
	for i := range r.events {
		e := &r.events[i]
		if e.Result == nil || e.Check != smokeFile[5].id {
			continue
		}
		if f, ok := e.Result.Facts.(*stage.TLSFacts); ok {
			until := Started.AddDate(0, 0, 5)
			f.Chain[0] = certificate(smokeFile[5].e.Host, until)
			f.Faults = []stage.CertFault{{ID: stage.CertExpiresSoon, Detail: until.Format("2006-01-02 15:04 MST"), Warning: true}}
			e.Result.Status = stage.Warn
		}
	}
	return r
}

// smokeUnjudged is the same without a password and without IPv6, of which the file
// expects to be tried; and with a greeting that takes longer than allowed.
func smokeUnjudged() *run {
	r := smoke()
	r.events, r.seq = nil, make(map[string]int)
	r.header.Options.Password = false
	for i := range r.header.Plan.Checks {
		c := &r.header.Plan.Checks[i]
		c.Expects = append(c.Expects, stage.Expectation{ID: stage.ExpectReachable, Want: []string{"both"}, Severity: stage.ExpectFail, Line: 7})
		c.Expects[3].Want = []string{"20"}
		r.open(c.ID)
		last := stage.Mailbox
		if c.Endpoint.Protocol == stage.SMTP {
			last = stage.Submit
		}
		r.skip(c.ID, stage.NoPassword, stage.Login, last)
		r.done(c.ID)
	}
	return r
}
