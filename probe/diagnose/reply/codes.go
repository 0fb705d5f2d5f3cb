package reply

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// coded is a registered code, and what it suggests where the words beside it tell
// nothing. Most codes suggest nothing that the catalogue knows.
type coded struct {
	code  string // of an enhanced status code without its class
	hints []hint
}

// hint is what a code suggests in some stages.
type hint struct {
	class int // of an enhanced status code: 4 or 5; 0: both
	in    []stage.Stage
	means []Guess
}

func said(in []stage.Stage, means []Guess) hint        { return hint{0, in, means} }
func temporarily(in []stage.Stage, means []Guess) hint { return hint{4, in, means} }
func permanently(in []stage.Stage, means []Guess) hint { return hint{5, in, means} }

// enhancedCodes are the subjects and details in the registry of SMTP enhanced status
// codes: RFC 3463 3, 4954 6, 5248 2.4, 6531 3.5, 6710 7, 7293 14, 7372 3, 7505 4, 8617 10
// and 8689 4.1.
var enhancedCodes = []coded{
	{code: "0.0"},

	// Addresses.
	{code: "1.0"},
	{"1.1", []hint{said(inSubmit, One(cause.RecipientUnknown, cause.Likely))}},
	{"1.2", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Likely))}},
	{"1.3", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Possible))}},
	{"1.4", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Possible))}},
	{code: "1.5"}, // a valid address
	{"1.6", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Likely))}},
	{"1.7", []hint{said(inSubmit, One(cause.SenderAddressNotPermitted, cause.Likely))}},
	{"1.8", []hint{said(inSubmit, One(cause.SenderAddressNotPermitted, cause.Likely))}},
	{code: "1.9"},
	{"1.10", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Likely))}},

	// Mailboxes.
	{code: "2.0"},
	{"2.1", []hint{
		permanently(inSubmit, One(cause.RecipientBlocked, cause.Likely)),
		permanently(inLogin, One(cause.AccountSuspended, cause.Possible)),
	}},
	{"2.2", []hint{said(inSubmit, One(cause.RecipientMailboxFull, cause.Possible))}},
	{"2.3", []hint{permanently(inSubmit, One(cause.MessageTooLarge, cause.Likely))}},
	{code: "2.4"},

	// Mail systems.
	{code: "3.0"},
	{"3.1", []hint{said(inSubmit, One(cause.MailboxBackendUnavailable, cause.Likely))}},
	{"3.2", []hint{
		said(inGreeting, One(cause.ServerBusyGreeting, cause.Likely)),
		said(inSubmit, One(cause.MailboxBackendUnavailable, cause.Likely)),
		said(inLogin, One(cause.AuthBackendTemporaryFailure, cause.Likely)),
	}},
	{code: "3.3"},
	{"3.4", []hint{said(inSubmit, One(cause.MessageTooLarge, cause.Likely))}},
	{"3.5", []hint{
		said(inSubmit, One(cause.MailboxBackendUnavailable, cause.Likely)),
		said(inLogin, One(cause.AuthBackendTemporaryFailure, cause.Likely)),
	}},
	{code: "3.6"}, // another priority

	// The network between servers.
	{code: "4.0"},
	{code: "4.1"},
	{code: "4.2"},
	{"4.3", []hint{temporarily(inSubmit, One(cause.MailboxBackendUnavailable, cause.Likely))}},
	{"4.4", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Possible))}},
	{"4.5", []hint{
		temporarily(inGreeting, One(cause.ServerBusyGreeting, cause.Likely)),
		temporarily(inSubmit, Several(cause.MailboxBackendUnavailable, cause.RateLimitedLogin)),
	}},
	{code: "4.6"},
	{code: "4.7"},

	// The protocol.
	{code: "5.0"},
	{code: "5.1"},
	{code: "5.2"},
	{"5.3", []hint{said(inSubmit, One(cause.OutboundSendingRestricted, cause.Possible))}},
	{code: "5.4"},
	{code: "5.5"},
	{"5.6", []hint{permanently(inLogin, One(cause.SASLDialectIncompatible, cause.Likely))}},

	// The message.
	{code: "6.0"},
	{code: "6.1"},
	{code: "6.2"},
	{code: "6.3"},
	{code: "6.4"},
	{code: "6.5"},
	{code: "6.6"},
	{code: "6.7"},
	{code: "6.8"},
	{code: "6.9"},
	{code: "6.10"},

	// Security and policy.
	{code: "7.0"},
	{code: "7.1"}, // said of anything that isn't allowed
	{"7.2", []hint{permanently(inSubmit, One(cause.RecipientBlocked, cause.Likely))}},
	{code: "7.3"},
	{code: "7.4"},
	{code: "7.5"},
	{code: "7.6"},
	{code: "7.7"},
	{"7.8", []hint{permanently(inSubmit, One(cause.SMTPAuthNotConfiguredInClient, cause.Likely))}},
	{code: "7.9"},
	{"7.10", []hint{permanently(pastTLS, One(cause.MustIssueStartTLSFirst, cause.Likely))}},
	{code: "7.11"},
	{"7.12", []hint{temporarily(inLogin, One(cause.SASLDialectIncompatible, cause.Possible))}},
	{"7.13", []hint{permanently(inSubmit, Several(cause.AccountSuspended, cause.RecipientBlocked))}},
	{code: "7.14"},
	{code: "7.15"}, // too low a priority
	{"7.16", []hint{said(inSubmit, One(cause.MessageTooLarge, cause.Likely))}},
	{"7.17", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Likely))}}, // the mailbox is somebody else's now
	{"7.18", []hint{permanently(inSubmit, One(cause.RecipientUnknown, cause.Likely))}}, // so is its domain
	{code: "7.19"},
	{"7.20", unauthenticated},
	{"7.21", unauthenticated},
	{"7.22", unauthenticated},
	{"7.23", unauthenticated},
	{"7.24", unauthenticated},
	{"7.25", []hint{said(inSubmit, One(cause.GreetingRefusedByPolicy, cause.Likely))}},
	{"7.26", unauthenticated},
	{"7.27", []hint{said(inSubmit, One(cause.SenderAddressNotPermitted, cause.Likely))}},
	{"7.28", []hint{said(inSubmit, Likeliest(cause.OutboundSendingRestricted, cause.MessageRefusedAsSpam))}},
	{"7.29", unauthenticated},
	{code: "7.30"},
}

// unauthenticated: SPF, DKIM or ARC don't show that the message is from its domain.
var unauthenticated = []hint{said(inSubmit, One(cause.MessageRefusedAsSpam, cause.Likely))}

// imapCodes are the registry of IMAP response codes (RFC 5530 6), and WEBALERT, which
// only Gmail uses.
var imapCodes = []coded{
	{code: "ALERT"}, // to be shown, whatever it says
	{code: "ALREADYEXISTS"},
	{code: "ANNOTATE"},
	{code: "ANNOTATIONS"},
	{code: "APPENDUID"},
	{"AUTHENTICATIONFAILED", []hint{said(inLogin, Several(cause.WrongPassword, cause.WrongUsernameFormat))}},
	{"AUTHORIZATIONFAILED", []hint{said(inLogin, Several(cause.WrongUsernameFormat, cause.WrongPassword))}},
	{code: "BADCHARSET"},
	{code: "BADCOMPARATOR"},
	{code: "BADEVENT"},
	{code: "BADURL"},
	{"CANNOT", []hint{said(inMailbox, One(cause.IMAPNamespaceOrFolderMismatch, cause.Likely))}},
	{code: "CAPABILITY"},
	{"CLIENTBUG", []hint{said(inLogin, One(cause.SASLDialectIncompatible, cause.Possible))}},
	{code: "CLOSED"},
	{code: "COMPRESSIONACTIVE"},
	{"CONTACTADMIN", []hint{said(inLogin, One(cause.AccountSuspended, cause.Likely)), notServed}},
	{code: "COPYUID"},
	{"CORRUPTION", []hint{notServed}},
	{code: "DOWNGRADED"},
	{"EXPIRED", []hint{said(inLogin, One(cause.PasswordExpired, cause.Proven))}},
	{code: "EXPUNGEISSUED"},
	{code: "HASCHILDREN"},
	{code: "HIGHESTMODSEQ"},
	{code: "INPROGRESS"},
	{"INUSE", []hint{notChecked, notServed}},
	{"LIMIT", []hint{busy, said(pastTLS, One(cause.TooManyConnectionsPerUser, cause.Likely))}},
	{code: "MAILBOXID"},
	{code: "MAXCONVERTMESSAGES"},
	{code: "MAXCONVERTPARTS"},
	{code: "MESSAGELIMIT"},
	{code: "METADATA"},
	{code: "MODIFIED"},
	{code: "NEWNAME"},
	{code: "NOMODSEQ"},
	{"NONEXISTENT", []hint{said(opening, One(cause.MailboxNotProvisioned, cause.Likely))}},
	{"NOPERM", []hint{
		said(inLogin, Several(cause.WrongUsernameFormat, cause.WrongPassword)),
		said(inMailbox, Several(cause.IMAPNamespaceOrFolderMismatch, cause.MailboxBackendUnavailable)),
	}},
	{code: "NOTIFICATIONOVERFLOW"},
	{code: "NOTSAVED"},
	{code: "NOUPDATE"},
	{"OVERQUOTA", []hint{said(pastTLS, One(cause.MailboxFull, cause.Proven))}},
	{code: "PARSE"},
	{code: "PERMANENTFLAGS"},
	{"PRIVACYREQUIRED", []hint{said(pastTLS, One(cause.MustIssueStartTLSFirst, cause.Proven))}},
	{code: "READ-ONLY"},
	{code: "READ-WRITE"},
	{code: "REFERRAL"}, // to the server in its argument, which a reply doesn't keep
	{"SERVERBUG", []hint{notChecked, notServed}},
	{"TEMPFAIL", []hint{notServed}},
	{"TOOBIG", []hint{said(inMailbox, One(cause.MessageTooLarge, cause.Likely))}},
	{"TRYCREATE", []hint{said(opening, One(cause.IMAPNamespaceOrFolderMismatch, cause.Likely))}},
	{code: "UIDNEXT"},
	{code: "UIDNOTSTICKY"},
	{code: "UIDREQUIRED"},
	{code: "UIDVALIDITY"},
	{"UNAVAILABLE", []hint{busy, notChecked, notServed}},
	{code: "UNDEFINED-FILTER"},
	{code: "UNKNOWN-CTE"},
	{code: "UNSEEN"},
	{code: "URLMECH"},
	{code: "USEATTR"},
	{"WEBALERT", []hint{said(inLogin, One(cause.WebLoginChallenge, cause.Likely))}},
}

// pop3Codes are the registry of POP3 response codes: RFC 2449 8.1, 3206 4, 6856 2.2.
var pop3Codes = []coded{
	{"AUTH", []hint{said(inLogin, Several(cause.WrongPassword, cause.WrongUsernameFormat))}},
	{"IN-USE", []hint{said(pastTLS, One(cause.POP3MaildropLocked, cause.Proven))}},
	{"LOGIN-DELAY", []hint{said(pastTLS, One(cause.RateLimitedLogin, cause.Proven))}},
	{"SYS/PERM", []hint{said(inLogin, Several(cause.AuthBackendTemporaryFailure, cause.MailboxBackendUnavailable)), notServed}},
	{"SYS/TEMP", []hint{busy, notChecked, notServed}},
	{"UTF8", []hint{said(inLogin, Several(cause.PasswordEncodingOrWhitespace, cause.WrongUsernameFormat))}},
}

// What several response codes suggest: in the first line, at the login, after it.
var (
	busy       = said(inGreeting, One(cause.ServerBusyGreeting, cause.Likely))
	notChecked = said(inLogin, One(cause.AuthBackendTemporaryFailure, cause.Proven))
	notServed  = said(inMailbox, One(cause.MailboxBackendUnavailable, cause.Likely))
)

// byCode returns what the registered codes suggest in one kind of stage.
func byCode(in []stage.Stage) (out []sign) {
	add := func(h hint, g sign) {
		if slices.ContainsFunc(in, func(s stage.Stage) bool { return slices.Contains(h.in, s) }) {
			g.in, g.means = in, h.means
			out = append(out, g)
		}
	}
	for _, c := range enhancedCodes {
		for _, h := range c.hints {
			var codes []string
			for _, class := range []struct {
				number int
				begin  string
			}{{4, "4."}, {5, "5."}} {
				if h.class == 0 || h.class == class.number {
					codes = append(codes, class.begin+c.code)
				}
			}
			add(h, sign{protocols: onSMTP, enhanced: codes})
		}
	}
	for _, c := range imapCodes {
		for _, h := range c.hints {
			add(h, sign{protocols: onIMAP, response: []string{c.code}})
		}
	}
	for _, c := range pop3Codes {
		for _, h := range c.hints {
			add(h, sign{protocols: onPOP3, response: []string{c.code}})
		}
	}
	return out
}
