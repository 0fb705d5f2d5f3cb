package diagnose_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

const pop995 = "pop3-995 pop.example.net tls"

// What a server states outranks what is inferred from what several do.
func TestStatedBeforeInferred(t *testing.T) {
	const suspended, differ = cause.AccountSuspended, cause.SMTPAndIMAPCredentialsDiffer
	bare := refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed"))
	pop := refusedWith("PLAIN", stage.Reply{Status: "-ERR", Lines: []string{"-ERR [AUTH] Your account has been suspended."}})
	smtp := refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 This account is suspended, contact support"))
	behind := fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: &stage.Reply{
		Command: "EXAMINE", Status: "NO", Lines: []string{"NO Your account has been suspended"},
	}})
	checkCases(t, []ruleCase{
		{"two say so, a third takes the login", newRun().add(imap).add(pop995, pop).add(smtp465, smtp), suspended, sure{suspended: likely}, []cause.ID{differ}},
		{"one says so, one refuses, one takes it", newRun().add(imap).add(pop995, pop).add(smtp465, bare), suspended, sure{suspended: likely, differ: possible}, nil},
		{"said behind the login", newRun().add(imap, behind).add(smtp465, bare), suspended, sure{suspended: likely, differ: possible}, nil},
		{"said behind two logins", newRun().add(imap, behind).add(pop995, pop).add(smtp465, bare), suspended, sure{suspended: likely, differ: possible}, nil},
		{"nobody says anything", newRun().add(imap).add(smtp465, bare), differ, sure{differ: likely}, []cause.ID{suspended}},
	})
}
