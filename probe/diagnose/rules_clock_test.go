package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// dateIs is what a web server's clock says, ntpIs what a time server's does.
func dateIs(ahead time.Duration) step {
	return pass(stage.Fetch, &stage.FetchFacts{URL: "http://web.example/", Status: 204, Date: now.Add(ahead).Format(time.RFC3339), Offset: new(stage.Ms(ahead))})
}

func ntpIs(ahead time.Duration) step {
	return pass(stage.Clock, &stage.ClockFacts{Server: "time.example", Time: now.Add(ahead).Format(time.RFC3339), Offset: new(stage.Ms(ahead)), Stratum: 2})
}

func TestClockRules(t *testing.T) {
	expired := cert(func(c *stage.Certificate) { c.NotBefore, c.NotAfter = now.Add(-100*aDay), now.Add(-10*aDay) })
	future := cert(func(c *stage.Certificate) { c.NotBefore, c.NotAfter = now.Add(20*aDay), now.Add(110*aDay) })
	old := func() *run { return newRun().asking().add(imap, bad(expired, stage.CertExpired)) }
	early := func() *run { return newRun().asking().add(imap, bad(future, stage.CertNotYetValid)) }
	const http, https, portal, ntp = "imap-993/date-http", "imap-993/date-https", "imap-993/date-portal", "imap-993/time"
	said := func(r *run, ahead time.Duration) *run {
		return r.add("smtp-587 smtp.example.net starttls", pass(stage.Greeting, &stage.GreetingFacts{ServerDate: now.Add(ahead).Format(time.RFC3339)}))
	}
	ended := bad(&stage.TLSFacts{Chain: []stage.Certificate{leaf(), {Subject: "CN=R", Issuer: "CN=R", NotBefore: now.Add(-3000 * aDay), NotAfter: now.Add(-10 * aDay)}}})
	issuer := func(c *stage.CheckRecord) {
		ended(c)
		f := stage.FactsOf[*stage.TLSFacts](c)
		f.Faults = []stage.CertFault{{ID: stage.CertIssuerExpired, Depth: 1}}
	}
	clock := []cause.ID{cause.ClientClockWrong}
	const wrong, exp, notYet = cause.ClientClockWrong, cause.CertExpired, cause.CertNotYetValid
	back := -40 * aDay // by the other clocks, it is forty days earlier
	checkCases(t, []ruleCase{
		{"expired, nobody tells the time", old().followUp(t, ntp, fail(stage.Clock, stage.NoTime)), exp, sure{exp: proven, wrong: possible}, nil},
		{"expired, and the portal is somebody else", old().followUp(t, portal, pass(stage.Fetch, &stage.FetchFacts{URL: "http://portal.example/empty", Status: 302, Offset: new(stage.Ms(0))})), exp, sure{exp: proven, wrong: possible}, nil},
		{"expired, NTP agrees", old().followUp(t, ntp, ntpIs(time.Second)), exp, sure{exp: proven}, clock},
		{"expired, the portal agrees", old().followUp(t, portal, dateIs(-time.Minute)), exp, sure{exp: proven}, clock},
		{"expired, the mail host agrees", old().followUp(t, http, dateIs(0)), exp, sure{exp: proven, wrong: possible}, nil},
		{"expired, NTP disagrees", old().followUp(t, ntp, ntpIs(back)), wrong, sure{wrong: proven}, nil},
		{"expired, portal and mail host disagree", old().followUp(t, portal, dateIs(back)).followUp(t, https, dateIs(back)), wrong, sure{wrong: proven}, nil},
		{"expired, the portal alone disagrees", old().followUp(t, portal, dateIs(back)), wrong, sure{wrong: likely}, nil},
		{"expired, the mail host alone disagrees", old().followUp(t, http, dateIs(back)).followUp(t, https, dateIs(back)), wrong, sure{wrong: likely}, nil},
		{"expired, the mail host's clock is wrong", old().followUp(t, http, dateIs(back)).followUp(t, ntp, ntpIs(0)), exp, sure{exp: proven, wrong: possible}, nil},
		{"expired, NTP and portal contradict each other", old().followUp(t, portal, dateIs(back)).followUp(t, ntp, ntpIs(0)), exp, sure{exp: likely, wrong: possible}, nil},
		{"expired, NTP disagrees and the mail host doesn't", old().followUp(t, http, dateIs(0)).followUp(t, ntp, ntpIs(back)), wrong, sure{wrong: likely}, nil},
		{"expired by another time too", old().followUp(t, ntp, ntpIs(400*aDay)), exp, sure{exp: proven}, clock},
		{"expired, and off by a few days only", old().followUp(t, ntp, ntpIs(-3*aDay)), exp, sure{exp: proven}, clock},
		{"expired, a greeting and NTP disagree", said(old(), back).followUp(t, ntp, ntpIs(back)), wrong, sure{wrong: proven}, nil},
		{"not yet valid, NTP agrees", early().followUp(t, ntp, ntpIs(-2*time.Second)), notYet, sure{notYet: proven}, clock},
		{"not yet valid, NTP disagrees", early().followUp(t, ntp, ntpIs(30*aDay)), wrong, sure{wrong: proven}, nil},
		{"not yet valid, and long expired by the right time", early().followUp(t, ntp, ntpIs(3000*aDay)), wrong, sure{wrong: proven}, nil},
		{"an issuer that ran out, NTP agrees", newRun().asking().add(imap, issuer).followUp(t, ntp, ntpIs(0)), cause.CertExpiredRootInChain, sure{cause.CertExpiredRootInChain: proven}, clock},
		{"an issuer that ran out, NTP disagrees", newRun().asking().add(imap, issuer).followUp(t, ntp, ntpIs(back)), wrong, sure{wrong: proven}, nil},
		{"an issuer that ran out, nobody asked", newRun().add(imap, issuer), cause.CertExpiredRootInChain, nil, clock},
	})
	checkWords(t, "by how much", early().followUp(t, ntp, ntpIs(3*365*aDay)), wrong, "clock is wrong\nThis computer's clock is about 3 years behind, according to the time server time.example.", "may be")
	checkWords(t, "the portal alone", old().followUp(t, portal, dateIs(-3*time.Hour-9*aDay-aDay)), wrong, "clock may be wrong", "is wrong")
	for _, q := range old().diagnose(t).Questions {
		if q.Check.Question == stage.AskTime && q.Check.Round != 1 {
			t.Errorf("%s is asked in round %d", q.Check.ID, q.Check.Round)
		}
	}
}

// A valid certificate that began after the other one's end leaves nothing to ask,
// and neither does one that has not expired.
func TestTimeIsAskedOnlyInDoubt(t *testing.T) {
	expired := cert(func(c *stage.Certificate) { c.NotBefore, c.NotAfter = now.Add(-100*aDay), now.Add(-60*aDay) })
	dated := *expired
	dated.Faults = []stage.CertFault{{ID: stage.CertExpired}}
	asked := func(r *run) bool {
		for _, q := range r.diagnose(t).Questions {
			if q.Check.Question == stage.AskTime {
				return true
			}
		}
		return false
	}
	for name, c := range map[string]struct {
		run  *run
		want bool
	}{
		"expired":                 {newRun().add(imap, bad(expired, stage.CertExpired)), true},
		"began since":             {newRun().add(imap, bad(expired, stage.CertExpired)).add(smtp465, good(cert(func(*stage.Certificate) {}))), false},
		"nobody looked at it":     {newRun().add(imap, fail(stage.Handshake, stage.ClientCertAsked, &dated)), false},
		"another name":            {newRun().add(imap, bad(expired, stage.CertNameMismatch)), false},
		"an issuer that expired":  {newRun().add(imap, bad(expired, stage.CertIssuerExpired)), true},
		"in order, and it warned": {newRun().add(imap, warn(stage.Handshake, "", certFacts(true, stage.CertExpiredExtra))), false},
	} {
		if got := asked(c.run); got != c.want {
			t.Errorf("%s: asked %v", name, got)
		}
	}
}
