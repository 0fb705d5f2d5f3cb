package stage

// Source is the outcome of querying a source of settings, such as a file at the user's
// domain or a public database: before there was a plan or, where known settings fail, by
// a follow-up ([KindSearch]).
//
// The header contains the plan that follows from the former, and the sources themselves
// are events after it. A reader that doesn't know these events still sees an
// ordinary run, and a run interrupted during the queries has a plan without checks.
type Source struct {
	Check    string        `json:"-"`       // the follow-up that asked, as the event says; empty: asked before there was a plan
	Subject  int           `json:"subject"` // the subject that it was queried for, as index into Plan.Subjects
	ID       SourceID      `json:"id"`
	Domain   string        `json:"domain,omitempty"` // the domain queried; it may be the registered domain instead of the address's own
	Asked    []string      `json:"asked,omitempty"`  // URLs, and names and types of DNS queries
	Outcome  SourceOutcome `json:"outcome"`
	Fault    Fault         `json:"fault,omitempty"`  // with SourceFailed, if a fault applies
	Detail   string        `json:"detail,omitempty"` // the reason, for all outcomes except found and absent
	Time     Millis        `json:"ms"`               // how long the query took
	Contacts []Contact     `json:"contacts,omitempty"`
	// Forgeable is set if the settings may be forged by whoever controls the name
	// servers' answers or the network path (RFC 6186 6).
	Forgeable bool `json:"forgeable,omitempty"`
	// Wildcard is set if any name exists below Domain (RFC 4592), so that neither a host
	// that is asked for settings nor a usual name of a server says anything by existing.
	Wildcard bool      `json:"wildcard,omitempty"`
	Provider string    `json:"provider,omitempty"` // the provider that the source gives for these settings
	Settings []Setting `json:"settings,omitempty"` // with found and unsafe: in the source's order of preference
}

// Setting is a server that a source gives.
type Setting struct {
	Endpoint
	User string `json:"user,omitempty"` // the user name to log in with; empty if the source doesn't give one
	Note string `json:"note,omitempty"` // how, if the setting departs from the source's own standard, such as [TLSPortForStartTLS]

	// Mechanisms are the login methods that the source asks for, in Thunderbird's terms
	// (password-cleartext, OAuth2). Empty if it gives none.
	Mechanisms []string `json:"authentication,omitempty"`
}

// How SRV records may contradict themselves about a server, as Setting.Note. The setting
// is then as it works.
const (
	// TLSPortForStartTLS is a port that speaks TLS from the first byte (993, 995, 465),
	// published under a service of STARTTLS.
	TLSPortForStartTLS = "tls-port-for-starttls"
	// StartTLSPortForTLS is a port of STARTTLS (143, 110, 587), published under a service
	// that speaks TLS from the first byte.
	StartTLSPortForTLS = "starttls-port-for-tls"
)

// Named is a further server that sources name. It is tried if the one under test fails.
type Named struct {
	Endpoint
	User      string     `json:"user,omitempty"` // user name to log in with, if not the subject's
	Sources   []SourceID `json:"sources"`        // the most trusted first
	Public    bool       `json:"public,omitempty"`
	Forgeable bool       `json:"forgeable,omitempty"` // as in [Check.Forgeable]
}

// SourceID names a source of settings.
type SourceID string

// The sources, in order of decreasing trust.
const (
	SourceOwn            SourceID = "own"                   // the user's own profile files
	SourceCatalogue      SourceID = "catalogue"             // the built-in catalogue
	SourcePACC           SourceID = "pacc"                  // a file at the domain, with its digest in DNS (draft-ietf-mailmaint-pacc)
	SourceAutoconfig     SourceID = "autoconfig"            // a file at autoconfig.DOMAIN (draft-ietf-mailmaint-autoconfig)
	SourceWellKnown      SourceID = "autoconfig-well-known" // the same file under DOMAIN/.well-known
	SourceSRV            SourceID = "srv"                   // DNS SRV records (RFC 6186, RFC 8314 5.1)
	SourceISPDB          SourceID = "ispdb"                 // Thunderbird's database of autoconfig files
	SourceMX             SourceID = "mx"                    // the domain's MX hosts, if they belong to a known provider
	SourceAutodiscover   SourceID = "autodiscover"          // Microsoft's protocol (MS-OXDSCLI)
	SourceAutoconfigHTTP SourceID = "autoconfig-http"       // autoconfig files at the domain, fetched without TLS
	SourceGuess          SourceID = "guess"                 // common host names and ports

	// SourceTLSA says which certificate a server has (RFC 6698), and names none. It is no
	// source of settings, and only compared with what a server shows ([KindTLSA]).
	SourceTLSA SourceID = "tlsa"

	// SourceNetwork is not a real source. Its event records that the network itself
	// answers queries, so that nothing can be learned from the other sources. Detail
	// says what the network does.
	SourceNetwork SourceID = "network"
)

// What the network may do, as the detail of [SourceNetwork].
const (
	// NetworkInventsNames: a name that can't exist (RFC 6761 6.4) resolves to an
	// address.
	NetworkInventsNames = "invents-names"
	// NetworkAnswersForAll: two unrelated hosts return the same page, or redirect to
	// the same place.
	NetworkAnswersForAll = "answers-for-all"
)

// SourcesByTrust are all sources of settings, in order of decreasing trust.
var SourcesByTrust = []SourceID{
	SourceOwn, SourceCatalogue, SourcePACC, SourceAutoconfig, SourceWellKnown, SourceSRV, SourceISPDB, SourceMX,
	SourceAutodiscover, SourceAutoconfigHTTP, SourceGuess,
}

// SourceOutcome is the outcome of querying a source.
type SourceOutcome string

const (
	SourceFound   SourceOutcome = "found"   // it gives settings
	SourceAbsent  SourceOutcome = "absent"  // it does not exist, or gives no settings
	SourceFailed  SourceOutcome = "failed"  // it could not be queried
	SourceInvalid SourceOutcome = "invalid" // its answer can't be parsed
	SourceUnsafe  SourceOutcome = "unsafe"  // it gives settings that anyone on the network path could have written
	SourceSkipped SourceOutcome = "skipped" // it was not queried
)
