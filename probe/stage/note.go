package stage

import "slices"

// NoteID says what a note of a profile is about, so that a rule can act upon it.
type NoteID string

// The notes that a profile may have.
const (
	NoteIMAPUnsupported      NoteID = "imap-unsupported"       // the provider gives no support for IMAP
	NotePort25Filtered       NoteID = "port-25-filtered"       // the provider filters port 25
	NoteLeaveCopyOnServer    NoteID = "leave-copy-on-server"   // advice for POP3: keep the messages on the server
	NoteSeparateAccountLogin NoteID = "separate-account-login" // the mail password isn't that of the customer account
	NoteAppPassword          NoteID = "app-password"           // mail programs need an app password; the text says what it looks like
	NoteOAuthOnly            NoteID = "oauth-only"             // no password at all: mail programs sign in through the browser (OAuth)
	NoteIMAPOffByDefault     NoteID = "imap-off-by-default"    // IMAP has to be switched on in the account first
	NotePOPOffByDefault      NoteID = "pop-off-by-default"     // POP3 has to be switched on in the account first
	NoteSMTPOffByDefault     NoteID = "smtp-off-by-default"    // submission has to be switched on in the account first
	NoteRegionalServers      NoteID = "regional-servers"       // accounts of other regions have other servers
	NoteOwnMailboxPassword   NoteID = "own-mailbox-password"   // mail programs have a password of their own, set in the account
	NoteBridgeOnLocalhost    NoteID = "bridge-on-localhost"    // the servers are a program on the user's own machine
	NoteWebSignInChallenge   NoteID = "web-sign-in-challenge"  // a login may be refused until the user has signed in on the web
	NoteNoMailPrograms       NoteID = "no-mail-programs"       // no IMAP, POP3 or submission at all
	NoteUserNameDiffers      NoteID = "user-name-differs"      // the user name isn't always the address that mail goes to
	NoteSMTPNeedsAdmin       NoteID = "smtp-needs-admin"       // whether a password is taken for sending is up to the organization
	NoteBrowserSignIn        NoteID = "browser-sign-in"        // mail programs sign in through the browser, or with an app password
	NoteAppPasswordForSome   NoteID = "app-password-for-some"  // some accounts need an app password, such as those with two-step sign-in
	NotePaidPlans            NoteID = "paid-plans"             // mail programs are let in on some plans only
	NoteAccessSwitch         NoteID = "access-switch"          // the account has a switch that shuts mail programs out
	NotePartialMailbox       NoteID = "partial-mailbox"        // the IMAP server shows a part of a large mailbox only
	NoteSendingLimits        NoteID = "sending-limits"         // how many messages or recipients are allowed
	NoteCleartextOnly        NoteID = "cleartext-only"         // a server is known without encryption alone
)

// noteIDs are all of them, in the order of the manual of profiles.
var noteIDs = []NoteID{
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
	NoteCleartextOnly,
}

// NoteIDs returns every note that a profile may have.
func NoteIDs() []NoteID { return slices.Clone(noteIDs) }

// Note is something that a provider's page says and that a rule or a report
// can use.
type Note struct {
	ID      NoteID `json:"id"`
	Text    string `json:"text"`          // whole sentences
	URL     string `json:"url,omitempty"` // the provider's page that a reader should open
	Source  string `json:"source,omitempty"`
	Date    string `json:"date,omitempty"`    // on which the source was read
	Checked string `json:"checked,omitempty"` // for when it vouches
	By      string `json:"by,omitempty"`      // who compiled it, where that isn't the provider
}

// Linked is a provider whose web page a server names, and what his page says.
type Linked struct {
	Profile string `json:"profile"` // its id
	Name    string `json:"name"`
	Notes   []Note `json:"notes,omitempty"`
}

// Note finds a note by id; ok is false where there is none.
func (l *Linked) Note(id NoteID) (n Note, ok bool) {
	if l == nil {
		return Note{}, false
	}
	return (&Profile{Notes: l.Notes}).Note(id)
}

// Note finds a note by id; ok is false where the profile has none.
func (p *Profile) Note(id NoteID) (n Note, ok bool) {
	if p == nil {
		return Note{}, false
	}
	for _, n := range p.Notes {
		if n.ID == id {
			return n, true
		}
	}
	return Note{}, false
}

// UserForm says how a user name is formed from a mail address.
type UserForm string

// The forms of a user name that a profile may name.
const (
	FullAddress  UserForm = "full-address" // jane@example.com
	LocalPart    UserForm = "local-part"   // jane
	AssignedName UserForm = "assigned"     // a name that the address doesn't tell
)

// UserForms returns every form that a profile may name.
func UserForms() []UserForm { return []UserForm{FullAddress, LocalPart, AssignedName} }
