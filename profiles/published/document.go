package published

import (
	"slices"

	"maildoctor/probe/stage"
)

// Document is what one published source says.
type Document struct {
	ID        string // of the provider, as the file has it; mostly a domain
	Name      string // the provider's, "Example Mail"
	ShortName string

	// Domains are the mail domains that the file is for, MX the domains of the mail
	// exchangers whose customers it is for as well (purpose="mx"). Both are in ASCII
	// form, lower case, without trailing dot, in the file's order.
	Domains, MX []string
	// Lines tells where a domain or mail exchanger stands in the file.
	Lines map[string]int

	Servers       []Server // of IMAP, POP3 and SMTP; for each protocol the publisher's order of preference
	Others        []Other  // servers of other protocols
	NotOffered    []string // services that are said not to exist, "_imap" (RFC 6186 section 3.4)
	Documentation []Link
	Instructions  []string // what has to be done in the account first
	WebMail       string   // the address of the page to log in at; it may hold placeholders
	OAuth2        []OAuth2
	Problems      []Problem
}

// Exchange reports whether there are servers of Microsoft Exchange's own protocols,
// which says nothing about IMAP: it may be offered beside them, unpublished.
func (d *Document) Exchange() bool { return slices.ContainsFunc(d.Others, Other.Exchange) }

// Server is one server that is offered.
type Server struct {
	// Host may hold placeholders ("mail.%EMAILDOMAIN%"): see At.
	stage.Endpoint
	// User is the user name, mostly with placeholders ("%EMAILADDRESS%"), and empty
	// where the source doesn't say.
	User string
	// Authentication are the ways to log in, best first, and empty where the source
	// doesn't say. PACC has no order.
	Authentication []Authentication
	// FromNetwork holds where the server is for those in the provider's own network
	// alone (<restriction>client-IP-address).
	FromNetwork bool
	// UseGlobalPreferred holds where the file prefers a server for sending that the
	// user already has.
	UseGlobalPreferred bool
	// Deviation says how SRV records contradict themselves about this server, which is
	// given as it works.
	Deviation Deviation
	Line      int // 0 where the source has no lines
}

// Authentication is one way to log in.
type Authentication struct {
	Method Method // empty for a word that isn't known
	Word   string // the source's own
}

// Method is a way to log in, in the words of draft-ietf-mailmaint-autoconfig.
type Method string

const (
	PasswordCleartext Method = "password-cleartext" // PLAIN, LOGIN, USER: the password itself, inside TLS or not
	PasswordEncrypted Method = "password-encrypted" // CRAM-MD5, DIGEST-MD5, SCRAM
	NTLM              Method = "NTLM"
	GSSAPI            Method = "GSSAPI"
	ClientIPAddress   Method = "client-IP-address" // none, for those in the provider's network
	TLSClientCert     Method = "TLS-client-cert"
	OAuth2Token       Method = "OAuth2"
	NoAuthentication  Method = "none"
)

// Deviation is a contradiction in what is published about one server.
type Deviation string

const (
	// TLSPortForStartTLS is a port that speaks TLS from the first byte (993, 995, 465),
	// published where STARTTLS is due.
	TLSPortForStartTLS Deviation = stage.TLSPortForStartTLS
	// StartTLSPortForTLS is a port of STARTTLS (143, 110, 587), published where TLS from
	// the first byte is due.
	StartTLSPortForTLS Deviation = stage.StartTLSPortForTLS
)

// Other is a server of a protocol that isn't checked here.
type Other struct {
	Type string // "jmap", "ews", "exch", "caldav"; in lower case
	URL  string // or the host, where there is no URL
}

// exchange are the types of servers that speak Exchange's own protocols alone:
// words of Autodiscover and of autoconfig.
var exchange = map[string]bool{
	"exch": true, "expr": true, "exhttp": true, "web": true, "mapihttp": true, "mobilesync": true,
	"exchange": true, "ews": true, "owa": true, "graph": true, "activesync": true,
}

// Exchange reports whether it is a server of Microsoft Exchange's own protocols.
func (o Other) Exchange() bool { return exchange[o.Type] }

// Link is a page to read.
type Link struct {
	Title string // may be empty
	URL   string // http or https; it may hold placeholders
}

// OAuth2 tells where tokens come from.
type OAuth2 struct {
	Issuer, Scope, AuthURL, TokenURL string
}
