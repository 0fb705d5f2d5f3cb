package stage

import (
	"slices"
	"strings"
)

// Plan is everything that a run is going to examine. It can be printed and saved, and
// contains no secrets.
type Plan struct {
	Subjects []Subject  `json:"subjects"`
	Checks   []Check    `json:"checks"`
	File     *SmokeFile `json:"file,omitempty"` // nil: the plan was made of arguments
}

// SubjectKind is the kind of a command-line argument.
type SubjectKind string

const (
	SubjectAddress SubjectKind = "address" // jane@q.com
	SubjectDomain  SubjectKind = "domain"  // q.com
	SubjectProfile SubjectKind = "profile" // centurylink
	SubjectURL     SubjectKind = "url"     // imaps://imap.example.com
)

// Subject is one command-line argument: whose mail is examined.
type Subject struct {
	Argument string      `json:"argument"` // as typed
	Kind     SubjectKind `json:"kind"`
	Label    string      `json:"label,omitempty"`  // what the plan's file calls it
	Labels   []string    `json:"labels,omitempty"` // to choose it by, from the plan's file
	Line     int         `json:"line,omitempty"`   // where it begins in the plan's file, from 1
	Domain   string      `json:"domain,omitempty"`
	Address  string      `json:"address,omitempty"` // the mail address, if one was given
	User     string      `json:"user,omitempty"`    // the user name to log in with; empty: no login
	Profile  *Profile    `json:"profile,omitempty"` // nil for a URL

	// Servers are the catalogue's profiles that servers of this subject belong to, if
	// its own profile isn't in the catalogue. Their domains are left out.
	Servers []*Profile `json:"servers,omitempty"`

	// Near are servers of known profiles whose names are similar to those in a URL.
	Near []Endpoint `json:"near,omitempty"`

	// Own are servers that a known profile has for the domain of the user name, if a
	// URL names a server of another known profile.
	Own []Endpoint `json:"own,omitempty"`

	// Configured is what mail programs on this machine have for this account.
	Configured []Configured `json:"configured,omitempty"`
}

// Profile is the part of a provider's profile that rules and reports read.
type Profile struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`                // the provider's, "CenturyLink"
	Date         string     `json:"date,omitempty"`      // the date on which the source was read, YYYY-MM-DD
	Checked      string     `json:"checked,omitempty"`   // the date for which the source is valid: YYYY, YYYY-MM or YYYY-MM-DD
	Source       string     `json:"source,omitempty"`    // where the settings were taken from
	By           string     `json:"by,omitempty"`        // who compiled the source, if not the provider
	Published    []SourceID `json:"published,omitempty"` // the discovery sources that name these servers; none: they come from a profile
	Builtin      bool       `json:"builtin,omitempty"`   // from the embedded catalogue: its certificates chain to public roots
	Domains      []string   `json:"domains,omitempty"`
	Patterns     []string   `json:"patterns,omitempty"`  // "*.rr.com": all domains under rr.com
	UserName     UserForm   `json:"user_name,omitempty"` // how the user name is formed from the address
	MailboxBytes int64      `json:"mailbox_bytes,omitempty"`
	MessageBytes int64      `json:"message_bytes,omitempty"`
	Others       []Named    `json:"others,omitempty"`    // further servers that discovery sources name, the most trusted first
	Endpoints    []Endpoint `json:"endpoints,omitempty"` // all endpoints, including those that this run leaves out
	Notes        []Note     `json:"notes,omitempty"`
}

// Is reports whether p and o are the same profile. Either may be nil.
func (p *Profile) Is(o *Profile) bool {
	return p == o || p != nil && o != nil && p.ID == o.ID
}

// Serves reports whether a host belongs to the provider, as far as the profile shows:
// it is one of its servers, or a name in one of its domains.
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

// Controls are third parties that follow-ups may contact as a comparison, to tell a
// fault of the mail service from one of the network.
type Controls struct {
	Resolvers []string `json:"resolvers,omitempty"` // ip:port of public name servers
	Name      string   `json:"name,omitempty"`      // a name that always exists
	Hosts     []string `json:"hosts,omitempty"`     // mail servers of large providers, with the usual ports
	Portal    string   `json:"portal,omitempty"`    // URL of an empty page (HTTP 204)
	Time      string   `json:"time,omitempty"`      // host of a time server
	Nobody    string   `json:"nobody,omitempty"`    // an IP address that is assigned to nobody
}

// Options are the options of a run that affect its conclusions.
type Options struct {
	Login           bool     `json:"login"`           // login was asked for
	Password        bool     `json:"password"`        // a password or token was given
	Token           bool     `json:"token,omitempty"` // it was an OAuth 2.0 access token
	CleartextLogin  bool     `json:"cleartext_login,omitempty"`
	ForgeableLogin  bool     `json:"forgeable_login,omitempty"` // login also where the server's name may come from a forged DNS answer
	FollowUps       bool     `json:"follow_ups"`
	Programs        bool     `json:"programs,omitempty"`  // it was asked which other mail programs would connect
	Private         bool     `json:"private,omitempty"`   // no third party is contacted
	Compare         bool     `json:"compare,omitempty"`   // it was asked whether mail programs have the same
	Discovery       bool     `json:"discovery,omitempty"` // follow-ups may ask what is published for a domain
	Resolver        string   `json:"resolver,omitempty"`
	Controls        Controls `json:"controls,omitzero"`
	Family          string   `json:"family,omitempty"` // "4" or "6"
	CAFile          bool     `json:"ca_file,omitempty"`
	TrustLocalRoots bool     `json:"trust_local_roots,omitempty"`
	Mechanism       string   `json:"mechanism,omitempty"` // the forced mechanism
	Sender          string   `json:"sender,omitempty"`    // given for MAIL FROM
	Recipient       string   `json:"recipient,omitempty"` // given for RCPT TO
	ConnectTimeout  Millis   `json:"connect_timeout_ms"`
	StageTimeout    Millis   `json:"stage_timeout_ms"`
	RunTimeout      Millis   `json:"run_timeout_ms"`   // 0: none
	CertificateDays int      `json:"certificate_days"` // warn if fewer days are left
	Demo            string   `json:"demo,omitempty"`   // shown in the report; nothing depends on it
	Arguments       []string `json:"arguments,omitempty"`
	Flags           []Flag   `json:"flags,omitempty"` // for a command that repeats the run
}

// Flag is a command-line flag of a run. Flags that say where a password comes from, or
// where the report goes, are left out.
type Flag struct {
	Name  string `json:"name"`            // "--resolver"
	Value string `json:"value,omitempty"` // empty if the flag takes no value, or takes a path
	Path  string `json:"path,omitempty"`  // the value, if it names a file or a directory
}

// Words returns the flag as typed on the command line.
func (f Flag) Words() []string {
	if v := f.Value + f.Path; v != "" {
		return []string{f.Name, v}
	}
	return []string{f.Name}
}
