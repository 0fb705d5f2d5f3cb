package probetest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Protocol is the protocol of a server.
type Protocol string

const (
	IMAP Protocol = "imap"
	POP3 Protocol = "pop3"
	SMTP Protocol = "smtp" // submission
)

// Security says how a server's connections are encrypted.
type Security string

const (
	ImplicitTLS Security = "tls"      // from the first byte
	StartTLS    Security = "starttls" // after STARTTLS or STLS, which is offered; no login before
	Cleartext   Security = "none"     // never
)

// Library says whether a server is a library's ([IMAP]: go-imap's imapserver, [SMTP]:
// go-smtp) or this package's own. Only the latter can have faults.
type Library string

const (
	LibraryIfPossible Library = ""      // the library's if it supports the Config
	LibraryNever      Library = "never" // this package's own
)

// Config is the configuration of a server. Protocol is required; everything else has a
// default.
type Config struct {
	Protocol Protocol
	Security Security          // zero: ImplicitTLS if TLS is set, else Cleartext
	TLS      *tls.Config       // the server's; required unless Cleartext
	Hello    string            // the server's own name; zero: mail.example.test
	Users    map[string]string // user names to passwords, or to tokens for XOAUTH2 and OAUTHBEARER
	Faults   []Fault
	Delay    time.Duration // for SlowGreeting and DelayedDialog; zero: 5 s
	Library  Library

	// Mechanisms are the SASL mechanisms to offer; nil: PLAIN and LOGIN. IMAP's LOGIN
	// command and POP3's USER and PASS are always available.
	Mechanisms []string
	Iterations int // for SCRAM; zero: 4096

	Capabilities []string          // further capabilities, in the protocol's format
	Without      []string          // capabilities to leave out
	RcptReply    string            // SMTP: the reply to RCPT TO: "450 4.2.0 Greylisted"
	LoginReply   string            // the reply that refuses a login, without tag: "NO [ALERT] Ask the operator"
	APOP         bool              // POP3: a timestamp in the greeting, and APOP (RFC 1939 7)
	Messages     []int             // sizes in bytes of the messages in the mailbox; nil: three
	Quota        *Quota            // IMAP; nil: no QUOTA
	ID           map[string]string // IMAP: reply to ID (RFC 2971); nil: no ID
	Folders      []Folder          // IMAP, besides INBOX; nil: the usual four
	Size         int64             // SMTP: SIZE in bytes (RFC 1870); zero: 10 MiB
}

// Quota is the usage and limit of a mailbox, in KiB (RFC 9208 5.1).
type Quota struct{ Used, Limit int64 }

// Folder is a mailbox other than INBOX.
type Folder struct {
	Name string
	Use  string // special use with its backslash (RFC 6154 2), or empty
}

var usualFolders = []Folder{{"Drafts", `\Drafts`}, {"Junk", `\Junk`}, {"Sent", `\Sent`}, {"Trash", `\Trash`}}

// withDefaults returns c with zero values replaced by defaults, or an error if c is
// invalid.
func (c Config) withDefaults() (Config, error) {
	if !slices.Contains([]Protocol{IMAP, POP3, SMTP}, c.Protocol) {
		return c, fmt.Errorf("no such protocol: %q", c.Protocol)
	}
	if c.Security == "" {
		c.Security = Cleartext
		if c.TLS != nil {
			c.Security = ImplicitTLS
		}
	}
	if c.TLS == nil && c.Security != Cleartext {
		return c, errors.New("TLS without certificates")
	}
	if c.Hello == "" {
		c.Hello = "mail.example.test"
	}
	if c.Delay == 0 {
		c.Delay = 5 * time.Second
	}
	if c.Mechanisms == nil {
		c.Mechanisms = []string{"PLAIN", "LOGIN"}
	}
	if c.Iterations == 0 {
		c.Iterations = 4096
	}
	if c.Messages == nil {
		c.Messages = []int{1200, 43000, 517}
	}
	if c.Folders == nil {
		c.Folders = usualFolders
	}
	if c.Size == 0 {
		c.Size = 10 << 20
	}
	c.applyFaults()
	return c, nil
}

// applyFaults sets other members according to the faults.
func (c *Config) applyFaults() {
	if c.has(SizeSmall) {
		c.Size = 1_000_000
	}
	if c.has(QuotaNearlyFull) {
		c.Quota = &Quota{Used: 688_128, Limit: 716_800} // 96 % of 700 MiB
	}
	if c.has(AccountFull) {
		c.Quota = &Quota{Used: 716_900, Limit: 716_800}
	}
	if c.has(AuthNotOffered) {
		c.Mechanisms = []string{}
	}
	if c.has(IDRequired) && c.ID == nil {
		c.ID = map[string]string{"name": "probetest"}
	}
}

func (c *Config) has(f Fault) bool { return slices.Contains(c.Faults, f) }

// byLibrary reports whether the protocol's library can be the server.
func (c *Config) byLibrary() bool {
	if c.Library == LibraryNever || len(c.Faults)+len(c.Capabilities)+len(c.Without) > 0 || c.LoginReply+c.RcptReply != "" {
		return false
	}
	return c.Protocol == SMTP || c.Protocol == IMAP && c.Quota == nil && c.ID == nil
}

// without removes the capabilities in Config.Without. A capability's name ends at a
// space or "=".
func (c *Config) without(capabilities []string) []string {
	return slices.DeleteFunc(capabilities, func(full string) bool {
		name := full
		if i := strings.IndexAny(full, " ="); i > 0 {
			name = full[:i]
		}
		return slices.ContainsFunc(c.Without, func(w string) bool {
			return strings.EqualFold(w, name) || strings.EqualFold(w, full)
		})
	})
}
