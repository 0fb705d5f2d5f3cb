package expect

import (
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// sender names the address, if the file does.
func sender(e stage.Expectation) prose.Value {
	if len(e.Want) > 0 && strings.Contains(e.Want[0], "@") {
		return say.ExpectSender(prose.Data(e.Want[0]))
	}
	return say.ExpectAccepted()
}

// senderAccepted judges the reply to MAIL FROM, and that to RCPT TO as far as it is
// about the sender: many servers refuse a sender only there.
func senderAccepted(k *exam) ruling {
	f, r := stage.FactsOf[*stage.SubmitFacts](k.c), k.c.Result(stage.Submit)
	switch {
	case r == nil || f == nil || r.Status == stage.Skip:
		return k.unreached(stage.Submit)
	case r.Fault == "":
		return is(true, say.ExpectSender(prose.Data(f.Sender)))
	case f.Accepted && f.Reply != nil:
		return open(say.ExpectAboutOther(words(f.Reply)))
	case r.Fault == stage.Rejected && f.Reply != nil:
		return is(false, refusal(r, f.Reply))
	case r.Fault == stage.TemporarilyOut && f.Reply != nil:
		return open(say.ExpectForNow(words(f.Reply)))
	case r.Fault == stage.NotOffered:
		return is(false, chart.Fault(r.Stage, r.Fault, prose.Value{}))
	}
	return k.unreached(stage.Submit)
}

func leastSize(e stage.Expectation) prose.Value {
	n, _ := (&exam{e: e}).number()
	return say.ExpectAtLeast(prose.Size(n))
}

// sizeAtLeast judges SIZE, of which 0 means that there is no limit (RFC 1870 4).
func sizeAtLeast(k *exam) ruling {
	f, none := k.announced()
	if f == nil {
		return none
	}
	want, _ := k.number()
	switch {
	case f.Size == nil:
		return is(false, say.ExpectNoSize())
	case *f.Size == 0:
		return is(true, say.ExpectNoLimit())
	}
	return is(*f.Size >= want, prose.Size(*f.Size))
}

func belowPercent(e stage.Expectation) prose.Value {
	return say.ExpectBelow(prose.Data(strings.Join(e.Want, "") + " %"))
}

// quotaBelow judges how full the mailbox is, by its quota (RFC 9208) or, with POP3, by
// the size that the profile says it has.
func quotaBelow(k *exam) ruling {
	f := stage.FactsOf[*stage.MailboxFacts](k.c)
	if f == nil || !k.passed(stage.Mailbox) {
		return k.unreached(stage.Mailbox)
	}
	used, limit := f.QuotaUsed, f.QuotaLimit
	if s := k.rec.Subject(k.c); used == nil && f.Bytes != nil && s != nil && s.Profile != nil && s.Profile.MailboxBytes > 0 {
		used, limit = f.Bytes, &s.Profile.MailboxBytes
	}
	if used == nil || limit == nil || *limit <= 0 {
		return open(say.ExpectNotSaid())
	}
	want, _ := k.number()
	percent := 100 * float64(*used) / float64(*limit)
	shown := strconv.FormatFloat(percent, 'f', 1, 64)
	return is(percent < float64(want), say.ExpectQuota(prose.Data(strings.TrimSuffix(shown, ".0")+" %"), prose.Used(*used, *limit)))
}

// noOpenRelay judges whether mail to a stranger was taken on a connection without a
// login. A refusal because the reserved domain doesn't exist proves nothing.
func noOpenRelay(k *exam) ruling {
	t := k.trial(stage.KindRelay)
	if t == nil {
		if !k.passed(stage.Capabilities) {
			return k.unreached(stage.Capabilities)
		}
		return open(say.ExpectUntried())
	}
	r, f := t.Result(stage.Submit), chart.OrEmpty(stage.FactsOf[*stage.SubmitFacts](t))
	switch {
	case r.Status == stage.Pass, r.Status == stage.Warn && f.Reply == nil:
		return is(false, say.ExpectStrangerTaken(prose.Data(f.Sender), prose.Data(f.Recipient)))
	case f.Reply == nil || r.Status == stage.Skip:
		return unreached(t, stage.Submit)
	case aboutDomain(*f.Reply):
		return open(say.ExpectAboutDomain(words(f.Reply)))
	case r.Fault == stage.TemporarilyOut:
		return open(say.ExpectForNow(words(f.Reply)))
	case r.Fault == stage.Rejected:
		return is(true, refusal(r, f.Reply))
	}
	return unreached(t, stage.Submit)
}

// missingDomain are phrases with which servers say that a domain doesn't exist.
var missingDomain = []string{
	"domain not found", "domain name not found", "does not exist", "doesn't exist", "does not resolve", "unrouteable", "unroutable", "host not found",
	"unknown host", "no such domain", "invalid domain", "no mx", "nxdomain", "null mx", "non-existent", "nonexistent", "verify sender", "verify the sender",
}

// aboutDomain reports whether a refusal says that a domain doesn't exist, by its
// enhanced status code (RFC 3463 3.2 and 3.5, RFC 7505 4.2) or its text.
func aboutDomain(r stage.Reply) bool {
	_, code, _ := strings.Cut(r.Enhanced, ".")
	switch code {
	case "1.2", "1.8", "1.10", "4.4", "7.27":
		return true
	}
	text := strings.ToLower(r.Text())
	for _, words := range missingDomain {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
