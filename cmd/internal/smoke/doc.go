// Package smoke reads smoke files: which mail servers to look at, as whom, and what is
// expected of them. They are TOML, and read strictly: everything that is wrong is said
// at once, with line and column. [Schema] describes them to editors.
//
//	tls-min = "1.2"                    # expected of every endpoint that it can apply to
//	certificate-days = { value = 14, severity = "warn" }
//
//	[[account]]
//	name = "probe"
//	user = "probe@example.com"
//	password-env = "PROBE_PASSWORD"    # or password-file, password-command, token-command
//
//	[[endpoint]]
//	name = "inbox"
//	url = "imaps://imap.example.com"   # or address, domain, profile
//	labels = ["production"]
//	account = "probe"
//	login = true                       # expected of this one
//
// A file never holds a password, and no error repeats one that stands in it, or what a
// credential's key has.
package smoke
