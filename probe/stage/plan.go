package stage

import (
	"slices"
	"strings"
)

// Plan is all that a run is going to examine. It can be printed and saved; it
// holds no secret.
type Plan struct {
	Subjects []Subject `json:"subjects"`
	Checks   []Check   `json:"checks"`
}

// SubjectKind says what an argument of the command line is.
type SubjectKind string

const (
	SubjectAddress SubjectKind = "address" // jane@q.com
	SubjectDomain  SubjectKind = "domain"  // q.com
	SubjectProfile SubjectKind = "profile" // centurylink
	SubjectURL     SubjectKind = "url"     // imaps://imap.example.com
)

// Subject is one argument of the command line: whose mail is examined.
type Subject struct {
	Argument string      `json:"argument"` // as typed
	Kind     SubjectKind `json:"kind"`
	Domain   string      `json:"domain,omitempty"`
	Address  string      `json:"address,omitempty"` // the mail address where one was given
	User     string      `json:"user,omitempty"`    // the user name that logs in; empty: no login
	Profile  *Profile    `json:"profile,omitempty"` // nil for a URL

	// Servers are the profiles of the catalogue that servers of this subject belong to,
	// where its own profile is none of the catalogue's. Domains are left out.
	Servers []*Profile `json:"servers,omitempty"`

	// Near are servers of known profiles whose names are nearly those that a URL
	// gives.
	Near []Endpoint `json:"near,omitempty"`

	// Own are servers that a known profile has for the domain of the user name, where
	// a URL gives a server of another known profile.
	Own []Endpoint `json:"own,omitempty"`
}

// Profile is the part of a provider's profile that rules and reports read.
type Profile struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`                // the provider's, "CenturyLink"
	Date         string     `json:"date,omitempty"`      // YYYY-MM-DD on which the source was read
	Checked      string     `json:"checked,omitempty"`   // for when the source vouches: YYYY, YYYY-MM or YYYY-MM-DD
	Source       string     `json:"source,omitempty"`    // what the settings were taken from
	By           string     `json:"by,omitempty"`        // who compiled the source, where that isn't the provider
	Published    []SourceID `json:"published,omitempty"` // the sources of discovery that name these servers; none: a profile does
	Builtin      bool       `json:"builtin,omitempty"`   // of the embedded catalogue: its certificates are public
	Domains      []string   `json:"domains,omitempty"`
	Patterns     []string   `json:"patterns,omitempty"`  // "*.rr.com": all domains below rr.com
	UserName     UserForm   `json:"user_name,omitempty"` // how it is formed from the address
	MailboxBytes int64      `json:"mailbox_bytes,omitempty"`
	MessageBytes int64      `json:"message_bytes,omitempty"`
	Others       []Named    `json:"others,omitempty"`    // further servers that sources of discovery name, the most trusted first
	Endpoints    []Endpoint `json:"endpoints,omitempty"` // all of them, also those that this run leaves out
	Notes        []Note     `json:"notes,omitempty"`
}

// Is reports whether two profiles are the same one; there may be none.
func (p *Profile) Is(o *Profile) bool {
	return p == o || p != nil && o != nil && p.ID == o.ID
}

// Serves reports whether a host is the provider's, as far as the profile tells: one
// of its servers, or a name in one of its domains.
func (p *Profile) Serves(host string) bool {
	if p == nil || host == "" {
		return false
	}
	if slices.ContainsFunc(p.Endpoints, func(e Endpoint) bool { return strings.EqualFold(e.Host, host) }) {
		return true
	}
	host = strings.ToLower(host)
	if slices.ContainsFunc(p.Patterns, func(d string) bool { return strings.HasSuffix(host, strings.TrimPrefix(d, "*")) }) {
		return true
	}
	return slices.ContainsFunc(p.Domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

// Controls are those strangers to a mail service that follow-ups may ask, because
// they stand for the rest of the world.
type Controls struct {
	Resolvers []string `json:"resolvers,omitempty"` // ip:port of public name servers
	Name      string   `json:"name,omitempty"`      // a name that is always there
	Hosts     []string `json:"hosts,omitempty"`     // mail servers of large providers, with the usual ports
	Portal    string   `json:"portal,omitempty"`    // URL of an empty page (HTTP 204)
	Time      string   `json:"time,omitempty"`      // host of a time server
	Nobody    string   `json:"nobody,omitempty"`    // an IP address that nobody has
}

// Options are the choices that bear on what is concluded from a run.
type Options struct {
	Login           bool     `json:"login"`           // login was asked for
	Password        bool     `json:"password"`        // a password or token was given
	Token           bool     `json:"token,omitempty"` // it was an OAuth 2.0 access token
	CleartextLogin  bool     `json:"cleartext_login,omitempty"`
	ForgeableLogin  bool     `json:"forgeable_login,omitempty"` // also where whoever answers for the name servers could have named the server
	FollowUps       bool     `json:"follow_ups"`
	Programs        bool     `json:"programs,omitempty"` // it was asked which other programs would connect
	Private         bool     `json:"private,omitempty"`  // no third party is contacted
	Resolver        string   `json:"resolver,omitempty"`
	Controls        Controls `json:"controls,omitzero"`
	Family          string   `json:"family,omitempty"` // "4" or "6"
	CAFile          bool     `json:"ca_file,omitempty"`
	TrustLocalRoots bool     `json:"trust_local_roots,omitempty"`
	Mechanism       string   `json:"mechanism,omitempty"` // forced
	Sender          string   `json:"sender,omitempty"`    // named for MAIL FROM
	Recipient       string   `json:"recipient,omitempty"` // named for RCPT TO
	ConnectTimeout  Millis   `json:"connect_timeout_ms"`
	StageTimeout    Millis   `json:"stage_timeout_ms"`
	RunTimeout      Millis   `json:"run_timeout_ms"`
	CertificateDays int      `json:"certificate_days"` // warn below
	Demo            string   `json:"demo,omitempty"`   // shown in the report; nothing depends on it
	Arguments       []string `json:"arguments,omitempty"`
	Flags           []Flag   `json:"flags,omitempty"` // for a command that makes the run again
}

// Flag is one that a run was made with. Those that say where a password comes from, and
// where the report goes, are none.
type Flag struct {
	Name  string `json:"name"`            // "--resolver"
	Value string `json:"value,omitempty"` // empty: it has none, or a path
	Path  string `json:"path,omitempty"`  // the value of one that names a file or a directory
}

// Words returns the flag as it is typed.
func (f Flag) Words() []string {
	if v := f.Value + f.Path; v != "" {
		return []string{f.Name, v}
	}
	return []string{f.Name}
}
