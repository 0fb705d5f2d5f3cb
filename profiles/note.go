package profiles

import "slices"

// Note is a remark of the provider's that a rule or a report can use.
type Note struct {
	ID     string // one of the Note constants
	Text   string // whole sentences
	URL    string // the provider's own page for the reader; empty where none is known
	Source Source
}

// Ids of notes.
const (
	NoteIMAPUnsupported      = "imap-unsupported"       // the provider gives no support for IMAP
	NotePort25Filtered       = "port-25-filtered"       // the provider filters port 25
	NoteLeaveCopyOnServer    = "leave-copy-on-server"   // advice for POP3: keep the messages on the server
	NoteSeparateAccountLogin = "separate-account-login" // the mail password isn't that of the customer account
	NoteAppPassword          = "app-password"           // mail programs need an app password; the text says what it looks like
	NoteOAuthOnly            = "oauth-only"             // no password at all: mail programs sign in through the browser (OAuth)
	NoteIMAPOffByDefault     = "imap-off-by-default"    // IMAP has to be switched on in the account first
	NotePOPOffByDefault      = "pop-off-by-default"     // POP3 has to be switched on in the account first
	NoteSMTPOffByDefault     = "smtp-off-by-default"    // submission has to be switched on in the account first
	NoteRegionalServers      = "regional-servers"       // accounts of other regions have other servers
	NoteOwnMailboxPassword   = "own-mailbox-password"   // mail programs have a password of their own, set in the account
	NoteBridgeOnLocalhost    = "bridge-on-localhost"    // the servers are a program on the user's own machine
	NoteWebSignInChallenge   = "web-sign-in-challenge"  // a login may be refused until the user has signed in on the web
	NoteNoMailPrograms       = "no-mail-programs"       // no IMAP, POP3 or submission at all
	NoteUserNameDiffers      = "user-name-differs"      // the user name isn't always the address that mail goes to
	NoteSMTPNeedsAdmin       = "smtp-needs-admin"       // whether passwords are taken for sending is up to the organization
	NoteBrowserSignIn        = "browser-sign-in"        // mail programs sign in through the browser, or with an app password
	NoteAppPasswordForSome   = "app-password-for-some"  // some accounts need an app password, such as those with two-step sign-in
	NotePaidPlans            = "paid-plans"             // mail programs are let in on some plans only
	NoteAccessSwitch         = "access-switch"          // the account has a switch that shuts mail programs out
	NotePartialMailbox       = "partial-mailbox"        // the IMAP server shows a part of a large mailbox only
	NoteSendingLimits        = "sending-limits"         // how many messages or recipients are allowed
)

// noteIDs are all of them, in the order of the manual.
var noteIDs = []string{
	NoteIMAPUnsupported,
	NotePort25Filtered,
	NoteLeaveCopyOnServer,
	NoteSeparateAccountLogin,
	NoteAppPassword,
	NoteOAuthOnly,
	NoteIMAPOffByDefault,
	NotePOPOffByDefault,
	NoteSMTPOffByDefault,
	NoteRegionalServers,
	NoteOwnMailboxPassword,
	NoteBridgeOnLocalhost,
	NoteWebSignInChallenge,
	NoteNoMailPrograms,
	NoteUserNameDiffers,
	NoteSMTPNeedsAdmin,
	NoteBrowserSignIn,
	NoteAppPasswordForSome,
	NotePaidPlans,
	NoteAccessSwitch,
	NotePartialMailbox,
	NoteSendingLimits,
}

// hasNote reports whether the profile has a note.
func (p *Profile) hasNote(id string) bool {
	return slices.ContainsFunc(p.Notes, func(n Note) bool { return n.ID == id })
}
