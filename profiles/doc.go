// Package profiles holds the settings that mail providers publish.
//
// A [Catalogue] is loaded from the profiles embedded in the program and from
// directories of the user's own ([Load]); [Catalogue.Find] turns an address, a
// domain or a profile's id into a [Match], and [Catalogue.FindMX] the name of a
// mail exchanger into the profile of the provider behind it. What rules and
// reports need of a profile is returned by [Profile.ForRules]. Nothing here uses the
// network.
//
// # Files
//
// A profile is one TOML file (https://toml.io, version 1.0) of at most 1 MiB,
// whose name ends in .toml. A directory is read without its subdirectories and
// without files whose name begins with a dot. This is a complete example; what
// may be left out is marked:
//
//	id        = "example"              # a-z, 0-9 and hyphens
//	name      = "Example Mail"         # the provider's name, as shown
//	domains   = ["example.com", "bücher.example", "*.mail.example"]
//	mx        = ["mx.example.com", "*.mx.example.net"] # may be left out
//	user_name = "full-address"         # see below
//
//	[source]                           # where all of this comes from
//	title   = "Example Mail, settings for mail programs"
//	url     = "https://example.com/help" # may be left out
//	checked = "2026-10"                # may be left out: the date to which the source applies
//	read    = 2026-11-22               # the day on which it was read
//	by      = "Thunderbird's database" # may be left out: who compiled it, if not the provider
//
//	[[endpoint]]                       # once or more; see no-mail-programs below
//	protocol = "imap"                  # imap, pop3, smtp (submission)
//	host     = "imap.example.com"      # a name, also as in "imap.{domain}", or an IP address
//	port     = 993                     # 1 to 65535
//	security = "tls"                   # see below
//	optional = true                    # may be left out: false
//	note     = "imap-unsupported"      # may be left out: a note below that concerns this endpoint
//	user_name = "local-part"           # may be left out: this server wants another form
//	source   = { title = "A letter from support", read = 2026-11-20 } # may be left out
//
//	[[endpoint]]
//	protocol = "smtp"
//	host     = "smtp.example.com"
//	port     = 587
//	security = "starttls"
//
//	[limit.mailbox]                    # may be left out: how much a mailbox holds
//	size = "700 MB"
//
//	[limit.message]                    # may be left out: how large one message may be
//	size   = "10 MB"
//	source = { title = "Example Mail, limits", read = 2026-11-21 } # may be left out
//
//	[[note]]                           # may be left out
//	id     = "imap-unsupported"        # one of the ids below
//	text   = "Example Mail gives no help with IMAP."
//	url    = "https://example.com/imap" # may be left out: the provider's own page on it
//	source = { title = "Example Mail, status page", read = 2026-11-21 } # may be left out
//
//	[[further]]                        # may be left out: what another source adds
//	domains = ["example.net"]          # one of domains and mx may be left out
//	mx      = ["*.mx.example.org"]
//	source  = { title = "Example Mail, list of domains", read = 2026-11-21 }
//
//	[[documentation]]                  # may be left out: further reading
//	title = "Step by step for Thunderbird"
//	url   = "https://example.com/help/thunderbird"
//
// domains are the parts of mail addresses after the @. An entry covers only
// itself, not its subdomains. *.mail.example is a pattern and covers all
// names below mail.example, at any depth, but not mail.example itself. A
// pattern cannot be right below a public suffix, such as *.co.uk. Names with
// non-ASCII letters are written as they are or in their xn-- form (RFC 5891).
//
// mx are mail exchangers (MX records), names and patterns likewise: where they take
// in the mail of a domain that no profile knows, its mailboxes are this provider's.
// Filters and relays that stand before other people's mailboxes don't belong here.
// A provider for other people's domains alone needs no domains of its own, and a service
// for sending alone neither those nor mail exchangers.
//
// user_name says how a user name is formed from a mail address: full-address
// (jane@example.com), local-part (jane), or assigned, where the provider hands
// out names that cannot be derived from the address.
//
// security is tls (encrypted from the first byte, RFC 8314 section 3), starttls
// (STARTTLS or STLS is required), starttls-if-offered (encrypted if the server
// offers it; no password is sent otherwise) or none.
//
// {domain} at the end of a host is the domain of the mail address, for a provider
// that names its servers after each domain. It requires a profile with
// domains, not only patterns.
//
// An optional endpoint may fail: that is a warning, not a failure of the service.
//
// A size is a number and a unit: B, KB, MB, GB or TB. Providers count in powers
// of two whatever unit they write (a server announces its page's "10 MB"
// as SIZE 10485760), so KB is 1024 bytes and MB is 1024 KB. KiB, MiB, GiB and
// TiB mean the same.
//
// Notes are remarks that rules use and reports show, each with an id:
//
//   - imap-unsupported: the provider gives no support for IMAP.
//   - port-25-filtered: the provider filters port 25.
//   - leave-copy-on-server: advice for POP3, to keep the messages on the server.
//   - separate-account-login: the mail password isn't that of the customer account.
//   - app-password: mail programs need an app password; the text says what it
//     looks like.
//   - oauth-only: mail programs sign in through the browser, no password is accepted.
//   - imap-off-by-default, pop-off-by-default, smtp-off-by-default: has to be
//     switched on in the account first.
//   - regional-servers: accounts of other regions have other servers.
//   - own-mailbox-password: mail programs have a password of their own, other than
//     that of the web login.
//   - bridge-on-localhost: the servers are a program on the user's own machine.
//   - web-sign-in-challenge: a login may be refused until the user has signed in
//     on the web.
//   - no-mail-programs: there is no IMAP, POP3 or submission at all. A profile
//     with this note, and no other, has no endpoint.
//   - user-name-differs: the user name isn't always the address that mail goes to.
//   - smtp-needs-admin: the administrator of the user's organization decides whether
//     a password is accepted for sending.
//   - browser-sign-in: mail programs should sign in through the browser (OAuth); an
//     app password may be accepted instead, see the note of that name.
//   - app-password-for-some: some accounts need an app password, such as those with
//     two-step sign-in switched on; others accept that of the account.
//   - paid-plans: only some of the provider's plans admit mail programs.
//   - access-switch: the account has a switch that blocks mail programs.
//   - partial-mailbox: the IMAP server shows only a part of a large mailbox.
//   - sending-limits: how many messages or recipients are allowed, and how they are
//     counted.
//   - cleartext-only: a server is known only without encryption.
//
// The source of the profile applies to each of its facts that names no source
// of its own.
//
// read is the day on which somebody read the source. checked is the date to which
// the source itself applies: the date of the page, or of its last check with
// the provider. It is a day, or a month or year in quotes ("2026-10"), and not later
// than read. It is left out if the source has no date, as is usual for a provider's
// help page: then read is the latest time at which the fact is known to be true.
//
// # Precedence
//
// Within one directory an id, a domain, a pattern and a mail exchanger may appear
// once. A plain domain takes precedence over a pattern, and a longer pattern over a
// shorter one. If they are in two profiles, [Overlaps] reports that, and so does
// maildoctor profiles validate. A profile must not list what one of its own patterns
// covers.
//
// The embedded catalogue has two parts: hand-kept profiles (builtin) and, below them,
// those that package importer has made of Thunderbird's database (imported). What the
// hand-kept ones know is theirs.
//
// A later directory overrides an earlier one, and all of them override the embedded
// catalogue: a profile replaces one of the same id, and a domain belongs to the
// last profile that lists it. So *.example.com in the user's own directory overrides
// mail.example.com in the catalogue.
//
// # Errors
//
// Loading is strict. A key that is not listed above is an error, and all errors
// of all files are reported at once, as a [*LoadError]: file, line, column, what
// was found and what was expected.
package profiles
