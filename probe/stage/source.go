package stage

// Source is a source of settings that was asked before there was a plan, such as a
// domain's own file or a public database, and what came of it.
//
// The header has the plan that came of them, so the sources are events that follow
// it: a reader that doesn't know them has a run like any other, and a run that was
// ended while they were asked has a plan without checks.
type Source struct {
	Subject  int           `json:"subject"` // index into Plan.Subjects: for whom it was asked
	Kind     SourceKind    `json:"kind"`
	Asked    string        `json:"asked"` // the URL, or the name and type of a DNS question
	Outcome  SourceOutcome `json:"outcome"`
	Fault    Fault         `json:"fault,omitempty"` // with SourceFailed, where one fits
	Error    string        `json:"error,omitempty"`
	Time     Millis        `json:"ms"`                 // that it took
	Contacts []Contact     `json:"contacts,omitempty"` // whom that reached
	Offered  *Profile      `json:"offered,omitempty"`  // with SourceOffered: its settings
	Verified bool          `json:"verified,omitempty"` // they came over TLS, or signed: nobody on the way wrote them
}

// SourceKind is a way in which settings are published.
type SourceKind string

const (
	SourceAutoconfig   SourceKind = "autoconfig"   // a file at the domain, as Thunderbird asks for it
	SourceISPDB        SourceKind = "ispdb"        // the database of such files that Thunderbird keeps
	SourceSRV          SourceKind = "srv"          // DNS SRV records (RFC 6186, RFC 8314 5.1)
	SourceAutodiscover SourceKind = "autodiscover" // Microsoft's protocol
	SourceMX           SourceKind = "mx"           // who takes mail for the domain, and is known
)

// SourceOutcome is what came of asking a source.
type SourceOutcome string

const (
	SourceOffered SourceOutcome = "offered" // it has settings
	SourceNothing SourceOutcome = "nothing" // it was reached, or does not exist, and has none
	SourceFailed  SourceOutcome = "failed"  // nothing that could be read came from it
)
