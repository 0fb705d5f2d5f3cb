package stage

// Source is a source of settings that was asked before there was a plan, such as a
// domain's own file or a public database, and what came of it.
//
// The header has the plan that came of them, so the sources are events that follow
// it: a reader that doesn't know them has a run like any other, and a run that was
// ended while they were asked has a plan without checks.
type Source struct {
	Subject  int           `json:"subject"` // index into Plan.Subjects: for whom it was asked
	ID       SourceID      `json:"id"`
	Domain   string        `json:"domain,omitempty"` // that was asked about; the registered one may be another than the address's
	Asked    []string      `json:"asked,omitempty"`  // URLs, and names and types of DNS questions
	Outcome  SourceOutcome `json:"outcome"`
	Fault    Fault         `json:"fault,omitempty"`  // with SourceFailed, where one fits
	Detail   string        `json:"detail,omitempty"` // why, with all outcomes but found and absent
	Time     Millis        `json:"ms"`               // that it took
	Contacts []Contact     `json:"contacts,omitempty"`
	// Forgeable holds where whoever can answer for the name servers, or sits on the way,
	// could have made the settings up (RFC 6186 6).
	Forgeable bool      `json:"forgeable,omitempty"`
	Provider  string    `json:"provider,omitempty"` // whose settings it says that these are
	Settings  []Setting `json:"settings,omitempty"` // with found and unsafe: in the order in which it prefers them
}

// Setting is a server that a source names.
type Setting struct {
	Endpoint
	User string `json:"user,omitempty"` // to log in; empty where the source doesn't tell
	Note string `json:"note,omitempty"` // a [SettingNote] where it is not as the source's own standard would have it

	// Mechanisms are what the source wants for the login, in Thunderbird's words
	// (password-cleartext, OAuth2); empty where it doesn't tell.
	Mechanisms []string `json:"authentication,omitempty"`
}

// What is odd about a [Setting].
const (
	// NoteTLSUnderSTARTTLS: port 465 stands among the records for STARTTLS. It is shown
	// as it works.
	NoteTLSUnderSTARTTLS = "tls-under-starttls"
)

// Named is a server that sources name beside the one that is tested, and that is tried
// where that fails.
type Named struct {
	Endpoint
	User      string     `json:"user,omitempty"` // to log in, where it is not the subject's
	Sources   []SourceID `json:"sources"`        // the most trusted first
	Public    bool       `json:"public,omitempty"`
	Forgeable bool       `json:"forgeable,omitempty"` // see [Check.Forgeable]
}

// SourceID names a source of settings.
type SourceID string

// The sources, the most trusted first.
const (
	SourceOwn            SourceID = "own"                   // the user's own profile files
	SourceCatalogue      SourceID = "catalogue"             // the built-in catalogue
	SourcePACC           SourceID = "pacc"                  // a file at the domain, with its digest in DNS (draft-ietf-mailmaint-pacc)
	SourceAutoconfig     SourceID = "autoconfig"            // a file at autoconfig.DOMAIN (draft-ietf-mailmaint-autoconfig)
	SourceWellKnown      SourceID = "autoconfig-well-known" // the same at DOMAIN/.well-known
	SourceSRV            SourceID = "srv"                   // DNS SRV records (RFC 6186, RFC 8314 5.1)
	SourceISPDB          SourceID = "ispdb"                 // the database of such files that Thunderbird keeps
	SourceMX             SourceID = "mx"                    // who takes mail for the domain, and is known
	SourceAutodiscover   SourceID = "autodiscover"          // Microsoft's protocol (MS-OXDSCLI)
	SourceAutoconfigHTTP SourceID = "autoconfig-http"       // the domain's files without TLS
	SourceGuess          SourceID = "guess"                 // usual names and ports

	// SourceNetwork is none: with it the stream keeps that the network in between gives
	// answers of its own, and so that nothing is known of the others. Detail says what it
	// does.
	SourceNetwork SourceID = "network"
)

// What a network in between may do, the detail of [SourceNetwork].
const (
	// NetworkInventsNames: a name that can't exist (RFC 6761 6.4) has an address.
	NetworkInventsNames = "invents-names"
	// NetworkAnswersForAll: two hosts that have nothing to do with each other show the
	// same page, or send to the same place.
	NetworkAnswersForAll = "answers-for-all"
)

// SourcesByTrust are all sources, the most trusted first.
var SourcesByTrust = []SourceID{
	SourceOwn, SourceCatalogue, SourcePACC, SourceAutoconfig, SourceWellKnown, SourceSRV, SourceISPDB, SourceMX,
	SourceAutodiscover, SourceAutoconfigHTTP, SourceGuess,
}

// SourceOutcome is what came of asking a source.
type SourceOutcome string

const (
	SourceFound   SourceOutcome = "found"   // it has settings
	SourceAbsent  SourceOutcome = "absent"  // it does not exist, or has none
	SourceFailed  SourceOutcome = "failed"  // it could not be asked
	SourceInvalid SourceOutcome = "invalid" // what came can't be read
	SourceUnsafe  SourceOutcome = "unsafe"  // it has settings that anybody on the way could have written
	SourceSkipped SourceOutcome = "skipped" // it was not asked
)
