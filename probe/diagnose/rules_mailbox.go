package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// mailboxRules are about what follows the login.
var mailboxRules = []Rule{
	byReply(cause.MailboxFull),
	{
		Cause: cause.MailboxFull,
		Needs: []chart.Need{chart.Seen(stage.Mailbox)},
		Judge: fullMailbox,
	},
	byReply(cause.IMAPIDRequired, quoted),
	byReply(cause.MailboxBackendUnavailable, atLogin),
	{
		Cause: cause.LimitDiffersFromProfile,
		Needs: []chart.Need{chart.Seen(stage.Mailbox), chart.Seen(stage.Capabilities)},
		Judge: otherLimit,
	},
	byReply(cause.LimitDiffersFromProfile),
}

// fullMailbox compares the space used with the limit: the server's own figure, or
// for POP3 the profile's.
func fullMailbox(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	f := k.Mailbox
	if f.QuotaUsed != nil && f.QuotaLimit != nil && *f.QuotaLimit > 0 {
		used := say.RoomUsed(prose.Size(*f.QuotaUsed), prose.Size(*f.QuotaLimit))
		return proven().with(cause.SlotFigures, used).says(used).holds(*f.QuotaUsed >= *f.QuotaLimit)
	}
	if p := k.Subject.Profile; p != nil && p.MailboxBytes > 0 && f.Bytes != nil && *f.Bytes >= p.MailboxBytes {
		used := say.RoomOfPage(prose.Size(*f.Bytes), prose.Size(p.MailboxBytes))
		return likely().with(cause.SlotFigures, used).says(used)
	}
	return nil
}

// otherLimit compares the server's limits with the profile's. A smaller one is a
// warning; a larger one does no harm.
func otherLimit(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	p := k.Subject.Profile
	if p == nil {
		return nil
	}
	seen, said, what := k.Caps.Size, p.MessageBytes, say.LimitOfMessage()
	if r.Stage == stage.Mailbox {
		seen, said, what = k.Mailbox.QuotaLimit, p.MailboxBytes, say.LimitOfMailbox()
	}
	if seen == nil || *seen <= 0 || said <= 0 || near(*seen, said) {
		return nil // SIZE 0 is "no fixed limit" (RFC 1870 4)
	}
	h := proven().with(cause.SlotSeen, prose.Size(*seen)).with(cause.SlotSaid, prose.Size(said)).with(cause.SlotWhat, what)
	h.says(say.LimitsDiffer(what, prose.Size(*seen), prose.Size(said)))
	if *seen > said {
		return h.with(cause.SlotLarger, prose.Set(true)).as(cause.Info)
	}
	return h.as(cause.Warn)
}

// near reports whether two sizes are equal, allowing for the two meanings of "MB"
// and for rounding.
func near(a, b int64) bool {
	x, y := float64(a), float64(b)
	return x >= 0.93*y && x <= 1.075*y // a GB is 10^9 bytes, or 2^30
}
