package stage

import "slices"

// NoteID says what a profile note is about, so that rules can act on it.
type NoteID string

// The notes that a profile may have.
const (
	NoteIMAPUnsupported      NoteID = "imap-unsupported"       // the provider doesn't support IMAP
	NotePort25Filtered       NoteID = "port-25-filtered"       // the provider filters port 25
	NoteLeaveCopyOnServer    NoteID = "leave-copy-on-server"   // advice for POP3: keep the messages on the server
	NoteSeparateAccountLogin NoteID = "separate-account-login" // the mail password differs from that of the customer account
	NoteAppPassword          NoteID = "app-password"           // mail programs need an app password; the text describes it
	NoteOAuthOnly            NoteID = "oauth-only"             // no password works: mail programs sign in through the browser (OAuth)
	NoteIMAPOffByDefault     NoteID = "imap-off-by-default"    // IMAP must first be switched on in the account
	NotePOPOffByDefault      NoteID = "pop-off-by-default"     // POP3 must first be switched on in the account
	NoteSMTPOffByDefault     NoteID = "smtp-off-by-default"    // submission must first be switched on in the account
	NoteRegionalServers      NoteID = "regional-servers"       // accounts in other regions use other servers
	NoteOwnMailboxPassword   NoteID = "own-mailbox-password"   // mail programs use a separate password, set in the account
	NoteBridgeOnLocalhost    NoteID = "bridge-on-localhost"    // the servers are provided by a program on the user's own machine
	NoteWebSignInChallenge   NoteID = "web-sign-in-challenge"  // logins may be refused until the user has signed in on the web
	NoteNoMailPrograms       NoteID = "no-mail-programs"       // no IMAP, POP3 or submission at all
	NoteUserNameDiffers      NoteID = "user-name-differs"      // the user name isn't always the mail address
	NoteSMTPNeedsAdmin       NoteID = "smtp-needs-admin"       // whether sending with a password is allowed is up to the organization
	NoteBrowserSignIn        NoteID = "browser-sign-in"        // mail programs sign in through the browser or with an app password
	NoteAppPasswordForSome   NoteID = "app-password-for-some"  // some accounts need an app password, such as those with two-step sign-in
	NotePaidPlans            NoteID = "paid-plans"             // only some plans allow mail programs
	NoteAccessSwitch         NoteID = "access-switch"          // the account has a setting that blocks mail programs
	NotePartialMailbox       NoteID = "partial-mailbox"        // the IMAP server shows only part of a large mailbox
	NoteSendingLimits        NoteID = "sending-limits"         // the number of messages or recipients is limited
	NoteCleartextOnly        NoteID = "cleartext-only"         // a server is known only without encryption
)

// noteIDs are all note ids, in the order of the profile manual.
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

// NoteIDs returns the id of every note that a profile may have.
func NoteIDs() []NoteID { return slices.Clone(noteIDs) }

// Note is information from a provider's page for rules and reports.
type Note struct {
	ID      NoteID `json:"id"`
	Text    string `json:"text"`          // complete sentences
	URL     string `json:"url,omitempty"` // the provider's page for users to open
	Source  string `json:"source,omitempty"`
	Date    string `json:"date,omitempty"`    // when the source was read
	Checked string `json:"checked,omitempty"` // the date for which the source is valid
	By      string `json:"by,omitempty"`      // who compiled it, if not the provider
}

// Linked is a provider whose web page a server links to, and the notes from that page.
type Linked struct {
	Profile string `json:"profile"` // its id
	Name    string `json:"name"`
	Notes   []Note `json:"notes,omitempty"`
}

// Note finds a note by id. ok is false if there is no such note.
func (l *Linked) Note(id NoteID) (n Note, ok bool) {
	if l == nil {
		return Note{}, false
	}
	return (&Profile{Notes: l.Notes}).Note(id)
}

// Note finds a note by id. ok is false if the profile has no such note.
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

// The forms of a user name that a profile can use.
const (
	FullAddress  UserForm = "full-address" // jane@example.com
	LocalPart    UserForm = "local-part"   // jane
	AssignedName UserForm = "assigned"     // a name that can't be derived from the address
)

// UserForms returns every form that a profile can use.
func UserForms() []UserForm { return []UserForm{FullAddress, LocalPart, AssignedName} }
