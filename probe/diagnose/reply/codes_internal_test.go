package reply

import (
	"fmt"
	"slices"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// registeredDetails is the last detail of each subject in the registry of SMTP enhanced
// status codes; they are numbered without a gap.
var registeredDetails = map[int]int{0: 0, 1: 10, 2: 4, 3: 6, 4: 7, 5: 6, 6: 10, 7: 30}

// The registries of response codes, by the RFC that defines them.
var (
	registeredIMAP = map[int][]string{
		2060: {"NEWNAME"},
		2221: {"REFERRAL"},
		3501: {"ALERT", "BADCHARSET", "CAPABILITY", "PARSE", "PERMANENTFLAGS", "READ-ONLY", "READ-WRITE", "TRYCREATE", "UIDNEXT", "UIDVALIDITY", "UNSEEN"},
		3516: {"UNKNOWN-CTE"},
		4315: {"APPENDUID", "COPYUID", "UIDNOTSTICKY"},
		4467: {"URLMECH"},
		4469: {"BADURL", "TOOBIG"},
		4551: {"HIGHESTMODSEQ", "MODIFIED", "NOMODSEQ"},
		4978: {"COMPRESSIONACTIVE"},
		5162: {"CLOSED"},
		5182: {"NOTSAVED"},
		5255: {"BADCOMPARATOR"},
		5257: {"ANNOTATE", "ANNOTATIONS"},
		5259: {"MAXCONVERTMESSAGES", "MAXCONVERTPARTS", "TEMPFAIL"},
		5267: {"NOUPDATE"},
		5464: {"METADATA"},
		5465: {"BADEVENT", "NOTIFICATIONOVERFLOW"},
		5466: {"UNDEFINED-FILTER"},
		5530: {
			"ALREADYEXISTS", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "CANNOT", "CLIENTBUG", "CONTACTADMIN", "CORRUPTION", "EXPIRED", "EXPUNGEISSUED",
			"INUSE", "LIMIT", "NONEXISTENT", "NOPERM", "OVERQUOTA", "PRIVACYREQUIRED", "SERVERBUG", "UNAVAILABLE",
		},
		6154: {"USEATTR"},
		6858: {"DOWNGRADED"},
		8474: {"MAILBOXID"},
		9051: {"HASCHILDREN"},
		9585: {"INPROGRESS"},
		9586: {"UIDREQUIRED"},
		9738: {"MESSAGELIMIT"},
		0:    {"WEBALERT"}, // Gmail's own
	}
	registeredPOP3 = map[int][]string{
		2449: {"IN-USE", "LOGIN-DELAY"},
		3206: {"AUTH", "SYS/PERM", "SYS/TEMP"},
		6856: {"UTF8"},
	}
)

// Every registered code is in the tables, once, and no other.
func TestRegisteredCodes(t *testing.T) {
	var enhanced []string
	for subject, last := range registeredDetails {
		for detail := range last + 1 {
			enhanced = append(enhanced, fmt.Sprintf("%d.%d", subject, detail))
		}
	}
	all := func(byRFC map[int][]string) (out []string) {
		for _, codes := range byRFC {
			out = append(out, codes...)
		}
		return out
	}
	for name, list := range map[string]struct {
		want []string
		got  []coded
	}{"SMTP": {enhanced, enhancedCodes}, "IMAP": {all(registeredIMAP), imapCodes}, "POP3": {all(registeredPOP3), pop3Codes}} {
		var got []string
		for _, c := range list.got {
			got = append(got, c.code)
		}
		slices.Sort(got)
		slices.Sort(list.want)
		if !slices.Equal(got, list.want) {
			t.Errorf("%s: %v\nwant %v", name, got, list.want)
		}
	}
}

// A code decides where the words tell nothing, and only there.
func TestCodesAreTheFallback(t *testing.T) {
	for _, c := range []struct {
		s     stage.Stage
		p     stage.Protocol
		reply stage.Reply
		want  cause.ID
	}{
		{stage.Submit, stage.SMTP, stage.Reply{Code: 550, Enhanced: "5.1.1", Lines: []string{"550 5.1.1 no"}}, cause.RecipientUnknown},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 550, Enhanced: "5.1.10", Lines: []string{"550 5.1.10 no"}}, cause.RecipientUnknown},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 553, Enhanced: "5.1.7", Lines: []string{"553 5.1.7 no"}}, cause.SenderAddressNotPermitted},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 550, Enhanced: "5.2.1", Lines: []string{"550 5.2.1 no"}}, cause.RecipientBlocked},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 552, Enhanced: "5.2.3", Lines: []string{"552 5.2.3 no"}}, cause.MessageTooLarge},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 451, Enhanced: "4.3.2", Lines: []string{"451 4.3.2 no"}}, cause.MailboxBackendUnavailable},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 550, Enhanced: "5.7.26", Lines: []string{"550 5.7.26 no"}}, cause.MessageRefusedAsSpam},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 523, Enhanced: "5.7.10", Lines: []string{"523 5.7.10 no"}}, cause.MustIssueStartTLSFirst},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 550, Enhanced: "5.1.1", Lines: []string{"550 5.1.1 sender rejected"}}, cause.SenderAddressNotPermitted},
		{stage.Submit, stage.SMTP, stage.Reply{Code: 550, Enhanced: "5.6.1", Lines: []string{"550 5.6.1 no"}}, cause.SenderAddressNotPermitted}, // as by its class
		{stage.Login, stage.SMTP, stage.Reply{Code: 500, Enhanced: "5.5.6", Lines: []string{"500 5.5.6 no"}}, cause.SASLDialectIncompatible},
		{stage.Login, stage.SMTP, stage.Reply{Code: 535, Enhanced: "5.2.1", Lines: []string{"535 5.2.1 bad password"}}, cause.WrongPassword},
		{stage.Login, stage.POP3, stage.Reply{Status: "-ERR", ResponseCode: "UTF8", Lines: []string{"-ERR [UTF8] no"}}, cause.PasswordEncodingOrWhitespace},
		{stage.Login, stage.IMAP, stage.Reply{Status: "NO", ResponseCode: "CLIENTBUG", Lines: []string{"NO [CLIENTBUG] no"}}, cause.SASLDialectIncompatible},
		{stage.Mailbox, stage.IMAP, stage.Reply{Status: "NO", ResponseCode: "NOPERM", Lines: []string{"NO [NOPERM] no"}}, cause.IMAPNamespaceOrFolderMismatch},
	} {
		got := Classify(c.s, c.p, c.reply)
		if slices.Contains(unseen, c.want) { // a run can't show it, and explain goes by the table
			got = signs[classify(c.s, c.p, c.reply)].means
		}
		if len(got) == 0 || got[0].Cause != c.want {
			t.Errorf("%s %q: %v, want %s", c.s, c.reply.Text(), got, c.want)
		}
	}
}
