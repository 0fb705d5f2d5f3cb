package stage

// ProgramID names a mail program, or whatever else keeps the settings of an account.
type ProgramID string

// What settings can be read from, or are entered into.
const (
	ProgramThunderbird        ProgramID = "thunderbird"         // on Linux, Windows and macOS
	ProgramThunderbirdAndroid ProgramID = "thunderbird-android" // and K-9 Mail, which it grew out of
	ProgramEvolution          ProgramID = "evolution"
	ProgramKMail              ProgramID = "kmail"
	ProgramOutlook            ProgramID = "outlook"        // for Windows, before the new Outlook
	ProgramOutlookNew         ProgramID = "outlook-new"    // for Windows; connects through Microsoft's servers
	ProgramOutlookMac         ProgramID = "outlook-mac"    // Outlook for Mac
	ProgramOutlookMobile      ProgramID = "outlook-mobile" // for Android and iOS; connects through Microsoft's servers
	ProgramAppleMail          ProgramID = "apple-mail"     // on macOS
	ProgramIOSMail            ProgramID = "ios-mail"       // on iPhone and iPad
	ProgramAppleProfile       ProgramID = "mobileconfig"   // a configuration profile of Apple's
	ProgramGmail              ProgramID = "gmail"          // the app, with an account of another provider
	ProgramSamsungEmail       ProgramID = "samsung-email"
	ProgramEMClient           ProgramID = "em-client"
	ProgramNeomutt            ProgramID = "neomutt"
	ProgramMutt               ProgramID = "mutt"
	ProgramMsmtp              ProgramID = "msmtp"
	ProgramIsync              ProgramID = "isync" // mbsync
	ProgramFetchmail          ProgramID = "fetchmail"
	ProgramEnvironment        ProgramID = "env"   // variables of a web application, in a file or of this process
	ProgramTyped              ProgramID = "typed" // read off a screen, by whoever ran maildoctor
)

// Configured is an account as a program on this machine has it, or as somebody read it
// off a screen. There is no password in it.
type Configured struct {
	Program ProgramID          `json:"program"`
	Name    string             `json:"name"`              // the program's, "Thunderbird"
	Place   string             `json:"place,omitempty"`   // the file, with ~ for the home directory; empty: none
	Account string             `json:"account,omitempty"` // what the program calls it; empty: it has no names
	Address string             `json:"address,omitempty"` // the user's mail address; empty: not told
	Relayed bool               `json:"relayed,omitempty"` // it connects through its maker's servers, and what it has cannot be read
	Servers []ConfiguredServer `json:"servers,omitempty"`
}

// ConfiguredServer is a server of a [Configured] account. Its host is as [Endpoint] has
// it where it can be one, and else as it was typed, made visible. A port of zero and an
// empty security are such as the file has in no form that its program can read.
type ConfiguredServer struct {
	Endpoint
	User      string   `json:"user,omitempty"`      // empty: not told
	Mechanism string   `json:"mechanism,omitempty"` // how the program logs in, in its own term; empty: not told
	Place     string   `json:"place,omitempty"`     // the file, or $NAME of a variable of this process, where it isn't the account's
	Line      int      `json:"line,omitempty"`      // in the file, from 1; zero: the file has no lines
	Defaults  []string `json:"defaults,omitempty"`  // which of protocol, port, security and user the program was left to choose
	Unchecked bool     `json:"unchecked,omitempty"` // the program is told not to check the certificate
}
